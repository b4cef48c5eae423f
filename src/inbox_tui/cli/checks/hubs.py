"""Checks of the hubs that the configuration names: each is reached, and lets us in."""

from __future__ import annotations

from collections.abc import Iterator

from inbox_tui.cli.checks.finding import Finding, Scene, fine, note, wrong
from inbox_tui.cli.checks.hub import PATIENCE
from inbox_tui.client.hubs import Followed, hubs_in
from inbox_tui.core.errors import ConfigError, HubUnreachable, Refused
from inbox_tui.wire import call


def followed(scene: Scene) -> Iterator[Finding]:
    """Each by its name."""
    from inbox_tui.core.config import read_file

    file = scene.paths.config_file
    try:
        hubs = hubs_in(read_file(file), file, scene.environ, scene.paths)
    except ConfigError:
        return  # said by the check of the configuration
    if not hubs:
        yield fine("none is named: the inbox follows the one above")
    elif scene.environ.get("INBOX_HUB"):
        yield note("INBOX_HUB goes over them: the inbox follows that hub alone", "unset INBOX_HUB")
    for hub in hubs:
        yield _one(hub)


def _one(hub: Followed) -> Finding:
    where = f"{hub.name}: {hub.target.name}"
    if hub.problem:
        return wrong(f"{hub.name}: {hub.problem}", f"[hubs.{hub.name}] in config.toml, as docs/hubs.md shows")
    try:
        found = call(hub.address, "GET", "/api/notifications?limit=1", timeout=PATIENCE).document
    except Refused as refused:
        fix = f"its key_file needs a key of role operate: inbox key new {hub.name} --role operate, on that hub's machine"
        return wrong(f"{where} does not let us in: {refused.detail}", fix)
    except HubUnreachable as problem:
        return wrong(f"{hub.name}: {problem}", "is the address right, and the hub up?")
    if not isinstance(found, dict):
        return wrong(f"{where} answers, but not as a hub", "look at what listens there")
    if "epoch" not in found:
        return fine(f"{where} answers as a RunWisp daemon: its rows can be read, and marked so")
    return fine(f"{where} lets us read and answer")
