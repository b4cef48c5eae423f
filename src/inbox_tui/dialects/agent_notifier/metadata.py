"""What a sender adds of its own: flat metadata, and members that nobody documented. Kept without what a key may hide. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from inbox_tui.core.model import Json
from inbox_tui.dialects.cleaning import Cleaner

VALUE = 4_000
"""Characters of a value; what is longer is cut."""
_LOOKED_AT = 4 * VALUE
"""Characters of it that are looked at: more than are kept, so that no secret is cut in two where it would be."""
NAME = 128
REDACTED = "[redacted]"
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_SECRETS = frozenset({
    "password", "passwd", "passphrase", "secret", "secrets", "token", "apikey", "authorization", "credential", "credentials",
    "bearer", "cookie", "signature",
})  # fmt: skip
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("signing", "key"), ("auth", "key")})
_MEASURES = frozenset({"count", "counts", "length", "hash", "limit", "budget", "usage", "type", "present", "name"})
"""What such a name may end in and tell no secret: `token_count`."""


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether a member of this name is likely to hold a secret: `api_key`, `x-auth-token`, `clientSecret`."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _MEASURES:
        return False
    return not _SECRETS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def flat(metadata: Any) -> Any:
    """Numbers and truth values as the texts that they are sent for; null is nothing. Anything else as it is."""
    if not isinstance(metadata, dict):
        return metadata
    return {name: _text(value) for name, value in metadata.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def safe(members: Mapping[str, Json], cleaner: Cleaner) -> dict[str, Json]:
    """The same without secrets: values of names that promise one, and what looks like one. Long texts are cut."""
    return {
        cleaner.line(name)[:NAME]: _hidden(value, cleaner) if is_secret(name) else _safe(value, cleaner)
        for name, value in members.items()
    }


def _safe(value: Json, cleaner: Cleaner) -> Json:
    if isinstance(value, str):
        return cleaner.text(value[:_LOOKED_AT])[:VALUE]
    if isinstance(value, list):
        return [_safe(item, cleaner) for item in value]
    return safe(value, cleaner) if isinstance(value, dict) else value


def _hidden(value: Json, cleaner: Cleaner) -> Json:
    if value in (None, "", [], {}) or isinstance(value, bool):
        return value
    cleaner.redacted += 1
    return REDACTED
