"""Many questions that get one answer: which of those chosen can, whole, one under another, and what became of each. Pure.

They are the ones of when it began, as they were shown then: none enters later, and one that changes is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import APPROVE, REJECT, Choice
from inbox_tui.core.text import clean
from inbox_tui.tui import asked, words
from inbox_tui.tui.cells import cut, wrap

MOST = 50
"""Questions at once: nobody reads more before one answer."""
LISTED_MOST = 20
ANSWERS = (APPROVE, REJECT)
State = Literal["taken", "left", "dropped", "sending", "over"]
"""`left`: by the person, who may take it in again; `dropped`: it cannot be answered so any more, or was not sent."""


@dataclass
class Entry:
    """One question as it was shown. `told`: what became of it; its lines are those from `first` up to `end`."""

    row: Row
    state: State = "taken"
    told: str = ""
    first: int = 0
    end: int = 0

    @property
    def is_in(self) -> bool:
        return self.state in ("taken", "sending")


@dataclass
class Preflight:
    """`left_out`: what was chosen and cannot be answered here, by its title, with the reason. `answer`: once it was given."""

    entries: list[Entry]
    left_out: list[tuple[str, str]] = field(default_factory=list)
    answer: Choice | None = None
    meant: list[Entry] = field(default_factory=list)
    """Those that it was given for."""

    @property
    def taken(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state == "taken"]

    def toggle(self, entry: Entry) -> bool:
        """Leaves one out, or takes it in again. False where it is dropped for good."""
        if entry.state not in ("taken", "left") or self.answer is not None:
            return False
        entry.state, entry.told = ("left", "left out") if entry.state == "taken" else ("taken", "")
        return True

    def follow(self, read: Callable[[str], Row | None], me: str) -> bool:
        """What they are now. True: another set is asked about than before."""
        has_changed = False
        for entry in self.entries:
            now = read(entry.row.id)
            if entry.state == "over" and now is not None and now.notification.decision is not None:
                entry.told = words.state(now.notification, me)
            elif entry.state in ("taken", "left") and (why := asked.why_not(entry.row, now)):
                has_changed |= entry.state == "taken"
                entry.state, entry.told = "dropped", why
        return has_changed

    def give(self, choice: Choice) -> None:
        """The one answer, for all that are in now."""
        self.answer, self.meant = choice, self.taken

    def next(self) -> tuple[Row, Choice] | None:
        """The next to be sent, which is on its way from now on; one at a time."""
        entry = next(iter(self.taken), None)
        if entry is None or self.answer is None or any(each.state == "sending" for each in self.entries):
            return None
        choice = entry.row.notification.choice(self.answer.key)
        assert choice is not None, "only what offers both answers is taken along"
        entry.state, entry.told = "sending", "sending…"
        return entry.row, choice

    def fared(self, row_id: str, told: str, *, was_taken: bool, halts: bool) -> None:
        """How one that was sent fared. `halts`: no other is sent after it."""
        for entry in self.meant:
            if entry.state != "taken" and entry.row.id == row_id:
                entry.state, entry.told = "over" if was_taken else "dropped", told
        if halts:
            self.halt()

    def halt(self) -> None:
        """Sends no other."""
        for entry in self.taken:
            entry.state, entry.told = "dropped", "not sent"

    def sum_up(self) -> str:
        """What became of them together: `3 answered, 1 not`."""
        states = [entry.state for entry in self.meant]
        on_their_way = states.count("taken") + states.count("sending")
        parts = {"answered": states.count("over"), "to go": on_their_way, "not": states.count("dropped")}
        return ", ".join(f"{count} {what}" for what, count in parts.items() if count)

    def lines(self, width: int) -> Iterator[asked.Line]:
        """Every question whole, then what was left out; says where each begins and ends."""
        at = 0
        for entry in self.entries:
            shown = [asked.Line("", "note"), *_asked(entry.row, width), asked.Line("", "text")]
            entry.first, entry.end = at, at + len(shown)
            at = entry.end
            yield from shown
        if self.left_out:
            yield asked.Line("cannot be answered here:", "note")
        for title, why in self.left_out[:LISTED_MOST]:
            yield asked.Line(f"  {cut(title, max(8, width - len(why) - 6))}  {why}", "note")
        if more := len(self.left_out) - LISTED_MOST:
            yield from [asked.Line(f"  and {more:,} more", "note")] if more > 0 else ()


def _asked(row: Row, width: int) -> Iterator[asked.Line]:
    """What it asks, and what the two answers are called where they have names of its own."""
    for line in asked.lines(row.notification, width - 2):
        yield asked.Line(f"  {line.text}", line.part)
    named = [choice for answer in ANSWERS if (choice := row.notification.choice(answer.key)) and choice.label != answer.label]
    for choice in named:
        for label in wrap(f"{choice.key}: {clean(choice.label, lines=False)}", width - 4):
            yield asked.Line(f"    {label}", "note")


def gather(
    ids: Iterable[str], read: Callable[[str], Row | None], is_sent: Callable[[str], bool], is_away: Callable[[Row], bool]
) -> Preflight:
    """What of these can get one answer. `is_sent`: an answer is on its way; `is_away`: the hub that asks is out of reach."""
    found = [row for id_ in ids if (row := read(id_)) is not None]
    preflight = Preflight([])
    for row in sorted(found, key=lambda row: row.notification.place, reverse=True):
        why = "your answer is on its way" if is_sent(row.id) else _unfit(row, is_away)
        if not why and len(preflight.entries) == MOST:
            why = f"no more than {MOST} at once"
        if why:
            title = words.one_line(row.notification, row.notification.title)
            preflight.left_out.append((title or words.one_line(row.notification, row.notification.kind), why))
        else:
            preflight.entries.append(Entry(row))
    return preflight


def _unfit(row: Row, is_away: Callable[[Row], bool]) -> str:
    """Why a row cannot be answered with others; "" where it can."""
    shown = row.notification
    if not shown.is_open:
        return words.state(shown) or "asks nothing"
    if is_away(row):
        return "its hub is out of reach"
    if any(shown.choice(answer.key) is None for answer in ANSWERS):
        return f"has other answers: {' / '.join(clean(choice.label, lines=False) for choice in shown.choices)}"
    return ""
