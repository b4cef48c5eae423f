"""A notification as a person reads it whole: lines for the detail. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.core.times import from_wire
from inbox_tui.tui import asked, words
from inbox_tui.tui.before import asked_before
from inbox_tui.tui.cells import chop, cut, wrap
from inbox_tui.tui.clocktime import coming, moment
from inbox_tui.tui.links import safe_link

Entry = Mapping[str, Any]
"""One entry of a timeline, as the hub serves it: {id, at, kind, title, body, …}."""


@dataclass(frozen=True, slots=True)
class Line:
    """`part`: a tone, or `title`, `text`, `command`, `note`, `rule`. A line begins with `lead`, which has its own part."""

    text: str
    part: str = "text"
    lead: str = ""
    lead_part: str = "note"


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a row's past. `note` says why there is no more of it."""

    entries: Sequence[Entry] = ()
    note: str = ""


NOTHING = Timeline()


def lines(row: Notification, width: int, now: int, *, timeline: Timeline = NOTHING, me: str = "", note: str = "") -> list[Line]:
    """Everything that is known of a row, in lines of at most `width` cells."""
    return [
        *_head(row, width, now, me, note),
        *_text(row, width),
        *_fields(row, width, now),
        *_timeline(row, timeline, width, now),
    ]


def _head(row: Notification, width: int, now: int, me: str, note: str) -> Iterator[Line]:
    tone = words.tone(row)
    first, *rest = wrap(words.full_text(row, row.title) or words.one_line(row, row.kind), width - 2)
    yield Line(first, "title", f"{words.SIGNS[tone]} ", tone)
    for line in rest:
        yield Line(f"  {line}", "title")
    for text in (
        " · ".join(part for part in (words.claims(row), asked.place(row)) if part),
        _when(row, now),
        asked_before(row, now),
        _put_off(row, now),
    ):
        for line in wrap(text, width - 2) if text else ():
            yield Line(f"  {line}", "note")
    became = note or words.state(row, me)
    if became:
        yield Line(f"  {became}", "title")
    if row.decision is not None and row.decision.comment:
        for line in wrap(clean(row.decision.comment), width - 4):
            yield Line(f"    {line}")


def _put_off(row: Notification, now: int) -> str:
    """What a person did to it."""
    snoozed = f"snoozed until {coming(row.snoozed_until, now)}" if row.snoozed_until is not None else ""
    muted = "muted: it calls for nobody; ! lists and lifts" if row.muted else ""
    return " · ".join(part for part in (snoozed, "pinned" if row.pinned else "", muted) if part)


def _when(row: Notification, now: int) -> str:
    if not row.is_prompt:
        last = moment(row.last_occurred_at, now)
        return f"{last} · {row.count:,} times since {moment(row.created_at, now)}" if row.count > 1 else last
    asked_at = f"asked {moment(row.created_at, now)}"
    if not row.is_open:
        return asked_at
    waits = {"here": "its asker is waiting for you", "gone": "its asker is gone; the answer is kept"}.get(row.waiting, "")
    until = f"until {moment(row.expires_at, now)}" if row.expires_at is not None else ""
    return " · ".join(part for part in (asked_at, waits, until) if part)


def _text(row: Notification, width: int) -> Iterator[Line]:
    told = {row.title}
    for part, text in (("text", row.body), ("text", words.detail(row, "prompt")), ("command", words.detail(row, "command"))):
        if not text.strip() or text in told:
            continue
        told.add(text)
        yield Line("")
        safe = words.full_text(row, text)
        for line in chop(safe, width - 2) if part == "command" else wrap(safe, width - 2):
            yield Line(f"  {line}", part)
    if row.is_open and row.choices:
        yield Line("")
        offered = " / ".join(clean(choice.label, lines=False) for choice in row.choices)
        for line in wrap(f"a to answer: {offered}", width - 2):
            yield Line(f"  {line}", "note")


_FIELDS = ("tool_name", "file_paths", "tags", "tmux_pane", "repo", "sent_at", "redacted", "session_id")


def _fields(row: Notification, width: int, now: int) -> Iterator[Line]:
    pairs: list[tuple[str, str]] = []
    link = safe_link(words.detail(row, "open_url"))
    if link is not None:
        pairs.append(("link", link.url))
    pairs += [("status", words.activity(row)), ("task", row.task_name), ("run", row.run_id)]
    pairs += [(name.replace("_", " "), _value(row.details.get(name))) for name in _FIELDS]
    meta = row.details.get("meta")
    if isinstance(meta, dict):
        pairs += [(clean(str(name), lines=False), _value(value)) for name, value in meta.items()]
    if row.count > 1:
        pairs.append(("last times", ", ".join(moment(at, now) for at in row.occurrences)))
    pairs.append(("kind", row.kind))
    pairs = [(name, words.one_line(row, value)) for name, value in pairs if value]
    yield Line("")
    column = min(16, max((len(name) for name, _ in pairs), default=0))
    for name, value in pairs:
        broken = wrap(value, max(8, width - column - 4))
        yield Line(broken[0], "text", f"  {cut(name, column):<{column}}  ", "note")
        for line in broken[1:]:
            yield Line(f"{'':{column + 4}}{line}")


def _moment(at: object, now: int) -> str:
    """Empty where a hub says something that is no time."""
    try:
        micros = from_wire(at) if isinstance(at, str) else None
    except ValueError:
        return ""
    return "" if micros is None else moment(micros, now)


KIND_CELLS = 14
ENTRY_LINES = 3
"""Lines of one entry of a timeline; what is left out is marked."""


def _value(value: object) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={_value(item)}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _timeline(row: Notification, timeline: Timeline, width: int, now: int) -> Iterator[Line]:
    if not timeline.entries and not timeline.note:
        return
    yield Line("")
    name = " run " if row.run_id else " so far "
    yield Line(f"──{name}{'─' * max(0, width - len(name) - 2)}", "rule")
    for entry in timeline.entries:
        when = _moment(entry.get("at"), now)
        kind = str(entry.get("kind", "")).removeprefix("task.")
        text = " · ".join(clean(str(part), lines=False) for part in (entry.get("title"), entry.get("body")) if part)
        kind = clean(kind, lines=False)
        lead = f"  {when:<8}  {cut(kind, KIND_CELLS):<{KIND_CELLS}}  "
        room = max(8, width - len(lead))
        broken = wrap(text, room) or [""]
        if len(broken) > ENTRY_LINES:
            broken = [*broken[: ENTRY_LINES - 1], cut(f"{broken[ENTRY_LINES - 1]} …", room)]
        yield Line(broken[0], "text", lead)
        for line in broken[1:]:
            yield Line(f"{'':{len(lead)}}{line}", "note")
    if timeline.note:
        yield Line(f"  {timeline.note}", "note")
