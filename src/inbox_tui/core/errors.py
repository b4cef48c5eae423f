"""Errors that a person reads: what happened, where, and what to do. Standard library only."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Exit(IntEnum):
    """Exit codes of the command line; scripts depend on them."""

    DONE = 0
    REJECTED = 1
    USAGE = 2
    UNREACHABLE = 3
    NO_DECISION = 4
    REFUSED = 5
    WITHDRAWN = 130


class InboxError(Exception):
    """Base of every error with a message fit to show as it is."""

    exit_code: Exit = Exit.REFUSED


class ConfigError(InboxError):
    """A configuration file or variable that cannot be used: names file, key and the nearest valid key."""

    exit_code = Exit.USAGE


class HubUnreachable(InboxError):
    """No hub answered: not running, refused, timed out, or gone while it was asked."""

    exit_code = Exit.UNREACHABLE


class FieldError(NamedTuple):
    """One wrong value: `location` as in seed 001 (`query.limit`, `body.meta.rows`, `path.id`)."""

    location: str
    message: str
    value: str = ""


class Refused(InboxError):
    """A hub's "no". Serialised as seed 001's ErrorModel (RFC 9457 problem details).

    `code` is one stable word for programs (`changed`, `decided`, `expired`, …); `extra` holds further members.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *errors: FieldError,
        code: str = "",
        extra: dict[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.code = status, detail, errors, code
        self.extra = extra or {}
        self.retry_after = retry_after


def invalid(location: str, message: str, value: object = "") -> Refused:
    """422 for one field. The value is cut to 100 characters, so that an error never echoes a body."""
    return Refused(422, f"{location}: {message}", FieldError(location, message, str(value)[:100]), code="invalid")


def unknown_id(what: str = "notification") -> Refused:
    """404; the same words whether it never was, is gone, or belongs to somebody else."""
    return Refused(404, f"No such {what} here.", code="unknown_id")
