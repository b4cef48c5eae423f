"""What a person allowed always, as a hook handed it to the agent: listed here, so that it can be looked at and taken back.

One JSON line each, on the machine where the agent runs, for the rule itself lives in that machine's settings files. Readable by
its owner alone: a rule may hold a secret. Standard library only.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hooks.claude_code import promise
from inbox_tui.core.text import redact

_YEAR_9999 = 253_370_764_800


class Always(NamedTuple):
    number: int
    """Its line: the same for ever."""
    at: int
    """Seconds since 1970."""
    agent: str
    folder: str
    """The project that the agent was started in; the folder that it worked in where it does not say."""
    label: str
    """As the choice read that the person took, without what looks like a secret."""
    entry: dict[str, Any]
    """The agent's own permission update, whole."""

    @property
    def destination(self) -> str:
        return str(self.entry["destination"])


def note(ledger: Path, agent: str, folder: str, entry: Any) -> None:
    """Adds a line. Raises OSError where it cannot be written."""
    label, _ = redact(promise(entry))
    line = json.dumps({"at": int(time.time()), "agent": agent, "folder": folder, "label": label, "entry": entry})
    ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # A line break before it, too: half a line, left by a full disk, then spoils no other.
        os.write(descriptor, f"\n{line}\n".encode())
    finally:
        os.close(descriptor)


def read(ledger: Path) -> list[Always]:
    """The oldest first; a line that is not one of ours, whole, is passed over. Raises ConfigError where it cannot be read."""
    try:
        text = ledger.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise ConfigError(f"{ledger}: {problem.strerror}") from problem
    lines = [line for line in text.split("\n") if line]
    return [found for number, line in enumerate(lines, 1) for found in _decoded(number, line)]


def _decoded(number: int, line: str) -> Iterator[Always]:
    try:
        said = json.loads(line)
        found = Always(number, **said)
    except (ValueError, TypeError, RecursionError):
        return
    is_fit = (
        type(found.at) is int
        and 0 <= found.at < _YEAR_9999
        and all(isinstance(text, str) for text in (found.agent, found.folder, found.label))
    )
    if is_fit and promise(found.entry):
        yield found
