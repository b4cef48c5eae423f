"""`inbox status` as a command with help; the plain forms are answered before click is imported."""

from __future__ import annotations

import click


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help='Figures as JSON; a hub out of reach is {"live": false}.')
@click.option("--format", "template", default="", metavar="TEXT", help="Text with {needs}, {unread} and {hub} in it.")
def status_command(as_json: bool, template: str) -> int:
    """Say how many need you and how many are unread. Made for status lines: fast, one line.

    \b
    Example, in .tmux.conf:
      set -g status-right "#(inbox status --format '? {needs}  · {unread}')"
    """
    from inbox_tui.cli.glance import report

    return report(as_json=as_json, template=template)
