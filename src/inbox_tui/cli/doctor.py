"""`inbox doctor`: what works, what does not, and what to type. The checks are in `checks/`, each a function of the scene."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import click

from inbox_tui.cli.checks.finding import Finding, Level, Scene, wrong
from inbox_tui.core.errors import ConfigError, InboxError

Check = Callable[[Scene], Iterator[Finding]]
_SIGNS: dict[Level, str] = {"fine": "✓", "note": "·", "wrong": "✗"}


def checks() -> dict[str, Check]:
    """By name, in the order in which one thing needs the other."""
    from inbox_tui.cli.checks import agents, files, hub, hubs, terminal

    return {
        "configuration": files.configuration,
        "hub": hub.reached,
        "hubs": hubs.followed,
        "sockets": files.sockets,
        "port": hub.port,
        "log": hub.exported,
        "database": files.database,
        "cache": files.cache,
        "hooks of claude-code": agents.claude_code,
        "hooks of codex": agents.codex,
        "colours": terminal.colours,
        "desktop": terminal.desktop,
        "tmux": terminal.in_tmux,
    }


def examine(scene: Scene) -> Iterator[tuple[str, Finding]]:
    for name, check in checks().items():
        try:
            yield from ((name, finding) for finding in check(scene))
        except ConfigError:
            continue  # INBOX_HUB is no address: said by the check of the hub
        except (InboxError, OSError) as problem:
            yield name, wrong(f"could not be checked: {problem}", "the message says where to look")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help='{"well": …, "findings": [{"check", "level", "said", "fix"}]}')
def doctor_command(as_json: bool) -> int:
    """Look at everything that the inbox needs, and say what is wrong and what to type.

    \b
    ✓ fine   · worth knowing   ✗ wrong
    Exit codes: 0 nothing is wrong   1 something is
    """
    import os

    from inbox_tui.cli.checks.finding import scene_of
    from inbox_tui.core.text import clean

    found = list(examine(scene_of(os.environ)))
    is_well = not any(finding.level == "wrong" for _, finding in found)
    if as_json:
        findings = [{"check": name, **finding._asdict()} for name, finding in found]
        click.echo(json.dumps({"well": is_well, "findings": findings}, ensure_ascii=False))
        return 0 if is_well else 1
    last = ""
    for name, finding in found:
        click.echo(f"{name if name != last else '':<20} {_SIGNS[finding.level]} {clean(finding.said)}")
        if finding.fix:
            click.echo(f"{'':<20}   → {clean(finding.fix)}")
        last = name
    return 0 if is_well else 1
