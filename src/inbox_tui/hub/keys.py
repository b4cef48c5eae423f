"""Keys: `ik_<id>_<secret>`, kept as the secret's SHA-256. 256 random bits need no slow hash."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from inbox_tui.core.errors import Refused, invalid, unknown_id
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.spaces import unknown_space
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.writer import Writer

Role = Literal["send", "operate"]
ROLES: tuple[Role, ...] = get_args(Role)
LOCAL = "local"
"""Who posts by this machine's own socket."""
RESERVED_NAMES = frozenset({"inbox", LOCAL})
"""Senders that are no key: the hub itself, and this machine."""
CACHE_SECONDS = 1.0
_MOST_CACHED = 4096


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    name: str
    role: Role
    space: str
    allow_timeout_approve: bool
    created_at: int


@dataclass(frozen=True, slots=True)
class NewKey:
    """`key_text` is shown this once. NotiLens takes `id` as its token and `secret` as its secret."""

    id: str
    name: str
    role: Role
    space: str
    key_text: str
    secret: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose key it was."""

    id: str
    name: str
    role: Role
    space: str
    allow_timeout_approve: bool


class Keys:
    """Makes, lists and revokes keys, and tells whose one is. A revoked key is refused at once here, within a second elsewhere."""

    def __init__(self, writer: Writer, readers: Readers, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._writer, self._readers, self._monotonic = writer, readers, monotonic
        self._known: dict[str, tuple[Identity, bytes, float]] = {}
        self._revocations = 0

    async def create(self, space: str, name: str, role: str, *, allow_timeout_approve: bool = False) -> NewKey:
        """Raises Refused: 422 for a name or role that cannot be, 409 `name_taken`, 404 for a space that is not there."""
        if role not in ROLES:
            raise invalid("body.role", f"is one of {', '.join(ROLES)}", role)
        if not name.strip() or len(name) > 100 or not name.isprintable() or name in RESERVED_NAMES:
            raise invalid("body.name", "is 1 to 100 printable characters, and neither `inbox` nor `local`", name)
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        verb = _Create(key_id, name, role, _hash(secret).hex(), allow_timeout_approve)
        try:
            await self._writer.submit(space, verb)
        except Refused as refused:
            if refused.status != 404:
                raise
            raise unknown_space(space) from None
        return NewKey(key_id, name, role, space, f"ik_{key_id}_{secret}", secret)

    async def list(self, space: str | None = None) -> list[Key]:
        """Those that still work, oldest first; None: of every space, one space after the other."""

        def query(connection: Connection) -> list[Key]:
            if space is None:
                found = connection.execute(statements.EVERY_KEY)
            else:
                found = connection.execute(statements.KEYS, {"space": space})
            return [Key(id_, name, role, of, bool(allow), at) for id_, name, role, of, allow, at in found]

        return await self._readers.read(query)

    async def revoke(self, key_id: str) -> None:
        """Raises Refused 404."""
        found = await self._readers.read(lambda connection: connection.execute(statements.KEY, {"id": key_id}))
        if not found:
            raise unknown_id("key")
        await self._writer.submit(str(found[0][3]), _Revoke(key_id))
        self._revocations += 1
        self._known.pop(key_id, None)

    def forget(self, space: str) -> None:
        """The space's keys have been revoked."""
        self._revocations += 1
        self._known = {key_id: known for key_id, known in self._known.items() if known[0].space != space}

    async def authenticate(self, key_text: str) -> Identity | None:
        """Whose key the text is; None: nobody's, or revoked."""
        prefix, _, rest = key_text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != "ik" or not key_id.isalnum() or not rest.isascii() or not secret:
            return None
        known = self._known.get(key_id)
        if known is None or self._monotonic() - known[2] >= CACHE_SECONDS:
            known = await self._look_up(key_id)
        if known is None or not hmac.compare_digest(known[1], _hash(secret)):
            return None
        return known[0]

    async def _look_up(self, key_id: str) -> tuple[Identity, bytes, float] | None:
        at, revocations = self._monotonic(), self._revocations
        found = await self._readers.read(lambda connection: connection.execute(statements.KEY, {"id": key_id}))
        self._known.pop(key_id, None)
        if not found:
            return None
        id_, name, role, space, allow, secret_hash = found[0]
        known = Identity(id_, name, role, space, bool(allow)), bytes.fromhex(secret_hash), at
        if revocations == self._revocations:  # else what was read may be what was revoked meanwhile
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            self._known[key_id] = known
        return known


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class _Create:
    id: str
    name: str
    role: str
    secret_hash: str
    allow_timeout_approve: bool

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        if batch.select(statements.KEY_BY_NAME, name=self.name):
            raise Refused(409, f"A key named {self.name} is there already: revoke it first.", code="name_taken")
        batch.execute(
            statements.ADD_KEY,
            id=self.id,
            name=self.name,
            role=self.role,
            secret_hash=self.secret_hash,
            allow_timeout_approve=self.allow_timeout_approve,
            created_at=batch.now,
        )


@dataclass(frozen=True, slots=True)
class _Revoke:
    id: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        if not batch.select(statements.KEY_IS_LIVE, id=self.id):
            raise unknown_id("key")
        batch.execute(statements.REVOKE_KEY, id=self.id, now=batch.now)
