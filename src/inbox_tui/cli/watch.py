"""`inbox watch`: the inbox as it happens, one line an event, for pipes and screen readers."""

from __future__ import annotations

import click

from inbox_tui.cli.arguments import filter_from
from inbox_tui.cli.named_hub import named_hub


@click.command("watch")
@named_hub
@click.argument("filter_words", metavar="[FILTER]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help='One document a line: {"event": …, "notification": {…}}.')
def watch_command(filter_words: tuple[str, ...], as_json: bool) -> int:
    """Tell what comes in, line by line, until Ctrl-C. What was there before is not told; `inbox list` shows it.

    An event is new, again (it called once more), answered or closed (what became of a question). A hub that restarts is waited
    for, and what came meanwhile is told then. A question's line ends in the ID@REV that approve, reject and decide take.

    FILTER is as in the pane: severity:error source:ci task:"nightly *" tag:prod, and plain words.

    \b
    Examples:
      inbox watch severity:error source:ci
      inbox watch --json is:actionable | jq -r '.event + " " + .notification.title'
    """
    import asyncio
    import os

    from inbox_tui.cli import watching
    from inbox_tui.client.target import find_target
    from inbox_tui.core.feed import Item
    from inbox_tui.core.model import Notification
    from inbox_tui.core.paths import find_paths
    from inbox_tui.core.query.match import matches
    from inbox_tui.core.times import now

    def tell(event: watching.Event, item: Item, row: Notification) -> None:
        print(watching.as_json(event, item) if as_json else watching.spoken(event, row, now()), flush=True)

    query = filter_from(filter_words)
    asyncio.run(watching.watch(find_target(os.environ, find_paths()), lambda row: matches(query, row, now()), tell))
