"""`inbox list`: the inbox as lines, for scripts, pipes and screen readers."""

from __future__ import annotations

import json

import click

from inbox_tui.cli.arguments import filter_from
from inbox_tui.cli.named_hub import named_hub
from inbox_tui.core.errors import Exit


@click.command("list")
@named_hub
@click.argument("filter_words", metavar="[FILTER]...", nargs=-1)
@click.option(
    "--view",
    type=click.Choice(["needs", "unread", "all", "snoozed", "done"]),
    default="all",
    show_default=True,
    help="Which rows; all is neither done nor snoozed.",
)
@click.option("--limit", type=click.IntRange(1, 5000), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line.")
def list_command(filter_words: tuple[str, ...], view: str, limit: int, as_json: bool) -> int:
    """List notifications, what needs you first; with a FILTER, those that it finds among the newest 5,000.

    Each line is ID@REV, a sign (? asks, ✗ error, ▲ warning, ✓ success, · info), the title, its age and who said it. ID@REV is
    what approve, reject and decide take: the answer then counts only for what you were shown.

    \b
    Examples:
      inbox list --view needs
      inbox list --view unread --json | jq -r .title
      inbox list 'severity>=warn source:ci before:2h timed out'
      inbox list -- -is:read 'task:"nightly *"'
    """
    from inbox_tui.cli.problems import complain
    from inbox_tui.cli.rows import FARTHEST, PAGE, fetch_view, line, terminal_width
    from inbox_tui.core.model import from_document
    from inbox_tui.wire import find_hub

    query, width = filter_from(filter_words), terminal_width()
    found, is_complete = fetch_view(find_hub(operate=True), view, limit, query)
    for document in found:
        click.echo(json.dumps(document, ensure_ascii=False) if as_json else line(from_document(document), width))
    if filter_words and not is_complete and len(found) < limit:
        complain(f"the newest {FARTHEST * PAGE:,} rows were looked through; older ones were not")
    return Exit.DONE
