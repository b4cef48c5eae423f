"""Identifiers: ULIDs that never go back, run ids, and the published fingerprint. Standard library only."""

from __future__ import annotations

import re
import secrets
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [one + other for one in _CROCKFORD for other in _CROCKFORD]
_BASE_32 = str.maketrans(_CROCKFORD + _CROCKFORD.lower(), "0123456789abcdefghijklmnopqrstuv" * 2)
"""To the digits that `int` reads."""
_ULID = re.compile(f"[0-7][{_CROCKFORD}{_CROCKFORD.lower()}]{{25}}")
_UUID = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_FNV_OFFSET, _FNV_PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


def encode(value: int) -> str:
    """A 128-bit integer as 26 characters of Crockford base 32; the order of integers is the order of texts."""
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -10, -10)])


def decode(text: str) -> int:
    """The reverse, in either case. Raises ValueError for anything that is no ULID."""
    if not _ULID.fullmatch(text):
        raise ValueError("not a ULID: 26 characters of Crockford base 32, as in 01JD0Q4N3V5W8XRZ2K7M9T6BHC")
    return int(text.translate(_BASE_32), 32)


def to_uuid(ulid: str) -> str:
    """The same 128 bits as the text of a UUID, for whoever names things by UUIDs."""
    digits = f"{decode(ulid):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def from_uuid(text: str) -> str:
    """The reverse, in either case. Raises ValueError for what is no UUID."""
    if not _UUID.fullmatch(text):
        raise ValueError("not a UUID, as in 019aaac0-2600-1d04-0e23-84933c7e65ba")
    return encode(int(text.replace("-", ""), 16))


def next_ulid(last: str, now: int) -> str:
    """The id after `last` at `now` (microseconds): its random part is fresh, and it is always greater than `last`."""
    fresh = (now // 1000) << 80 | secrets.randbits(80)
    return encode(max(decode(last) + 1 if last else 0, fresh))


def fingerprint(fold_key: str) -> str:
    """64-bit FNV-1a in hex, as seed 001 publishes it. Never used for identity: fold keys are compared whole."""
    value = _FNV_OFFSET
    for byte in fold_key.encode():
        value = ((value ^ byte) * _FNV_PRIME) & _MASK
    return f"{value:016x}"


def new_run_id() -> str:
    """`run_{unix_ms}_{hex4}`, as seed 000 makes them."""
    return f"run_{time.time_ns() // 1_000_000}_{secrets.token_hex(2)}"


def new_idempotency_key() -> str:
    """128 random bits in hex: what an asker names its question by, and the capability to read its answer."""
    return secrets.token_hex(16)
