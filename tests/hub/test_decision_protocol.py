"""The decision protocol on the real service: askers, operators, a network that loses, delays and repeats, restarts, the clock.

What must hold is checked after each step (S1 to S7 of the protocol's executable specification, tests/models/decide_spec.py).
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hub_world import AGENT, PERMITTING, SPACE, World, defaulting, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Notification
from inbox_tui.core.times import SECOND
from inbox_tui.hub.service import Answer, Published, Sender
from inbox_tui.hub.verbs.clock import GRACE

TIMEOUT = 120.0
REFUSED = {"decided", "changed", "expired", "withdrawn", "superseded", "unknown_id", "not_actionable"}
Message = tuple[Any, ...]


@dataclass
class Asker:
    """`phase`: new, posting, waiting, or how it ended: acted, none, quit, crashed."""

    key: str
    phase: str = "new"
    id: str = ""
    epoch: int = 0
    got: str = ""
    withdrawn: bool = False
    row: str = ""
    """What its key led to, whether it has heard of that or not."""


@dataclass
class Press:
    """One key press of an operator, and what it was told last."""

    row: Notification
    key: str
    epoch: int
    told: str = ""


@dataclass
class Play:
    world: World
    random: random.Random
    sender: Sender
    default: str
    askers: list[Asker] = field(default_factory=lambda: [Asker("a"), Asker("b")])
    presses: dict[int, Press] = field(default_factory=dict)
    net: list[Message] = field(default_factory=list)
    seen: list[Notification] = field(default_factory=list)
    final: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    posted_in: dict[str, int] = field(default_factory=dict)
    life: int = 0

    async def step(self) -> None:
        choice = self.random.random()
        if choice < 0.45 and self.net:
            await self.deliver()
        elif choice < 0.65:
            self.ask(self.random.choice(self.askers))
        elif choice < 0.82:
            await self.press(self.random.randrange(2))
        elif choice < 0.94:
            self.world.advance(self.random.choice((0.3, 5, 29, 31, 60, 95)))
            await self.world.service.tick()
        elif choice < 0.97:
            self.net = [message for message in self.net if self.random.random() < 0.5]
        else:
            await self.world.restart()
            self.life += 1

    def ask(self, asker: Asker) -> None:
        """The asker begins, tries again, gives up, or dies."""
        what = self.random.random()
        if asker.phase == "new":
            asker.phase = "posting"
        elif asker.phase in ("posting", "waiting") and what < 0.15:
            asker.phase = "quit"
        elif asker.phase in ("posting", "waiting") and what < 0.2:
            asker.phase = "crashed"
        send = {"posting": ("post", asker), "waiting": ("poll", asker), "quit": ("quit", asker)}.get(asker.phase)
        if send is not None:
            self.net.append(send)

    async def press(self, operator: int) -> None:
        """An operator looks, presses once on what was seen, perhaps long ago, and retries for ever."""
        self.seen = await self.world.rows() if self.random.random() < 0.5 or not self.seen else self.seen
        if operator not in self.presses and self.seen:
            epoch = (await self.world.service.head(SPACE)).epoch
            row = self.random.choice(self.seen)
            self.presses[operator] = Press(row, self.random.choice(("approve", "reject")), epoch)
        if operator in self.presses:
            self.net.append(("decide", operator))

    async def deliver(self) -> None:
        message = self.net.pop(self.random.randrange(len(self.net)))
        if self.random.random() < 0.25:
            self.net.append(message)
        match message:
            case ("decide", operator):
                await self.decide(operator)
            case ("posted" | "answer", asker, answer):
                self.receive(asker, answer)
            case (call, asker):
                answer = await self.call(call, asker)
                if answer is not None:
                    self.net.append(("answer" if call == "poll" else "posted", asker, answer))

    async def call(self, what: str, asker: Asker) -> Published | Answer | None:
        service = self.world.service
        if what == "post":
            event = prompt(timeout=TIMEOUT, choices=defaulting(self.default) if self.default else ())
            published = await service.publish(SPACE, self.sender, event, idempotency_key=asker.key)
            self.posted_in.setdefault(published.id, self.life)
            asker.row = published.id
            return published
        if what == "poll":
            return await service.asks.poll(SPACE, self.sender, asker.key, epoch=asker.epoch, wait=0)
        if what == "ack":
            await service.asks.acknowledge(SPACE, self.sender, asker.key, id=asker.id, epoch=asker.epoch)
        else:
            asker.withdrawn = True
            await service.asks.withdraw(SPACE, self.sender, asker.key)
        return None

    def receive(self, asker: Asker, answer: Published | Answer) -> None:
        if isinstance(answer, Published):
            if asker.phase == "posting":
                asker.phase, asker.id, asker.epoch = "waiting", answer.id, answer.epoch
        elif asker.phase == "waiting" and answer.status != "open":
            own = (answer.id, answer.epoch) == (asker.id, asker.epoch) and answer.decision is not None
            asker.phase = "acted" if own else "none"
            if own and answer.decision is not None:
                asker.got = answer.decision["key"]
                self.net.append(("ack", asker))

    async def decide(self, operator: int) -> None:
        press = self.presses[operator]
        try:
            await self.world.decide(
                press.row, press.key, epoch=press.epoch, attempt=f"attempt-{operator}", by=f"operator-{operator}"
            )
        except Refused as refused:
            told = refused.code
        else:
            told = "ok"
        assert told in REFUSED or told == "ok"
        assert told == "ok" or press.told != "ok", "S6: answered once, then refused"
        press.told = told

    async def check(self) -> None:
        rows = {row.id: row for row in await self.world.rows()}
        for row in rows.values():
            self._check_row(row)
        for operator, press in self.presses.items():
            decision = rows[press.row.id].decision
            mine = decision is not None and decision.by == f"operator-{operator}"
            assert not (mine and press.told in REFUSED), f"S3/S6: told {press.told}, yet the answer stands"
            assert mine or press.told != "ok", "told ok, yet it does not stand"
        for asker in self.askers:
            if asker.got:
                row = rows[asker.id]
                assert row.decision is not None, "S1: acted on what nobody gave"
                assert row.decision.key == asker.got, "S1/S4: acted on another answer"
                assert row.decision.delivery != "unused", "S7"
            if asker.withdrawn and asker.row:
                assert not rows[asker.row].is_open, "S5: open though withdrawn"

    def _check_row(self, row: Notification) -> None:
        decision = row.decision
        state = (row.closed, decision.key if decision else "", decision.by if decision else "")
        assert self.final.get(row.id, state) == state, "S2/S5: a final row changed"
        assert not (row.closed and decision)
        is_news = row.id not in self.final
        if state != ("", "", ""):
            self.final[row.id] = state
        if decision is None:
            return
        assert row.expires_at is not None
        assert decision.is_timeout_default or decision.at < row.expires_at, "S3: too late"
        if decision.is_timeout_default and decision.key == "approve":
            assert self.sender.may_permit_on_timeout, "S1: a permitting default without the key's permission"
            assert not is_news or self.posted_in[row.id] == self.life, "S1: a process permitted what it had not counted"
        acted = any(asker.id == row.id and asker.got == decision.key for asker in self.askers)
        assert decision.delivery != "delivered" or acted, "S2: delivered to nobody"


SEEDS = [("sqlite", seed) for seed in range(24)] + [("postgres", seed) for seed in range(24, 32)]


@pytest.mark.parametrize(("place", "seed"), SEEDS, indirect=["place"])
async def test_every_history_keeps_the_promises(place: Path | str, seed: int) -> None:
    chance = random.Random(seed)
    world = World(place)
    await world.start()
    sender, default = chance.choice(((AGENT, ""), (AGENT, "reject"), (AGENT, "approve"), (PERMITTING, "approve")))
    play = Play(world, chance, sender, default)
    try:
        for _ in range(70):
            await play.step()
            await play.check()
        await _calm(play)
    finally:
        await world.stop()


async def _calm(play: Play) -> None:
    """Failures stop: every question ends, and every asker that still lives is told how (L1, L2)."""
    while play.net:
        message = play.net.pop()
        if message[0] not in ("decide", "posted", "answer"):
            await play.call(message[0], message[1])
    play.world.advance(TIMEOUT + GRACE / SECOND)
    await play.world.service.tick()
    await play.check()
    assert not any(row.is_open for row in await play.world.rows())
    for asker in play.askers:
        if asker.phase == "waiting":
            answer = await play.call("poll", asker)
            assert isinstance(answer, Answer)
            assert answer.status in ("decided", "expired")


async def test_of_two_operators_at_once_one_is_first(world: World) -> None:
    row = await world.row((await world.ask()).id)
    calls = [world.decide(row, key, attempt=f"{n}", by=f"o{n}") for n, key in enumerate(("approve", "reject") * 10)]
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, dict) for answer in told) == 1
    assert {answer.code for answer in told if isinstance(answer, Refused)} == {"decided"}
