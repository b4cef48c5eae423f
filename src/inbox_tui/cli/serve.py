"""`inbox serve`: run the hub in this process."""

from __future__ import annotations

import time

import click

from inbox_tui.core.errors import Exit

_TRIES, _PAUSE = 120, 0.5
"""How often, and seconds between, for a hub that is only just starting."""


@click.command("serve")
@click.option("--listen", default="", metavar="HOST:PORT", help="Where HTTP senders reach it.  [default: 127.0.0.1:9477]")
@click.option(
    "--database", default="", metavar="URL", help="Where rows are kept: postgresql://…  [default: this user's own SQLite file]"
)
@click.option("--notify-database", default="", metavar="URL", help="The same PostgreSQL past a pooler, if there is one between.")
@click.option("--install", is_flag=True, help="Write a service of this user's that runs it, and say what to type; start nothing.")
@click.option("--ready-fd", type=int, hidden=True, help="A file descriptor that hears when the hub listens.")
@click.option("--no-welcome", is_flag=True, hidden=True, help="A new inbox stays empty.")
def serve_command(listen: str, database: str, notify_database: str, install: bool, ready_fd: int | None, no_welcome: bool) -> int:
    """Run this machine's hub in the foreground. `inbox` starts one by itself; a service manager runs this.

    It listens on two sockets of this user, and on 127.0.0.1 for senders with a key; where the port is taken it takes a free one
    and says so. On another address, TLS is a reverse proxy's work.

    Any number of hubs, each with an INBOX_HOME of its own, may share one PostgreSQL (pip install 'inbox-tui[postgres]'). Its
    password belongs into ~/.pgpass or a service file, as others can read a command line.

    \b
    Examples:
      inbox serve
      inbox serve --listen 0.0.0.0:9477
      inbox serve --database postgresql://inbox@db.example/inbox
      inbox serve --database 'postgresql:///?service=inbox'
      inbox serve --install                 a systemd user unit, or a launchd agent on macOS
    """
    if install:
        return _install({"--listen": listen, "--database": database, "--notify-database": notify_database})
    from inbox_tui.hub.serve import serve

    _deliver_what_waits()
    return serve(
        listen=listen,
        database=database,
        notify_database=notify_database,
        ready_fd=ready_fd,
        is_welcoming=not no_welcome,
    )


def _install(options: dict[str, str]) -> int:
    import os
    from pathlib import Path

    from inbox_tui.cli.unit import command, unit, write

    made = unit(command(options), os.environ, Path.home())
    click.echo(f"{'Written' if write(made) else 'There already'}: {made.file}\n")
    click.echo(made.text)
    click.echo("Nothing is started yet. Type what you want of it:\n")
    for line in made.then:
        click.echo(f"  {line}")
    return Exit.DONE


def _deliver_what_waits() -> None:
    """What this machine's senders kept while there was no hub: they may not come again for days."""
    from inbox_tui.core.errors import InboxError
    from inbox_tui.core.paths import find_paths
    from inbox_tui.sdk.delivery import PATIENCE, drain, tell_on_stderr
    from inbox_tui.sdk.spool import spool_of
    from inbox_tui.wire import Address

    paths = find_paths()
    hub = Address(socket=str(paths.send_socket))
    spool = spool_of(hub, paths)

    def deliver() -> None:
        for _ in range(_TRIES):
            try:
                if drain(hub, spool, until=time.monotonic() + PATIENCE, tell=tell_on_stderr).problem is None:
                    return
            except InboxError:
                return
            time.sleep(_PAUSE)

    try:
        if not spool.pending():
            return
    except InboxError:
        return
    import threading

    threading.Thread(target=deliver, name="inbox-kept", daemon=True).start()
