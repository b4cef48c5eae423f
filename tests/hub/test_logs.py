"""The hub's log, over real HTTP: listed by cursor, filtered, followed; whose records are whose; and how much of it is kept."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from gestalt_seed import CODEX
from hubs import RunningHub

from inbox_tui.hub.logs import MOST_CHARACTERS, MOST_RECORDS, NUMBERS, VALUE, Logs, Wanted


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub.start(tmp_path_factory.mktemp("logs"))
    yield hub
    hub.stop()


def notify(hub: RunningHub, session: str, type_: str = "start", **headers: str) -> None:
    body = CODEX | {"session_id": session, "payload": {"type": type_, "summary": f"of {session}"}, "event_id": ""}
    by = {"by": "tcp", "headers": headers} if headers else {"by": "send"}
    assert hub.call("POST", f"/api/sessions/{session}/notify", body, **by).status == 204  # type: ignore[arg-type]


def listed(hub: RunningHub, query: str, **call: Any) -> Any:
    reply = hub.call("GET", f"/api/logs?{query}", **call)
    assert reply.status == 200, reply
    return reply.document


@contextmanager
def following(hub: RunningHub, query: str, **headers: str) -> Iterator[Iterator[tuple[str, str, Any]]]:
    """(event, id, data) one after another."""
    connection = hub.connect("operate")
    connection.request("GET", f"/api/logs/stream?{query}", headers=headers)
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream; charset=utf-8"
    try:
        yield _events(response)
    finally:
        connection.close()


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[str, str, Any]]:
    found: dict[str, str] = {}
    while line := response.readline().decode().rstrip("\n") if not response.closed else "":
        name, _, value = line.partition(": ")
        found[name] = value
        if name == "data":
            yield found.get("event", ""), found.get("id", ""), json.loads(value)
            found = {}
            response.readline()
        elif name == "retry":
            response.readline()


def test_pages_by_cursor_newest_first(hub: RunningHub) -> None:
    for n in range(7):
        notify(hub, "paged", type_=f"work-{n}")
    seen, cursor = list[str](), ""
    while True:
        page = listed(hub, f"session_id=paged&limit=3&before={cursor}")
        seen += [item["attributes"]["notify.type"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert seen == [f"work-{n}" for n in reversed(range(7))]


def test_filters(hub: RunningHub) -> None:
    notify(hub, "one", "commit")
    notify(hub, "two", "plan-x")
    types = [item["attributes"]["type"] for item in listed(hub, "category=notification&text=OF%20TWO")["items"]]
    assert types == ["plan-update"]
    assert {item["attributes"]["session.id"] for item in listed(hub, "type=git-commit")["items"]} == {"one"}
    assert listed(hub, "dispatch=failed")["items"] == []
    assert listed(hub, "severity=WARN&category=notification")["items"] == []
    for wrong in ("severity=LOUD", "limit=0", "limit=501", "before=x"):
        assert hub.call("GET", f"/api/logs?{wrong}").status == 422


def test_the_hub_s_own_log_is_in_it_for_its_own_machine(hub: RunningHub) -> None:
    (ready,) = [item for item in listed(hub, "category=hub")["items"] if item["body"].startswith("ready: ")]
    assert ready["attributes"]["gestalt.source"] == "inbox_tui.hub.serve"
    key = {"X-API-Key": hub.new_key("elsewhere", "operate")["key"]}
    assert listed(hub, "category=hub", by="tcp", headers=key)["items"] == []


def test_a_space_sees_its_own_alone(hub: RunningHub) -> None:
    keys = {}
    for space in ("north", "south"):
        assert hub.call("POST", "/api/spaces", {"name": space}).status == 201
        keys[space] = {role: hub.new_key(role, role, space=space)["key"] for role in ("send", "operate")}
        notify(hub, f"in-{space}", **{"X-API-Key": keys[space]["send"]})
    for space in keys:
        by = {"by": "tcp", "headers": {"X-API-Key": keys[space]["operate"]}}
        assert [item["attributes"]["session.id"] for item in listed(hub, "", **by)["items"]] == [f"in-{space}"]
    assert {"in-north", "in-south"}.isdisjoint(
        item["attributes"].get("session.id") for item in listed(hub, "limit=500&category=notification")["items"]
    )


def test_following_goes_on_after_the_last_that_arrived(hub: RunningHub) -> None:
    notify(hub, "followed", "start")
    with following(hub, "session_id=followed") as events:
        assert next(events) == ("ping", "", {}), "from now on, without what was before"
        notify(hub, "others")
        notify(hub, "followed", "commit")
        event, last, data = next(events)
        assert (event, data["attributes"]["type"], str(data["id"])) == ("log", "git-commit", last)
    for n in range(3):
        notify(hub, "followed", f"work-{n}")
    with following(hub, "session_id=followed", **{"Last-Event-ID": last}) as events:
        assert [next(events)[2]["attributes"]["notify.type"] for _ in range(3)] == ["work-0", "work-1", "work-2"]


def test_a_stream_ends_when_the_hub_does(tmp_path: Any) -> None:
    hub = RunningHub.start(tmp_path)
    with following(hub, "") as events:
        next(events)
        assert hub.stop() == 0
        assert not [event for event in events if event[0] != "log"]


def test_it_never_grows_beyond_its_bounds() -> None:
    clock = iter(range(10**9))
    logs = Logs(lambda: next(clock))
    everything = Wanted(frozenset({""}))
    for n in range(MOST_RECORDS + 100):
        logs.add(str(n), {})
    page, _ = logs.before(everything, None, 500)
    assert (len(logs.after(everything, 0, 10**9)), page[0].body) == (MOST_RECORDS, str(MOST_RECORDS + 99))
    for _ in range(100):
        logs.add("", {str(n): "x" * (2 * VALUE) for n in range(1_000)})
    kept = logs.after(everything, 0, 10**9)
    assert sum(record.size for record in kept) <= MOST_CHARACTERS
    numbers = [record.number for record in kept]
    assert numbers == sorted(set(numbers))


def test_a_log_that_fails_changes_nothing() -> None:
    times = iter([1, 2])
    logs = Logs(lambda: next(times))
    for n in range(3):
        logs.add(str(n), {})
    assert [record.body for record in logs.after(Wanted(frozenset({""})), 0, 10)] == ["0"]


def test_numbers_go_on_from_one_life_to_the_next() -> None:
    logs = Logs(lambda: 5)
    for _ in range(3):
        logs.add("at one moment", {})
    first = [record.number for record in logs.after(Wanted(frozenset({""})), 0, 10)]
    assert first == [6, 7, 8]
    assert Logs(lambda: 1_000).last > first[-1]
    assert set(NUMBERS.values()) == {5, 9, 13, 17}
