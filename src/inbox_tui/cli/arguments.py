"""What arguments look like: durations, `ID@REV`, choices, `key=value`, text from a file or a pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inbox_tui.core.ids import decode

if TYPE_CHECKING:
    from inbox_tui.core.query.tree import Query

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
PASSWORD = re.compile(r"(://[^/\s:]*:)[^/\s]*(?=@)|(password=)(?:'[^']*'|[^&\s]*)", re.IGNORECASE)
"""In the address of a database: before the host, or a parameter."""


class Duration(click.ParamType[float]):
    """`90`, `90s`, `5m`, `1h30m`, `2d` → seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, int | float):
            return float(value)
        text = str(value).strip().lower()
        if re.fullmatch(r"\d+(\.\d+)?", text):
            seconds = float(text)
        elif text and not _DURATION.sub("", text):
            seconds = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))
        else:
            self.fail(f"{value!r} is no duration: 90, 90s, 5m, 1h30m or 2d", param, ctx)
        if seconds <= 0:
            self.fail("a duration is longer than nothing", param, ctx)
        return seconds


class Reference(click.ParamType[tuple[str, int | None]]):
    """`ID` or `ID@REV`, as `inbox list` prints it → (id, rev), rev None where it is not named."""

    name = "id[@rev]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int | None]:
        if isinstance(value, tuple):
            return value
        id_, at, rev = str(value).partition("@")
        try:
            decode(id_)
        except ValueError as error:
            self.fail(f"{id_!r} is {error}", param, ctx)
        if at and not (rev.isdecimal() and len(rev) < 20):
            self.fail(f"{value!r}: what follows the @ is the number that `inbox list` printed", param, ctx)
        return id_.upper(), int(rev) if at else None


def pairs(texts: Iterable[str], what: str) -> dict[str, str]:
    """`key=value` each → a mapping. A bare key is its own value. Raises click.BadParameter for an empty or a repeated key."""
    found: dict[str, str] = {}
    for text in texts:
        key, _, value = text.partition("=")
        key = key.strip()
        if not key or key in found:
            raise click.BadParameter(f"{text!r}: a {what} is KEY=VALUE, each key once")
        found[key] = value.strip() or key
    return found


def number_or_text(text: str) -> int | float | str:
    """A meta value: numbers are drawn as metrics, so they travel as numbers."""
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
        return float(text)
    return text


def filter_from(words: Sequence[str]) -> Query:
    """What a FILTER looks for. Raises QueryError, with the filter and a mark under what is wrong."""
    from inbox_tui.core.query.parse import QueryError, parse

    text = " ".join(words)
    try:
        return parse(text)
    except QueryError as error:
        raise QueryError(error.pointed(text), error.offset, error.length) from None


def text_from(source: str) -> str:
    """The text of a file; `-` is what is piped in. Raises click.BadParameter where it cannot be read as UTF-8."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode().rstrip("\n")
    except OSError as error:
        raise click.BadParameter(f"{source}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{source}: is not text in UTF-8") from error


def without_password(address: str) -> str:
    """The address of a database with `***` for the password that it may hold."""
    return PASSWORD.sub(lambda found: f"{found[1] or found[2]}***", address)
