"""`inbox approve`, `reject` and `decide`: answer what asks, for exactly what was shown."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from inbox_tui.cli.arguments import Reference
from inbox_tui.cli.confirming import need_person, need_word
from inbox_tui.cli.named_hub import named_hub
from inbox_tui.core.errors import Exit, HubUnreachable, InboxError, Refused

if TYPE_CHECKING:
    from inbox_tui.core.model import Notification
    from inbox_tui.wire import Address

RETRY_SECONDS = 10.0
"""How long one key press is sent again, always as the same attempt, before its outcome is called unknown."""
HEARD_SECONDS = 1.0
"""How long an asker that waits is given to say that it has its answer."""

_comment = click.option("--comment", default="", help="Words for the asker.")
_reference = click.argument("reference", type=Reference(), metavar="ID[@REV]")


@click.command("approve")
@named_hub
@_reference
@_comment
def approve_command(reference: tuple[str, int | None], comment: str) -> int:
    """Approve what asks: ID@REV as `inbox list` prints it.

    The answer counts only if the question is still the one that you were shown. A bare ID shows it and asks you.
    """
    return _answer(reference, "approve", comment)


@click.command("reject")
@named_hub
@_reference
@_comment
def reject_command(reference: tuple[str, int | None], comment: str) -> int:
    """Reject what asks: ID@REV as `inbox list` prints it.

    A bare ID shows the question and asks you.
    """
    return _answer(reference, "reject", comment)


@click.command("decide")
@named_hub
@_reference
@click.argument("key")
@_comment
def decide_command(reference: tuple[str, int | None], key: str, comment: str) -> int:
    """Give one of the answers that were offered, by its key.

    \b
    Example:
      inbox decide 01JD0Q4N3V5W8XRZ2K7M9T6BHC@42 staging --comment "prod tomorrow"
    """
    return _answer(reference, key, comment)


def _answer(reference: tuple[str, int | None], key: str, comment: str) -> int:
    from inbox_tui.cli.rows import fetch
    from inbox_tui.tui.words import state
    from inbox_tui.wire import find_hub

    hub = find_hub(operate=True)
    id_, shown_rev = reference
    # A rev belongs to one life of the hub: a restore starts above all that were given out, so this epoch need not be older.
    epoch = fetch(hub, "/api/notifications?limit=1").get("epoch")
    if shown_rev is None:
        shown_rev = _show_and_confirm(hub, id_, key)
    body = {"key": key, "comment": comment, "raised_rev": shown_rev, "epoch": epoch, "attempt": os.urandom(16).hex()}
    row = _post(hub, f"/api/notifications/{id_}/decision", body)
    click.echo(state(_heard(hub, row)))
    return Exit.DONE


def _heard(hub: Address, row: Notification) -> Notification:
    """The row once the asker that waits has its answer; as it is where that takes longer than a moment."""
    from inbox_tui.cli.rows import fetch
    from inbox_tui.core.model import from_document

    until = time.monotonic() + HEARD_SECONDS
    while row.waiting == "here" and time.monotonic() < until:
        time.sleep(0.02)
        try:
            row = from_document(fetch(hub, f"/api/notifications/{row.id}"))
        except InboxError:
            break  # the decision stands, whatever became of the hub since
    return row


def _show_and_confirm(hub: Address, id_: str, key: str) -> int:
    """Shows the text and asks for the key in full. Answers the raised_rev that was on the screen."""
    from inbox_tui.cli.rows import fetch, whole
    from inbox_tui.core.model import from_document

    need_person(f"Name what you were shown: {id_}@REV, as `inbox list` prints it.")
    row = from_document(fetch(hub, f"/api/notifications/{id_}"))
    click.echo(whole(row))
    need_word(key, f"Type {key} to answer so, anything else to leave it", "Nothing was answered.")
    return row.raised_rev


def _post(hub: Address, path: str, body: dict[str, object]) -> Notification:
    """The same attempt until the hub answers: it is counted once, and a lost answer is given again."""
    from inbox_tui.core.model import from_document
    from inbox_tui.wire import call

    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return from_document(call(hub, "POST", path, body).document)
        except (HubUnreachable, Refused) as problem:
            # A hub that cannot say yet, such as one that is stopping, has not refused what an earlier call may have done.
            if isinstance(problem, Refused) and problem.status not in (503, 507):
                raise
            if time.monotonic() >= until:
                raise HubUnreachable(f"{problem} The outcome is unknown: `inbox list` tells once the hub is back.") from problem
            time.sleep(0.2)
