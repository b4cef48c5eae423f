"""Making sure that a callback is this hub's, and what it says."""

from __future__ import annotations

import binascii
import json
import time
from collections.abc import Iterable
from typing import Any, Protocol

from inbox_tui.core.errors import InboxError

_PREFIX = "whsec_"


class NotGenuine(InboxError):
    """A callback that must not be acted on: the message says why."""


class Headers(Protocol):
    """A request's headers, as any web framework has them."""

    def items(self) -> Iterable[tuple[str, str]]: ...


def verify(secret: str, headers: Headers, body: bytes, *, tolerance: float = 300.0) -> dict[str, Any]:
    """What a callback says, once it is certain that whoever sent it knows the secret, and sent it within `tolerance` seconds of
    now: {type, id, epoch, status, decision, …} as docs/callbacks.md has it.

    `secret`: what `inbox key new` and `inbox key secret` print, `whsec_…`. `body`: its bytes as they came, not decoded and
    encoded again. A callback may come twice: the header `webhook-id` is the same then. Raises NotGenuine; ValueError for a
    secret that is none.

        document = verify(os.environ["INBOX_SIGNING_SECRET"], request.headers, request.body)
        if document["status"] == "decided" and document["decision"]["key"] == "approve":
            ...
    """
    key = _key(secret)
    given = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not given.get(name)]
    if missing:
        raise NotGenuine(f"The callback has no header {missing[0]}.")
    sent = given["webhook-timestamp"].strip()
    if not sent.isascii() or not sent.isdecimal() or len(sent) > 15:
        raise NotGenuine("The header webhook-timestamp is no number of seconds.")
    if abs(time.time() - int(sent)) > tolerance:
        raise NotGenuine(f"The callback was sent more than {tolerance:g} s from now, by its own clock or by this machine's.")
    if not _is_signed(key, given["webhook-id"].strip(), sent, body, given["webhook-signature"]):
        raise NotGenuine("The callback is not signed with this secret, or has been changed since.")
    try:
        document = json.loads(body)
    except ValueError:
        raise NotGenuine("The callback is signed, but its body is not JSON.") from None
    if not isinstance(document, dict):
        raise NotGenuine("The callback is signed, but its body is no JSON object.")
    return document


def _key(secret: str) -> bytes:
    text = secret.strip()
    try:
        key = binascii.a2b_base64(text.removeprefix(_PREFIX), strict_mode=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_PREFIX) or not key:
        raise ValueError("The signing secret begins with whsec_, as `inbox key secret NAME` prints it.")
    return key


def _is_signed(key: bytes, id: str, sent: str, body: bytes, signatures: str) -> bool:  # noqa: A002
    """Whether one of the signatures, separated by blanks, is ours. While a secret is changed there may be several."""
    import hashlib
    import hmac

    expected = hmac.digest(key, b".".join((id.encode(), sent.encode(), body)), hashlib.sha256)
    found = False
    for part in signatures.split():
        version, _, text = part.partition(",")
        if version == "v1":
            try:
                found |= hmac.compare_digest(expected, binascii.a2b_base64(text))
            except (binascii.Error, ValueError):
                continue
    return found
