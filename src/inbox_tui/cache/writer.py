"""A connection whose thread runs whole transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import aiosqlite

from inbox_tui.cache import schema

P = ParamSpec("P")
T = TypeVar("T")


class Writer(aiosqlite.Connection):
    """`await` it to open. Functions run one after another, each with the plain connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: schema.connect(path), 64)
        # A pane that dies of an error leaves at once: every transaction is whole or not there.
        self._thread.daemon = True

    async def run(self, step: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        result: T = await self._execute(step, self._conn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return result
