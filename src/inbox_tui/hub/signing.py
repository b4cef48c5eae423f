"""Signatures by the Standard Webhooks specification 1.0.0: HMAC-SHA256 over "id.timestamp.body", keyed by a `whsec_` secret."""

from __future__ import annotations

import base64
import hashlib
import hmac


def secret_text(key: bytes) -> str:
    """A secret as receivers are given it."""
    return f"whsec_{base64.b64encode(key).decode('ascii')}"


def signed(key: bytes, id: str, at: int, body: bytes) -> dict[str, str]:  # noqa: A002
    """The headers that prove a message. `id` is the same at each attempt, `at` (Unix seconds) that of this one."""
    signature = hmac.digest(key, b".".join((id.encode(), str(at).encode(), body)), hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode('ascii')}",
    }
