"""`inbox keymap`: the keys in force, and what is wrong with a person's own."""

from __future__ import annotations

import json

import click

from inbox_tui.core.errors import Exit


@click.command("keymap")
@click.option("--check", is_flag=True, help="Only say what is wrong, each with what to do about it.")
@click.option(
    "--json", "as_json", is_flag=True, help='{"keymap", "keys": {ACTION: [KEY]}, "problems": [{"place", "said", "fix"}]}'
)
def keymap_command(check: bool, as_json: bool) -> int:
    """Print the keys in force, as config.toml makes them: [tui] keymap, and [tui.keys] over it.

    \b
    Exit codes: 0 they work   2 something in the configuration cannot
    """
    from inbox_tui.cli.problems import complain
    from inbox_tui.core.config import load_config
    from inbox_tui.core.paths import find_paths
    from inbox_tui.tui.actions import ACTIONS
    from inbox_tui.tui.keymap import checked_keymap

    file = find_paths().config_file
    tui = load_config(file).tui
    keymap, problems = checked_keymap(tui.own_keys, tui.keymap)
    keys = {action.id: [key for key, id_ in keymap.actions.items() if id_ == action.id] for action in ACTIONS}
    if as_json:
        wrong = [problem._asdict() for problem in problems]
        click.echo(json.dumps({"keymap": tui.keymap, "keys": keys, "problems": wrong}, ensure_ascii=False))
    elif not check:
        width = max(len(action.id) for action in ACTIONS)
        for action in ACTIONS:
            click.echo(f"{action.id:<{width}}  {'  '.join(keys[action.id]) or '-':<18}  {action.help}")
    if problems and not as_json:
        complain("\n".join(f"{file}: {problem}" for problem in problems))
    elif check and not as_json:
        click.echo("The keys work.")
    return Exit.USAGE if problems else Exit.DONE
