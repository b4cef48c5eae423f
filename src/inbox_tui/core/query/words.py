"""What plain words find: the same for a row in memory, for the cache's full-text index and for a query. Pure.

A word is found by its beginning (`time` finds `timed out`), case and accents aside. Scripts that put no blanks between words
(Chinese, Japanese, Korean, Thai, …) are cut into single characters, and a query in them is those characters in a row: so any
part of a sentence is found there. An index of trigrams that knows phrases would find any part of any word; it was measured at six
times the size and three times the time to build, and finds nothing by one or two characters, which is what a Chinese word has.
Inside words look `title:*out*` and `text:*out*`, which read the rows themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from inbox_tui.core.query.language import SEARCHED

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2190-\u2bff\U0001f000-\U0001faff"  # signs and emoji
    "\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese, Japanese, Korean
)
_TOKEN = re.compile(f"[{_ALONE}]|[^\\W_{_ALONE}]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def tokens(text: str) -> list[str]:
    """The words of a text, folded: no ASCII character but letters and digits is left in them."""
    if text.isascii():
        return _TOKEN.findall(text.lower())
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()))
    return _TOKEN.findall(unicodedata.normalize("NFC", folded))


@lru_cache(maxsize=256)
def phrase(text: str) -> str:
    """A query's words as they stand in `searchable`; "" where there is none."""
    return " ".join(tokens(text))


def searchable(get: Callable[[str], object]) -> str:
    """All words of a row in their order, each after a blank. `get` answers a member of it, None where it has none."""
    return "".join(f" {word}" for name in SEARCHED for text in _texts(get(name)) for word in tokens(text))


def contains(row_words: str, wanted: str) -> bool:
    """Whether the words of a row (`searchable`) have the phrase in them."""
    return f" {wanted}" in row_words


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
