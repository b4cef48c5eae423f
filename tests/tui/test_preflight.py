"""Many questions, one answer: only what was wholly on the screen is answered, each by a call of its own, as it was shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from tui_world import OpenPane, Pane, message, numbered, prompt

from inbox_tui.core.model import APPROVE, REJECT, Choice, Decision, Notification
from inbox_tui.tui.messages import ConnectionChanged, DecisionChanged
from inbox_tui.tui.settings import Settings
from inbox_tui.tui.widgets.question import NOT_ANSWERED, NOT_READ, TOO_QUICK

THREE = [prompt("one?", 30), prompt("two?", 40, "make two"), prompt("three?", 50)]
CALM = 0.41


def long(name: str, lines: int = 30, **members: object) -> Notification:
    return prompt(f"{name}?", command="\n".join(f"{name} step {n}" for n in range(lines)), **members)


async def live(it: Pane) -> None:
    await it.tell(ConnectionChanged("live", 1, caught_up_at=1))


async def put(it: Pane, *keys: str) -> None:
    """Opens the list; of what fits on the screen the terminal confirms the frame at once."""
    await live(it)
    await it.press(*(keys or ("g", "n", "A")))
    await confirm(it)


async def confirm(it: Pane) -> None:
    await it.until(lambda: it.fence.waiting is not None)
    it.fence.reply(it.seconds)
    await it.pilot.pause()


async def step(it: Pane, key: str = "j") -> None:
    """One key, and the frame after it."""
    await it.press(key)
    await it.until(lambda: not it.main.preflight._undrawn)


async def fare(it: Pane, row_id: str, by: str = "dana") -> None:
    await it.tell(DecisionChanged(row_id, "decided", decision=Decision("approve", "approve", by, 1)))


async def test_it_shows_every_question_whole_and_who_asks(pane: OpenPane) -> None:
    rows = [
        prompt("Run tool: Bash", 30, "rm -rf build", sender="laptop", source="claude"),
        prompt("Publish?", 90, source="ci", choices=(Choice("approve", "Ship it"), REJECT)),
    ]
    async with pane(numbered(rows)) as it:
        await put(it)
        shown = it.text(it.main.preflight)
        assert [line for line in shown if line] == [
            "  One answer for 2 questions                                             1 of 2",
            "▌ ? claude asks                                         key: laptop · since 30s",
            "▌   Run tool: Bash",
            "▌     rm -rf build",
            "▌",
            "  ? ci asks                                               key: tests · since 1m",
            "    Publish?",
            "      make deploy",
            "      approve: Ship it",
            "  y approve 2   n reject 2   Space leave out   Esc not now",
        ]


@pytest.mark.parametrize(("key", "meant"), [("y", "approve"), ("n", "reject")])
async def test_each_is_sent_once_in_turn_as_it_was_shown(pane: OpenPane, key: str, meant: str) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        shown = [entry.row for entry in it.main.preflight.preflight.entries]
        await it.arrive(prompt("newer?", 1))
        await it.press(key, at=it.seconds + CALM)
        assert it.link.decided == [(shown[0], meant)]
        await it.press("y", "y", "n", at=it.seconds + 9)
        for n in range(3):
            assert len(it.link.decided) == n + 1
            await fare(it, shown[n].id)
        assert it.link.decided == [(row, meant) for row in shown]
        assert it.text(it.main.preflight)[0].startswith("  3 answered ")
        assert sum("approved by you" in line for line in it.text(it.main.preflight)) == 3
        await it.press("escape")
        assert not it.main.preflight.is_open
        assert "3 answered" in it.footer


async def test_what_cannot_be_answered_with_the_others_is_listed_with_the_reason(pane: OpenPane) -> None:
    other = prompt("which?", choices=(Choice("blue", "Blue"), Choice("red", "Red")))
    rows = [prompt("one?"), message("hello"), prompt("late?", closed="expired"), other]
    async with pane(numbered(rows)) as it:
        await put(it, "*", "A")
        shown = "\n".join(it.text(it.main.preflight))
        for said in ("hello  asks nothing", "late?  expired, not answered", "which?  has other answers: Blue / Red"):
            assert said in shown
        await it.press("y", at=it.seconds + CALM)
        assert [row.notification.title for row, _ in it.link.decided] == ["one?"]
        await it.press("escape")
        assert len(it.main.list.selection) == 0


async def test_nothing_of_it_is_queued_offline(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await it.press("*", "A")
        assert not it.main.preflight.is_open
        assert "its hub is out of reach" in it.footer


async def test_without_questions_it_says_how_to_choose_some(pane: OpenPane) -> None:
    async with pane(numbered([*THREE, message("hello")])) as it:
        await it.press("g", "a", "A")
        assert "select questions first (Space), or see all that need you (g n)" in it.footer


async def test_all_must_be_read_to_its_end(pane: OpenPane) -> None:
    async with pane(numbered([long("one", ago=10), long("two", ago=20)])) as it:
        await live(it)
        await it.press("g", "n", "A")
        await it.until(lambda: it.main.preflight.frames > 0)
        assert "more lines" in it.text(it.main.preflight)[-1]
        await it.press("y", at=it.seconds + 9)
        assert NOT_READ in it.footer
        await it.press("A")
        seen: set[str] = set()
        for _ in range(12):
            seen |= set(it.text(it.main.preflight))
            assert it.fence.waiting is None or "two step 29" in " ".join(seen)
            await step(it)
        assert {f"{n} step {m}" for n in ("one", "two") for m in range(30)} <= {line[6:] for line in seen}
        await confirm(it)
        await it.press("y", at=it.seconds + CALM)
        assert len(it.link.decided) == 1


async def test_a_question_may_be_left_out_and_the_rest_is_asked_anew(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.press("j", " ", at=it.seconds + 5)
        assert it.main.preflight.armed_at is None
        assert "One answer for 2 of 3 questions" in it.text(it.main.preflight)[0]
        await confirm(it)
        await it.press("y", at=it.seconds + CALM)
        await fare(it, it.link.decided[0][0].id)
        await fare(it, it.link.decided[1][0].id)
        assert [row.notification.title for row, _ in it.link.decided] == ["one?", "three?"]


async def test_a_key_soon_after_the_questions_changed_answers_none(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.press("x", at=it.seconds + 5)
        await confirm(it)
        await it.press("y", at=it.seconds + 0.39)
        assert it.link.decided == []
        assert TOO_QUICK in it.footer


async def test_one_that_changes_is_dropped_and_a_new_one_never_enters(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        entries = it.main.preflight.preflight.entries
        await it.arrive(replace(entries[1].row.notification, raised_rev=99_999), prompt("newer?", 1))
        assert entries[1].told == "it has changed, look again"
        assert it.main.preflight.armed_at is None
        await confirm(it)
        await it.press("y", at=it.seconds + CALM)
        await fare(it, entries[0].row.id)
        await fare(it, entries[2].row.id)
        assert [row.notification.title for row, _ in it.link.decided] == ["one?", "three?"]


async def test_it_closes_by_itself_when_none_is_left_and_swallows_the_late_key(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await put(it)
        row = it.main.preflight.preflight.entries[0].row.notification
        await it.arrive(replace(row, decision=Decision("reject", "reject", "eve", 1)))
        assert not it.main.preflight.is_open
        await it.press("y", "e", at=it.seconds + 0.3)
        assert (it.link.decided, it.link.triaged) == ([], [])


@pytest.mark.parametrize("silence", [("unknown", ""), ("refused", "offline")], ids=["unknown", "offline"])
async def test_where_the_hub_falls_silent_no_other_is_sent(pane: OpenPane, silence: tuple[str, str]) -> None:
    state, code = silence
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.press("y", at=it.seconds + CALM)
        await it.tell(DecisionChanged(it.link.decided[0][0].id, state, code, "no answer"))  # type: ignore[arg-type]
        assert len(it.link.decided) == 1
        assert sum("not sent" in line for line in it.text(it.main.preflight)) == 2
        await fare(it, it.link.decided[0][0].id)
        assert (len(it.link.decided), it.text(it.main.preflight)[0][:20]) == (1, "  1 answered, 2 not ")


async def test_one_that_the_hub_refuses_says_so_and_the_next_is_sent(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.press("y", at=it.seconds + CALM)
        await it.tell(DecisionChanged(it.link.decided[0][0].id, "refused", "changed", "It has changed. Nothing was answered."))
        assert len(it.link.decided) == 2
        assert any("It has changed. Nothing was answered." in line for line in it.text(it.main.preflight))
        await fare(it, it.link.decided[1][0].id)
        await fare(it, it.link.decided[2][0].id)
        assert it.text(it.main.preflight)[0].startswith("  2 answered, 1 not ")


async def test_leaving_it_halfway_leaves_the_rest_unanswered(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.press("y", at=it.seconds + CALM)
        await it.press("escape")
        assert "2 not" in it.footer
        await fare(it, it.link.decided[0][0].id)
        assert len(it.link.decided) == 1


@pytest.mark.parametrize("key", ["enter", "escape", "q", "a", "A", "2"])
async def test_any_other_key_closes_it_and_answers_nothing(pane: OpenPane, key: str) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it, "*", "A")
        await it.press(key, at=it.seconds + 5)
        assert not it.main.preflight.is_open
        assert NOT_ANSWERED in it.footer
        assert it.link.decided == []
        assert len(it.main.list.selection) == 3


@pytest.mark.parametrize("event", [events.Paste("y"), events.AppBlur()], ids=["paste", "blur"])
async def test_pasted_text_and_a_lost_focus_close_it_until_it_is_answered(pane: OpenPane, event: events.Event) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        it.app.post_message(event)
        await it.pilot.pause()
        assert not it.main.preflight.is_open
        await put(it)
        await it.press("y", at=it.seconds + CALM)
        it.app.post_message(event)
        await it.pilot.pause()
        assert it.main.preflight.is_open


async def test_a_resize_starts_the_reading_again(pane: OpenPane) -> None:
    async with pane(numbered(THREE)) as it:
        await put(it)
        await it.pilot.resize_terminal(60, 8)
        await it.pilot.pause()
        assert it.main.preflight.armed_at is None
        await it.press("y", at=it.seconds + 9)
        assert it.link.decided == []


async def test_another_digit_for_another_set_of_questions(pane: OpenPane) -> None:
    async with pane(numbered(THREE), settings=Settings(confirm="digit")) as it:
        await live(it)
        await it.press("g", "n", "A")
        await it.until(lambda: it.main.preflight.armed_at is not None)
        digits = set()
        for _ in range(24):
            digits.add(it.text(it.main.preflight)[-1].strip()[0])
            await step(it, "x")
        assert len(digits) > 1
        await it.until(lambda: it.main.preflight.armed_at is not None)
        await it.press(it.text(it.main.preflight)[-1].strip()[0], at=it.seconds + CALM)
        assert [key for _, key in it.link.decided] == ["approve"]
        assert APPROVE.key == "approve"
