"""Several hubs behind one link: whatever is asked reaches the hub of the row that was shown, under that hub's own id."""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

from inbox_tui.cache.merged import Merged, of_hub, own_feed
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.hubs import complaint_about_name
from inbox_tui.core.model import Notification
from inbox_tui.tui.hubs import Hubs, UndoNotes, told_by
from inbox_tui.tui.link import NoLink
from inbox_tui.tui.messages import DecisionChanged, Notice, Raised, SyncMessage, TriageRefused
from inbox_tui.tui.reading import Timeline


class Asked(NoLink):
    """A hub that remembers also whose past it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.pasts: list[str] = []

    async def timeline(self, row: Notification) -> Timeline:
        self.pasts.append(row.id)
        return Timeline()


class Away(Asked):
    async def mutes(self) -> list[Mapping[str, object]]:
        raise HubUnreachable("connection refused")


def row(id_: str, **members: object) -> Row:
    return Row(id_, 7, Notification(id_, "message", "title", 1, 1, rev=7, raised_rev=7, **members), "", 42)  # type: ignore[arg-type]


def between(*names: str, away: str = "") -> tuple[Hubs, dict[str, Asked], list[SyncMessage]]:
    links, told = {name: Away() if name == away else Asked() for name in names}, []
    return Hubs(links, UndoNotes(Path("none"), "none", told.append), told.append), links, told


@pytest.mark.parametrize("seed", range(20))
async def test_no_id_that_a_hub_gives_out_reaches_another_hub(seed: int) -> None:
    choose = random.Random(seed)
    names = {"".join(choose.choices("ab.-_1", k=choose.randrange(1, 5))) for _ in range(5)}
    names = {name for name in names if not complaint_about_name(name)} | {"a", "b"}
    hubs, links, _ = between(*names)
    for _ in range(50):
        name = choose.choice([*names])
        id_ = "".join(choose.choices("/" + string.ascii_letters, k=choose.randrange(1, 8)))
        id_ = choose.choice([id_, f"{choose.choice([*names])}/{id_}"])
        shown = of_hub(name, row(id_))
        for link in links.values():
            link.__init__()  # type: ignore[misc]
        hubs.decide(shown, "approve")
        hubs.triage("done", shown)
        hubs.triage_rows("read", {shown.id: 7})
        await hubs.timeline(shown.notification)
        asked = links.pop(name)
        assert (asked.decided, asked.triaged) == ([(row(id_), "approve")], [("done", row(id_))])
        assert (asked.many, asked.pasts) == ([("read", {id_: 7})], [id_])
        assert all(not (other.decided or other.triaged or other.many or other.pasts) for other in links.values())
        links[name] = asked


def test_an_id_of_no_hub_is_asked_of_nobody() -> None:
    hubs, links, _ = between("a")
    for id_ in ("01JD", "b/01JD", "/a/01JD"):
        with pytest.raises(KeyError):
            hubs.decide(row(id_), "approve")
    assert links["a"].decided == []


def test_many_rows_go_to_their_hubs_and_a_whole_view_to_all() -> None:
    hubs, links, _ = between("a", "b", "c")
    hubs.triage_rows("snooze", {"a/1": 1, "b/1": 2, "a/2": 3}, until=9)
    hubs.triage_all("read", View.ALL)
    assert {name: link.many for name, link in links.items()} == {
        "a": [("snooze", {"1": 1, "2": 3})], "b": [("snooze", {"1": 2})], "c": []
    }  # fmt: skip
    assert links["a"].terms == [(9, None)]
    assert all(link.bulk == [("read", View.ALL)] for link in links.values())


async def test_mutes_are_listed_from_all_that_answer_and_lifted_where_they_are() -> None:
    hubs, links, told = between("a", "b", "c", away="c")
    links["a"].rules = [{"id": "1", "label": "x"}]
    links["b"].rules = [{"id": "1", "label": "y"}]
    first, second = await hubs.mutes()
    assert [(rule["id"], rule["label"]) for rule in (first, second)] == [("a/1", "a: x"), ("b/1", "b: y")]
    assert told == [Notice("c: what is muted there cannot be listed: connection refused")]
    await hubs.lift_mute(second["id"])
    assert [len(link.rules) for link in (links["a"], links["b"])] == [1, 0]
    await hubs.make_mute(second)
    assert [link.rules for link in (links["a"], links["b"])] == [[{"id": "1", "label": "x"}], [{"id": "1", "label": "y"}]]


def test_what_a_hub_tells_carries_its_name() -> None:
    said = row("b/1", details={"parent_id": "b/2"}).notification
    (raised,) = told_by("a", Raised((said,))).rows  # type: ignore[union-attr]
    assert (raised.id, raised.hub, raised.details["parent_id"]) == ("a/b/1", "a", "a/b/2")
    assert told_by("a", DecisionChanged("b/1", "unknown")) == DecisionChanged("a/b/1", "unknown")
    assert told_by("a", TriageRefused(("1",), "done", "no")) == TriageRefused(("a/1",), "done", "a: no")


async def test_what_takes_an_action_back_is_kept_for_the_next_pane_of_these_hubs(tmp_path: Path) -> None:
    feeds = {"a": "feed of a", "b": "feed of b"}
    told: list[SyncMessage] = []
    notes = UndoNotes(tmp_path / "cache.sqlite3", own_feed(feeds), told.append)
    hubs = Hubs({}, notes, told.append)
    running = asyncio.create_task(notes.run())
    written = asyncio.Event()

    async def mark(cache: object) -> None:
        written.set()

    hubs.remember_undo("first", "{}")
    hubs.remember_undo("second", "{}")
    hubs.forget_undo("first")
    notes.ask(mark)
    await asyncio.wait_for(written.wait(), 20)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    merged = Merged(tmp_path / "cache.sqlite3", feeds)
    assert merged.undo_steps() == [("second", "{}")]
    merged.close()
