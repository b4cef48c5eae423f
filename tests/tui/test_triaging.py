"""Triage by keys: what is meant, what is asked first, what is said, and what takes it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import seed
from tui_world import FEED, OpenPane, many, message, numbered, prompt

from inbox_tui.cache import schema, steps
from inbox_tui.cache.pages import Reader, Shown
from inbox_tui.cache.rows import UNDO_KEPT
from inbox_tui.core.model import Notification
from inbox_tui.core.times import HOUR
from inbox_tui.core.triage import State
from inbox_tui.tui.keymap import CHOICE_SECONDS, Chord, build_keymap
from inbox_tui.tui.link import NoLink
from inbox_tui.tui.messages import TriageDone
from inbox_tui.tui.undo import UndoStack, undoing

UNTIL = seed.NOW + HOUR


def titles(it, rows) -> list[str]:  # type: ignore[no-untyped-def]
    return [it.main.reader.row(id_).notification.title for id_ in rows]


async def test_s_shows_its_choices_and_the_second_key_snoozes(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("s")
        assert "1 1 hour" in it.footer
        assert "w Monday" in it.footer
        await it.press("1")
        ((verb, row),) = it.link.triaged
        assert (verb, row.notification.title, it.link.terms) == ("snooze", "row 2", [(UNTIL, None)])
        assert it.footer.startswith(" snoozed until ")
        assert "u undo" in it.footer
        await it.press("u")
        assert [verb for verb, _ in it.link.triaged] == ["snooze", "unsnooze"]


def test_choices_are_given_time_to_be_read() -> None:
    chord = Chord(build_keymap())
    assert (chord.press("s", 1.0), chord.press("t", 1.0 + CHOICE_SECONDS)) == ("", "snooze_tomorrow")


async def test_a_time_is_typed_shown_and_told_where_it_cannot_be_read(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("s", "c", *"soon", "enter")
        assert "no time that can be read" in it.footer
        await it.press(*["backspace"] * 4, *"tomorrow 9")
        assert "tomorrow 09:00" in it.text(it.main.query_one("#filter"))[0]
        await it.press("enter")
        (verb, _), (until, _) = it.link.triaged[0], it.link.terms[0]
        assert (verb, until is not None and until > seed.NOW) == ("snooze", True)
        await it.press("s", "c", "2", "h", "escape")
        assert len(it.link.triaged) == 1


async def test_a_question_that_somebody_waits_for_may_be_put_off_but_it_is_said(pane: OpenPane) -> None:
    async with pane(numbered([prompt("May I?")])) as it:
        await it.press("s", "4")
        assert it.link.triaged[0][0] == "snooze"
        assert "somebody waits here" in it.footer


async def test_what_is_selected_is_meant_whatever_comes_in(pane: OpenPane) -> None:
    async with pane(many(5)) as it:
        await it.press("x", "x")
        assert [line[0] for line in it.rows[:3]] == ["*", "*", "▌"]
        assert "2 selected" in it.footer
        await it.arrive(message("new", 5))
        assert [line[0] for line in it.rows[:4]] == [" ", "*", "*", "▌"]
        await it.press("e")
        ((verb, rows),) = it.link.many
        assert (verb, titles(it, rows)) == ("done", ["row 4", "row 3"])
        assert "2 rows done" in it.footer
        assert not any(line.startswith("*") for line in it.rows)
        await it.press("u")
        assert [(verb, len(rows)) for verb, rows in it.link.many] == [("done", 2), ("undone", 2), ("unread", 2)]
        await it.press("u")
        assert "nothing to undo" in it.footer


async def test_escape_drops_the_selection_before_anything_else(pane: OpenPane) -> None:
    async with pane(many(5)) as it:
        await it.press("space", "escape")
        assert "selected" not in it.footer
        await it.press("e")
        assert [row.notification.title for _, row in it.link.triaged] == ["row 3"]


async def test_a_range_goes_from_where_it_began_to_the_cursor(pane: OpenPane) -> None:
    async with pane(many(9)) as it:
        await it.press("j", "V", "j", "j", "j", "k")
        assert [line[0] for line in it.rows[:6]] == [" ", "*", "*", "*", " ", " "]
        await it.press("V", "j", "j", "x")
        assert "4 selected" in it.footer
        await it.press("m")
        assert titles(it, it.link.many[0][1]) == ["row 7", "row 6", "row 5", "row 3"]


async def test_more_than_twenty_are_counted_first_and_enter_says_no(pane: OpenPane) -> None:
    async with pane(many(30)) as it:
        await it.press("*", "e")
        assert "30 rows: done?" in it.text(it.main.query_one("#filter"))[0]
        await it.press("enter")
        assert (it.link.many, "nothing was changed" in it.footer) == ([], True)
        assert "30 selected" in it.footer
        await it.press("e", "y")
        assert [(verb, len(rows)) for verb, rows in it.link.many] == [("done", 30)]
        await it.press("u")
        assert len(it.link.many[1][1]) == 30


async def test_a_pasted_y_is_no_key(pane: OpenPane) -> None:
    async with pane(many(30)) as it:
        await it.press("*", "e")
        assert it.main.keyboard.paste("y")
        assert it.link.many == []


async def test_what_somebody_waits_for_is_passed_over_and_said(pane: OpenPane) -> None:
    async with pane(numbered([message("one", 50), prompt("two?", 40), message("three", 30)])) as it:
        await it.press("*", "e")
        ((verb, rows),) = it.link.many
        assert (verb, sorted(titles(it, rows))) == ("done", ["one", "three"])
        assert "1 passed over, somebody waits" in it.footer


async def test_what_the_hub_passed_over_is_counted_over_the_parts_of_a_call(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.tell(TriageDone("read", 200, 0, 2, "call"))
        await it.tell(TriageDone("read", 250, 0, 0, "other"))
        await it.tell(TriageDone("read", 240, 3, 7, "other"))
        assert "passed over: 3 that somebody waits for, 7 that called again" in it.footer


async def test_answers_are_never_for_many(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?", 50), prompt("two?", 40)])) as it:
        await it.press("*", "a")
        assert it.main.bar.is_open
        assert it.main.bar.row.notification.title == it.main.row.notification.title


async def test_mute_says_what_and_how_long(pane: OpenPane) -> None:
    async with pane(numbered([message("x", source="ci", task_name="build")]), size=(100, 24)) as it:
        await it.press("!")
        what = it.text(it.main.query_one("#filter"))[0]
        assert "this notification" in what
        assert "task build" in what
        assert "all of ci" in what
        await it.press("s", "1")
        assert [verb for verb, _ in it.link.triaged] == ["mute"]
        assert it.link.terms == [(UNTIL, "source")]
        assert "questions still reach you" in it.footer
        await it.press("u")
        assert it.link.terms[1] == (None, "source")
        assert it.link.triaged[1][0] == "unmute"
        await it.press("!", "escape")
        assert len(it.link.triaged) == 2


async def test_a_mute_is_for_all_that_is_selected(pane: OpenPane) -> None:
    rows = [message("x", source="ci", task_name="build"), message("y", source="ci"), message("z", source="web"), prompt("May I?")]
    async with pane(numbered(rows), size=(120, 24)) as it:
        await it.press("*", "!")
        what = it.text(it.main.query_one("#filter"))[0]
        assert "these 3 notifications" in what
        assert "task build" in what
        assert "their 3 sources" in what
        await it.press("s", "1")
        assert [verb for verb, _ in it.link.triaged] == ["mute"] * 3
        assert {row.notification.source for _, row in it.link.triaged} == {"ci", "web", ""}
        assert it.link.terms == [(UNTIL, "source")] * 3
        assert "their 3 sources; questions still reach you" in it.footer
        await it.press("u")
        assert [verb for verb, _ in it.link.triaged[3:]] == ["unmute"] * 3


async def test_what_is_snoozed_lies_by_when_it_comes_back(pane: OpenPane) -> None:
    later = [message(f"later {n}", n, snoozed_until=UNTIL + (n * 7 % 5) * HOUR) for n in range(5)]
    async with pane(numbered(later)) as it:
        await it.press("g", "s")
        assert [line.split()[2] for line in (row[1:] for row in it.rows[:5])] == ["0", "3", "1", "4", "2"]
        await it.press("j", "s", "c", *"2w", "enter")
        assert "snoozed until" in it.footer


async def test_a_question_s_source_can_be_muted_but_not_the_question(pane: OpenPane) -> None:
    async with pane(numbered([prompt("May I?", source="ci")])) as it:
        await it.press("!")
        assert "this notification" not in it.text(it.main.query_one("#filter"))[0]
        await it.press("e")
        assert it.link.terms == [(None, "source")]


async def test_mutes_are_listed_lifted_and_made_again(pane: OpenPane) -> None:
    async with pane(many(1)) as it:
        rule = {"id": "1", "scope": "source", "subject": "ci", "label": "ci", "until": None, "by": "dana"}
        it.link.rules = [rule, {**rule, "id": "2", "label": "cd", "until": "2033-06-01T12:00:00Z"}]
        await it.press("g", "m")
        screen = it.app.screen

        def shown() -> str:
            return "\n".join(it.text(line)[0] for line in screen.query("Line"))

        await it.until(lambda: "until it is lifted" in shown() and "1 Jun 2033" in shown())
        await it.pilot.press("j", "l")
        await it.until(lambda: "lifted: cd" in shown())
        assert [each["id"] for each in it.link.rules] == ["1"]
        await it.pilot.press("u")
        await it.until(lambda: "muted again: cd" in shown())
        assert [each["id"] for each in it.link.rules] == ["1", "2"]
        await it.pilot.press("escape")
        assert it.app.screen is it.main


async def test_of_more_mutes_than_fit_the_one_under_the_cursor_is_in_sight(pane: OpenPane) -> None:
    async with pane(many(1), size=(100, 20)) as it:
        it.link.rules = [{"id": f"{n}", "scope": "source", "label": f"ci-{n}", "by": "dana"} for n in range(60)]
        await it.press("g", "m")
        table = it.app.screen.query_one("VerticalScroll")
        await it.until(lambda: len(table.children) == 60)

        def is_in_sight(n: int) -> bool:
            return it.text(table.children[n])[0].startswith("▌") and table.region.contains_region(table.children[n].region)

        await it.pilot.press(*"j" * 40)
        await it.until(lambda: is_in_sight(40))
        await it.pilot.press("l")
        await it.until(lambda: len(table.children) == 59 and is_in_sight(40))


async def test_pinned_muted_and_snoozed_rows_say_so(pane: OpenPane) -> None:
    rows = [
        message("plain", 10), message("pinned", 50, pinned=True), message("muted", 20, muted=True, severity="error"),
        prompt("asks?", 90), message("later", 5, snoozed_until=UNTIL),
    ]  # fmt: skip
    async with pane(numbered(rows)) as it:
        assert [line[1:].split("  ")[0] for line in it.rows[:4]] == ["? asks?", "· pinned pinned", "· plain", "~ muted"]
        assert "Unread 3" in it.header
        assert "Snoozed 1" in it.header
        await it.press("g", "s")
        assert it.rows[0][1:].startswith("· later until ")
        await it.press("s", "u")
        assert it.link.triaged[-1][0] == "unsnooze"


async def test_p_pins_and_lets_go(pane: OpenPane) -> None:
    async with pane(numbered([message("one", pinned=True), message("two")])) as it:
        await it.press("p", "j", "p", "*", "p")
        assert [verb for verb, _ in it.link.triaged] == ["unpin", "pin"]
        assert it.link.many[0][0] == "pin"


ROW = "01M617TSVR0000000000000001"


class Kept(NoLink):
    """Writes what can be undone where a real one does."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.db = schema.connect(path)

    def remember_undo(self, key: str, text: str) -> None:
        steps.remember_undo(self.db, FEED, key, text)

    def forget_undo(self, key: str) -> None:
        steps.forget_undo(self.db, FEED, key)


@pytest.fixture
def kept(home: Path):  # type: ignore[no-untyped-def]
    path = schema.prepare(home / "cache.sqlite3").path
    link = Kept(path)
    reader = Reader(path, FEED)
    yield link, reader
    reader.close()
    link.db.close()


def test_undo_outlives_the_pane_and_is_taken_back_once(kept: tuple[Kept, Reader]) -> None:
    link, reader = kept
    row = Shown(ROW, 7, State(True, False, UNTIL, False), False)
    before = UndoStack(reader)
    for verb in ("read", "snooze", "mute"):
        step = undoing(verb, [row], f"no {verb}", "task" if verb == "mute" else None)  # type: ignore[arg-type]
        assert step is not None
        before.push(step, link)
    first, second = UndoStack(reader), UndoStack(reader)
    mute = first.pop(link)
    assert mute is not None
    assert [(call.verb, call.rows, call.scope) for call in mute.calls] == [("unmute", {ROW: 7}, "task")]
    snooze = second.pop(link)
    assert snooze is not None
    assert [(call.verb, call.until) for call in snooze.calls] == [("snooze", UNTIL)]
    second.refused([ROW], link)
    assert (second.pop(link), first.pop(link), len(UndoStack(reader))) == (None, None, 0)


def test_so_many_are_kept_and_no_more(kept: tuple[Kept, Reader]) -> None:
    link, reader = kept
    stack = UndoStack(reader)
    for number in range(UNDO_KEPT + 5):
        step = undoing("read", [Shown(f"{number}", 1, State(True, False, None, False), False)], "")
        assert step is not None
        stack.push(step, link)
    assert len(UndoStack(reader)) == len(stack) == UNDO_KEPT


async def test_a_row_that_has_called_again_is_let_be(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("x", "x", "m")
        row: Notification = it.main.reader.row(next(iter(it.link.many[0][1]))).notification
        await it.arrive(replace(row, raised_rev=row.raised_rev + 9000))
        await it.press("u")
        assert [(verb, row.notification.title) for verb, row in it.link.triaged] == [("unread", "row 1")]
        assert "1 called again since" in it.footer


async def test_a_row_that_calls_again_while_one_decides_is_acted_upon_as_it_was_shown(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        assert it.main.row is not None
        shown: Notification = it.main.row.notification
        await it.press("s", "c", "2", "h")
        await it.arrive(replace(shown, raised_rev=shown.raised_rev + 9000))
        await it.press("enter")
        ((verb, row),) = it.link.triaged
        assert (verb, row.id, row.notification.raised_rev) == ("snooze", shown.id, shown.raised_rev)
