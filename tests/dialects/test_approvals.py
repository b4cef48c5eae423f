"""What each tool reads of an approval: exactly its own documented words, and never `allow` where nobody said so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tool_rules import lets_it_run

from inbox_tui.dialects.agent_notifier.formats import ALLOWING, DENYING, FORMATS, payload

HOOK_FORMATS = [one for one in FORMATS if one != "raw"]
NOBODY = "Nobody answered in the inbox."


def decision(key: str, comment: str = "", *, is_timeout_default: bool = False) -> dict[str, Any]:
    return {
        "key": key,
        "label": key.title(),
        "comment": comment,
        "by": "ada",
        "at": "2026-01-31T09:12:44.081532Z",
        "is_timeout_default": is_timeout_default,
    }


_CLAUDE = {"hookEventName": "PreToolUse"}
_CODEX = {"hookEventName": "PermissionRequest"}
SAID: dict[str, tuple[Any, Any, Any]] = {
    "claude_code.pretooluse": (
        {"hookSpecificOutput": _CLAUDE | {"permissionDecision": "allow"}},
        {"hookSpecificOutput": _CLAUDE | {"permissionDecision": "deny", "permissionDecisionReason": "not today"}},
        {"hookSpecificOutput": _CLAUDE | {"permissionDecision": "ask", "permissionDecisionReason": NOBODY}},
    ),
    "claude_code.userpromptsubmit": (
        {},
        {"decision": "block", "reason": "not today"},
        {"decision": "block", "reason": NOBODY},
    ),
    "copilot_cli.pretooluse": (
        {"permissionDecision": "allow"},
        {"permissionDecision": "deny", "permissionDecisionReason": "not today"},
        {"permissionDecision": "ask", "permissionDecisionReason": NOBODY},
    ),
    "copilot_cli.permissionrequest": ({"behavior": "allow"}, {"behavior": "deny", "message": "not today"}, {}),
    "codex.permission": (
        {"hookSpecificOutput": _CODEX | {"decision": {"behavior": "allow"}}},
        {"hookSpecificOutput": _CODEX | {"decision": {"behavior": "deny", "message": "not today"}}},
        {},
    ),
    "cursor.beforeshellexecution": (
        {"permission": "allow"},
        {"permission": "deny", "user_message": "not today", "agent_message": "not today"},
        {"permission": "deny", "user_message": NOBODY, "agent_message": NOBODY},
    ),
}


@pytest.mark.parametrize("format_", HOOK_FORMATS)
def test_a_tool_reads_its_own_words(format_: str) -> None:
    allowed, denied, nobody = SAID[format_]
    assert payload(format_, "decided", decision("allow")) == allowed
    assert payload(format_, "decided", decision("approve")) == allowed
    assert payload(format_, "decided", decision("deny", "not today")) == denied
    assert payload(format_, "decided", decision("reject", "not today", is_timeout_default=True)) == denied
    assert payload(format_, "expired", None) == nobody
    assert lets_it_run(format_, allowed)
    assert not lets_it_run(format_, denied)
    assert not lets_it_run(format_, nobody)


@pytest.mark.parametrize("format_", HOOK_FORMATS)
def test_a_refusal_without_a_word_says_who_refused(format_: str) -> None:
    assert "Rejected by the user in the inbox." in str(payload(format_, "decided", decision("deny")))
    timed_out = str(payload(format_, "decided", decision("deny", is_timeout_default=True)))
    assert NOBODY in timed_out
    assert "user" not in timed_out.replace("user_message", "").replace("UserPrompt", "")


def test_raw_tells_all_that_there_is() -> None:
    answer = decision("retry", "once more")
    assert payload("raw", "decided", answer) == {"status": "decided", "decision": answer}
    assert payload("raw", "withdrawn", None) == {"status": "withdrawn", "decision": None}


_STATUSES = st.sampled_from(["open", "decided", "expired", "withdrawn", "superseded", "answered_elsewhere", "unknown", "told"])
_KEYS = st.sampled_from([*sorted(ALLOWING | DENYING), "ask", "Allow", "allow ", "always", ""]) | st.text(max_size=8)


@given(st.sampled_from(HOOK_FORMATS), _STATUSES, _KEYS, st.text(max_size=20), st.booleans(), st.booleans())
def test_only_a_persons_own_allow_lets_a_tool_run(
    format_: str, status: str, key: str, comment: str, is_timeout_default: bool, has_decision: bool
) -> None:
    given_ = decision(key, comment, is_timeout_default=is_timeout_default) if has_decision else None
    said = payload(format_, status, given_)
    is_allowed = status == "decided" and has_decision and key in ALLOWING and not is_timeout_default
    assert lets_it_run(format_, said) == is_allowed
