"""The examples of seed 004, word for word."""

from __future__ import annotations

from typing import Any

CODEX: dict[str, Any] = {
    "session_id": "Codex 1",
    "occurred_at": "2026-01-28T20:17:42Z",
    "payload": {"type": "agent-turn-complete", "turn_id": "turn-42", "model": "gpt-5"},
    "raw": '{"type":"agent-turn-complete","turn_id":"turn-42","model":"gpt-5"}',
    "event_id": "codex-notify:turn-42",
}
PLAN: dict[str, Any] = {
    "session_id": "Codex 1",
    "occurred_at": "2026-01-28T20:17:42Z",
    "payload": {
        "type": "plan-L1-wip",
        "plan_file": ".gestalt/plans/gestalt-notify.org",
        "heading": "Route session events via gestalt-notify",
        "state": "wip",
        "level": 1,
    },
    "event_id": "manual:plan-L1-wip:gestalt-notify",
}
FLOWS: dict[str, Any] = {
    "version": 1,
    "triggers": [
        {"id": "plan-created", "label": "New plan created", "event_type": "plan-new", "where": {"session.id": "Codex 1"}}
    ],
    "bindings_by_trigger_id": {
        "plan-created": [
            {"activity_id": "toast_notification", "config": {"level": "info", "message_template": "{{summary}}"}},
            {
                "activity_id": "spawn_agent_session",
                "config": {"agent_id": "coder", "message_template": "New plan summary: {{notify.plan_summary}}"},
            },
        ]
    },
}
MAPPING = [
    ("new-plan", "plan-new"),
    ("plan-new", "plan-new"),
    ("plan-L1-wip", "plan-update"),
    ("plan-", "agent-turn-complete"),
    ("plan", "agent-turn-complete"),
    ("planning", "agent-turn-complete"),
    ("plan-new-2", "plan-update"),
    ("progress", "plan-update"),
    ("plan-update", "plan-update"),
    ("start", "work-start"),
    ("work-start", "work-start"),
    ("started", "agent-turn-complete"),
    ("work-progress", "work-progress"),
    ("finish", "work-finish"),
    ("work-finish", "work-finish"),
    ("git-commit", "git-commit"),
    ("commit", "git-commit"),
    ("commits", "agent-turn-complete"),
    ("agent-turn", "agent-turn-complete"),
    ("agent-turn-complete", "agent-turn-complete"),
    ("agent-turns", "agent-turn-complete"),
    ("prompt-voice", "prompt-voice"),
    ("prompt-voice-2", "prompt-voice"),
    ("prompt-text", "prompt-text"),
    ("prompt-texts", "prompt-text"),
    ("prompt", "agent-turn-complete"),
    ("anything else", "agent-turn-complete"),
    ("  New_Plan!", "plan-new"),
    ("WORK..START", "work-start"),
    ("Prompt Voice", "prompt-voice"),
    ("!!!", "agent-turn-complete"),
    ("", "agent-turn-complete"),
]
"""A type as sent → the canonical one: each line of the seed, and the edges of each."""
