"""`inbox hub`: what a hub keeps, as a whole: backed up, restored, moved to another engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inbox_tui.cli.confirming import need_person
from inbox_tui.core.errors import Exit

if TYPE_CHECKING:
    from inbox_tui.hub.store.copying import Step

_DATABASE = "sqlite:///PATH or postgresql://…  [default: the configured one]"


@click.group("hub")
def hub_command() -> None:
    """Back up, restore or move all that a hub keeps."""


@hub_command.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--database", default="", metavar="URL", help=_DATABASE)
def backup_command(file: Path, database: str) -> int:
    """Write all that is kept into a new FILE. The hub may run meanwhile.

    It is one moment of the database, compared record by record. The hub's key file, without which callbacks that are still to be
    sent cannot be read, is no part of it.

    \b
    Example:
      inbox hub backup inbox-$(date +%F).backup
    """
    from inbox_tui.hub.backup import backup

    address, default = _configured(database)
    with _progress() as told:
        copied = backup(address, default, file, told)
    click.echo(f"{file}: {copied.records:,} records, each compared.")
    return Exit.DONE


@hub_command.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--database", default="", metavar="URL", help=_DATABASE)
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(file: Path, database: str, yes: bool) -> int:
    """Put a backup in the place of what is kept now. The hub must be stopped.

    What was there is kept beside it; a PostgreSQL database must be empty. Questions that were open when the backup was made are
    closed as expired, for their askers have gone on, and every pane starts over.

    \b
    Example:
      inbox stop && inbox hub restore inbox-2026-01-31.backup
    """
    from inbox_tui.hub.backup import restore

    address, default = _configured(database)
    _confirm(yes, "This replaces what the hub keeps now", f"Replace what the hub keeps now by {file}?")
    with _stopped(), _progress() as told:
        aside = restore(file, address, default, told)
    click.echo(f"{file} is restored." + (f" What was there is {aside}." if aside else ""))
    return Exit.DONE


@hub_command.command("new-epoch")
@click.option("--database", default="", metavar="URL", help=_DATABASE)
@click.option("--yes", is_flag=True, help="Do not ask.")
def new_epoch_command(database: str, yes: bool) -> int:
    """Begin anew after the database went back in time. Every hub of it must be stopped.

    That is after a failover to an asynchronous standby, or a snapshot of a disk that was put back: revisions that were lost would
    be given out again, for other rows. Nothing that is kept is removed. Open questions close as expired, since what they were
    answered may be among what was lost, and every pane and reader reads everything anew. `inbox hub restore` does this by itself.

    \b
    Example:
      inbox stop && inbox hub new-epoch
    """
    from inbox_tui.hub.backup import begin_epoch

    address, default = _configured(database)
    _confirm(yes, "This closes every open question", "Close every open question, and let every reader begin anew?")
    with _stopped():
        spaces = begin_epoch(address, default)
    click.echo(f"{spaces} {'space has' if spaces == 1 else 'spaces have'} a new epoch.")
    return Exit.DONE


@hub_command.command("copy")
@click.option("--from", "source", default="", metavar="URL", help=_DATABASE)
@click.option("--to", "target", required=True, metavar="URL", help="An empty database, or what an earlier try has left.")
def copy_command(source: str, target: str) -> int:
    """Copy all that is kept into another database, of either engine, to go on there.

    Stop the hubs first. One that was cut off goes on where it was; in the end every record is compared. Then serve the other
    database, and let no hub go on with the first: there, decisions would be made twice.

    \b
    Example:
      inbox stop
      inbox hub copy --to postgresql://inbox@db.example/inbox
      inbox serve --database postgresql://inbox@db.example/inbox
    """
    from inbox_tui.hub.backup import copy_between

    address, default = _configured(source)
    with _progress() as told:
        copied = copy_between(address, target, default, told)
    click.echo(f"{copied.records:,} records are copied, each compared.")
    if copied.went_on:
        click.echo("The first database has changed meanwhile: stop its hubs, and copy into a new database.", err=True)
        return Exit.REFUSED
    return Exit.DONE


def _configured(database: str) -> tuple[str, Path]:
    """An address, and this user's own file."""
    from inbox_tui.core.config import load_config
    from inbox_tui.core.paths import find_paths

    paths = find_paths()
    return database or load_config(paths.config_file).hub.database, paths.hub_database


def _confirm(yes: bool, warning: str, question: str) -> None:
    if not yes:
        need_person(f"{warning}: say --yes.")
        click.confirm(question, abort=True)


@contextmanager
def _stopped() -> Iterator[None]:
    """No hub of this user runs meanwhile. Raises InboxError where one does."""
    from inbox_tui.core.paths import find_paths
    from inbox_tui.hub import sockets

    paths = find_paths()
    for folder in (paths.runtime, paths.state):
        sockets.private_folder(folder)
    with sockets.only_hub(paths):
        yield


@contextmanager
def _progress() -> Iterator[Callable[[Step], None]]:
    """A bar on a terminal, on stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(length=1, label="Copied and compared", file=sys.stderr) as bar:

        def told(step: Step) -> None:
            bar.length = max(1, step.total)
            bar.update(step.done - bar.pos)

        yield told
