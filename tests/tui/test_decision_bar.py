"""The answer bar in a real pane: nothing is answered that was not on the screen, and what is answered is what was shown."""

from __future__ import annotations

import pytest
from textual import events
from tui_world import OpenPane, Pane, message, numbered, prompt

from inbox_tui.core.model import APPROVE, REJECT, Choice, Decision
from inbox_tui.tui.messages import DecisionChanged
from inbox_tui.tui.settings import Settings
from inbox_tui.tui.widgets.question import NOT_READ, TOO_QUICK

LONG = "\n".join(f"step {n}" for n in range(40))


async def ask(it: Pane) -> None:
    """`a`, and the terminal confirms the frame at once."""
    await it.press("a")
    await it.until(lambda: it.fence.waiting is not None)
    it.fence.reply(it.seconds)
    await it.pilot.pause()


async def test_it_shows_who_asks_what_and_since_when(pane: OpenPane) -> None:
    row = prompt("Run tool: Bash", 40, "rm -rf node_modules", sender="hooks-laptop", source="claude")
    async with pane(numbered([row])) as it:
        await ask(it)
        assert it.text(it.main.bar) == [
            "┃ claude asks                                     key: hooks-laptop · since 40s",
            "┃ Run tool: Bash",
            "┃   rm -rf node_modules",
            "┃ y approve    n reject    Esc not now",
        ]


async def test_y_approves_after_the_guard_and_acts_on_what_was_shown(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?", 50), prompt("two?", 40)])) as it:
        shown = it.main.row
        await ask(it)
        await it.arrive(prompt("newer?", 1))
        await it.press("y", at=it.seconds + 0.41)
        assert it.link.decided == [(shown, "approve")]
        assert shown.notification.title == "two?"
        assert "sending…" in it.rows[it.cursor_line]


async def test_n_rejects(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press("n", at=it.seconds + 0.41)
        assert [key for _, key in it.link.decided] == ["reject"]


@pytest.mark.parametrize("key", ["enter", "escape", "x", "j", "a", "2", " "])
async def test_any_other_key_closes_it_and_answers_nothing(pane: OpenPane, key: str) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press(key, at=it.seconds + 5)
        assert not it.main.bar.is_open
        assert it.link.decided == []
        assert "not answered" in it.footer


async def test_an_early_key_closes_it(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press("y", at=it.seconds + 0.39)
        assert TOO_QUICK in it.footer
        await it.press("y", at=it.seconds + 5)
        assert it.link.decided == []


async def test_without_the_terminals_reply_no_key_answers(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await it.press("a")
        await it.until(lambda: it.fence.asked == 1)
        it.seconds += 2.1
        it.main.bar.refresh()
        assert 'set confirm = "digit"' in it.text(it.main.bar)[-1]
        await it.press("y", at=it.seconds + 60)
        assert it.link.decided == []


async def test_a_long_question_must_be_scrolled_to_its_end(pane: OpenPane) -> None:
    async with pane(numbered([prompt("sure?", command=LONG)])) as it:
        await it.press("a")
        await it.until(lambda: it.main.bar.frames > 0)
        assert it.fence.asked == 0
        assert "more lines" in it.text(it.main.bar)[-1]
        await it.press("y", at=it.seconds + 9)
        assert NOT_READ in it.footer
        await it.press("a")
        for _ in range(12):
            generation = it.main.bar.frames
            await it.press("pagedown")
            await it.until(lambda seen=generation: it.main.bar.frames > seen or it.fence.asked == 1)
        assert it.text(it.main.bar)[-2] == "┃   step 39"
        assert it.fence.asked == 1
        it.fence.reply(it.seconds)
        await it.press("k", "j", "y", at=it.seconds + 0.41)
        assert len(it.link.decided) == 1


async def test_marks_are_visible_and_the_end_is_never_cut(pane: OpenPane) -> None:
    command = "ls" + " " * 30 + "; rm -rf ~ \u202e\x1b[8m# " + "x" * 200 + "END"
    async with pane(numbered([prompt("run?", command=command)])) as it:
        await ask(it)
        shown = "".join(line.removeprefix("┃   ") for line in it.text(it.main.bar)[2:-1])
        assert "⟨30 blanks⟩" in shown
        assert "⟨U+202E⟩␛[8m#" in shown
        assert shown.endswith("xEND")


async def test_a_resize_starts_the_guard_again(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        it.seconds += 0.3
        await it.pilot.resize_terminal(70, 20)
        await it.pilot.pause()
        assert it.main.bar.armed_at is None
        await it.until(lambda: it.fence.waiting is not None)
        it.fence.reply(it.seconds)
        await it.press("y", at=it.seconds + 0.2)
        assert it.link.decided == []
        assert TOO_QUICK in it.footer


@pytest.mark.parametrize("event", [events.Paste("y"), events.AppBlur()], ids=["paste", "blur"])
async def test_pasted_text_and_a_lost_focus_close_it(pane: OpenPane, event: events.Event) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        it.app.post_message(event)
        await it.pilot.pause()
        assert not it.main.bar.is_open
        assert it.link.decided == []


async def test_it_closes_by_itself_when_another_was_first_and_swallows_the_late_key(pane: OpenPane) -> None:
    row = numbered([message("older", 90, read_at=1), prompt("one?")])[1]
    async with pane(numbered([message("older", 90, read_at=1), prompt("one?")])) as it:
        await ask(it)
        await it.arrive(type(row)(**{**_fields(row), "decision": Decision("reject", "reject", "eve", 1)}))
        assert not it.main.bar.is_open
        assert "rejected by eve" in it.footer
        await it.press("y", "e", at=it.seconds + 0.3)
        assert it.link.decided == []
        assert it.link.triaged == []
        await it.press("e", at=it.seconds + 0.41)
        assert len(it.link.triaged) == 1


def _fields(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in type(row).__dataclass_fields__}  # type: ignore[attr-defined]


async def test_other_choices_take_digits_with_their_whole_labels(pane: OpenPane) -> None:
    label = "always allow every command that begins with npm in this project and all of its folders, for ever"
    choices = (APPROVE, Choice("always", label), REJECT, Choice("edit", "edit first"))
    async with pane(numbered([prompt("one?", choices=choices)]), size=(60, 24)) as it:
        await ask(it)
        foot = " ".join(line.removeprefix("┃ ").strip() for line in it.text(it.main.bar)[3:])
        assert f"1 {label}" in " ".join(foot.split())
        assert "2 edit first" in foot
        await it.press("1", at=it.seconds + 1)
        assert [key for _, key in it.link.decided] == ["always"]


async def test_a_digit_on_the_screen_instead_of_y(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")]), settings=Settings(confirm="digit")) as it:
        await ask(it)
        digit = it.text(it.main.bar)[-1].removeprefix("┃ ")[0]
        assert digit.isdigit()
        await it.press("y", at=it.seconds + 1)
        assert it.link.decided == []
        await ask(it)
        digit = it.text(it.main.bar)[-1].removeprefix("┃ ")[0]
        await it.press(digit, at=it.seconds + 1)
        assert [key for _, key in it.link.decided] == ["approve"]


async def test_a_row_that_asks_nothing_opens_no_bar(pane: OpenPane) -> None:
    async with pane(numbered([message("hello")])) as it:
        await it.press("a")
        assert not it.main.bar.is_open
        assert "asks nothing" in it.footer


async def test_the_row_tells_how_the_answer_fares(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press("y", at=it.seconds + 1)
        row = it.main.row
        await it.press("a")
        assert "on its way" in it.footer
        await it.tell(DecisionChanged(row.id, "unknown"))
        assert "outcome unknown" in it.rows[0]
        await it.press("a")
        assert it.main.bar.is_open  # the hub takes one answer only, so another try is no danger
        await it.press("escape")
        await it.tell(DecisionChanged(row.id, "decided", decision=Decision("approve", "approve", "dana", 1)))
        assert "approved by you, not confirmed" in it.rows[0]
        decided = Decision("approve", "approve", "dana", 1, delivery="delivered")
        await it.arrive(type(row.notification)(**{**_fields(row.notification), "decision": decided}))
        assert "approved by you, delivered" in it.rows[0]


async def test_what_was_unknown_may_turn_out_to_be_somebody_elses(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press("y", at=it.seconds + 1)
        await it.tell(DecisionChanged(it.main.row.id, "unknown"))
        theirs = Decision("approve", "approve", "eve", 1)
        await it.tell(DecisionChanged(it.main.row.id, "decided", decision=theirs))
        assert "approved by eve, not confirmed" in it.rows[0]
        assert "approved by eve" in it.footer


async def test_what_nobody_waits_for_is_kept_and_said_so(pane: OpenPane) -> None:
    decided = Decision("approve", "approve", "dana", 1)
    async with pane(numbered([prompt("one?", waiting="nobody", decision=decided)])) as it:
        assert "approved by you, kept for whoever asks" in it.rows[0]
        await it.press("a")
        assert "approved by you, kept for whoever asks" in it.footer


async def test_how_long_it_has_been_asked_goes_on(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await it.press("a")
        await it.until(lambda: not it.main.bar._undrawn)
        drawn = []
        render = it.main.bar.render_line
        it.main.bar.render_line = lambda y: (drawn.append(y), render(y))[1]
        it.main.bar.tick()
        await it.until(lambda: drawn)
        assert set(drawn) == {0}


async def test_somebody_else_was_first(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?")])) as it:
        await ask(it)
        await it.press("y", at=it.seconds + 1)
        theirs = Decision("reject", "reject", "eve", 1)
        await it.tell(DecisionChanged(it.main.row.id, "refused", "decided", "Already answered by eve: reject.", theirs))
        assert "already answered by eve: reject" in it.footer
        await it.arrive(type(it.main.row.notification)(**{**_fields(it.main.row.notification), "decision": theirs}))
        assert "rejected by eve" in it.rows[0]
        assert "already answered by eve: reject; this answer did nothing" in it.footer
        ours = Decision("approve", "approve", "dana", 1)
        await it.tell(DecisionChanged(it.main.row.id, "refused", "decided", "Already answered.", ours))
        assert "already answered by you: approve; this answer did nothing" in it.footer
        assert "sending" not in it.rows[0]
