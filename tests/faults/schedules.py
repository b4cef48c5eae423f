"""What goes wrong, where and when, as data: a table of every trouble at every call, and seeded schedules without end."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Literal, NamedTuple

from line import Step

Call = Literal["post", "poll", "ack", "withdraw", "decide"]
Trouble = Literal[
    "cut", "stalled", "paused", "twice", "asker killed", "asker stopped", "hub killed", "hub stopped", "operator killed",
    "operator stopped",
]  # fmt: skip
Kind = Literal["ask", "sdk", "claude-code", "codex", "http", "codex stop", "approval"]

LONG = 60.0
"""Seconds that nobody ever waits here, however busy the machine."""
CALLS: tuple[Call, ...] = ("post", "poll", "ack", "withdraw", "decide")
STEPS: tuple[Step, ...] = ("connected", "half asked", "asked", "committed", "half told", "told")
ANYWHERE: tuple[Trouble, ...] = (
    "stalled",
    "cut",
    "paused",
    "twice",
    "asker killed",
    "asker stopped",
    "hub killed",
    "hub stopped",
)
AT_OPERATOR: tuple[Trouble, ...] = ("operator killed", "operator stopped")
PATIENT: tuple[Kind, ...] = ("ask", "sdk")
HOOKS: tuple[Kind, ...] = ("claude-code", "codex", "http", "codex stop", "approval")
BLOCKING: tuple[Kind, ...] = ("http", "approval")
"""These ask by one call that is held until the answer."""


class Fault(NamedTuple):
    """At that step of that call (its `nth`, from 1) this happens, once. `seconds`: how long it lasts, where it ends by itself;
    of what stalled, how long after its caller has given it up it comes to the hub all the same."""

    call: Call
    step: Step
    trouble: Trouble
    nth: int = 1
    seconds: float = 0.5


class Plan(NamedTuple):
    """One asker, who answers it, and what goes wrong meanwhile."""

    kind: Kind
    faults: tuple[Fault, ...]
    presses: tuple[str, ...] = ("approve",)
    """Keys that operators press, all at the same time, each once."""
    gives_up: bool = False
    """It is told to leave as soon as it has asked."""
    timeout: float = LONG
    """Seconds that an `ask` and an SDK program wait for a person; hooks wait as they are configured."""

    @property
    def harms_all(self) -> bool:
        return any(fault.trouble in ("hub killed", "hub stopped") for fault in self.faults)

    @property
    def must_hear(self) -> bool:
        """Whether nothing but the asker's own end could keep the answer from it: these wait through everything else."""
        troubles = {fault.trouble for fault in self.faults}
        return self.kind in PATIENT and not self.gives_up and not troubles & {"asker killed", "stalled"}


def _troubles(call: Call) -> tuple[Trouble, ...]:
    return ANYWHERE + AT_OPERATOR if call == "decide" else ANYWHERE


def is_possible(kind: Kind, fault: Fault) -> bool:
    """A hook that only tells asks nothing. A call that blocks is made in a process that is not ours; an http hook's has no key,
    so twice the call would be two questions."""
    if kind == "codex stop":
        return fault.call == "post"
    if kind in BLOCKING:
        may_repeat = kind == "approval" or fault.trouble != "twice"
        return fault.call in ("post", "decide") and fault.trouble != "asker stopped" and may_repeat
    return True


def _plan(kind: Kind, fault: Fault, key: str) -> Plan:
    """Of a hook two disagree, where it is their calls that fail; a patient asker's one operator must be told what counted."""
    other = "reject" if key == "approve" else "approve"
    presses = (key, other) if fault.call == "decide" and kind in HOOKS else (key,)
    return Plan(kind, (fault,), presses, fault.call == "withdraw", _timeout(fault))


def _timeout(*faults: Fault) -> float:
    """Short where a poll stalls: it is given up only after that."""
    return 3.0 if ("poll", "stalled") in [(fault.call, fault.trouble) for fault in faults] else LONG


def every() -> list[Plan]:
    """Each trouble at each step of each call, of each kind of asker."""
    return [
        _plan(kind, fault, key)
        for call in CALLS
        for step in STEPS
        for trouble in _troubles(call)
        for kind, key in zip(PATIENT + HOOKS, itertools.cycle(("approve", "reject", "reject")), strict=False)
        if is_possible(kind, fault := Fault(call, step, trouble))
    ]


def table() -> list[Plan]:
    """Each trouble at each call, of an asker that is patient and, where those differ most, of a hook too; steps and kinds take
    turns. Hooks are rejected more often than not: an allow that nobody gave would hide behind one that somebody did. What takes
    longest is first."""
    steps, plans = itertools.cycle(STEPS), []
    patient = itertools.cycle(itertools.product(("approve", "reject"), PATIENT))
    hooks = itertools.cycle(itertools.product(("reject", "approve", "reject"), HOOKS))
    turns = itertools.cycle((patient, hooks))
    for number, call in enumerate(CALLS):
        for trouble in _troubles(call):
            for askers in (patient, hooks) if call in ("post", "poll", "decide") else (next(turns),):
                fault = Fault(call, next(steps), trouble)
                plans.append(next(_plan(kind, fault, key) for key, kind in askers if is_possible(kind, fault)))
        for _ in range(number):
            next(steps)
    return sorted(plans, key=lambda plan: plan.faults[0].trouble != "stalled")


def seeded(seed: int) -> Iterator[Plan]:
    """Plans without end: up to four faults each, often two operators who disagree, sometimes an asker that leaves."""
    chance = random.Random(f"faults/{seed}")
    while True:
        kind = chance.choice(PATIENT + PATIENT + HOOKS)
        faults = [
            Fault(
                call := chance.choice(CALLS),
                chance.choice(STEPS),
                chance.choice(_troubles(call)),
                chance.choice((1, 1, 2)),
                chance.choice((0.1, 0.5, 1.0, 2.5)),
            )
            for _ in range(chance.randint(1, 4))
        ]
        presses = chance.choice((("approve",), ("reject",), ("approve", "reject"), ("reject", "approve"), ("approve", "approve")))
        possible = tuple(fault for fault in faults if is_possible(kind, fault))
        yield Plan(kind, possible, presses, chance.random() < 0.2, _timeout(*possible))
