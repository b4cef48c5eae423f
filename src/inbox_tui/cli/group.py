"""The commands, by what they are for. Each is a module that is imported when it is named, and imports its side when it runs."""

from __future__ import annotations

from importlib import import_module

import click

from inbox_tui import __version__

COMMANDS: dict[str, dict[str, str]] = {
    "Read and answer": {
        "list": "list",
        "watch": "watch",
        "approve": "decide",
        "reject": "decide",
        "decide": "decide",
        "read": "triage",
        "done": "triage",
        "snooze": "triage",
        "unsnooze": "triage",
        "pin": "triage",
        "unpin": "triage",
        "mute": "mute",
        "metrics": "metrics",
        "status": "status",
    },
    "Send and ask": {"send": "send", "ask": "ask", "task": "task", "run": "wrap", "hook": "hook", "key": "key"},
    "The hub": {
        "serve": "serve",
        "stop": "stop",
        "space": "space",
        "flow": "flow",
        "job": "job",
        "log": "log",
        "hub": "hub",
    },
    "Set it up": {"doctor": "doctor", "config": "config", "keymap": "keymap"},
    "Try it": {"demo": "demo"},
}
"""Heading → command → the module of this package that holds it, under the command's name."""

EXAMPLES = """\b
Examples:
  inbox                                     open the inbox
  inbox send "Backup done" "4,218 files"    say something
  inbox ask "Deploy 1.2.3?" && ./deploy     wait for a person's answer
  inbox run -- make release                 tell when it ends, and how
  inbox list                                what needs you, with the ID@REV to answer
  inbox watch                               what comes in, line by line
  inbox approve 01JD0Q4N3V5W8XRZ2K7M9T6BHC@42
  inbox key new my-app --role send          what a sender needs to reach this inbox

\b
Exit codes:
  0 done, approved, or another choice (its key on stdout)   1 rejected   2 usage
  3 hub out of reach   4 no decision   5 refused by the hub   130 withdrawn
  141 nobody read the output
"""


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one only to run it or to tell about it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for commands in COMMANDS.values():
            if cmd_name in commands:
                module = import_module(f"inbox_tui.cli.{commands[cmd_name]}")
                command = getattr(module, f"{cmd_name}_command")
                assert isinstance(command, click.Command)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for heading, commands in COMMANDS.items():
            with formatter.section(heading):
                found = ((name, self.get_command(ctx, name)) for name in commands)
                formatter.write_dl([(name.ljust(width), command.get_short_help_str(90)) for name, command in found if command])


@click.group(
    cls=LazyGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="inbox %(version)s")
def inbox() -> None:
    """One keyboard inbox in a terminal pane, for what scripts, scheduled tasks and AI agents say and ask.

    Without a command it opens the inbox, and starts this machine's hub where none runs.
    """
