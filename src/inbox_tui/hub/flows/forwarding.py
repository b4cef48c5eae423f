"""Sending on by Apprise, which knows ntfy, Slack, Telegram, mail and a hundred more; and when of a row that repeats.

Of such a row people hear the first time, then in check-ins how often it came since, and when it is quiet again a summary. An
address is a line of the configuration file, and may hold secrets: nothing here says any part of it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean

CHECK_IN_SECONDS, LATER_SECONDS = 600.0, 3600.0
"""Until the first check-in, and between all others."""
LINE, TEXT = 250, 4_000
"""Characters of what is sent on."""


class NotForwarded(Exception):
    """It was not taken. `may_work_later`: it is worth another attempt."""

    def __init__(self, reason: str, *, may_work_later: bool) -> None:
        super().__init__(reason)
        self.may_work_later = may_work_later


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a forward has come: `told`, how often the row had come when people last heard of it (0: never)."""

    place: str
    title: str
    text: str
    escalates: bool
    event_id: str
    told: int = 0
    check_ins: int = 0

    @classmethod
    def read(cls, body: str) -> Progress:
        said = json.loads(body)
        return cls(**{name: said[name] for name in cls.__slots__ if name in said})

    @property
    def body(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Message:
    title: str
    text: str


def next_message(progress: Progress, row: Notification | None) -> tuple[Message | None, Progress | None]:
    """What is to be sent now, and how it goes on; None: not at all. `row` None: it is gone."""
    is_settled = row is None or row.done_at is not None or row.read_at is not None or (row.is_prompt and not row.is_open)
    if is_settled and (progress.escalates or progress.told):
        return None, None
    count = row.count if row is not None else 1
    folds = row is not None and not row.is_prompt
    if not progress.told:
        return Message(progress.title, progress.text), replace(progress, told=count) if folds else None
    if count > progress.told:
        more = f"{count - progress.told:,} more, {count:,} in all"
        return Message(f"{progress.title} ({more})", row.title if row else ""), replace(
            progress, told=count, check_ins=progress.check_ins + 1
        )
    if progress.check_ins:
        return Message(f"{progress.title}: quiet again", f"It came {count:,} times."), None
    return None, None


def pause(progress: Progress) -> float:
    """Seconds until it goes on."""
    return LATER_SECONDS if progress.check_ins else CHECK_IN_SECONDS


def send(address: str, message: Message) -> None:
    """Sends it, now. Blocking: to be called in a thread. Raises NotForwarded."""
    try:
        import apprise
    except ImportError:
        reason = "needs Apprise, which is not installed: pip install 'inbox-tui[forward]'"
        raise NotForwarded(reason, may_work_later=False) from None
    with _hearing() as heard:
        service = apprise.Apprise()
        if not service.add(address):
            raise NotForwarded("has no address that Apprise understands", may_work_later=False)
        try:
            taken = service.notify(title=clean(message.title, lines=False)[:LINE], body=clean(message.text)[:TEXT] or " ")
        except Exception as error:
            raise NotForwarded(f"was not reached ({type(error).__name__})", may_work_later=True) from None
    if not taken:
        raise NotForwarded(heard.reason, may_work_later=True)


@contextmanager
def _hearing() -> Iterator[_Heard]:
    """What Apprise says meanwhile; it goes no further, into no log of the hub's."""
    log, heard = logging.getLogger("apprise"), _Heard()
    log.propagate = False
    log.addHandler(heard)
    try:
        yield heard
    finally:
        log.removeHandler(heard)


class _Heard(logging.Handler):
    """Apprise tells why in its log alone, with parts of the address in it: only a status is taken from there."""

    reason = "did not take it"

    def emit(self, record: logging.LogRecord) -> None:
        if found := re.search(r"error[ =:]*(\d{3})\b", record.getMessage()):
            self.reason = f"answered {found[1]}"
