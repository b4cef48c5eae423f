"""`--hub NAME` of what a person does at a hub: one that config.toml names, for this call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def named_hub(command: Command) -> Command:
    """Adds the option. The call is then made as if `INBOX_HUB` and `INBOX_KEY` had named that hub."""
    text = "The hub that [hubs.NAME] of config.toml describes."
    return click.option("--hub", metavar="NAME", callback=_use, expose_value=False, is_eager=True, help=text)(command)


def _use(context: click.Context, option: click.Parameter, name: str | None) -> None:
    if name is None:
        return
    import os

    from inbox_tui.client.hubs import hub_named, hubs_in
    from inbox_tui.core.config import read_file
    from inbox_tui.core.hubs import LOCAL
    from inbox_tui.core.paths import find_paths

    paths = find_paths()
    file = paths.config_file
    target = hub_named(name, hubs_in(read_file(file), file, os.environ, paths), file).target
    os.environ["INBOX_HUB"] = LOCAL if target.is_local else target.url
    os.environ["INBOX_KEY"] = target.key
    if target.ca_file:
        # Where a TLS context of this process looks for whom to trust.
        os.environ["SSL_CERT_FILE"] = target.ca_file
