"""`inbox status` as a command with help; the plain forms are answered before click is imported."""

from __future__ import annotations

import click

from inbox_tui.cli.named_hub import named_hub


@click.command("status")
@named_hub
@click.option("--json", "as_json", is_flag=True, help='Figures as JSON; a hub out of reach is {"live": false}.')
@click.option("--format", "template", default="", metavar="TEXT", help="Text with {needs}, {unread}, {state} and {hub} in it.")
def status_command(as_json: bool, template: str) -> int:
    """Say how many need you and how many are unread. Made for status lines and prompts: fast, one line.

    {state} is live, full (the hub cannot store) or offline; then the figures are "-", the exit code is 3, and a --format prints
    its line all the same.

    \b
    In ~/.tmux.conf:
      set -g status-interval 5
      set -g status-right "#(inbox status --format '? {needs} · {unread} {state}')"
    In ~/.bashrc:
      PS1='$(inbox status --format "[{needs}] ")'"$PS1"
    """
    from inbox_tui.cli.glance import report

    return report(as_json=as_json, template=template)
