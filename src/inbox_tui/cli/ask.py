"""`inbox ask`: ask a person, and answer by exit code. A failure never allows."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from inbox_tui.cli.arguments import Duration, pairs, text_from
from inbox_tui.cli.problems import complain
from inbox_tui.core.errors import Exit, HubUnreachable, Refused
from inbox_tui.core.model import REFUSING_KEYS

if TYPE_CHECKING:
    from inbox_tui.sdk import Answer

_ENDINGS = {
    "timeout": "nobody answered in time",
    "expired": "nobody answered in time",
    "withdrawn": "the question was withdrawn",
    "superseded": "a corrected question took its place",
    "answered_elsewhere": "it was answered elsewhere",
    "unknown": "the hub no longer knows the question",
    "foreign": "the hub's answer was not for this question",
}


_OPTIONS = {"title": "QUESTION", "body": "--detail", "choices": "--choice", "callback_url": "--callback"}
"""Members of an event by another name than their option's."""
_MEMBER = re.compile(r"body\.(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")


@click.command("ask")
@click.argument("question")
@click.option("--choice", "choices", multiple=True, metavar="KEY=LABEL", help="An answer to offer.  [default: approve, reject]")
@click.option("--default", "default", default="", metavar="KEY", help="The answer when the time is up.  [default: no decision]")
@click.option("--timeout", type=Duration(), help="How long to wait: 90s, 5m, 1h30m.  [default: for ever]")
@click.option("--detail", default="", metavar="FILE", help="Text to show below the question; `-` is what is piped in.")
@click.option("--command", "command_text", default="", metavar="TEXT", help="The command that will run, shown to its very end.")
@click.option("--source", default="", help="Who asks: an app, a script, an agent.")
@click.option("--callback", "callback_url", default="", metavar="URL", help="Where the hub POSTs the answer as well, signed.")
@click.option("--reply", is_flag=True, help="Print the comment that came with the answer, instead of a choice's key.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def ask_command(
    question: str,
    choices: tuple[str, ...],
    default: str,
    timeout: float | None,
    detail: str,
    command_text: str,
    source: str,
    callback_url: str,
    reply: bool,
    as_json: bool,
) -> int:
    """Ask a person, and wait. Approved is exit code 0; no failure ever is.

    Rejected (or a choice named deny) is 1, no decision 4. Any other choice prints its key and is 0. Ctrl-C withdraws the
    question. A hub that restarts meanwhile is waited for; one that is not there at first, for 10 seconds (then 3). A default
    that permits needs a key made with --allow-timeout-approve.

    \b
    Examples:
      inbox ask "Deploy 1.2.3?" --timeout 15m && ./deploy
      inbox ask "Delete 83 records?" --command "DELETE FROM users WHERE …" --detail plan.txt
      env=$(inbox ask "Deploy where?" --choice staging=Staging --choice prod=Production)
    """
    from inbox_tui.sdk import ask

    offered = pairs(choices, "--choice")
    if default and (timeout is None or default not in (offered or {"approve", "reject"})):
        raise click.UsageError("--default names one of the offered choices, and needs --timeout")
    shown: dict[str, Any] = {"command": command_text, "source": source, "cwd": _working_folder(), "host": socket.gethostname()}
    shown |= {"body": text_from(detail) if detail else "", "callback_url": callback_url}
    signal.signal(signal.SIGTERM, _withdraw)
    signal.signal(signal.SIGHUP, _withdraw)
    try:
        answer = ask(
            question,
            choices=offered,
            default=default,
            timeout=timeout,
            on_outage=lambda problem: complain(f"{problem} Still waiting."),
            **{name: value for name, value in shown.items() if value},
        )
    except Refused as refused:
        raise _as_typed(refused) from refused
    except HubUnreachable as away:
        raise HubUnreachable(f"no decision: {away}") from away
    if default not in ("", *REFUSING_KEYS) and answer.status == "expired":
        complain(f"the default {default!r} was not given: it permits, which needs a key made with --allow-timeout-approve")
    return _tell(answer, reply, as_json)


def _as_typed(refused: Refused) -> Refused:
    """A hub's "no" to a member, `body.choices[1].key`, as one to what was typed: `--choice 2, its key`."""
    if not refused.errors or (found := _MEMBER.fullmatch(refused.errors[0].location)) is None:
        return refused
    name, index, part = found.groups()
    place = _OPTIONS.get(name, f"--{name}") + (f" {int(index) + 1}" if index else "") + (f", its {part}" if part else "")
    return Refused(refused.status, f"{place}: {refused.errors[0].message}", code=refused.code)


def _withdraw(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _working_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def _tell(answer: Answer, reply: bool, as_json: bool) -> int:
    if as_json:
        names = ("status", "id", "key", "label", "comment", "by", "is_timeout_default")
        click.echo(json.dumps({name: getattr(answer, name) for name in names}, ensure_ascii=False))
    if not answer.key:
        complain(f"no decision: {_ENDINGS.get(answer.status, answer.status)}")
        return Exit.NO_DECISION
    if answer.key in REFUSING_KEYS:
        said = "rejected" if answer.key == "reject" else answer.label or answer.key
        complain(f"{said} by {answer.by}{': ' if answer.comment else ''}{answer.comment}")
        return Exit.REJECTED
    if reply and not as_json:
        if answer.comment:
            click.echo(answer.comment)
    elif answer.key != "approve" and not as_json:
        click.echo(answer.key)
    return Exit.DONE
