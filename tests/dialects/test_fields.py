"""What may come in at all: nothing that a store could choke on, and every refusal names its field."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.errors import Refused
from inbox_tui.dialects import fields

DEEP = 10_000
REFUSED = {
    "nothing": (b"", 400, "body"),
    "not JSON": (b'{"title": }', 400, "body"),
    "two values": (b"{} {}", 400, "body"),
    "not UTF-8": (b'{"title": "\xff"}', 400, "body"),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), 400, "body"),
    "a raw surrogate": (b'{"title": "\xed\xa0\x80"}', 400, "body"),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, 422, "body"),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, 422, "body"),
    "an unclosed deep list": (b"[" * 100_000, 422, "body"),
    "NaN": (b'{"meta": {"rows": NaN}}', 422, "body.meta.rows"),
    "Infinity": (b'{"ts": -Infinity}', 422, "body.ts"),
    "a float beyond floats": (b'{"meta": {"rows": 1e999}}', 422, "body.meta.rows"),
    "2^63": (b'{"meta": {"rows": 9223372036854775808}}', 422, "body.meta.rows"),
    "5,000 digits": (b'{"meta": {"rows": [1, ' + b"9" * 5000 + b"]}}", 422, "body.meta.rows[1]"),
    "5,000 digits, then too deep": (b'{"a": ' + b"9" * 5000 + b', "b": ' + b"[" * DEEP + b"]" * DEEP + b"}", 422, "body"),
    "5,000 digits, then no end": (b"[" + b"9" * 5000 + b", ", 400, "body"),
    "NUL": (b'{"title": "a\\u0000b"}', 422, "body.title"),
    "half a pair": (b'{"title": "\\ud83d"}', 422, "body.title"),
    "a pair the wrong way round": (b'{"tags": ["ok", "\\ude00\\ud83d"]}', 422, "body.tags[1]"),
    "NUL in a name": (b'{"meta": {"a\\u0000": 1}}', 422, "body.meta"),
}


@pytest.mark.parametrize(("raw", "status", "location"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_stored_is_refused_by_name(raw: bytes, status: int, location: str) -> None:
    with pytest.raises(Refused) as refused:
        fields.parse(raw)
    assert (refused.value.status, refused.value.errors[0].location) == (status, location)


def test_the_deepest_nesting_that_is_taken() -> None:
    deepest = b"[" * fields.DEPTH + b"]" * fields.DEPTH
    assert json.dumps(fields.parse(deepest)).encode() == deepest
    with pytest.raises(Refused, match="nested"):
        fields.parse(b"[" + deepest + b"]")


def test_ordinary_bodies_come_through_whole() -> None:
    said = {"title": "日本 🙂", "meta": {"rows": -(2**63), "most": 2**63 - 1, "share": 0.5, "none": None, "yes": True}}
    assert fields.parse(json.dumps(said).encode()) == said
    assert fields.parse(b"\xef\xbb\xbf" + json.dumps(said, ensure_ascii=False).encode()) == said


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(string.printable), inner),
    max_leaves=20,
)


def outcome(raw: bytes) -> Any:
    """What was taken, or the refusal."""
    try:
        return fields.parse(raw)
    except Refused as refused:
        return refused


@given(_anything)
def test_whatever_is_taken_can_be_stored_and_whatever_is_refused_says_where(value: Any) -> None:
    found = outcome(json.dumps(value).encode())
    if isinstance(found, Refused):
        assert found.status == 422
        assert found.errors[0].location.startswith("body")
    else:
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    found = outcome(raw)
    assert not isinstance(found, Refused) or found.status in (400, 422)


def test_a_strangers_name_cannot_write_the_message() -> None:
    with pytest.raises(Refused) as refused:
        fields.parse(json.dumps({"a\x1b]52;c;x\x07" + "b" * 500: "\0"}).encode())
    location = refused.value.errors[0].location
    assert location.isprintable()
    assert len(location) < 100
