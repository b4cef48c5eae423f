"""Checks of the hub as a caller meets it: reached, let in, storing, on its port, and of the same time as this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from inbox_tui import __version__
from inbox_tui.cli.checks.finding import Finding, Scene, fine, note, wrong
from inbox_tui.core.errors import ConfigError, HubUnreachable, InboxError, Refused
from inbox_tui.core.times import SECOND, from_wire, now
from inbox_tui.wire import Address, NotConnected, call

PATIENCE = 3.0
MOST_SKEW = 5 * SECOND
"""Clocks that differ by more show wrong ages, and quiet hours at other times than here."""


def reached(scene: Scene) -> Iterator[Finding]:
    try:
        hub = scene.hub
        health = _get(hub, "/api/health")
    except ConfigError as problem:
        yield wrong(str(problem), "export INBOX_HUB=http://HOST:PORT, or unset it for this machine's own hub")
        return
    except NotConnected as problem:
        fix = (
            "inbox    # starts one; or inbox serve"
            if not scene.environ.get("INBOX_HUB")
            else "is the address right, and the hub up?"
        )
        yield wrong(str(problem), fix)
        return
    except (HubUnreachable, Refused) as problem:
        yield wrong(f"something answers at {_name(scene)}, but not as an inbox hub: {problem}", "look at what listens there")
        return
    yield fine(f"{_name(scene)} answers, version {health.get('version', '?')}")
    if health.get("version") != __version__:
        yield note(f"this is version {__version__}", "inbox stop, then inbox: the newer hub takes over")
    if health.get("storage"):
        yield wrong(f"it cannot store: {health['storage']}", "make room, then look again; senders are refused meanwhile")
    yield from _let_in(hub)
    yield from _clock(health)


def _let_in(hub: Address) -> Iterator[Finding]:
    try:
        _get(hub, "/api/notifications?limit=1")
    except Refused as refused:
        fix = "INBOX_KEY needs a key of role operate: inbox key new NAME --role operate, on the hub's machine"
        yield wrong(f"it does not let us in: {refused.detail}", fix)
    except HubUnreachable as problem:
        yield wrong(str(problem), "inbox doctor, again")
    else:
        yield fine("it lets us read and answer")


def _clock(health: dict[str, Any]) -> Iterator[Finding]:
    try:
        at = from_wire(str(health.get("now") or ""))
    except ValueError:
        return
    if at is None:
        return
    skew = now() - at
    if abs(skew) > MOST_SKEW:
        which = "behind" if skew > 0 else "ahead of"
        yield wrong(f"the hub's clock is {abs(skew) // SECOND:,} s {which} this machine's", "set both by NTP: timedatectl status")
    else:
        yield fine("its clock is ours")


def port(scene: Scene) -> Iterator[Finding]:
    """Senders by HTTP know the port that is configured."""
    from inbox_tui.core.config import load_config

    try:
        if not scene.hub.socket:
            return
        wanted = load_config(scene.paths.config_file, scene.environ).hub.listen
    except ConfigError:
        return  # said elsewhere
    listen = _listens(scene)
    file = scene.paths.config_file
    if listen:
        if listen.rpartition(":")[2] == wanted.rpartition(":")[2]:
            yield fine(f"senders reach it at http://{listen}")
        else:
            said = f"{wanted} was taken: senders reach the hub at http://{listen} now, and elsewhere after its next start"
            yield wrong(said, f'[hub] listen = "127.0.0.1:PORT" in {file}, or end what holds it: {_holder(wanted)}')
    elif _is_taken(wanted):
        yield wrong(
            f"{wanted} is taken by another program, and no hub runs", f"{_holder(wanted)}; or another [hub] listen in {file}"
        )
    else:
        yield fine(f"{wanted} is free")


def exported(scene: Scene) -> Iterator[Finding]:
    """The log at a collector, by the hub's last word about it; it says each change but once, and may have forgotten that."""
    from inbox_tui.core.config import load_config

    if not scene.hub.socket:
        return
    try:
        endpoint = load_config(scene.paths.config_file, scene.environ).logs.otlp_endpoint
    except ConfigError:
        return  # said elsewhere
    if not endpoint:
        yield fine("it is kept by the hub alone")
        return
    where = urlsplit(endpoint)
    address = f"{where.hostname}:{where.port or (443 if where.scheme == 'https' else 80)}"
    try:
        said = _get(scene.hub, "/api/logs?category=hub&text=inbox_tui.hub.otlp&limit=1")["items"]
    except InboxError:
        return  # said of the hub itself
    if said and said[0]["severity_text"] != "INFO":
        yield wrong(said[0]["body"], f"look at the collector, and at [logs] in {scene.paths.config_file}")
    elif not _is_taken(address):
        yield wrong(f"no collector is at {address}", f"start it; or another [logs] otlp_endpoint in {scene.paths.config_file}")
    else:
        yield fine(f"it is exported to {address}")


def _listens(scene: Scene) -> str:
    """Where the running hub says that it listens; "" without one."""
    try:
        about = _get(scene.hub, "/api/hub")
    except InboxError:
        return ""
    return str(about.get("listen", ""))


def _is_taken(address: str) -> bool:
    host, _, number = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]") or "127.0.0.1", int(number)), timeout=1.0):
            return True
    except (OSError, ValueError, OverflowError):
        return False


def _holder(address: str) -> str:
    return f"ss -ltnp 'sport = :{address.rpartition(':')[2]}'"


def _get(hub: Address, path: str) -> dict[str, Any]:
    document = call(hub, "GET", path, timeout=PATIENCE).document
    if not isinstance(document, dict):
        raise HubUnreachable(f"it answered {json.dumps(document)[:60]}")
    return document


def _name(scene: Scene) -> str:
    return str(scene.hub) if scene.hub.url else "this machine's hub"
