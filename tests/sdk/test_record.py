"""What a run says, verb by verb, with a clock that only the test turns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inbox_tui.core.lifecycle import LIVE, OUTCOMES, TYPE_OF_EVENT
from inbox_tui.dialects.own import EventBody, to_event
from inbox_tui.sdk.record import ENDS, PROGRESS_EVERY, VERBS, Record, fit, share, spell


def record() -> Record:
    return Record("email", "mailer", "run_1714000000000_a3f2")


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["kind"] for event in events]


def test_every_verb_is_an_event_of_the_vocabulary() -> None:
    said = {verb.kind for verb in VERBS.values()}
    assert said <= set(TYPE_OF_EVENT)
    assert set(TYPE_OF_EVENT) - said == {"input.approved", "input.rejected"}
    assert {VERBS[name].kind for name in ENDS} == OUTCOMES | {"task.stopped"}
    assert "task.stopped" in LIVE


@pytest.mark.parametrize("verb", list(VERBS))
def test_a_hub_takes_what_every_verb_says(verb: str) -> None:
    for event in record().say(verb, 0, "what happened", meta={"a": 1}):
        body = EventBody.model_validate(json.loads(json.dumps(event)))
        assert to_event(body).run_id == "run_1714000000000_a3f2"
        assert (body.task_name, body.source) == ("email", "mailer")


@pytest.mark.parametrize("verb", sorted(set(VERBS) - ENDS - {"queue", "start"}))
def test_what_happens_in_a_run_starts_it(verb: str) -> None:
    run = record()
    assert kinds(run.say(verb, 5)) == ["task.started", VERBS[verb].kind]
    assert run.ledger.started_at == 5
    assert run.say("start", 6) == []
    assert run.say("queue", 7) == []


@pytest.mark.parametrize("verb", sorted(ENDS))
def test_an_end_is_the_end(verb: str) -> None:
    run = record()
    run.say("start", 0)
    (end,) = run.say(verb, 1500)
    assert (end["meta"]["total_duration_ms"], end["meta"]["active_ms"], end["body"]) == (1500, 1500, "after 1.5 s")
    assert run.has_ended
    for other in VERBS:
        assert run.say(other, 2000) == []


@pytest.mark.parametrize(
    ("verb", "counter"),
    [
        ("retry", "retry_count"),
        ("loop", "loop_count"),
        ("error", "error_count"),
        ("pause", "pause_count"),
        ("wait", "wait_count"),
    ],
)
def test_what_is_counted(verb: str, counter: str) -> None:
    run = record()
    run.say("start", 0)
    for n in (1, 2):
        (event,) = run.say(verb, 0)
        assert event["meta"][counter] == n
        run.say("resume", 0)
    (end,) = run.say("fail", 0)
    assert end["meta"][counter] == 2


def test_pausing_what_is_paused_is_no_second_pause() -> None:
    run = record()
    run.say("start", 0)
    run.say("pause", 10)
    run.say("pause", 20)
    run.say("resume", 30)
    (end,) = run.say("complete", 40)
    assert (end["meta"]["pause_count"], end["meta"]["pause_ms"]) == (1, 20)


def test_one_progress_in_three_seconds_and_the_last_one_always() -> None:
    run = record()
    run.say("start", 0)
    said = [(at, len(run.say("progress", at, str(at)))) for at in (0, 1, 2_999, 3_000, 3_001, 5_999, 6_500)]
    assert said == [(0, 1), (1, 0), (2_999, 0), (3_000, 1), (3_001, 0), (5_999, 0), (6_500, 1)]
    run.say("progress", 7_000, "nearly")
    run.say("progress", 7_001, "the last")
    progress, end = run.say("complete", 7_002)
    assert (progress["body"], end["kind"]) == ("the last", "task.completed")


def test_a_held_progress_is_said_when_its_time_comes() -> None:
    run = record()
    run.say("progress", 0, "one")
    run.say("progress", 10, "two")
    assert run.progress_due_in(10) == PROGRESS_EVERY - 10
    assert run.due(PROGRESS_EVERY - 1) == []
    assert [event["body"] for event in run.due(PROGRESS_EVERY)] == ["two"]
    assert run.due(3 * PROGRESS_EVERY) == []
    assert run.say("progress", PROGRESS_EVERY + 1, "three") == []


def test_other_events_do_not_let_progress_through() -> None:
    run = record()
    run.say("progress", 0, "one")
    for at in (1, 2, 3):
        run.say("progress", at, str(at))
        assert kinds(run.say("loop", at)) == ["task.loop"]


def test_an_error_is_remembered_for_the_end() -> None:
    run = record()
    run.say("error", 0, "connect ETIMEDOUT\nand more")
    (end,) = run.say("timeout", 1)
    assert (end["meta"]["last_error"], end["meta"]["error_count"]) == ("connect ETIMEDOUT", 1)


def test_what_the_caller_says_goes_over_what_we_would() -> None:
    (_, event) = record().say("error", 0, "", title="Oh", severity="info", meta={"rows": 3}, open_url="", tags=["a"])
    assert (event["title"], event["severity"], event["tags"]) == ("Oh", "info", ["a"])
    assert event["meta"] == {"error_count": 1, "rows": 3}
    assert "open_url" not in event


def test_names_with_braces_are_names() -> None:
    (event,) = Record("{task} {0} %s", "", "r").say("fail", 0)
    assert event["title"] == "{task} {0} %s failed"


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (4_210, "4.2 s"),
        (47_200, "47 s"),
        (60_000, "1 min"),
        (200_000, "3 min 20 s"),
        (7_500_000, "2 h 5 min"),
    ],
)
def test_how_long_in_words(milliseconds: int, words: str) -> None:
    assert spell(milliseconds) == words


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0.4, 0.4), (-1, 0.0), (1.0001, 1.0), (1, 1.0), ("3 of 10", "3 of 10"), ("", None), (float("nan"), None), (None, None)],
)
def test_progress_that_an_event_may_have(given: float | str | None, kept: float | str | None) -> None:
    assert share(given) == kept


def test_text_that_a_hub_can_store() -> None:
    assert fit("a\0b\udc80", 10) == "ab?"
    cut = fit("x" * 50 + "the end", 20)
    assert len(cut) == 20
    assert cut.endswith("the end")
