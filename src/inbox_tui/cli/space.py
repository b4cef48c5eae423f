"""`inbox space`: isolated inboxes on this machine's hub, each with its own rows and keys."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import click

from inbox_tui.cli.confirming import need_person, need_word
from inbox_tui.core.errors import Exit


@click.group("space")
def space_command() -> None:
    """Make, list and remove spaces. On the hub's own machine only.

    A space is an inbox of its own: own rows, own keys. A key belongs to one space and sees no other. Look into one with a key of
    it in INBOX_HUB and INBOX_KEY.
    """


@space_command.command("new")
@click.argument("name")
def new_command(name: str) -> int:
    """Make a space: 1 to 63 of a-z, 0-9, - and _.

    \b
    Example:
      inbox space new ops
      eval "$(inbox key new laptop --role operate --space ops)" && inbox
    """
    from inbox_tui.wire import call, own_hub

    call(own_hub(), "POST", "/api/spaces", {"name": name})
    click.echo(f"The space {name} is made. A key for it: inbox key new KEY_NAME --role send --space {name}")
    return Exit.DONE


@space_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_command(as_json: bool) -> int:
    """List the spaces, with what is in each."""
    spaces = _spaces()
    if as_json:
        click.echo(json.dumps(spaces))
        return Exit.DONE
    width = max(len(space["name"]) for space in spaces)
    for space in spaces:
        click.echo(f"{space['name']:<{width}}  {_numbers(space)}; made {space['created_at'][:10]}")
    return Exit.DONE


@space_command.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_command(name: str, yes: bool) -> int:
    """Remove a space with everything in it, for ever. Its keys stop at once.

    On a terminal it says what will be lost, and asks for the name; elsewhere it wants --yes.
    """
    from inbox_tui.wire import call, own_hub

    if not yes:
        _confirm(name)
    path = quote(name, safe="")
    call(own_hub(), "DELETE", f"/api/spaces/{path}?confirm={path}")
    click.echo(f"The space {name} is removed.")
    return Exit.DONE


def _confirm(name: str) -> None:
    need_person(f"Everything in {name} would be lost, for ever: say --yes.")
    space = next((space for space in _spaces() if space["name"] == name), None)
    if space is not None:  # where there is none the hub says so
        click.echo(f"This will be lost, for ever: {_numbers(space)}.")
        need_word(name, f"Type {name} to remove it, anything else to keep it", "Nothing was removed.")


def _numbers(space: dict[str, Any]) -> str:
    rows, unread, questions, keys = (space[name] for name in ("rows", "unread", "open_prompts", "keys"))
    said = [_count(rows, "notification") + f" ({unread} unread)", _count(questions, "open question"), _count(keys, "key")]
    return ", ".join(said)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _spaces() -> list[dict[str, Any]]:
    from inbox_tui.wire import call, own_hub

    found: list[dict[str, Any]] = call(own_hub(), "GET", "/api/spaces").document["items"]
    return found
