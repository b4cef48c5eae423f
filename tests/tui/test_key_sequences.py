"""No sequence of keys answers what was not read: against the executable specification of the answer bar, and at random.

What the random keys are judged by stands beside the pane: every line that the terminal was given since the questions were put,
and when the last of them came.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from itertools import islice

import pytest
from models.keys_spec import KINDS, SETS, run, sequences
from textual import events
from tui_world import OpenPane, Pane, numbered, prompt

from inbox_tui.core.model import Decision, Notification
from inbox_tui.tui.guard import GUARD_SECONDS
from inbox_tui.tui.messages import ConnectionChanged, DecisionChanged

EPISODES = 25


async def replay(it: Pane, opening: str, keys: tuple[tuple[str, str, int], ...], lag: int) -> bool:
    """One sequence of the specification through the pane; True: it approved. Times as the specification has them."""
    base, it.link.decided, it.main.answering.sent = it.seconds + 100, [], set()
    while it.main.question is not None:
        it.main.question.take("escape", base)
    pressed = read = handled = seen = 0
    was_open = False
    for letter, kind, stall in keys:
        after, delay = KINDS[kind]
        pressed += after
        read = max(read, pressed) + delay
        handled = max(handled, read) + stall
        it.seconds = base + handled / 1000
        if was_open and pressed >= seen:
            it.fence.reply(base + seen / 1000)
        await it.press(opening if letter == "a" else letter, at=base + read / 1000)
        if it.main.question is not None and not was_open:
            await it.until(lambda: it.fence.waiting is not None)
            seen = handled + lag
        was_open = it.main.question is not None
        if it.link.decided:
            return True
    return False


@pytest.mark.parametrize("opening", ["a", "A"], ids=["bar", "list"])
async def test_the_pane_answers_as_the_specification_does(pane: OpenPane, opening: str) -> None:
    tried = [each for each in islice(sequences(), 0, 30_000) if any(key[0] == "y" for key in each[1])]
    chosen = random.Random(5).sample(tried, 40)
    async with pane(numbered([prompt("one?")])) as it:
        await it.tell(ConnectionChanged("live", 1, caught_up_at=1))
        await it.press("*")
        for lag, keys in chosen:
            approved = await replay(it, opening, keys, lag)
            assert not approved or not run(SETS[-1], keys, lag), (lag, keys)


@dataclass
class Witness:
    """What a person can have read since the questions were put. `wanted`: the lines of each question, by its row's id."""

    wanted: dict[str, set[str]] = field(default_factory=dict)
    revs: dict[str, int] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    complete_at: float | None = None
    replied_at: float | None = None

    def look(self, lines: list[str], left_out: set[str], at: float) -> None:
        self.read |= {word for line in lines for word in line.split() if word.startswith("line-")}
        if self.complete_at is None and all(lines <= self.read for id_, lines in self.wanted.items() if id_ not in left_out):
            self.complete_at = at

    def may_answer(self, at: float) -> bool:
        if self.complete_at is None or self.replied_at is None:
            return False
        return at >= max(self.complete_at, self.replied_at) + GUARD_SECONDS


KEYS = ["j", "j", "j", "pagedown", "pagedown", "pagedown", "k", "pageup", "x", " ", "ctrl+d", "y", "y", "y", "n", "1", "A", "a",
        "enter", "escape", "G", "*", "V", "e", "tab"]  # fmt: skip
SIZES = [(80, 24), (60, 12), (120, 36), (80, 8)]


class Storm:
    """Random keys into one pane, with all that may happen meanwhile."""

    def __init__(self, it: Pane, seed: int) -> None:
        self.it, self.chance, self.witness = it, random.Random(seed), Witness()
        self.asked = self.answered = 0
        self.rows: dict[str, Notification] = {}

    async def ask(self) -> None:
        self.asked += 1
        name, lines = f"line-{self.asked}", self.chance.choice([1, 2, 9, 30])
        row = prompt(f"q{self.asked}?", self.asked, command="\n".join(f"{name}-{n}." for n in range(lines)))
        (id_,) = await self.it.arrive(row)
        self.rows[id_] = self.it.main.reader.row(id_).notification

    async def episode(self) -> None:
        """The list is opened; then more or less of what comes is what a person does who means to answer."""
        while len(self.rows) < 3:
            await self.ask()
        await self.press("escape")
        self.it.seconds += 1
        await self.press("A")
        patience = self.chance.choice([0.5, 0.9, 1.0])
        for _ in range(self.chance.randint(3, 12)):
            if self.chance.random() < patience:
                await self.read_on()
            else:
                await self.happen()

    async def read_on(self) -> None:
        it, chance = self.it, self.chance
        if it.fence.waiting is not None:
            it.fence.reply(it.seconds)
            self.witness.replied_at = it.seconds
        elif it.main.preflight.armed_at is None:
            await self.press(*chance.choice([["j"], ["pagedown"], ["pagedown"], ["pagedown", "pagedown"]]))
        else:
            it.seconds += chance.choice([0.39, 0.41, 2.0])
            await self.press(chance.choice(["y", "n"]))

    async def happen(self) -> None:
        it, chance = self.it, self.chance
        what = chance.choices(["key", "reply", "ask", "raise", "close", "resize", "blur", "paste"], [40, 20, 8, 8, 4, 6, 2, 2])[0]
        it.seconds += chance.choice([0.05, 0.2, 0.39, 0.41, 2.0])
        if what == "key":
            await self.press(chance.choice(KEYS))
        elif what == "reply" and it.fence.waiting is not None:
            it.fence.reply(it.seconds)
            self.witness.replied_at = it.seconds
        elif what == "ask" and len(self.rows) < 8:
            await self.ask()
        elif what in ("raise", "close") and self.rows:
            await self.change(chance.choice([*self.rows]), what)
        elif what == "resize":
            await it.pilot.resize_terminal(*chance.choice(SIZES))
            self.witness.read, self.witness.complete_at = set(), None
        elif what in ("blur", "paste"):
            it.app.post_message(events.AppBlur() if what == "blur" else events.Paste("y"))
            await it.pilot.pause()
        await self.look()

    async def press(self, *keys: str) -> None:
        """Keys that were read at the same moment: no frame is between them."""
        it, was_open, had = self.it, self.it.main.preflight.is_open, len(self.it.link.decided)
        before = {entry.row.id for entry in self.entries if entry.state == "taken"}
        await it.press(*keys, at=it.seconds)
        if not was_open and it.main.preflight.is_open:
            self.witness = Witness()
            for entry in self.entries:
                row = entry.row.notification
                self.witness.wanted[entry.row.id] = set(str(row.details["command"]).split())
                self.witness.revs[entry.row.id] = self.rows[row.id].raised_rev
        if was_open and len(it.link.decided) > had:
            await self.judge(keys[-1], before)
        await self.look()

    @property
    def entries(self) -> list:  # type: ignore[type-arg]
        preflight = self.it.main.preflight.preflight
        return preflight.entries if preflight is not None else []

    async def judge(self, key: str, before: set[str]) -> None:
        """The one key, then the answers that come of it in turn; each fares at random."""
        it, witness = self.it, self.witness
        assert key in ("y", "n"), key
        assert witness.may_answer(it.seconds), (key, it.seconds, witness)
        self.answered += 1
        first = len(it.link.decided) - 1
        while len(it.link.decided) > first:
            row, meant = it.link.decided[first]
            assert meant == {"y": "approve", "n": "reject"}[key]
            assert row.id in before
            assert witness.wanted[row.id] <= witness.read, row.notification.title
            assert row.notification.raised_rev == witness.revs[row.id] == self.rows[row.id].raised_rev
            first += 1
            await self.fare(row.id, meant)
        assert len({row.id for row, _ in it.link.decided}) == len(it.link.decided)

    async def fare(self, id_: str, meant: str) -> None:
        how = self.chance.choice(["decided", "decided", "refused", "unknown"])
        self.rows.pop(id_)
        if how == "decided":
            await self.it.tell(DecisionChanged(id_, "decided", decision=Decision(meant, meant, "dana", 1)))
        else:
            await self.it.tell(DecisionChanged(id_, how, detail="no"))  # type: ignore[arg-type]
        await self.it.remove(id_)

    async def change(self, id_: str, what: str) -> None:
        row = self.rows[id_]
        if what == "raise":
            self.rows[id_] = replace(row, raised_rev=self.it.rev + 1)
            await self.it.arrive(self.rows[id_])
        else:
            await self.it.arrive(replace(self.rows.pop(id_), closed="withdrawn"))

    async def look(self) -> None:
        """What the terminal shows now, once it was given all of it."""
        widget = self.it.main.preflight
        if not widget.is_open or widget.is_answered:
            return
        await self.it.until(lambda: not widget._undrawn or not widget.is_open)
        if self.it.fence.waiting is not None and self.witness.replied_at is not None:
            self.witness.complete_at = self.witness.replied_at = None  # it is asked anew
        left_out = {entry.row.id for entry in self.entries if entry.state != "taken"}
        self.witness.look(self.it.text(widget), left_out, self.it.seconds)


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 60))])
async def test_random_keys_answer_only_what_was_wholly_shown(pane: OpenPane, seed: int) -> None:
    async with pane([]) as it:
        await it.tell(ConnectionChanged("live", 1, caught_up_at=1))
        await it.press("g", "n")
        storm = Storm(it, seed)
        for _ in range(EPISODES):
            await storm.episode()
        assert storm.answered > 0, "the storm never came to an answer: it proves nothing"
