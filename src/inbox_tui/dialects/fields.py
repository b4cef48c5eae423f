"""What may be stored at all, and refusals that name the field: the checks that every dialect shares. Pure.

Both engines hold valid Unicode without NUL or lone surrogates, 64-bit integers and finite floats; nesting ends at 32. All else
is refused here, before anything of ours sees it, so that no later step can fail on data.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from inbox_tui.core.errors import FieldError, Refused, invalid
from inbox_tui.core.model import Json
from inbox_tui.core.text import clean, is_storable
from inbox_tui.core.urls import callable_url, http_url

DEPTH = 32
"""Levels of lists and objects that a body may have."""
SHORT, TITLE, TEXT, URL, META = 500, 2_000, 131_072, 4_096, 65_536
"""Characters of a name, a title, a text and a URL; bytes of `meta` as JSON."""
CALLBACK_URL = 2_000
"""Characters."""
SEVERAL = 100
"""Tags and file paths of one event."""

_AS_IF_ABSENT: JsonSchemaValue = {"description": "As if absent", "enum": [None, "", [], {}]}
_INTEGERS = range(-(1 << 63), 1 << 63)
_BEYOND = 1 << 64
_TOO_DEEP = f"is nested deeper than {DEPTH} levels"
_Model = TypeVar("_Model", bound=BaseModel)


def parse(raw: bytes) -> Json:
    """A request's body. Raises Refused: 400 for what is not JSON, 422 for JSON that cannot be stored, naming the field."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(f"is not UTF-8, from byte {error.start} on") from None
    try:
        value = _decoded(text)
    except RecursionError:
        raise invalid("body", _TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise _malformed(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    try:
        _check(value, 0)
    except _UnfitError as unfit:
        raise invalid("body" + _path(unfit.path), unfit.message) from None
    return value


def _decoded(text: str) -> Json:
    try:
        return cast(Json, json.loads(text))
    except json.JSONDecodeError:
        raise
    except ValueError:
        # Python refuses to read integers of thousands of digits; read them as one that the check names and refuses.
        return cast(Json, json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 25 else _BEYOND))


def _malformed(message: str) -> Refused:
    return Refused(400, f"body: {message}", FieldError("body", message), code="malformed")


class _UnfitError(Exception):
    """Something that cannot be stored; each level that it passes on its way out puts its own name in front of the path."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.path: list[str | int] = []


def _check(value: Json, depth: int) -> None:
    if isinstance(value, str):
        if not is_storable(value):
            raise _UnfitError("holds a NUL character or half of a surrogate pair")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _UnfitError("is not a finite number")
    elif isinstance(value, int):
        if value not in _INTEGERS:
            raise _UnfitError("does not fit 64 bits")
    elif isinstance(value, (dict, list)):
        if depth == DEPTH:
            raise _UnfitError(_TOO_DEEP)
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(name, str) and not is_storable(name):
                raise _UnfitError("has a name that holds a NUL character or half of a surrogate pair")
            try:
                _check(item, depth + 1)
            except _UnfitError as unfit:
                unfit.path.insert(0, name)
                raise


def _path(steps: list[str | int]) -> str:
    """`.meta.rows`, `.items[3].tags`; names are a stranger's text, so they are cleaned and cut."""
    return "".join(f"[{step}]" if isinstance(step, int) else "." + clean(step[:80], lines=False) for step in steps)


def validate(model: type[_Model], value: Json | dict[str, str], where: str = "body") -> _Model:
    """The value as a model. Raises Refused 422, one error a field, located below `where` (`body`, `query`)."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _refusal(error, where) from None


_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is no member that there is",
    "string_type": "must be a string",
    "int_type": "must be an integer",
    "int_parsing": "must be an integer",
    "int_parsing_size": "must be an integer of at most 64 bits",
    "int_from_float": "must be an integer",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


def _refusal(error: ValidationError, where: str) -> Refused:
    fields = []
    for one in error.errors(include_url=False, include_context=False):
        message = _WORDS.get(one["type"]) or one["msg"].removeprefix("Value error, ").removeprefix("Input ").removeprefix(
            "String "
        )
        value = one["input"]
        shown = "" if value is None or isinstance(value, (dict, list)) else clean(str(value)[:100], lines=False)
        fields.append(FieldError(where + _path(list(one["loc"])), message, shown))
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return Refused(422, f"{fields[0].location}: {fields[0].message}{more}", *fields, code="invalid")


class Tolerant(BaseModel):
    """Takes an empty string, list or object, or null, for an optional field that is absent: real clients send them."""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        fields = cls.model_fields
        return {
            name: value
            for name, value in data.items()
            if not (value is None or value == "" or value == [] or value == {}) or (name in fields and fields[name].is_required())
        }


class TolerantBody(Tolerant):
    """The same, and its schema says so: whoever generates calls from that is told the truth."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        described = handler.resolve_ref_schema(schema)
        for name, one in described["properties"].items():
            if name not in described.get("required", ()):
                said = {key: one.pop(key) for key in ("title", "description", "default") if key in one}
                described["properties"][name] = said | {"anyOf": [*one.get("anyOf", [one]), _AS_IF_ABSENT]}
        return schema


def _small(meta: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(meta, ensure_ascii=False).encode()) > META:
        raise ValueError(f"is larger than {META // 1024} KiB")
    return meta


def fit(meta: dict[str, Any], location: str) -> dict[str, Any]:
    """The same, where it is small enough to be kept. Raises Refused 422."""
    try:
        return _small(meta)
    except ValueError as error:
        raise invalid(location, str(error)) from None


def split_tags(tags: Any) -> Any:
    """`"prod, backend"` → each tag once, trimmed, in order; anything else as it is."""
    if not isinstance(tags, str):
        return tags
    return list(dict.fromkeys(stripped for part in tags.split(",") if (stripped := part.strip())))


HttpUrl = Annotated[str, Field(max_length=URL, json_schema_extra={"format": "uri"}), AfterValidator(http_url)]
CallbackUrl = Annotated[str, Field(max_length=CALLBACK_URL, json_schema_extra={"format": "uri"}), AfterValidator(callable_url)]
Meta = Annotated[dict[str, Any], AfterValidator(_small)]
Name = Annotated[str, Field(max_length=SHORT)]
Label = Annotated[str, Field(max_length=SHORT, coerce_numbers_to_str=True)]
"""A name for which clients also send a number."""
Tag = Annotated[str, Field(max_length=SHORT, coerce_numbers_to_str=True)]
Tags = Annotated[list[Tag], Field(max_length=SEVERAL), BeforeValidator(split_tags, json_schema_input_type=str | list[str])]
"""A list, or one text with commas."""
