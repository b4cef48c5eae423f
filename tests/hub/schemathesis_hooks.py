"""Loaded by schemathesis: of what it would send, nothing that only the hub's own data can make right."""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from schemathesis import GenerationMode

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A session or parent is one that there is, and nobody waits here for an answer that never comes."""
    if isinstance(case.body, dict):
        for name in ("session_id", "parent_id"):
            if _UUID.fullmatch(str(case.body.get(name))):
                del case.body[name]
        if case.body.get("wait") in ("block", "sse"):
            case.body["wait"] = "none"
        if case.meta.generation.mode is GenerationMode.POSITIVE:
            _make_sense(case.path, case.body)


def _make_sense(path: str, body: dict[str, Any]) -> None:
    """What is to be read has something to see in it; and what must fit together in an approval is left to tests of ours."""
    if body.get("title"):
        body["title"] = "x" + body["title"][1:]
    if body.get("buttons"):
        body["buttons"] = [str(n) + "x" * (len(label) - 1) for n, label in enumerate(body["buttons"])]
    if path.endswith("/approvals"):
        for name in ("decisions", "buttons", "as_audio", "ttl"):
            body.pop(name, None)


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    return _is_storable(body)


def _is_storable(value: Any) -> bool:
    """What no schema says of every member: 64-bit integers, no NUL."""
    if isinstance(value, dict):
        return all(_is_storable(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(map(_is_storable, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return -(1 << 63) <= value < 1 << 63
    return "\0" not in value if isinstance(value, str) else True
