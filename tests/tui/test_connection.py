"""The pane's connection: what it was asked is carried, or refused aloud; an end of its own is told."""

from __future__ import annotations

from dataclasses import replace

from tui_world import numbered, prompt

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.client.target import Target, find_target
from inbox_tui.core.paths import Paths
from inbox_tui.tui.connection import Connection
from inbox_tui.tui.messages import ConnectionChanged, DecisionChanged, SyncMessage, TriageRefused


def ended(paths: Paths, target: Target) -> tuple[Connection, list[SyncMessage]]:
    told: list[SyncMessage] = []
    return Connection(paths, target, post=told.append, spawn=lambda work: None), told


async def test_an_error_of_our_own_is_never_called_live(paths: Paths) -> None:
    key_of_no_header = replace(find_target({"INBOX_HUB": "http://127.0.0.1:1"}, paths), key="ik_1_\u00e9")
    connection, told = ended(paths, key_of_no_header)
    await connection.run()
    assert isinstance(told[-1], ConnectionChanged)
    assert told[-1].state == "offline"
    assert "UnicodeEncodeError" in told[-1].detail
    assert "ik_1" not in told[-1].detail


async def test_after_its_end_requests_are_refused_aloud_also_those_that_waited(paths: Paths) -> None:
    paths.cache_database.mkdir(parents=True)
    connection, told = ended(paths, find_target({}, paths))
    (shown,) = numbered([prompt("one?")])
    row = Row(shown.id, shown.rev, shown, "")
    connection.decide(row, "approve")
    await connection.run()
    connection.triage("done", row)
    connection.triage_all("read", View.ALL)
    _, answer, one, all_ = told
    assert isinstance(answer, DecisionChanged)
    assert (answer.state, answer.detail.startswith("nothing was answered: the cache cannot be used")) == ("refused", True)
    assert [type(each) for each in (one, all_)] == [TriageRefused] * 2
