"""Every key of the configuration: what it is, what it may be, what holds now and why. Pure but for reading the file."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from inbox_tui.cli.arguments import without_password
from inbox_tui.core.config import FILE_ALONE, Config, Section, load_config, overrides, read_file

_TYPES: dict[object, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_TAKES_HOLD = {
    "hub": "when the hub starts",
    "retention": "when the hub starts",
    "audio": "when the hub starts",
    "media": "when the hub starts",
    "rate": "when the hub starts",
    "outbound": "when the hub starts",
    "flows": "when the hub starts",
    "gestalt": "when the hub starts",
    "logs": "when the hub starts",
    "hubs": "with the next inbox that is opened",
    "agents": "with the agent's next hook; for the hub's own http hooks when it starts",
}
_AT_ONCE = "at once, in open panes too"


class Explained(NamedTuple):
    """`key` with its table: `hub.listen`. `origin`: "default", the file, or the variable. `variable`: which would override it."""

    key: str
    about: str
    type: str
    default: Any
    value: Any
    origin: str
    variable: str
    takes_hold: str


def explained(file: Path, environ: Mapping[str, str]) -> list[Explained]:
    """Every key, in the file's order. Raises ConfigError."""
    values = load_config(file, environ).model_dump(mode="json")
    variables: dict[tuple[str, ...], str] = {place: variable for place, (variable, _) in overrides(environ).items()}
    return list(_walk(Config, (), values, read_file(file), variables, str(file)))


def _walk(
    section: type[Section], at: tuple[str, ...], values: Any, written: Any, variables: Mapping[tuple[str, ...], str], file: str
) -> Iterator[Explained]:
    defaults = section.model_construct().model_dump(mode="json")
    for field_name, field in section.model_fields.items():
        name = field.alias or field_name
        place = (*at, name)
        there = written.get(name) if isinstance(written, dict) else None
        if isinstance(field.default, Section):
            yield from _walk(type(field.default), place, values[name], there, variables, file)
            continue
        if (of_tables := _section_of_tables(field.annotation)) is not None and values[name]:
            for table, members in values[name].items():
                yield from _walk(of_tables, (*place, table), members, (there or {}).get(table), variables, file)
            continue
        origin = variables.get(place) or ("default" if there is None else file)
        variable = "" if place[0] in FILE_ALONE or len(place) != 2 or name == "keys" else f"INBOX_{'_'.join(place).upper()}"
        yield Explained(
            ".".join(place), field.description or "", _type(field), defaults.get(name, ""), _shown(values[name]), origin,
            variable,
            _TAKES_HOLD.get(place[0], _AT_ONCE),
        )  # fmt: skip


def _section_of_tables(annotation: Any) -> type[Section] | None:
    """What each table is, where a key holds tables by names."""
    member = get_args(annotation)[-1:]
    return member[0] if member and isinstance(member[0], type) and issubclass(member[0], Section) else None


def _shown(value: Any) -> Any:
    return without_password(value) if isinstance(value, str) else value


def _type(field: FieldInfo) -> str:
    limits = [f"{words} {json.dumps(limit)}" for name, words in _LIMITS.items() for limit in _metadata(field, name)]
    return ", ".join([_words(field.annotation), *limits])


def _metadata(field: FieldInfo, name: str) -> Iterator[object]:
    for item in field.metadata:
        if (limit := getattr(item, name, None)) is not None:
            yield limit


def _words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(json.dumps(argument) for argument in arguments)
    if origin is tuple:
        return f"a list of {_words(arguments[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(map(_words, arguments))
    if _section_of_tables(annotation) is not None:
        return f"tables, each by a name: {', '.join(arguments[1].model_fields)}"
    if origin is not None and len(arguments) == 2:
        return f"a table of name = {_words(arguments[1])}"
    return _TYPES.get(annotation, "text")
