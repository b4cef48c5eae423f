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
Kind = Literal["ask", "sdk", "claude-code", "codex", "http", "codex stop"]

CALLS: tuple[Call, ...] = ("post", "poll", "ack", "withdraw", "decide")
STEPS: tuple[Step, ...] = ("connected", "half asked", "asked", "committed", "half told", "told")
ANYWHERE: tuple[Trouble, ...] = (
    "cut",
    "stalled",
    "paused",
    "twice",
    "asker killed",
    "asker stopped",
    "hub killed",
    "hub stopped",
)
AT_OPERATOR: tuple[Trouble, ...] = ("operator killed", "operator stopped")
KINDS: tuple[Kind, ...] = ("ask", "claude-code", "sdk", "codex", "http")


class Fault(NamedTuple):
    """At that step of that call (its `nth`, from 1) this happens, once. `seconds`: how long it lasts, where it ends by itself."""

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
    timeout: float = 20.0
    """Seconds that an `ask` and an SDK program wait for a person; hooks wait as they are configured."""

    @property
    def must_hear(self) -> bool:
        """Whether nothing but the asker's own end could keep the answer from it: these wait through everything else."""
        troubles = {fault.trouble for fault in self.faults}
        return self.kind in ("ask", "sdk") and not self.gives_up and not troubles & {"asker killed", "stalled"}


def is_possible(kind: Kind, fault: Fault) -> bool:
    """A hook that only tells asks nothing. An http hook makes one call, in a process that is not ours; it has no key, so twice
    the call would be two questions."""
    if kind == "codex stop":
        return fault.call == "post"
    if kind == "http":
        return fault.call in ("post", "decide") and fault.trouble not in ("asker stopped", "twice")
    return True


def _plan(kind: Kind, fault: Fault, key: str) -> Plan:
    gives_up = fault.call == "withdraw"
    timeout = 3.0 if fault.trouble == "stalled" else 20.0
    return Plan(kind, (fault,), (key,), gives_up, timeout)


def every() -> list[Plan]:
    """Each trouble at each step of each call, of each kind of asker."""
    return [
        _plan(kind, fault, key)
        for call in CALLS
        for step in STEPS
        for trouble in (ANYWHERE + AT_OPERATOR if call == "decide" else ANYWHERE)
        for kind, key in zip((*KINDS, "codex stop"), itertools.cycle(("approve", "reject")), strict=False)
        if is_possible(kind, fault := Fault(call, step, trouble))
    ]


def table() -> list[Plan]:
    """Each trouble at each call; steps and kinds of askers take turns, so that each pair of call and step comes too. What takes
    longest is first."""
    steps, kinds, plans = itertools.cycle(STEPS), itertools.cycle((*KINDS, "codex stop")), []
    for number, call in enumerate(CALLS):
        for trouble in ANYWHERE + AT_OPERATOR if call == "decide" else ANYWHERE:
            fault = Fault(call, next(steps), trouble)
            kind = next(kind for kind in kinds if is_possible(kind, fault))
            plans.append(_plan(kind, fault, ("approve", "approve", "reject")[len(plans) % 3]))
        for _ in range(number):
            next(steps)
    return sorted(plans, key=lambda plan: plan.faults[0].trouble != "stalled")


def seeded(seed: int) -> Iterator[Plan]:
    """Plans without end: up to four faults each, often two operators who disagree, sometimes an asker that leaves."""
    chance = random.Random(f"faults/{seed}")
    while True:
        kind = chance.choice((*KINDS, *KINDS, "codex stop"))
        faults = [
            Fault(
                call := chance.choice(CALLS),
                chance.choice(STEPS),
                chance.choice(ANYWHERE + AT_OPERATOR if call == "decide" else ANYWHERE),
                chance.choice((1, 1, 2)),
                chance.choice((0.1, 0.5, 1.0, 2.5)),
            )
            for _ in range(chance.randint(1, 4))
        ]
        presses = chance.choice((("approve",), ("reject",), ("approve", "reject"), ("reject", "approve"), ("approve", "approve")))
        timeout = 3.0 if any(fault.trouble == "stalled" for fault in faults) else 30.0
        possible = tuple(fault for fault in faults if is_possible(kind, fault))
        yield Plan(kind, possible, presses, chance.random() < 0.2, timeout)
