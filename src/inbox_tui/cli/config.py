"""`inbox config`: what is configured, where it comes from, and what is wrong with it."""

from __future__ import annotations

import json

import click

from inbox_tui.core.errors import ConfigError, Exit


@click.command("config")
@click.option(
    "--explain", is_flag=True, help="With what each key is for, what it may be, its default, and when a change takes hold."
)
@click.option("--check", is_flag=True, help="Only say what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Every key as one document: key, about, type, default, value, origin, …")
def config_command(explain: bool, check: bool, as_json: bool) -> int:
    """Print every key of the configuration with its value and where that comes from: the default, the file, or a variable.

    An open inbox takes a changed file by itself; the hub reads its part when it starts.

    \b
    Exit codes: 0 it can be used   2 something in it cannot
    """
    import os

    from inbox_tui.cli.explaining import explained
    from inbox_tui.core.config import load_config
    from inbox_tui.core.paths import find_paths
    from inbox_tui.tui.keymap import build_keymap

    file = find_paths().config_file
    tui = load_config(file).tui
    try:
        build_keymap(tui.own_keys, tui.keymap)
    except ConfigError as problem:
        raise ConfigError(f"{file}: {problem}") from None
    if check:
        click.echo(f"{file} can be used." if file.exists() else f"{file} is not there: all defaults.")
        return Exit.DONE
    found = explained(file, os.environ)
    if as_json:
        click.echo(json.dumps([key._asdict() for key in found], ensure_ascii=False))
        return Exit.DONE
    for key in found:
        click.echo(f"{key.key} = {_toml(key.value)}" + ("" if key.origin == "default" else f"    # {key.origin}"))
        if explain:
            click.echo(f"    {key.about}")
            click.echo(f"    {key.type}; default {_toml(key.default)}; takes hold {key.takes_hold}")
            click.echo(f"    over the file: {key.variable}\n" if key.variable else "")
    return Exit.DONE


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(member)}" for name, member in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
