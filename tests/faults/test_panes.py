"""A person at the pane while parts of it all are killed and cut off: what the keys did, and what the screen says they did."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import askers
import pytest
from commands import DEADLINE, eventually, row
from judge import verdicts
from line import Cut, Line, Passage, Step, line
from panes import CALM, open_bar, opened
from playing import Played, Press
from schedules import Plan
from terminal import Terminal
from world import World, title_of, world

from inbox_tui.core.errors import Exit

TITLE = "case 1"


def once(wanted: Step, harm: Callable[[], None]) -> Callable[[Passage, Step], None]:
    """Harm done when a decision has come to that step, for the first time."""
    is_done = threading.Event()

    def meet(passage: Passage, step: Step) -> None:
        if (passage.what, step) == ("decide", wanted) and not is_done.is_set():
            is_done.set()
            harm()

    return meet


def pane(it: World, home: Path, by: str, theirs: Line) -> AbstractContextManager[Terminal]:
    """The pane of one operator, with a cache of its own."""
    folder = home / by
    folder.mkdir(exist_ok=True)
    return opened(folder, TITLE, INBOX_HUB=theirs.url, INBOX_KEY=it.operators[by])


@contextmanager
def asked(home: Path) -> Iterator[tuple[World, Played, askers.Asker, dict[str, Any]]]:
    """Somebody asks. In the end all that came of it is judged, after one more kill of the hub."""
    with world(home) as it, line(it.hub) as own:
        played = Played(Plan("ask", ()), TITLE, line=own)
        asker = askers.start(played.plan, TITLE, {"INBOX_HUB": own.url, "INBOX_KEY": it.asking})
        try:
            question = eventually(lambda: next((one for one in it.prompts() if title_of(one) == TITLE), None))
            yield it, played, asker, question
            played.end = asker.end()
        finally:
            asker.kill()
        it.kill_hub()
        assert not (found := verdicts(it, [played])), "\n".join(found)


def cut() -> None:
    raise Cut


@pytest.mark.parametrize(("step", "harm"), [("asked", "kill"), ("committed", "cut")], ids=["hub killed", "answer lost"])
def test_a_decision_whose_answer_is_lost_counts_once(home: Path, step: Step, harm: str) -> None:
    with asked(home) as (it, played, _, question):
        meet = once(step, it.kill_hub if harm == "kill" else cut)
        with line(it.hub, meet) as theirs, pane(it, home, "ann", theirs) as terminal:
            since = open_bar(terminal, reading=CALM)
            played.presses.append(Press(question["id"], "approve", "", "ann", Exit.DONE))
            terminal.press("y")
            terminal.wait_for("approved by ann, delivered", since=since)


def test_a_hub_killed_between_the_two_keys_hears_the_answer_once_it_is_back(home: Path) -> None:
    with asked(home) as (it, played, asker, question), line(it.hub) as theirs, pane(it, home, "ann", theirs) as terminal:
        since = open_bar(terminal, reading=CALM)
        it.hub.kill9()
        played.presses.append(Press(question["id"], "approve", "", "ann", Exit.DONE))
        terminal.press("y")
        terminal.wait_for("sending…", since=since)
        assert not asker.has_ended()
        it.hub.restart()
        terminal.wait_for("approved by ann, delivered", since=since)


def test_a_pane_killed_before_it_heard_finds_its_answer_in_the_row(home: Path) -> None:
    with asked(home) as (it, played, _, question):
        terminals: list[Terminal] = []
        with line(it.hub, once("committed", lambda: terminals[0].process.kill())) as theirs:
            with pane(it, home, "ann", theirs) as terminal:
                terminals.append(terminal)
                open_bar(terminal, reading=CALM)
                played.presses.append(Press(question["id"], "approve", "", "ann", Exit.UNREACHABLE))
                terminal.press("y")
                assert terminal.process.wait(DEADLINE) == -signal.SIGKILL
            with pane(it, home, "ann", theirs) as terminal:
                terminal.wait_for("approved by ann, delivered")


def test_without_a_stream_the_call_itself_tells(home: Path) -> None:
    is_broken = threading.Event()

    def meet(passage: Passage, step: Step) -> None:
        if passage.what == "stream" and is_broken.is_set():
            raise Cut

    with asked(home) as (it, played, _, question), line(it.hub, meet) as theirs, pane(it, home, "ann", theirs) as terminal:
        since = open_bar(terminal, reading=CALM)
        is_broken.set()
        theirs.cut("stream")
        played.presses.append(Press(question["id"], "approve", "", "ann", Exit.DONE))
        terminal.press("y")
        terminal.wait_for("approved by ann, not confirmed", since=since)
        is_broken.clear()
        terminal.wait_for("approved by ann, delivered", since=since)


def test_two_panes_at_the_same_instant_and_the_loser_is_told_who_was_first(home: Path) -> None:
    """Both answers have left their panes before the hub hears of either."""
    both = threading.Barrier(2)

    def arrive() -> None:
        both.wait(DEADLINE)

    with (
        asked(home) as (it, played, _, question),
        line(it.hub, once("connected", arrive)) as one,
        line(it.hub, once("connected", arrive)) as other,
        pane(it, home, "ann", one) as ann,
        pane(it, home, "bob", other) as bob,
    ):
        since = {terminal: open_bar(terminal, reading=CALM) for terminal in (ann, bob)}
        ann.press("y")
        bob.press("n")
        decision = eventually(lambda: row(it.hub, question["id"]).get("decision"))
        winner, loser = (ann, bob) if decision["by"] == "ann" else (bob, ann)
        for by, key in (("ann", "approve"), ("bob", "reject")):
            code = Exit.DONE if by == decision["by"] else Exit.REFUSED
            played.presses.append(Press(question["id"], key, "", by, code))
        said = {"ann": "approved by ann, delivered", "bob": "rejected by bob, delivered"}[decision["by"]]
        winner.wait_for(said, since=since[winner])
        told = f"already answered by {decision['by']}: {decision['label']}; this answer did nothing"
        loser.wait_for(told, since=since[loser])
