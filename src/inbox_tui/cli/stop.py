"""`inbox stop`: end this machine's hub."""

from __future__ import annotations

import time

import click

from inbox_tui.core.errors import Exit, HubUnreachable

PATIENCE = 15.0


@click.command("stop")
def stop_command() -> int:
    """Stop this machine's hub. Nothing is lost: what it took is on disk, and those who wait are waited for.

    \b
    Example:
      inbox stop && inbox        a hub of the version that is installed now
    """
    from inbox_tui.wire import NotConnected, call, own_hub

    hub = own_hub()
    try:
        call(hub, "POST", "/api/hub/stop", {})
    except NotConnected:
        click.echo("No hub is running here.")
        return Exit.DONE
    except HubUnreachable:
        pass  # it was quicker to stop than to answer
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            call(hub, "GET", "/api/health", timeout=1)
        except NotConnected:
            click.echo("The hub has stopped.")
            return Exit.DONE
        except HubUnreachable:
            pass
        time.sleep(0.05)
    raise HubUnreachable(f"The hub was told to stop and still answers after {PATIENCE:.0f} seconds.")
