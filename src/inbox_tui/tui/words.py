"""How a notification reads: its sign, its state in words, its age. Pure.

All text of a sender is made safe here once more, whatever the hub did: stripped, or, where it asks, marked.
"""

from __future__ import annotations

import re
from typing import Literal

from inbox_tui.core.lifecycle import LIVE, STOPPED, is_success
from inbox_tui.core.model import Decision, Notification
from inbox_tui.core.speech import IN_WORDS
from inbox_tui.core.text import clean, mark
from inbox_tui.core.times import HOUR, SECOND
from inbox_tui.tui.clocktime import coming

Tone = Literal["ask", "error", "warn", "success", "info"]
SIGNS: dict[Tone, str] = {"ask": "?", "error": "✗", "warn": "▲", "success": "✓", "info": "·"}

MUTED = "~"
"""Stands in the place of a muted row's sign."""

PREVIEW = 1000
"""Characters of a text that a one-line preview looks at."""

SILENT_AFTER = 2 * HOUR
"""A run that has not ended and has said nothing for so long may never end."""

SHARE_MOST = 1e6
"""A progress beyond it is no share of anything: shown as it was sent."""

_DELIVERY = {"unconfirmed": "not confirmed", "delivered": "delivered", "sent": "sent", "unused": "asker had given up"}
PAST = {"approve": "approved", "reject": "rejected", "deny": "denied", "allow": "allowed"}
_CLOSED = {
    "expired": "expired, not answered",
    "withdrawn": "withdrawn by its asker",
    "superseded": "superseded by a newer question",
    "answered_elsewhere": "answered elsewhere",
}


_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_UNSTEADY = re.compile(
    f"\u200d(?=[{_EMOJI}])"  # joins two emoji to one
    f"|(?<=[{_EMOJI}\ufe0f])[\U0001f3fb-\U0001f3ff]"  # tints the one before
    "|[\ufe0e\ufe0f]"  # asks for it as text, or in colour
)


def steady(text: str) -> str:
    """Without what changes the width of an emoji: terminals differ over it, and one cell too many bends the whole line."""
    return text if text.isascii() else _UNSTEADY.sub("", text)


def tone(row: Notification) -> Tone:
    """What its sign says. Once answered or closed, a question is information."""
    if row.is_open:
        return "ask"
    if row.severity == "error":
        return "error"
    if is_success(row.kind):
        return "success"
    asked = row.decision is not None or bool(row.closed)
    return "warn" if row.severity == "warn" and not asked else "info"


def asks(row: Notification) -> bool:
    """Whether its text must be shown marked: what a person reads is what runs."""
    return row.actionable or row.is_prompt


def one_line(row: Notification, text: str) -> str:
    """A text of a sender on one line."""
    text = text[:PREVIEW]
    return steady(" ".join(mark(text).replace("\n", " ⏎ ").split()) if asks(row) else clean(text, lines=False))


def full_text(row: Notification, text: str) -> str:
    """A text of a sender, whole."""
    return mark(text) if asks(row) else steady(clean(text))


def detail(row: Notification, name: str) -> str:
    """A detail as text; "" where absent or of another shape."""
    value = row.details.get(name)
    if isinstance(value, bool) or value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, (str, int)) else ""


def question(row: Notification) -> str:
    """What would run or happen: the command, else the prompt's text, else the body."""
    return detail(row, "command") or detail(row, "prompt") or row.body


def by(decision: Decision, me: str = "") -> str:
    """Who decided; `me` is the name of who sits here."""
    return "you" if me and decision.by == me else clean(decision.by, lines=False) or "somebody"


def outcome(decision: Decision, me: str = "", *, waited: bool = True) -> str:
    """`approved by you, delivered`. `waited`: somebody asked and stayed, so there is a delivery to tell of."""
    what = PAST.get(decision.key) or f"answered {clean(decision.label, lines=False)!r}"
    delivery = _DELIVERY[decision.delivery] if waited or decision.delivery != "unconfirmed" else "kept for whoever asks"
    return f"{what} by {by(decision, me)}, {delivery}"


def state(row: Notification, me: str = "") -> str:
    """What became of a question, in words; "" where there is nothing to say."""
    if row.decision is not None:
        return outcome(row.decision, me, waited=row.waiting != "nobody")
    if row.closed:
        return _CLOSED[row.closed]
    if row.seems_answered:
        return "seems answered elsewhere"
    return "asker gone" if row.is_open and row.waiting == "gone" else ""


def audio(row: Notification) -> str:
    """What became of the audio that a message was to have; "" for one that was to have none."""
    return IN_WORDS.get(detail(row, "audio_status"), "")


def activity(row: Notification) -> str:
    """Status and progress as text: `running 72%`. Progress is a share of 1, or the sender's own words."""
    share = row.details.get("progress")
    is_share = isinstance(share, (int, float)) and not isinstance(share, bool) and 0 <= share < SHARE_MOST
    progress = f"{share:.0%}" if is_share else detail(row, "progress")
    return " ".join(part for part in (detail(row, "status"), progress) if part)


def marks(row: Notification, now: int) -> str:
    """What a person did to it, and what time did, in words that are never cut: `pinned`, `until tomorrow 09:00`, `silent 5h`."""
    until = f"until {coming(row.snoozed_until, now)}" if row.snoozed_until is not None else ""
    silent = f"silent {age(now - row.last_occurred_at)}" if is_silent(row, now) else ""
    return " ".join(part for part in ("pinned" if row.pinned else "", until, silent) if part)


def is_silent(row: Notification, now: int) -> bool:
    """A run that began, told of no end, and has said nothing for long."""
    is_going = bool(row.run_id) and row.kind in LIVE - {STOPPED} and row.done_at is None
    return is_going and now - row.last_occurred_at >= SILENT_AFTER


def who(row: Notification) -> str:
    """Whom a person would call the sender: the name it claims, else the key's."""
    return steady(clean(row.source or row.sender, lines=False))


def claims(row: Notification) -> str:
    """The names that it goes by: of several hubs, its hub's; the one that it claims; and, unforgeable, its key's."""
    source, sender = steady(clean(row.source, lines=False)), clean(row.sender, lines=False)
    said = f"{source} · key {sender}" if source and source != sender else f"key {sender}" if sender else source
    return " · ".join(part for part in (f"hub {row.hub}" if row.hub else "", said) if part)


def age(micros: int) -> str:
    """A time span in at most four cells: `now`, `40s`, `3m`, `2h`, `5d`, `12w`. Seconds come in fives: a row stays still."""
    seconds = max(0, micros) // SECOND
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{seconds // 5 * 5}s"
    if seconds < 3600:
        return f"{seconds // 60}m"
    if seconds < 86_400:
        return f"{seconds // 3600}h"
    days = seconds // 86_400
    return f"{days}d" if days < 100 else f"{days // 7}w" if days < 7000 else "old"
