"""`inbox key`: what a sender, or an operator elsewhere, needs to reach this hub."""

from __future__ import annotations

import json
from typing import Any

import click

from inbox_tui.core.errors import Exit


@click.group("key")
def key_command() -> None:
    """Make, list and revoke keys. On the hub's own machine only."""


@key_command.command("new")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["send", "operate"]), required=True, help="send: posts and asks. operate: reads and answers, too."
)
@click.option("--space", default="default", show_default=True, help="The one inbox that it is good for: see `inbox space`.")
@click.option(
    "--allow-timeout-approve", is_flag=True, help="Its questions may be approved by their own default when time runs out."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print {name, role, space, key, notilens: {token, secret}, signing_secret}."
)
def new_command(name: str, role: str, space: str, allow_timeout_approve: bool, as_json: bool) -> int:
    """Make a key, and print what to export where it is used. It is shown this once.

    \b
    Example:
      eval "$(inbox key new my-app --role send)"
      curl -s "$INBOX_HUB/webhook/$NOTILENS_TOKEN/send" -H "X-NOTILENS-KEY: $NOTILENS_SECRET" …
    """
    from inbox_tui.wire import call, own_hub

    hub = own_hub()
    body = {"name": name, "role": role, "space": space, "allow_timeout_approve": allow_timeout_approve}
    made: dict[str, Any] = call(hub, "POST", "/api/keys", body).document
    if as_json:
        made.pop("$schema", None)
        click.echo(json.dumps(made))
        return Exit.DONE
    url = f"http://{call(hub, 'GET', '/api/hub').document['listen']}"
    click.echo(f"# Key {made['name']!r}, role {made['role']}, space {made['space']}. Shown once: the hub keeps only its hash.")
    click.echo(f"export INBOX_HUB={url}\nexport INBOX_KEY={made['key']}")
    if role == "send":
        click.echo(f"export NOTILENS_TOKEN={made['notilens']['token']}\nexport NOTILENS_SECRET={made['notilens']['secret']}")
        click.echo(f"export AGENT_NOTIFIER_API_BASE={url}/api/v1\nexport AGENT_NOTIFIER_API_KEY={made['key']}")
        click.echo(f"export INBOX_SIGNING_SECRET={made['signing_secret']}")
        click.echo(f"# NotiLens senders post to {url}/webhook/$NOTILENS_TOKEN/send")
    return Exit.DONE


@key_command.command("list")
@click.option("--space", default="", help="Only those of this space.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_command(space: str, as_json: bool) -> int:
    """List the keys that work: id, role, space and name. Never the key itself."""
    from urllib.parse import quote

    from inbox_tui.core.text import clean
    from inbox_tui.wire import call, own_hub

    items = call(own_hub(), "GET", f"/api/keys?space={quote(space, safe='')}").document["items"]
    if as_json:
        click.echo(json.dumps(items))
        return Exit.DONE
    width = max((len(item["space"]) for item in items), default=0)
    for item in items:
        click.echo(f"{item['id']}  {item['role']:<7}  {item['space']:<{width}}  {clean(item['name'], lines=False)}")
    return Exit.DONE


@key_command.command("secret")
@click.argument("name")
@click.option("--space", default="default", show_default=True, help="The space of the key.")
def secret_command(name: str, space: str) -> int:
    """Print what the callbacks of a key's questions are verified with. The name is `local` for what this machine asks.

    \b
    Example:
      INBOX_SIGNING_SECRET=$(inbox key secret my-app) python receiver.py
    """
    from urllib.parse import urlencode

    from inbox_tui.wire import call, own_hub

    found = call(own_hub(), "GET", f"/api/signing-secret?{urlencode({'name': name, 'space': space})}").document
    click.echo(found["signing_secret"])
    return Exit.DONE


@key_command.command("webhook")
@click.argument("name")
@click.argument("url")
@click.option("--space", default="default", show_default=True, help="The space of the key.")
def webhook_command(name: str, url: str, space: str) -> int:
    """POST each answer to a key's questions to URL too, signed; an empty URL ends that.

    `inbox key secret NAME` prints what it is verified with.

    \b
    Example:
      inbox key webhook my-app https://ci.example.com/inbox
      inbox key webhook my-app ""
    """
    from inbox_tui.wire import call, own_hub

    said = call(own_hub(), "PUT", "/api/webhook", {"name": name, "space": space, "url": url}).document
    host = said["host"]
    click.echo(f"{name}: each answer is POSTed to {host}." if host else f"{name}: no answer is POSTed any more.")
    return Exit.DONE


@key_command.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_command(key_id: str) -> int:
    """Revoke a key. Within a second no hub takes it any more."""
    from urllib.parse import quote

    from inbox_tui.wire import call, own_hub

    call(own_hub(), "DELETE", f"/api/keys/{quote(key_id, safe='')}")
    return Exit.DONE
