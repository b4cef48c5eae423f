"""The list in groups and in threads, as its reader has it."""

from __future__ import annotations

import random
from dataclasses import replace

import seed
from query_world import numbered
from tui_world import OpenPane, Pane, message, prompt

from inbox_tui.core.model import Notification
from inbox_tui.tui.grouped import GroupedRows
from inbox_tui.tui.headings import Heading

DAY = 86_400
ROWS = numbered(
    [
        message("oldest of ci", 900, source="ci", task_name="nightly", read_at=seed.NOW),
        message("of web", 800, source="web", task_name="nightly"),
        message("newest of ci", 700, source="ci", run_id="run_1"),
        prompt("may ci deploy?", 600, source="ci"),
        message("of yesterday", DAY + 60, source="host", read_at=seed.NOW),
    ]
)


async def grouped(it: Pane, key: str) -> None:
    await it.press("&", key)
    await it.until(lambda: isinstance(it.main.list.listing.source, GroupedRows) and it.main.searching.step.is_end)


def lines(it: Pane) -> list[str]:
    """What the list shows from its top, headings with their counts."""
    source = it.main.list.listing.source
    return [
        f"{'+' if line.is_folded else '-'} {line.name} {line.count}/{line.unread}/{line.asks}"
        if isinstance(line, Heading)
        else f"{getattr(line, 'lead', '')}{line.notification.title}"
        for line in source.window(0, 99)
    ]


def title(it: Pane) -> str:
    return str(it.main.row.notification.title)


async def test_what_needs_me_stays_on_top_and_the_rest_is_under_headings(pane: OpenPane) -> None:
    async with pane(ROWS, size=(120, 24)) as it:
        await it.press("G", "k")
        assert title(it) == "oldest of ci"
        await grouped(it, "s")
        assert lines(it) == [
            "may ci deploy?", "- ci 2/1/1", "newest of ci", "oldest of ci", "- web 1/1/0", "of web",
            "- host 1/0/0", "of yesterday",
        ]  # fmt: skip
        assert title(it) == "oldest of ci", "the cursor stays on its row"
        assert "by source" in it.header
        assert it.rows[1].startswith(" ▾ ci  2 · 1 unread · 1 above")
        assert "3 of 5" in it.footer, "headings are no rows"
        await it.press("&", "s")
        assert lines(it) == [row.title for row in sorted(ROWS, key=lambda row: row.place, reverse=True)]
        assert title(it) == "oldest of ci"


async def test_by_task_by_run_and_by_day(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await grouped(it, "k")
        assert [line for line in lines(it) if line[0] == "-"] == ["- no task 2/1/1", "- nightly 2/1/0"]
        await grouped(it, "r")
        assert [line for line in lines(it) if line[0] == "-"] == ["- run_1 1/1/0", "- no run 3/1/1"]
        await grouped(it, "d")
        assert [line for line in lines(it) if line[0] == "-"] == ["- today 3/2/1", "- yesterday 1/0/0"]


async def test_moving_passes_over_headings_and_jumps_from_group_to_group(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await grouped(it, "s")
        await it.press("g", "g")
        seen = [title(it)]
        for _ in range(5):
            await it.press("j")
            seen.append(title(it))
        assert seen == ["may ci deploy?", "newest of ci", "oldest of ci", "of web", "of yesterday", "of yesterday"]
        await it.press("{")
        assert title(it) == "of web"
        await it.press("{", "{")
        assert title(it) == "may ci deploy?"
        await it.press("}", "}", "}", "}")
        assert title(it) == "of yesterday"
        assert "no group below" in it.footer


async def test_a_group_folds_under_the_cursor_and_opens_again(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await grouped(it, "s")
        await it.press("g", "g", "j", "j", "-")
        assert lines(it)[:3] == ["may ci deploy?", "+ ci 2/1/1", "- web 1/1/0"]
        assert (it.main.row, it.rows[it.cursor_line][:5]) == (None, "▌▸ ci")
        await it.press("e")
        assert "a group, folded" in it.footer
        await it.press("space", "e")
        assert "2 rows done" in it.footer, "space selects what is folded"
        await it.press("enter")
        assert title(it) == "newest of ci"
        await it.press("*")
        assert (len(it.main.list.selection), "at once" in it.footer) == (5, False)
        await it.press("escape")
        await it.press("_")
        assert lines(it) == ["may ci deploy?", "+ ci 2/1/1", "+ web 1/1/0", "+ host 1/0/0"]
        await it.press("_")
        assert len(lines(it)) == 8
        await it.press("g", "g", "-")
        assert "what needs you and what is pinned stays on top" in it.footer


async def test_rows_that_come_move_nothing_under_the_eye(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await grouped(it, "s")
        await it.press("G")
        await it.arrive(message("another of web", 5, source="web"), message("of a new one", 4, source="new"))
        assert title(it) == "of yesterday"
        assert lines(it)[1:5] == ["- new 1/1/0", "of a new one", "- web 2/2/0", "another of web"]
        await it.arrive(message("one more question", 3, actionable=True, source="web"))
        assert lines(it)[0] == "one more question"
        assert title(it) == "of yesterday"


async def test_grouping_stays_on_over_filters_and_in_other_views(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await grouped(it, "s")
        await it.press("/", *"task:nightly", "enter")
        await it.until(lambda: lines(it) == ["- web 1/1/0", "of web", "- ci 1/0/0", "oldest of ci"])
        await it.press("n")
        assert title(it) == "of web"
        await it.press("escape")
        await it.until(lambda: len(lines(it)) == 8 and title(it) == "of web")
        await it.press("g", "u")
        await it.until(lambda: lines(it) == ["may ci deploy?", "- ci 1/1/1", "newest of ci", "- web 1/1/0", "of web"])
        await it.press("n")
        assert title(it) == "newest of ci"
        await it.press("N", "N")
        assert title(it) == "of web"


async def test_replies_are_under_what_they_belong_to(pane: OpenPane) -> None:
    root, first, second, other, *rest = numbered(
        [
            message("root", 900), message("first", 800), message("second", 700), message("other", 750),
            *[message(f"agent {n}", 650 - n, details={"session_id": "s", "subagent_id": "a"}) for n in range(2)],
            message("lost", 100, details={"parent_id": "gone"}),
        ]
    )  # fmt: skip
    replies = [replace(first, details={"parent_id": root.id}), replace(second, details={"parent_id": first.id})]
    done = message("done reply", 9999, done_at=seed.NOW, read_at=seed.NOW, details={"parent_id": root.id})
    async with pane([root, *replies, other, *rest, *numbered([done])]) as it:
        await grouped(it, "t")
        assert lines(it) == ["lost", "agent 0", "└ agent 1", "root", "├ first", "└ second", "other"]
        assert "root ▾ 2" in it.rows[3]
        assert "├ first" in it.rows[4]
        await it.press("G", "k", "-")
        assert title(it) == "root"
        assert lines(it) == ["lost", "agent 0", "└ agent 1", "root", "other"]
        assert "root ▸ 2 (2 unread)" in it.rows[3]
        await it.arrive(message("third", 2, details={"parent_id": root.id}))
        assert (title(it), lines(it)[0]) == ("root", "root"), "a thread is where its last reply puts it"
        await it.press("-", "j", "j", "j")
        assert title(it) == "third"
        await it.press("g", "p")
        assert title(it) == "root"
        await it.press("g", "e")
        await it.until(lambda: lines(it) == ["done reply"])
        await it.press("g", "p")
        await it.until(lambda: it.main.row is not None and title(it) == "root")


async def test_what_was_painted_is_what_there_is(pane: OpenPane) -> None:
    """Only lines that show something else are drawn again: never one too few."""
    chance = random.Random(5)

    def some(step: int) -> Notification:
        return message(f"new {step}", chance.randrange(1, 9000), source=chance.choice("abcd"))

    rows = numbered([some(n) for n in range(80)])
    async with pane(rows, size=(70, 20)) as it:
        await grouped(it, "s")
        for step in range(40):
            match chance.randrange(5):
                case 0:
                    await it.arrive(*(some(step) for _ in range(chance.randrange(1, 9))))
                case 1:
                    await it.remove(chance.choice(rows).id)
                case 2:
                    await it.arrive(prompt(f"asks {step}", 2, source="a"))
                case _:
                    await it.press(*chance.choices(["j", "k", "pagedown", "G", "-", "_", "{", "}", "enter", "escape"], k=3))
            await it.main.wait_for_refresh()
            await it.pilot.pause()
            painted = [strip.text for strip in it.app.screen._compositor.render_strips()][1 : 1 + it.main.list.size.height]
            if not it.main.reading:
                assert [line[: len(own)].rstrip() for line, own in zip(painted, it.rows, strict=True)] == it.rows, step
                source, y = it.main.list.listing.source, it.main.list.listing.cursor_y
                assert it.main.list.listing.place[1] == len(source.groups)
                (line,) = source.window(y, 1)
                assert not isinstance(line, Heading) or line.is_folded
