"""What tasks tell in figures: kept with their events, found again by task, counted by day, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from hub_world import BEGINNING, SPACE, World, message
from hubs import RunningHub

from inbox_tui.core.times import DAY, HOUR, MINUTE
from inbox_tui.hub.measures import Task
from inbox_tui.hub.measuring import GROUPS, RUNS, Asked, Told, tell
from inbox_tui.hub.store import measured
from inbox_tui.hub.values import Retention
from inbox_tui.hub.verbs.retain import RECORDS, Retain


def step(kind: str, run: str = "", task: str = "load", **meta: Any) -> Any:
    return message(f"{task} {kind}", kind=f"task.{kind}", source="etl", task_name=task, run_id=run, details={"meta": meta})


def asked(world: World, **changes: Any) -> Asked:
    return Asked(**({"source": "etl", "task": "load", "since": world.now - 7 * DAY, "until": world.now} | changes))


async def told(world: World, **changes: Any) -> Told:
    return await world.service.measures.told(SPACE, asked(world, **changes))


async def test_a_number_is_found_again_over_time_in_groups_and_of_its_own_task_only(world: World) -> None:
    for n in range(6):
        await world.publish(step("completed", f"r{n}", rows=n * 10, env="production" if n % 3 else "staging"))
        world.advance(60)
        await world.publish(step("completed", f"s{n}", task="other", rows=1_000_000))
    found = await told(world, key="rows", by="env")
    assert (found.events, found.is_whole, found.bucket) == (6, True, 0)
    assert found.keys == {"rows": 6}
    assert found.labels == {"env": 6}
    assert {line.label: [point.mean for point in line.points] for line in found.lines} == {
        "production": [10, 20, 40, 50],
        "staging": [0, 30],
    }
    assert [point.at for point in found.lines[1].points] == [BEGINNING, BEGINNING + 3 * MINUTE]
    assert await world.service.measures.tasks(SPACE) == [
        Task("etl", "other", world.now, 6),
        Task("etl", "load", world.now - MINUTE, 6),
    ]


async def test_what_is_drawn_unasked_is_no_time_that_every_run_tells(world: World) -> None:
    await world.publish_all(step("progress", "r", progress=n / 9, total_duration_ms=n) for n in range(9))
    assert (await told(world)).key == "progress"
    await world.publish(step("completed", "r", total_duration_ms=9, rows=4218))
    assert (await told(world)).key == "rows"
    assert (await told(world, key="total_duration_ms")).key == "total_duration_ms"


async def test_many_values_become_means_that_say_of_how_many(world: World) -> None:
    await world.publish_all(step("progress", "r", rows=n) for n in range(50))
    world.advance(3600)
    await world.publish_all(step("progress", "r", rows=n) for n in range(100, 150))
    found = await told(world, since=world.now - 2 * 3600 * 1_000_000, points=10)
    assert found.key == "rows"
    assert found.bucket == HOUR // 10 + 1, "from the first value on, however long before it was asked for"
    assert [(point.mean, point.least, point.most, point.count) for point in found.lines[0].points] == [
        (24.5, 0, 49, 50),
        (124.5, 100, 149, 50),
    ]


async def test_runs_tell_what_they_took_by_their_own_measure_else_by_their_events(world: World) -> None:
    await world.publish(step("queued", "seen"))
    for kind, seconds in (("started", 5), ("paused", 20), ("resumed", 8), ("completed", 10)):
        world.advance(seconds)
        await world.publish(step(kind, "seen"))
    await world.publish(step("failed", "measured", total_duration_ms=4000, active_ms=3500, wait_ms=500))
    await world.publish(step("timeout"))
    seen, measure, bare = (await told(world)).runs
    assert seen.times == {"total": 43_000, "queued": 5000, "active": 30_000, "paused": 8000, "waited": None}
    assert measure.times == {"total": 4000, "queued": None, "active": 3500, "paused": None, "waited": 500}
    assert (bare.run_id, bare.outcome, set(bare.times.values())) == ("", "timeout", {None})


def test_a_run_id_that_is_used_again_is_another_run() -> None:
    records = [(n * MINUTE, f"task.{kind}", "nightly", "{}") for n, kind in enumerate(["started", "completed"] * 3)]
    found = tell(Asked("s", "t", 0, HOUR), records, is_whole=True)
    assert [run.times["total"] for run in found.runs] == [60_000] * 3


async def test_outcomes_are_counted_by_the_day_of_whoever_asks(world: World) -> None:
    for kind in ("completed", "completed", "failed"):
        await world.publish(step(kind))
    world.advance(2 * 3600)
    await world.publish(step("cancelled"))
    # 22:13 and 0:13 in UTC; an hour west both are of one day.
    assert (await told(world)).days == {"2023-11-14": {"completed": 2, "failed": 1}, "2023-11-15": {"cancelled": 1}}
    assert (await told(world, utc_offset=-HOUR)).days == {"2023-11-14": {"completed": 2, "failed": 1, "cancelled": 1}}


async def test_stretches_meet_without_a_gap_and_what_is_left_out_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.publish_all(step("progress", "r", task=("load", "other")[n % 2], n=n) for n in range(40))
    subject = "etl\x1fload"
    for stretch in (1, 3, 20, 39, 40, 41):
        found = world.store.read(lambda connection, s=stretch: measured.of_task(connection, SPACE, subject, 0, stretch=s))  # type: ignore[misc]
        assert [text for *_, text in found.items] == [f'{{"n":{n}}}' for n in range(0, 40, 2)]
        assert found.is_whole
        tasks = world.store.read(lambda connection, s=stretch: measured.subjects(connection, SPACE, stretch=s))  # type: ignore[misc]
        assert {name: count for name, (_, count) in tasks.items()} == {"etl\x1fload": 20, "etl\x1fother": 20}
    monkeypatch.setattr(measured, "MOST", 5)
    cut = world.store.read(lambda connection: measured.of_task(connection, SPACE, subject, 0))
    assert ([text for *_, text in cut.items], cut.is_whole) == ([f'{{"n":{n}}}' for n in range(30, 40, 2)], False)


async def test_figures_go_with_age_and_with_number_but_not_with_the_events_of_a_row(world: World) -> None:
    """A job that reports each minute is one row, of which few events stay; its figures do."""
    world.store.keep_events(2, 4)
    for n in range(60):
        await world.publish(step("completed", rows=n))
    (row,) = await world.rows()
    assert len(await world.service.occurrences(SPACE, row.id)) < 20
    assert (await told(world)).events == 60
    keep = Retention(measures_most=50)
    assert not world.store.apply(SPACE, [Retain(keep)], lambda: world.now).answers[0]
    found = await told(world)
    assert [point.mean for point in found.lines[0].points] == [*range(10, 60)]
    world.advance(31 * DAY // 1_000_000)
    await world.publish(step("completed", rows=0))
    assert not world.store.apply(SPACE, [Retain(keep)], lambda: world.now).answers[0]
    assert (await told(world, since=BEGINNING)).events == 1
    assert RECORDS > 60


def test_what_a_line_a_plot_and_a_list_hold_is_bounded() -> None:
    records = [
        (n * MINUTE, "task.completed", f"r{n}", f'{{"k{n % 99}":{10**308},"big":{10**308},"who":"w{n % 40}"}}')
        for n in range(2000)
    ]
    found = tell(Asked("s", "t", 0, 2000 * MINUTE, "big", "who", points=7), records, is_whole=True)
    assert len(found.lines) == GROUPS + 1
    assert found.lines[-1].is_rest
    assert sum(point.count for line in found.lines for point in line.points) == 2000
    assert all(len(line.points) <= 8 and all(point.mean == pytest.approx(1e308) for point in line.points) for line in found.lines)
    assert (len(found.runs), found.runs_left_out) == (RUNS, 2000 - RUNS)
    assert len(found.keys) == 60


def test_over_http(shared_hub: RunningHub) -> None:
    for outcome in ("completed", "failed"):
        shared_hub.publish(
            title="x", kind=f"task.{outcome}", source="ci", task_name="build 1/2", meta={"tests": 312, "os": "linux"}
        )
    found = shared_hub.call("GET", "/api/metrics?source=ci&task=build%201/2&by=os").document
    assert (found["key"], found["events"], found["is_whole"], found["bucket_seconds"]) == ("tests", 2, True, 0)
    assert [(line["label"], [point["mean"] for point in line["points"]]) for line in found["lines"]] == [("linux", [312, 312])]
    assert [run["outcome"] for run in found["runs"]] == ["completed", "failed"]
    (day,) = found["days"]
    assert {name: count for name, count in day.items() if name != "day"} == {"completed": 1, "failed": 1}
    tasks = shared_hub.call("GET", "/api/metrics/tasks").document["items"]
    assert [(task["source"], task["task"], task["events"]) for task in tasks] == [("ci", "build 1/2", 2)]
    nothing = shared_hub.call("GET", "/api/metrics?source=ci&task=never").document
    assert (nothing["events"], nothing["key"], nothing["lines"]) == (0, "", [])


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("task=t", "query.source"),
        ("source=s&task=t&points=1", "query.points"),
        ("source=s&task=t&since=yesterday", "query.since"),
        ("source=s&task=t&since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "query.since"),
        ("source=s&task=t&since=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "query.since"),
    ],
)
def test_what_cannot_be_asked_names_its_parameter(shared_hub: RunningHub, query: str, location: str) -> None:
    reply = shared_hub.call("GET", f"/api/metrics?{query}")
    assert (reply.status, reply.document["errors"][0]["location"]) == (422, location)
