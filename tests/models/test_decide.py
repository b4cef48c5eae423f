"""Decisions, held against their executable specification: random walks in which the real store takes each step of the hub."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from inbox_tui.core import decide
from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Choice, Event, Notification, decode
from inbox_tui.core.times import DAY, MINUTE, SECOND
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.values import UNKNOWN, Answer, Published, Sender
from inbox_tui.hub.verbs.asks import Acknowledge, Poll, Withdraw
from inbox_tui.hub.verbs.clock import Expire, Lapse
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.publish import Publish
from tests.models import decide_spec as spec

SPACE, RUN = "default", "run_1"
WALKS, STEPS = 12, 60
SKIPPED = {"row that folds", "default approve, two hubs", "hook, default approve", "two equal hook prompts"}
"""Rows that never fold are asked here; a hint by run cannot tell two prompts apart; a counted time-out has tests of its own."""


class Real:
    """One store. `epoch` and ids of what each asker and each key press knows are kept as the model keeps them."""

    def __init__(self, folder: Path, scenario: spec.Scenario) -> None:
        self.folder, self.scenario, self.clock, self.files = folder, scenario, 1_700_000_000 * SECOND, 0
        self.path = folder / "hub.sqlite3"
        self.store = Store.open(self.path)
        self.ids: dict[int, str] = {}
        self.epochs = [self.epoch()]
        self.asked: dict[tuple[int, int], Published] = {}
        """By prompt and the model's epoch: what the asker's POST was answered."""
        self.pressed: dict[int, int] = {}

    def now(self) -> int:
        return self.clock

    def apply(self, verb: Any) -> object:
        (answer,) = self.store.apply(SPACE, [verb], self.now).answers
        return answer

    def epoch(self) -> int:
        self.store.apply(SPACE, [Begin()], self.now)
        return self.store.read(lambda connection: reads.head(connection, SPACE)).epoch

    def row(self, prompt: int) -> Notification | None:
        row_id = self.ids.get(prompt, "")
        try:
            return decode(self.store.read(lambda connection: reads.notification(connection, SPACE, row_id)))
        except Refused:
            return None

    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.path)

    # -- the hub's side of each message -----------------------------------------------------------------------------
    def handle(self, message: tuple[Any, ...], before: spec.State) -> object:
        what, n = message[:2]
        sender, key = Sender("asker"), f"key-{n}"
        if what == "post":
            answer = self.apply(Publish(sender, self._question(), key, "same"))
            assert isinstance(answer, Published)
            self.ids[n], self.asked[n, self.epochs.index(answer.epoch)] = answer.id, answer
            return answer
        if what == "poll":
            return self.apply(Poll(sender.name, key, epoch=self.epochs[message[2]], wait=30.0))
        if what == "quit":
            return self.apply(Withdraw(sender.name, key))
        if what == "ack":
            asked = self.asked[n, message[2]]
            return self.apply(Acknowledge(sender.name, key, asked.id, asked.epoch))
        if what == "ran":
            return self.apply(Publish(sender, Event("input.approved", "ran", run_id=RUN)))
        assert what == "decide"
        attempt = before.att[n]
        row = self.row(attempt.row)
        raised = row.raised_rev if row else 0
        call = Decide(self.ids[attempt.row], attempt.key, "", raised, self.pressed[n], f"attempt-{n}", f"operator {n}", "test")
        return self.apply(call)

    def _question(self) -> Event:
        default = self.scenario.default
        choices = tuple(Choice(key, key, key == default) for key in ("approve", "reject"))
        timeout = None if self.scenario.timeless else 10 * DAY / SECOND
        return Event("input.required", "?", is_prompt=True, waiting=True, choices=choices, timeout=timeout, run_id=RUN)

    # -- everything else that happens -------------------------------------------------------------------------------
    def follow(self, label: str, before: spec.State) -> object:
        if label.startswith("hub commits"):
            message = next(m for m in before.net if str(m) in label)
            return self.handle(message, before)
        if "lease runs out" in label:
            self.clock += 2 * MINUTE
            self.apply(Lapse())
        elif "time-out job" in label:
            self.apply(Expire({}))
        elif "the clock passes" in label:
            self.clock += 11 * DAY
        elif "presses" in label:
            self.pressed[int(label.split()[1])] = self.epoch()
        elif "kill -9" in label:
            self.reopen()
        elif label == "backup":
            self.store.close()
            shutil.copy(self.path, self.folder / "backup.sqlite3")
            self.store = Store.open(self.path)
        elif label == "restore":
            self.store.close()
            shutil.copy(self.folder / "backup.sqlite3", self.path)
            self.store = Store.open(self.path)
            self.clock += SECOND
            self.epochs.append(self.store.restore_epoch(SPACE, self.now))
        return None


STATUS = {"withdrawn": "withdrawn", "expired": "expired", "decided": "decided", "open": "open", "answered_elsewhere": "elsewhere"}


def compare(model: spec.State, real: Real) -> None:
    for n, row in enumerate(model.rows):
        found = real.row(n)
        if row.status == "absent":
            assert found is None
            continue
        assert found is not None
        told = STATUS[decide.ask_status(found)], found.decision.key if found.decision else ""
        assert told == (row.status, row.key), (row, found)
        if found.decision is not None:
            delivered = {"delivered": (True, False), "unused": (False, True), "unconfirmed": (False, False)}
            assert delivered[found.decision.delivery] == (row.delivered, row.unused and not row.delivered), (row, found)
        if row.status == "open":
            assert (found.waiting, found.seems_answered) == (row.waiting, row.hint), (row, found)


def check_answer(label: str, answer: object, before: spec.State, after: spec.State) -> None:
    """What the hub told is what the model's hub told."""
    told = next((m for m in after.net - before.net if m[0] in ("told", "ans")), None)
    if told is None:
        return
    if told[0] == "told" and after.epoch == 0:
        expected = {"ok": "", "conflict": "decided", "changed": "changed", "unknown id": "unknown_id", "elsewhere": "x"}
        code = answer.code if isinstance(answer, Refused) else ""
        assert code == expected.get(told[2], told[2]), (label, told, answer)
    if told[0] == "ans":
        assert isinstance(answer, Answer)
        if told[3] == "unknown id":
            assert answer == UNKNOWN
        else:
            assert STATUS[answer.status] == told[3], (label, told, answer)


@pytest.mark.parametrize("scenario", [sc for sc in spec.SCENARIOS if sc.name not in SKIPPED], ids=lambda sc: sc.name)
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 50))])
def test_the_real_hub_answers_as_the_model_does(scenario: spec.Scenario, seed: int, tmp_path: Path) -> None:
    model = spec.Model(scenario, spec.RULES)
    for walk in range(WALKS):
        chance = random.Random(f"{scenario.name}/{seed}/{walk}")
        folder = tmp_path / str(walk)
        folder.mkdir()
        real, state = Real(folder, scenario), model.initial()
        try:
            for _ in range(STEPS):
                steps = [
                    (label, after)
                    for label, _, after in model.steps(state)
                    # One clock: all leases and time-outs would run out together.
                    if not (scenario.prompts > 1 and ("lease runs out" in label or "the clock passes" in label))
                ]
                if not steps:
                    break
                label, after = chance.choice(sorted(steps, key=lambda step: step[0]))
                answer = real.follow(label, state)
                compare(after, real)
                check_answer(label, answer, state, after)
                state = after
        finally:
            real.store.close()
