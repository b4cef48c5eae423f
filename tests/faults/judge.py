"""The oracle: what people really answered, held against what every asker did, and what the hub keeps and says of it."""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from hubs import RunningHub
from playing import Played, Press
from schedules import BLOCKING
from world import World, title_of

from inbox_tui.core.errors import Exit

Row = dict[str, Any]
Log = dict[str, list[tuple[str, str]]]
"""By row: (key, operator) of each time that it was decided."""


def verdicts(world: World, played: Sequence[Played]) -> list[str]:
    """All that is wrong; nothing is, hopefully. The hub is up, and nobody asks any more."""
    asked: dict[str, list[Row]] = defaultdict(list)
    for row in world.prompts():
        asked[title_of(row)].append(row)
    log = _decided(world.hub)
    found = []
    for one in played:
        found += [f"{one.title} {one.plan}: {problem}" for problem in _wrong(one, asked[one.title], log, world.hub)]
    return found


def outcomes(played: Sequence[Played]) -> Counter[str]:
    """How the askers ended, for a report that tells whether a campaign was worth anything."""
    return Counter(f"{one.plan.kind}: {'killed' if one.was_killed else one.end.key or 'no decision'}" for one in played)


def _wrong(one: Played, rows: list[Row], log: Log, hub: RunningHub) -> Iterator[str]:
    if one.wrong:
        yield one.wrong
    if len(rows) > 1:
        yield "it asked twice"
    row = rows[0] if rows else None
    yield from _wrong_act(one, row)
    if row is None:
        return
    if not row.get("decision") and not row.get("closed"):
        yield "its row is still open"
        return
    yield from _wrong_words(one, row)
    yield from _wrong_answer(one, row, log[row["id"]], hub)
    for press in one.presses:
        yield from _wrong_press(press, row)


def _wrong_act(one: Played, row: Row | None) -> Iterator[str]:
    """Acts on nothing but what a person answered to this very row, and on that where it could hear it."""
    end, decision = one.end, row and row.get("decision")
    if not end.key:
        assert one.line is not None
        has_asked = one.was_calm or "poll" in one.line.tried
        if one.plan.must_hear and has_asked and not one.was_killed:
            yield f"it heard nothing of {decision}"
        return
    if row is None or end.id not in (None, row["id"]):
        yield f"it acted on {end}, and its own row is {row and row['id']}"
        return
    fitting = [press for press in one.presses if (press.row, press.key) == (row["id"], end.key)]
    if not fitting:
        yield f"it acted on {end.key}, which nobody pressed: {one.presses}"
    if not decision or decision["key"] != end.key:
        yield f"it acted on {end.key}, and its row says {decision}"
    elif end.comment not in (None, decision["comment"]):
        yield f"it heard {end.comment!r}, and its row says {decision['comment']!r}"


def _wrong_words(one: Played, row: Row) -> Iterator[str]:
    """A row tells the truth about its asker."""
    decision, acted = row.get("decision"), bool(one.end.key)
    assert one.line is not None
    heard = {what: one.line.status.get(what) == 200 for what in ("ack", "withdraw")}
    if not decision:
        if acted:
            yield f"closed as {row['closed']}, and its asker acted"
        if row["closed"] not in ("withdrawn", "expired"):
            yield f"closed as {row['closed']}"
        return
    delivery = decision["delivery"]
    if delivery == "delivered" and not (acted or one.was_killed or one.plan.gives_up):
        yield "it says delivered, and its asker acted on nothing"
    if delivery == "delivered" and "ack" not in one.line.passed:
        yield "it says delivered, and its asker never said so"
    if delivery == "unused" and acted:
        yield "it says that its asker had given up, which acted"
    if delivery == "sent" and one.plan.kind not in BLOCKING:
        yield "it says sent, and somebody waited"
    if acted and delivery not in (("sent",) if one.plan.kind in BLOCKING else ("delivered", "unconfirmed")):
        yield f"its asker acted, and it says {delivery}"
    if acted and one.plan.kind not in BLOCKING and "ack" not in one.line.tried:
        yield "its asker acted without a word to the hub"
    if acted and heard["ack"] and delivery != "delivered":
        yield f"the hub took the acknowledgement, and says {delivery}"
    if heard["withdraw"] and delivery == "unconfirmed":
        yield "the hub took the withdrawal, and says nothing of it"


def _wrong_answer(one: Played, row: Row, logged: list[tuple[str, str]], hub: RunningHub) -> Iterator[str]:
    """It is answered once, for ever, as one of the people pressed; its timeline tells so once."""
    decision = row.get("decision")
    if logged != ([(decision["key"], decision["by"])] if decision else []):
        yield f"decided as {logged}, and its row says {decision}"
    told = hub.call("GET", f"/api/notifications/{row['id']}/events").document["items"]
    answers = [event for event in told if event["kind"] in ("input.approved", "input.rejected")]
    if len(answers) != bool(decision):
        yield f"{len(answers)} answers on its timeline, and its row says {decision}"
    given = [(press.key, press.comment, press.by) for press in one.presses]
    if decision and (decision["key"], decision["comment"], decision["by"]) not in given:
        yield f"nobody gave {decision}"


def _wrong_press(press: Press, row: Row) -> Iterator[str]:
    """Whoever answered is told the truth, whatever was lost on the way."""
    decision = row.get("decision") or {}
    is_mine = (decision.get("by"), decision.get("comment")) == (press.by, press.comment)
    if press.code == Exit.DONE and not is_mine:
        yield f"{press} was told that it is answered, and the row says {decision}"
    if press.code == Exit.REFUSED and is_mine:
        yield f"{press} was refused, and stands"
    if press.code not in (Exit.DONE, Exit.REFUSED, Exit.UNREACHABLE, -signal.SIGKILL):
        yield f"{press} ended strangely"


def _decided(hub: RunningHub) -> Log:
    """What the decision log has as decided, in its order."""
    found: Log = defaultdict(list)
    with closing(sqlite3.connect(f"file:{hub.paths.hub_database}?mode=ro", uri=True)) as connection:
        query = "SELECT notification_id, key, decided_by FROM decision_log WHERE outcome = 'decided' ORDER BY id"
        for row_id, key, by in connection.execute(query):
            found[row_id].append((key, by))
    return found
