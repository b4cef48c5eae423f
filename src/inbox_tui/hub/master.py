"""The hub's own key, from which every other secret of it is derived, so that none of those is stored anywhere.

It is a file of at least 32 bytes that nobody but the hub's user can read. Where it is lost or replaced, what was sealed by
it stays sealed, and receivers refuse what is signed from then on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from inbox_tui.core.errors import InboxError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_BYTES = 32


class KeyFileProblem(InboxError):
    """The key file cannot be used: which one, why, and what to type."""


class SealedElsewhere(InboxError):
    """What was sealed by another key than the file's."""


class MasterKey:
    """The key in `file`, read when it is first needed. `may_make`: it is made where it is missing, as the hub's own default is;
    one that the configuration names may be shared by several hubs, and missing it is an error."""

    def __init__(self, file: Path, *, may_make: bool) -> None:
        self.file, self._may_make = file, may_make
        self._key = b""

    def derive(self, *purpose: str) -> bytes:
        """32 bytes that nobody finds without the key, another for each purpose. No part may hold a NUL. Raises KeyFileProblem."""
        if not self._key:
            self._key = self._read()
        return hmac.digest(self._key, "\0".join(purpose).encode(), hashlib.sha256)

    def seal(self, text: str) -> str:
        """Encrypted and authenticated, as ASCII. Raises KeyFileProblem."""
        return self._fernet().encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The reverse. Raises SealedElsewhere, KeyFileProblem."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealedElsewhere(f"It was sealed by another key than the one in {self.file}.") from None

    def _fernet(self) -> Fernet:
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self.derive("seal")))

    def _read(self) -> bytes:
        file = self.file
        try:
            if self._may_make and not file.exists():
                _make(file)
            with file.open("rb") as opened:
                mode, key = os.fstat(opened.fileno()).st_mode, opened.read()
        except OSError as error:
            raise KeyFileProblem(f"The key file {file} cannot be read or made: {error.strerror}.") from error
        if mode & 0o077:
            raise KeyFileProblem(f"The key file {file} may be read by others. Type: chmod 600 {file}")
        if len(key) < _BYTES:
            raise KeyFileProblem(
                f"The key file {file} has {len(key)} bytes and needs {_BYTES}. Put it back from a backup; or, giving up what was "
                f"sealed by it, type: head -c {_BYTES} /dev/urandom > {file}"
            )
        return key


def _make(file: Path) -> None:
    """Whole or not at all, also where two hubs make it at once: the first one's is everybody's."""
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as opened:
            opened.write(secrets.token_bytes(_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
