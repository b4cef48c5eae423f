"""The command line: finds the command, runs it, and turns every failure into a message and an exit code."""

from __future__ import annotations

from collections.abc import Sequence

import click

from inbox_tui.cli.group import inbox
from inbox_tui.cli.problems import guarded
from inbox_tui.core.errors import Exit


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and answers its exit code; a command's own is what it returns."""
    return guarded(lambda: _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    try:
        code = inbox.main(list(arguments), prog_name="inbox", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return int(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except click.Abort:
        return int(Exit.WITHDRAWN)
    except SystemExit as end:  # click's own way out where nobody reads the output; none of ours ends so
        raise BrokenPipeError from end
    return code if isinstance(code, int) else int(Exit.DONE)
