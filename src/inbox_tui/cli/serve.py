"""`inbox serve`: run the hub in this process."""

from __future__ import annotations

import click


@click.command("serve")
@click.option("--listen", default="", metavar="HOST:PORT", help="Where HTTP senders reach it.  [default: 127.0.0.1:9477]")
@click.option("--database", default="", metavar="URL", help="Where rows are kept.  [default: this user's own SQLite file]")
@click.option("--ready-fd", type=int, hidden=True, help="A file descriptor that hears when the hub listens.")
@click.option("--no-welcome", is_flag=True, hidden=True, help="A new inbox stays empty.")
def serve_command(listen: str, database: str, ready_fd: int | None, no_welcome: bool) -> int:
    """Run this machine's hub in the foreground. `inbox` starts one by itself; a service manager runs this.

    It listens on two sockets of this user, and on 127.0.0.1 for senders with a key; where the port is taken it takes a free one
    and says so. On another address, TLS is a reverse proxy's work.

    \b
    Examples:
      inbox serve
      inbox serve --listen 0.0.0.0:9477
    """
    from inbox_tui.hub.serve import serve

    return serve(listen=listen, database=database, ready_fd=ready_fd, is_welcoming=not no_welcome)
