"""Triage from the command line: what it says is what the hub then has."""

from __future__ import annotations

import json

from commands import inbox, row
from hubs import RunningHub

from inbox_tui.core.times import HOUR, from_wire, now


def listed(view: str = "all") -> list[str]:
    return [json.loads(line)["title"] for line in inbox("list", "--view", view, "--json").stdout.splitlines()]


def test_snoozed_it_is_in_its_own_view_until_it_is_woken(hub: RunningHub) -> None:
    published = hub.publish(title="later")
    done = inbox("snooze", f"{published['id']}@{published['rev']}", "2h30", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["id"], said["verb"], said["until"]) == (published["id"], "snooze", row(hub, published["id"])["snoozed_until"])
    assert abs(from_wire(said["until"]) - now() - 2.5 * HOUR) < HOUR / 10
    assert (listed(), listed("snoozed")) == ([], ["later"])
    assert "until " in inbox("list", "--view", "snoozed").stdout
    assert inbox("unsnooze", published["id"]).returncode == 0
    assert listed() == ["later"]


def test_what_has_called_since_is_not_put_off(hub: RunningHub) -> None:
    published = hub.publish(title="again")
    hub.publish(title="again")
    done = inbox("snooze", f"{published['id']}@{published['rev']}", "tomorrow", "9")
    assert (done.returncode, "has called again" in done.stderr) == (5, True)


def test_a_time_that_cannot_be_read_is_told_with_what_can(hub: RunningHub) -> None:
    done = inbox("snooze", hub.publish(title="x")["id"], "sometime")
    assert (done.returncode, "tomorrow 9" in done.stderr) == (2, True)


def test_pinned_rows_are_listed_first(hub: RunningHub) -> None:
    ids = [hub.publish(title=title)["id"] for title in ("old", "new")]
    assert inbox("pin", ids[0]).returncode == 0
    assert listed() == ["old", "new"]
    assert inbox("unpin", *ids).returncode == 0
    assert listed() == ["new", "old"]


def test_mutes_are_made_listed_and_lifted(hub: RunningHub) -> None:
    first = hub.publish(title="a", source="ci")["id"]
    assert inbox("mute", first, "--source", "--for", "2h").returncode == 0
    later = hub.publish(title="b", source="ci")["id"]
    assert [row(hub, id_).get("muted") for id_ in (first, later)] == [True, True]
    assert listed("unread") == []
    (rule,) = map(json.loads, inbox("mute", "list", "--json").stdout.splitlines())
    assert (rule["scope"], rule["label"]) == ("source", "ci")
    assert "ci" in inbox("mute", "list").stdout
    assert inbox("mute", "lift", rule["id"]).returncode == 0
    assert inbox("mute", "list").stdout == "Nothing is muted.\n"
    assert sorted(listed("unread")) == ["a", "b"]
    assert inbox("mute", "lift", rule["id"]).returncode == 5


def test_a_question_is_not_muted(hub: RunningHub) -> None:
    asked = hub.publish(title="May I?", is_prompt=True)["id"]
    done = inbox("mute", asked)
    assert (done.returncode, "never muted" in done.stderr) == (5, True)


def test_each_that_is_refused_is_told_and_the_others_are_done(hub: RunningHub) -> None:
    id_ = hub.publish(title="x")["id"]
    done = inbox("done", "01JD0Q4N3V5W8XRZ2K7M9T6BHC", id_, "--json")
    assert (done.returncode, json.loads(done.stdout)["id"]) == (5, id_)
    assert "01JD0Q4N3V5W8XRZ2K7M9T6BHC" in done.stderr
