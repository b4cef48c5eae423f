"""Random keys at machine speed into the real pane in a terminal, while questions come, change and go at a real hub.

Judged from outside: every answer in the hub's log must have come of a key that the storm pressed while the terminal's own screen
had shown the whole question, as it was when it was answered, in the bar or in the list of many.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from emulator import Screen
from hubs import RunningHub
from panes import CALM, opened
from terminal import Terminal

SECOND = 1_000_000
STORMS_A_PANE = 25
SIZES = [(100, 30), (80, 24), (60, 12), (140, 40), (100, 9)]
KEYS = [*"aaayyyyynn123456789AAjjkk x*Vemp!+?/ghlGTvbDfM", "gn", "ga", "s1", "u", "\r", "\r", "\t", "\x1b", "\x1b[A", "\x1b[B",
        "\x1b[6~", "\x1b[5~", "\x12"]  # fmt: skip
OTHERS = ["\x1b[200~y\x1b[201~", "\x1b[200~ay\x1b[201~", "ay", "Ay", "yyyyyyyy", "aaaa", "\x10ay\x1b", "\x10answer\r",
          "\x1b[O", "\x1b[I", "\x1b[O\x1b[I", "\x1b[<0;10;4M\x1b[<0;10;4m", "\x1b[<65;10;5M",
          "\x1b[<0;3;20M\x1b[<0;3;20m"]  # fmt: skip


@dataclass
class Press:
    """A key that answers, when it was pressed, and every word of a question that its bar or list had shown by then."""

    key: str
    at: float
    read: frozenset[str]
    foot: str


@dataclass
class Asked:
    """What the storms asked: by row, the words of each of its raises."""

    words: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)
    count: int = 0

    def of(self, row_id: str, raised_rev: int) -> frozenset[str]:
        raises = self.words[row_id]
        return raises[max(rev for rev in raises if rev <= raised_rev)]


class Storm:
    """Over one pane in its terminal."""

    def __init__(self, hub: RunningHub, asked: Asked, terminal: Terminal, size: tuple[int, int], chance: random.Random) -> None:
        self.hub, self.asked, self.terminal, self.chance = hub, asked, terminal, chance
        self.screen, self._fed = Screen(*size), 0
        self.read: set[str] = set()
        self.pressed: list[Press] = []
        self.open_asks: list[str] = []

    # What a person at the terminal sees

    def look(self, seconds: float = 0.0) -> bool:
        """What was drawn meanwhile, a read at a time. False: the pane has ended."""
        until = time.monotonic() + seconds
        while True:
            is_alive = self.terminal.pump(0.002)
            for end, _ in self.terminal.written_at:
                if end > self._fed:
                    self.screen.feed(bytes(self.terminal.output[self._fed : end]))
                    self._fed = end
                    self._see()
            self.terminal.written_at = self.terminal.written_at[-1:]
            if not is_alive or time.monotonic() >= until:
                return is_alive

    @property
    def shown(self) -> list[str]:
        """The lines of the bar, or of the list of many; empty where neither is."""
        lines = self.screen.lines
        if any(line.startswith("  One answer for ") for line in lines[:3]):
            return lines
        return [line for line in lines if line.startswith("┃")]

    def _see(self) -> None:
        shown = self.shown
        self.read = {word for line in shown for word in line.split() if word.startswith("w-")} | (self.read if shown else set())

    # What a person at the keyboard does

    def press(self, keys: str) -> None:
        self.look()
        foot = " ".join(self.shown[-3:])
        for key in keys:
            if key in "yn123456789":
                self.pressed.append(Press(key, time.time() * SECOND, frozenset(self.read), foot))
        self.terminal.press(keys)

    def answer_calmly(self, key: str, *, reading: float) -> None:
        """`a` or `A`, read to the end, then the answer after so many seconds."""
        for each in ("\x1b", "\x1b", "\x1b", "g", "n"):
            self.press(each)
            self.look(0.05)
        self.press(key)
        for _ in range(60):
            self.look(0.1)
            if any(f"{digit} approve" in line for line in self.shown for digit in "y123456789"):
                break
            if any("read on" in line for line in self.shown):
                self.press("\x1b[6~")
        self.look(reading)
        digit = next((digit for digit in "y123456789" if any(f"{digit} approve" in line for line in self.shown)), "y")
        self.press(self.chance.choice([digit, digit, "n"]))
        self.look(0.3)

    # What happens meanwhile

    def ask(self) -> None:
        self.asked.count += 1
        name, lines = f"w-{self.asked.count}", self.chance.choice([1, 1, 3, 12, 40])
        words = [f"{name}-{n}" for n in range(lines)]
        key = f"storm-{name}-{self.chance.randbytes(8).hex()}"
        is_repeated = self.chance.random() < 0.3
        event: dict[str, Any] = {"kind": "check", "title": f"Check {self.chance.randint(1, 3)}", "body": "\n".join(words)}
        if not is_repeated:
            event = {"kind": "input.required", "title": f"Run {name}?", "is_prompt": True, "command": "\n".join(words)}
            self.open_asks.append(key)
        reply = self.hub.call("POST", "/api/events", {**event, "actionable": True}, by="send", headers={"Idempotency-Key": key})
        assert reply.status == 202, reply
        self.asked.words.setdefault(reply.document["id"], {})[reply.document["rev"]] = frozenset(words)

    def withdraw(self) -> None:
        if self.open_asks:
            key = self.open_asks.pop(self.chance.randrange(len(self.open_asks)))
            assert self.hub.call("POST", f"/api/asks/{key}/withdraw", {}, by="send").status == 200

    def resize(self) -> None:
        self.look()
        size = self.chance.choice(SIZES)
        self.terminal.resize(*size)
        self.screen.resize(*size)
        self.read = set()

    def blow(self) -> bool:
        """One storm. False: it closed the pane."""
        for _ in range(self.chance.randint(15, 50)):
            what = self.chance.choices(["key", "other", "ask", "withdraw", "resize", "wait"], [60, 12, 10, 4, 2, 8])[0]
            if what == "key":
                self.press(self.chance.choice(KEYS))
            elif what == "other":
                self.press(self.chance.choice(OTHERS))
            elif what == "wait":
                self.look(self.chance.choice([0.01, 0.1, 0.5]))
            else:
                {"ask": self.ask, "withdraw": self.withdraw, "resize": self.resize}[what]()
        if self.chance.random() < 0.5:
            self.answer_calmly(self.chance.choice("aA"), reading=self.chance.choice([0.2, 0.7, 1.0]))
        return self.look(0.05)


def answers(hub: RunningHub) -> list[sqlite3.Row]:
    """What the hub's own log holds of answers that were taken."""
    with sqlite3.connect(f"file:{hub.paths.hub_database}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return database.execute("SELECT * FROM decision_log WHERE outcome = 'decided' ORDER BY id").fetchall()


def judge(hub: RunningHub, asked: Asked, pressed: list[Press], *, seen: int) -> int:
    """Every answer since the first `seen` came of a key of the storms' own, at what it answered. Answers how many there are."""
    found = answers(hub)
    for answer in found[seen:]:
        words = asked.of(answer["notification_id"], answer["raised_rev"])
        name = {"approve": "approve", "reject": "reject"}[answer["key"]]
        made = [
            press
            for press in pressed
            if f"{press.key} {name}" in press.foot and words <= press.read and 0 <= answer["at"] - press.at <= 11 * SECOND
        ]
        assert made, (dict(answer), sorted(words), [press for press in pressed if abs(answer["at"] - press.at) < 11 * SECOND])
    assert len({answer["notification_id"] for answer in found}) == len(found)
    return len(found)


@contextmanager
def pane(hub: RunningHub, asked: Asked, chance: random.Random) -> Iterator[Storm]:
    with opened(hub.home, "live", size=SIZES[0], lag=chance.choice([0.0, 0.02, 0.3])) as terminal:
        storm = Storm(hub, asked, terminal, SIZES[0], chance)
        storm.look(0.2)
        yield storm


def configure(home: Path, confirm: str) -> None:
    (home / "config.toml").write_text(f'[tui]\nconfirm = "{confirm}"\n')


@pytest.mark.parametrize(
    ("storms", "seed"), [(3, 1), pytest.param(1000, 2, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])], ids=["some", "1000"]
)
def test_no_storm_of_keys_answers_what_it_did_not_read(hub: RunningHub, storms: int, seed: int) -> None:
    chance, asked = random.Random(seed), Asked()
    done = taken = 0
    while done < storms:
        configure(hub.paths.config_file.parent, chance.choice(["key", "key", "digit"]))
        with ExitStack() as stack:
            storm = stack.enter_context(pane(hub, asked, chance))
            for _ in range(min(STORMS_A_PANE, storms - done)):
                is_there = storm.blow()
                done += 1
                taken = judge(hub, asked, storm.pressed, seen=taken)
                storm.pressed = storm.pressed[-400:]
                if not is_there:
                    assert storm.terminal.process.wait(10) == 0, storm.terminal.text()[-3000:]
                    break
            storm.look(0.5)
            taken = judge(hub, asked, storm.pressed, seen=taken)
    with pane(hub, asked, chance) as storm:
        storm.ask()
        while taken == len(answers(hub)):
            storm.answer_calmly("A", reading=CALM)
        taken = judge(hub, asked, storm.pressed, seen=taken)
    print(f"{done} storms, {asked.count} questions and repeats, {taken} answers")
