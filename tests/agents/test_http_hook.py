"""Claude Code's http hooks, served by the hub itself: the same rules, over the connection that waits."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from commands import decide, eventually, open_question, row, rows
from hubs import RunningHub
from stand_ins import NONE, ClaudeCode, Event, Verdict

from inbox_tui.core.paths import Paths

CLAUDE = ClaudeCode()
PATH = "/hooks/claude-code"


class Posted:
    """A hook of type http under way."""

    def __init__(self, hub: RunningHub, event: Event, key: str) -> None:
        self.event = event
        self.connection = http.client.HTTPConnection(hub.listen, timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        self.connection.request("POST", PATH, json.dumps(event), headers)

    def verdict(self) -> Verdict:
        """By its rules: anything but 2xx, or no whole answer, is none; a body is JSON output."""
        try:
            response = self.connection.getresponse()
            text = response.read()
        except (http.client.HTTPException, OSError):
            return NONE
        if not 200 <= response.status < 300 or not text:
            return NONE
        return CLAUDE.take_json(self.event, json.loads(text))


@contextmanager
def posted(hub: RunningHub, event: Event) -> Iterator[Posted]:
    one = Posted(hub, event, hub.new_key(f"claude {threading.get_ident()} {len(rows(hub))}", "send")["key"])
    try:
        yield one
    finally:
        one.connection.close()


def test_an_answer_counts_as_sent(hub: RunningHub) -> None:
    for key, behavior in (("approve", "allow"), ("reject", "deny")):
        with posted(hub, CLAUDE.bash()) as hook:
            asked = eventually(lambda: open_question(hub))
            assert (asked["command"], asked["waiting"], asked["cwd"]) == ("rm -rf build", "here", "/srv/app")
            decide(hub, asked, key)
            assert hook.verdict().behavior == behavior
        assert row(hub, asked["id"])["decision"]["delivery"] == "sent"


def test_a_connection_that_is_cut_closes_nothing(hub: RunningHub) -> None:
    with posted(hub, CLAUDE.bash()) as hook:
        asked = eventually(lambda: open_question(hub))
        hook.connection.close()
    decide(hub, asked, "approve")
    assert row(hub, asked["id"])["decision"]["delivery"] == "unconfirmed"


def test_no_answer_in_time_is_no_decision(home: object, paths: Paths) -> None:
    paths.config_file.write_text("[agents.claude-code]\nwait = 0.3\n")
    hub = RunningHub.start(paths.state)
    try:
        with posted(hub, CLAUDE.bash()) as hook:
            assert hook.verdict() == NONE
        told, asked = rows(hub)
        assert (asked["closed"], told["title"]) == (
            "withdrawn",
            "Claude Code asks in its terminal: Bash: Remove the build folder",
        )
    finally:
        hub.stop()


@pytest.mark.parametrize("way", ["stop", "kill9"])
def test_a_hub_that_ends_decides_nothing(hub: RunningHub, way: str) -> None:
    with posted(hub, CLAUDE.bash()) as hook:
        eventually(lambda: open_question(hub))
        getattr(hub, way)()
        assert hook.verdict() == NONE


def test_events_are_told_and_hints_are_taken(hub: RunningHub) -> None:
    key = hub.new_key("claude", "send")["key"]
    asking = Posted(hub, CLAUDE.bash(), key)
    asked = eventually(lambda: open_question(hub))
    ran = CLAUDE.event("PostToolUse", tool_name="Bash", tool_input={"command": "rm -rf build"})
    for event in (ran, CLAUDE.event("Stop", last_assistant_message="done"), CLAUDE.event("Unheard")):
        other = Posted(hub, event, key)
        assert other.verdict() == NONE
        other.connection.close()
    assert row(hub, asked["id"])["seems_answered"]
    assert rows(hub)[0]["title"] == "Claude Code is done in app"
    asking.connection.close()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"hook_event_name": 5}'])
def test_bad_input_is_refused_and_so_decides_nothing(hub: RunningHub, body: bytes) -> None:
    assert 400 <= hub.call("POST", PATH, raw=body, by="send").status < 500


def test_only_senders_may(hub: RunningHub) -> None:
    event: Any = CLAUDE.event("Stop")
    assert hub.call("POST", PATH, event).status == 403
    assert hub.call("POST", PATH, event, by="tcp").status == 401
    assert hub.call("POST", PATH, event, by="send").status == 200
