"""Jobs, the log and sessions over the inbox, in a real terminal with a hub that does what they show."""

from __future__ import annotations

from typing import Any

import pytest
from commands import eventually
from hubs import RunningHub
from panes import opened
from tui_world import OpenPane, message, numbered

FLOWS = {
    "triggers": [{"id": "t", "event_type": "work-start"}],
    "bindings_by_trigger_id": {"t": [{"activity_id": "spawn_agent_session", "config": {"agent_id": "nobody"}}]},
}


def notify(hub: RunningHub, session: str, **payload: Any) -> None:
    body = {"session_id": session, "payload": payload}
    assert hub.call("POST", f"/api/sessions/{session.replace(' ', '%20')}/notify", body, by="send").status == 204


def failed(hub: RunningHub) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.call("GET", "/api/jobs?state=failed").document["items"]
    return found


def test_what_failed_is_tried_again_and_dropped(hub: RunningHub) -> None:
    assert hub.call("PUT", "/api/flow/config", FLOWS).status == 204
    with opened(hub.home) as terminal:
        terminal.press("gj")
        terminal.wait_for("nothing failed")
        notify(hub, "Codex 1", type="start", summary="Begin")
        terminal.wait_for("spawn_agent_session to nobody")
        (job,) = eventually(lambda: failed(hub))
        since = len(terminal.output)
        terminal.press("\r")
        terminal.wait_for("tried again: spawn_agent_session to nobody", since=since)
        eventually(lambda: [one for one in failed(hub) if one["updated_at"] > job["updated_at"]])
        since = len(terminal.output)
        terminal.press("e")
        terminal.wait_for("dropped", since=since)
        assert failed(hub) == []
        since = len(terminal.output)
        terminal.press("\x1b")
        terminal.wait_for("Begin", since=since)


def test_the_log_comes_by_itself(hub: RunningHub) -> None:
    with opened(hub.home) as terminal:
        terminal.press("gl")
        terminal.wait_for("ready: version")
        notify(hub, "Codex 1", type="commit", summary="one")
        terminal.wait_for("notify event accepted")
        terminal.wait_for("type=git-commit")
        since = len(terminal.output)
        terminal.press("/")
        terminal.wait_for("WARN and above", since=since)


def test_a_session_shows_its_plan_and_then_its_rows(hub: RunningHub) -> None:
    notify(hub, "Codex 1", type="plan-L2-wip", plan_file="plan.org", heading="Route events", level=2, state="wip")
    notify(hub, "Codex 2", type="start", summary="of another")
    with opened(hub.home) as terminal:
        terminal.press("gw")
        terminal.wait_for("L2 Route events")
        assert "plan.org" in terminal.text()
        since = len(terminal.output)
        terminal.press("j\r")
        terminal.wait_for('session:"Codex 1"', since=since)


@pytest.mark.parametrize("keys", [("g", "j"), ("g", "l"), ("g", "w")], ids=["jobs", "log", "sessions"])
async def test_without_a_hub_it_says_so(pane: OpenPane, keys: tuple[str, ...]) -> None:
    async with pane(numbered([message("x")])) as it:
        await it.press(*keys)
        await it.until(lambda: "not connected yet" in str(it.app.screen.query_one("#listed-foot")._left))  # type: ignore[attr-defined]
        await it.press("q")
        assert it.app.screen is it.main
