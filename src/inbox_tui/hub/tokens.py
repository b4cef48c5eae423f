"""Stream tokens: what a browser's EventSource, which sends no headers, puts into its URL. Read-only, good for the stream alone.

A token is a signed statement; the hub keeps none. It names the key that it was made by, and dies with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from inbox_tui.core.times import SECOND, Clock


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a token speaks for. `key_id` is "" where it was made by the operate socket. `expires_at` in microseconds."""

    space: str
    name: str
    key_id: str
    expires_at: int


class StreamTokens:
    def __init__(self, secret: bytes, clock: Clock, lifetime_seconds: int) -> None:
        self._secret, self._clock, self._lifetime = secret, clock, lifetime_seconds

    def make(self, space: str, name: str, key_id: str) -> tuple[str, int]:
        """The token, and when it expires."""
        expires_at = self._clock() + self._lifetime * SECOND
        payload = _encode(json.dumps([space, name, key_id, expires_at]).encode())
        return f"st_{payload}.{self._sign(payload)}", expires_at

    def read(self, token: str) -> Grant | None:
        """None for what this hub did not sign, and for what has expired."""
        payload, dot, signature = token.removeprefix("st_").partition(".")
        if not dot or not token.isascii() or not hmac.compare_digest(signature, self._sign(payload)):
            return None
        try:
            grant = Grant(*json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        except (binascii.Error, ValueError, TypeError):
            return None
        return grant if self.is_current(grant.expires_at) else None

    def is_current(self, expires_at: int) -> bool:
        return self._clock() < expires_at

    def _sign(self, payload: str) -> str:
        return _encode(hmac.new(self._secret, b"stream " + payload.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
