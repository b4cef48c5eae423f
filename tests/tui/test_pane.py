"""Where a stream stands, held against the pane of the feed's specification through random interleavings."""

from __future__ import annotations

import random

import pytest

from inbox_tui.core.feed import Change, Item, Opening
from inbox_tui.tui import pane as module
from inbox_tui.tui.pane import Pane
from tests.models import feed_check, feed_spec


def change_of(frame: feed_spec.Frame) -> Change:
    row = frame.row
    if row is None:
        return Change(frame.id or 0, str(frame.gone), None)
    item = Item(str(row.id), row.rev, row.raised_rev, 0, False, False, not row.read, row.done, 0, False, False, True, "")
    return Change(frame.id or 0, item.id, item)


class Beside(feed_spec.Pane):
    """Ours walks beside the model's: it must ring, claim and give up exactly when the model does."""

    ours: Pane

    def receive(self) -> feed_spec.Frame | None:
        frame, opening, rung = self.stream.socket[0], self.opened is None, len(self.alerts)
        claim = super().receive()
        if opening:
            self.ours = Pane(Opening(frame.id or 0, frame.rev, frame.epoch, frame.unread, frame.event == "resync"))
            if self.stream is None:
                return claim  # another pane was quicker
        if frame.event in ("ping", "resync"):
            told = self.ours.ping(frame.rev)
            assert (told == "stuck") == (self.stream is None), (told, frame)
            assert told == "there" or claim is None
            assert told != "there" or claim is frame or not self.cache.complete or frame.rev < self.cache.life
        else:
            assert self.ours.take(change_of(frame)) == (len(self.alerts) > rung), frame
        return claim


class World(feed_check.World):
    Pane = Beside


@pytest.mark.parametrize("seed", range(40))
def test_it_rings_claims_and_gives_up_as_the_model_does(seed: int) -> None:
    choose = random.Random(seed)
    names, weights = zip(*feed_check.WEIGHTS.items(), strict=True)
    trace = [(name, choose.randrange(1000), choose.randrange(1000)) for name in choose.choices(names, weights, k=400)]
    feed_check.run(World(), trace)


def test_what_it_remembers_is_bounded_and_never_rings_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALERTED_MOST", 10)
    pane = Pane(Opening(0, 0, 1, 0, False))
    rung: set[tuple[str, int]] = set()
    for rev in range(1, 500):
        row = (rev * 7) % 23
        # Every third frame is of a row that was raised some time ago.
        raised = rev - rev % 3
        if pane.take(Change(rev, str(row), Item(str(row), rev, raised, 0, False, False, True, False, 0, False, False, True, ""))):
            assert (str(row), raised) not in rung
            rung.add((str(row), raised))
    assert len(rung) > 200
    assert len(pane._alerted) <= 10
