"""What a flow says is in every pane for a moment: never over a question, and nobody but the hub says it so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from commands import INBOX, eventually, rows
from hubs import RunningHub

FLOWS = {
    "triggers": [{"id": "t", "event_type": "work-*"}],
    "bindings_by_trigger_id": {
        "t": [{"activity_id": "toast_notification", "config": {"level": "warning", "message_template": "flow says {{summary}}"}}]
    },
}
TITLE = "warning"
"""Of the toast; no row has it."""


def notify(hub: RunningHub, summary: str) -> None:
    body = {"session_id": "Codex 1", "payload": {"type": "start", "summary": summary}}
    assert hub.call("POST", "/api/sessions/Codex%201/notify", body, by="send").status == 204
    eventually(lambda: [row for row in rows(hub) if row["title"] == f"flow says {summary}"])


@pytest.mark.tmux
def test_a_toast_is_in_every_pane_and_never_over_a_question(hub: RunningHub, tmux: Callable[..., str]) -> None:
    assert hub.call("PUT", "/api/flow/config", FLOWS).status == 204
    command = f"env INBOX_HOME={hub.home} {' '.join(INBOX)}"
    tmux("new-session", "-d", "-s", "one", "-x", "80", "-y", "24", command)
    tmux("new-session", "-d", "-s", "two", "-x", "200", "-y", "50", command)

    def shown(pane: str) -> str:
        return tmux("capture-pane", "-p", "-t", pane)

    for pane in ("one", "two"):
        eventually(lambda pane=pane: "live" in shown(pane))  # type: ignore[misc]
    hub.publish(title="posing as a flow", kind="flow.toast", severity="warn")
    notify(hub, "go")
    for pane in ("one", "two"):
        eventually(lambda pane=pane: TITLE in shown(pane) and "flow says go" in shown(pane))  # type: ignore[misc]
        assert shown(pane).count(TITLE) == 1, "a sender says nothing so"
    hub.publish(title="Deploy?", is_prompt=True, command="./deploy")
    eventually(lambda: "Deploy?" in shown("one"))
    tmux("send-keys", "-t", "one", "g", "g", "a")
    eventually(lambda: "not now" in shown("one"))
    eventually(lambda: TITLE not in shown("one"))
    notify(hub, "again")
    eventually(lambda: "flow says again" in shown("one"))
    assert TITLE not in shown("one")
    eventually(lambda: shown("two").count("flow says again") == 2)
