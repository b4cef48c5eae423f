"""A notification as a person reads it whole: lines for the detail. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import asked, facts, markdown, runs, substance, words
from inbox_tui.tui.before import asked_before
from inbox_tui.tui.cells import chop, wrap
from inbox_tui.tui.clocktime import coming, lasting, moment
from inbox_tui.tui.diffs import is_patch, part_of
from inbox_tui.tui.keymap import Keymap, our_keymap
from inbox_tui.tui.lines import Line
from inbox_tui.tui.links import links_of
from inbox_tui.tui.runs import Entry, moment_of
from inbox_tui.tui.sparkline import sparkline

SPARK_CELLS = 16


class Timeline(NamedTuple):
    """What is known of a row's past. `note` says why there is no more of it."""

    entries: Sequence[Entry] = ()
    note: str = ""


NOTHING = Timeline()


def lines(
    row: Notification, width: int, now: int,
    *, timeline: Timeline = NOTHING, me: str = "", note: str = "", whole: bool = False, keymap: Keymap | None = None,
) -> list[Line]:  # fmt: skip
    """What is known of a row, in lines of at most `width` cells; with `whole` nothing of it is folded."""
    keymap = keymap or our_keymap()
    return [
        *_head(row, timeline, width, now, me, note, keymap),
        *_text(row, width, keymap),
        *_apart(runs.lines(row, timeline.entries, width, now)),
        *_apart(facts.links(row, width)),
        *_apart(facts.fields(row, width, now, whole=whole)),
        *facts.history(row, timeline.entries, timeline.note, width, now, whole=whole),
    ]


def _apart(block: Iterator[Line]) -> Iterator[Line]:
    """A block with an empty line before it, where it has any."""
    for first in block:
        yield Line("")
        yield first
        yield from block


def _head(row: Notification, timeline: Timeline, width: int, now: int, me: str, note: str, keymap: Keymap) -> Iterator[Line]:
    tone = words.tone(row)
    first, *rest = wrap(words.full_text(row, row.title) or words.one_line(row, row.kind), width - 2)
    yield Line(first, "title", f"{words.SIGNS[tone]} ", tone)
    for line in rest:
        yield Line(f"  {line}", "title")
    for text in (
        " · ".join(part for part in (words.claims(row), asked.place(row)) if part),
        " · ".join(substance.chips(row)),
        _when(row, now),
        _rate(row, timeline),
        f"began {words.age(now - row.created_at)} ago, no end was heard" if words.is_silent(row, now) else "",
        asked_before(row, now),
        _put_off(row, now, keymap),
    ):
        for line in wrap(text, width - 2) if text else ():
            yield Line(f"  {line}", "note")
    became = note or words.state(row, me)
    if became:
        yield Line(f"  {became}", "title")
    if row.decision is not None and row.decision.comment:
        for line in wrap(clean(row.decision.comment), width - 4):
            yield Line(f"    {line}")


def _put_off(row: Notification, now: int, keymap: Keymap) -> str:
    """What a person did to it."""
    snoozed = f"snoozed until {coming(row.snoozed_until, now)}" if row.snoozed_until is not None else ""
    muted = f"muted: it calls for nobody{keymap.taught('mute_list', 'lists and lifts', '; ')}" if row.muted else ""
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


def _rate(row: Notification, timeline: Timeline) -> str:
    """How its repeats lie in time: of those that the row or the hub still knows."""
    told = [at for entry in timeline.entries if (at := moment_of(entry)) is not None] if not row.run_id else []
    times = told if len(told) > len(row.occurrences) else row.occurrences
    drawn = sparkline(times, SPARK_CELLS) if len(times) > 2 else ""
    return f"{drawn}  the last {len(times):,}, over {lasting(max(times) - min(times))}" if drawn else ""


def _text(row: Notification, width: int, keymap: Keymap) -> Iterator[Line]:
    told = {row.title}
    texts = ("text", substance.body(row)), ("text", words.detail(row, "prompt")), ("command", words.detail(row, "command"))
    for part, text in texts:
        if not text.strip() or text in told:
            continue
        told.add(text)
        yield Line("")
        yield from _shown(row, words.full_text(row, text), part, width - 2)
    if substance.has_context(row) and (paths := substance.paths(row)):
        yield Line("")
        yield from (Line(line, "text", "  ") for path in paths for line in chop(words.one_line(row, path), width - 2))
    for name, text in substance.excerpts(row):
        if text not in told:
            told.add(text)
            yield Line("")
            yield Line(f"  {name}", "note")
            yield from _shown(row, words.full_text(row, text), "command" if "command" in name else "text", width - 2)
    if row.is_open and row.choices:
        yield Line("")
        offered = " / ".join(clean(choice.label, lines=False) for choice in row.choices)
        key = keymap.shown("answer")
        for line in wrap(f"{f'{key} to answer' if key else 'its answers'}: {offered}", width - 2):
            yield Line(f"  {line}", "note")


def _shown(row: Notification, text: str, part: str, width: int) -> Iterator[Line]:
    """A text by what it is. What asks is shown as it was written, each character of it: a patch has colours, no more."""
    if is_patch(row, text, part):
        for line in text.split("\n"):
            yield from (Line(piece, part_of(line, part), "  ") for piece in chop(line, width))
    elif part == "text" and not words.asks(row) and markdown.is_markdown(text):
        numbers = {link.url: n for n, link in enumerate(links_of(row).values(), 1)}
        yield from (line._replace(lead=f"  {line.lead}") for line in markdown.lines(text, width, numbers))
    else:
        yield from (Line(line, part, "  ") for line in (chop(text, width) if part == "command" else wrap(text, width)))
