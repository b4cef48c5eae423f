"""What `inbox status` says, fast: one call over the socket, nothing imported that a status line would pay for at each refresh."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from inbox_tui.cli.problems import guarded
from inbox_tui.core.errors import ConfigError, Exit, HubUnreachable, InboxError
from inbox_tui.wire import call, find_hub

MOST = 100
"""Rows that need me are counted up to here; a status line has no more room anyway."""
PATIENCE = 3.0
"""Seconds for a hub that does not answer; a prompt of a shell waits for us."""
NAMES = ("needs", "unread", "state", "hub")
"""What a format may name. `state` is live, full (the hub cannot store) or offline; without a hub the figures are `-`."""


def quick_status(arguments: Sequence[str]) -> int | None:
    """Runs `status` where its arguments are the plain ones; None leaves the line to the full parser, with its help and errors."""
    match list(arguments):
        case []:
            return guarded(lambda: report())
        case ["--json"]:
            return guarded(lambda: report(as_json=True))
        case ["--format", template]:
            return guarded(lambda: report(template=template))
    return None


def report(*, as_json: bool = False, template: str = "") -> int:
    """Prints how things stand. `template`: text with the names of `NAMES` in braces; it is filled also without a hub."""
    try:
        figures = _figures()
    except HubUnreachable as problem:
        if as_json:
            print(json.dumps({"live": False, "hub": str(find_hub(operate=True)), "detail": str(problem)}))
        elif template:
            print(_fill(template, {"needs": "-", "unread": "-", "state": "offline", "hub": str(find_hub(operate=True))}))
        else:
            raise
        return Exit.UNREACHABLE
    if as_json:
        print(json.dumps(figures))
    elif template:
        print(_fill(template, figures | {"state": "full" if figures["storage"] else "live"}))
    else:
        needs, unread = figures["needs"], figures["unread"]
        print(f"{needs} need{'s' if needs == 1 else ''} you, {unread} unread")
        if figures["storage"]:
            raise InboxError(f"The hub cannot store: {figures['storage']}")
    return Exit.DONE


def _figures() -> dict[str, Any]:
    hub = find_hub(operate=True)
    page = call(hub, "GET", f"/api/notifications?needs_me=true&limit={MOST}", timeout=PATIENCE).document
    health = call(hub, "GET", "/api/health", timeout=PATIENCE).document
    if not isinstance(page, dict) or not isinstance(health, dict):
        raise HubUnreachable(f"The hub at {hub} did not answer as an inbox hub does.")
    return {
        "live": True,
        "needs": len(page.get("items") or ()),
        "unread": page.get("unread_count", 0),
        "hub": str(hub),
        "version": health.get("version", ""),
        "storage": health.get("storage", ""),
    }


def _fill(template: str, figures: dict[str, Any]) -> str:
    try:
        return template.format_map({name: figures[name] for name in NAMES})
    except (KeyError, ValueError, IndexError, AttributeError):
        raise ConfigError("--format: only {needs}, {unread}, {state} and {hub} stand in braces") from None
