"""Hubs that lie, each in its own way, in one pane with an honest one: they harm nothing, and cannot speak for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hubs import RunningHub
from several_world import STREAM, Liar, SeveralPane, answered, document, hang, listening, several

from inbox_tui.cache.rows import View
from inbox_tui.client import limits
from inbox_tui.client.hubs import Followed
from inbox_tui.client.target import Target, find_target
from inbox_tui.tui import walk

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\r\n\t\x00\x7f"
SLACK = 4 << 20
"""What sockets and chunks hold besides."""


def forged(number: int) -> dict[str, Any]:
    """Escapes in every text, and members of other types than ours ever have."""
    texts = ["title", "body", "task_name", "run_id", "kind", "sender", "source", "dialect", "status", "session_id", "command"]
    texts += ["prompt", "cwd", "host", "repo", "branch"]
    odd = {"progress": ESCAPES, "tags": [ESCAPES, 5, None], "meta": {ESCAPES: ESCAPES}, "file_paths": {"a": 1}, "color": ESCAPES,
           "open_url": f"javascript:{ESCAPES}", "attachments": [ESCAPES, {"name": ESCAPES, "url": 7}], "tmux_pane": ESCAPES,
           "choices": [{"key": ESCAPES, "label": ESCAPES}], "actionable": True, "is_prompt": True,
           "parent_id": ESCAPES}  # fmt: skip
    return document(number, "") | dict.fromkeys(texts, f"forged {ESCAPES}") | odd


def frame(rev: object, row: object) -> str:
    return f"id: {rev}\nevent: notification.created\ndata: {json.dumps({'notification': row, 'unread_count': 1})}\n\n"


def liars() -> dict[str, Liar]:
    many = [{"key": str(n), "label": "x"} for n in range(100_000)]
    nested = "[" * 100_000 + "]" * 100_000
    found = {
        "words": Liar(hub=answered("{{{")),
        "nothing": Liar(hub=answered("", status=200)),
        "list": Liar(page=answered("[1, 2]")),
        "nested": Liar(hub=answered(nested), page=answered(f'{{"items": [{{"id": {nested}}}]}}')),
        "rounds": Liar(page=answered('{"items": [], "next_cursor": "01HF7YAT000000000000000001", "epoch": 5, "rev": 9}')),
        "html": Liar(stream=answered("<html>", headers="Content-Type: text/html")),
        "silent": Liar(hub=hang),
        "stuck": Liar(page=hang),
        "zipped": Liar(page=answered(b"\x1f\x8b" + bytes(100), headers="Content-Encoding: gzip")),
        "negative": Liar([document(1, "minus", rev=-1)]),
        "huge": Liar([document(1, "huge", rev=1 << 80, count=10**400)]),
        "late": Liar([document(1, "from the year 9999", raised_at="9999-12-31T23:59:59.999999Z", snoozed_until=None)]),
        "many": Liar([document(1, "too many choices", actionable=True, is_prompt=True, choices=many)]),
        "numbers": Liar([document(1, "infinite", meta={"x": float("inf"), "y": float("nan")})]),
        "forged": Liar([forged(1)]),
        "refusing": Liar(hub=answered(json.dumps({"detail": f"no {ESCAPES}"}), status=401)),
    }  # fmt: skip
    body, line = Liar(), Liar()
    body.lies["page"] = body.endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", b"data: x\n\n" * 10_000)
    line.lies["stream"] = line.endless(STREAM, b"x" * 100_000)
    framed = Liar()
    framed.lies["stream"] = framed.streamed(frame(-4, {}), frame("1e3", document(1, "badly framed")))
    return found | {"body": body, "line": line, "framed": framed}


async def is_unharmed(pane: SeveralPane, hub: RunningHub) -> None:
    """What comes to the honest hub is seen, and what is done to it is done."""
    row_id = (await asyncio.to_thread(hub.publish, title="honest"))["id"]
    await pane.cursor_to("honest")
    await pane.pilot.press("e")
    await pane.until(lambda: ("home", "honest") in pane.titles(View.DONE))

    def is_done() -> bool:
        return bool(hub.call("GET", f"/api/notifications/{row_id}").document["done_at"])

    async with asyncio.timeout(20):
        while not await asyncio.to_thread(is_done):
            pass


async def test_nineteen_liars_and_an_honest_hub(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_MOST", 8 << 20)
    monkeypatch.setattr(walk, "_ATTEMPTS", 1)
    lying = liars()
    async with listening(*(liar.answer for liar in lying.values())) as urls:
        home = Followed("home", find_target({}, hub.paths), "teal")
        hubs = [Followed(name, Target(url, key="ik_a_b"), "red") for name, url in zip(lying, urls, strict=True)]
        async with several(hub.paths, [home, *hubs], (160, 60)) as pane:
            await pane.until_live("home", "late", "forged")
            troubled = set(lying) - {"late", "forged", "silent", "stuck", "many"}

            def have_all_failed() -> bool:
                troubled.difference_update({name for name in troubled if pane.state(name).detail})
                return not troubled

            await pane.until(have_all_failed)
            await is_unharmed(pane, hub)
            await pane.until_live("home")
            assert lying["body"].sent < limits.BODY_MOST + SLACK
            assert lying["line"].sent < limits.EVENT_MOST + SLACK
            for character in ("\x1b", "\x07", "\x9b", "\u202e", "\x00"):
                assert character not in pane.screen
            assert pane.state("refusing").words == "refused: its key"
            titles = {hub for hub, _ in pane.titles()}
            assert {"late", "forged"} <= titles
            assert not titles & {"negative", "huge", "numbers", "framed", "list"}
            assert ("many", "too many choices") not in pane.titles(View.NEEDS)


@pytest.mark.parametrize("text", ["1e999", "-hub:home meta.x>3", "is:open"])
async def test_what_a_liar_has_in_its_rows_spoils_no_filter(hub: RunningHub, text: str) -> None:
    lying = {name: liar for name, liar in liars().items() if name in ("numbers", "forged", "late")}
    await asyncio.to_thread(hub.publish, title="honest")
    async with listening(*(liar.answer for liar in lying.values())) as urls:
        home = Followed("home", find_target({}, hub.paths), "teal")
        hubs = [Followed(name, Target(url), "red") for name, url in zip(lying, urls, strict=True)]
        async with several(hub.paths, [home, *hubs]) as pane:
            await pane.until_live("home", "late", "forged")
            pane.app.main.filtering.show(text)
            await pane.until(lambda: pane.app.main.filtering.count)
            assert pane.app.main.changes.unreadable == ""


async def test_a_redirect_to_another_hub_is_not_followed(hub: RunningHub) -> None:
    other = Liar()
    async with listening(other.answer) as (url,):
        away = answered("", status=302, headers=f"Location: {url}/api/hub")
        async with listening(Liar(hub=away, page=away, stream=away).answer) as (liar,):
            hubs = [Followed("home", find_target({}, hub.paths), "teal"), Followed("liar", Target(liar, key="ik_a_b"), "red")]
            async with several(hub.paths, hubs) as pane:
                await pane.until(lambda: pane.state("liar").detail)
                await pane.until_live("home")
                assert other.calls == []


async def test_a_liar_that_gives_out_the_ids_of_another_hub_gets_no_answer_meant_for_it(hub: RunningHub) -> None:
    asked = await asyncio.to_thread(
        hub.publish, title="deploy?", actionable=True, kind="input.required", command="./deploy", prompt="x"
    )
    twin = document(1, "rm -rf?", actionable=True, is_prompt=True, id=asked["id"], choices=[{"key": "approve", "label": "a"}])
    liar = Liar([twin, document(2, "plain", id=asked["id"][:-1] + "Z")])
    async with listening(liar.answer) as (url,):
        hubs = [Followed("home", find_target({}, hub.paths), "teal"), Followed("liar", Target(url, key="ik_a_b"), "red")]
        async with several(hub.paths, hubs) as pane:
            await pane.until_live("home", "liar")
            assert {hub for hub, title in pane.titles(View.NEEDS) if title in ("deploy?", "rm -rf?")} == {"home", "liar"}
            ours = next(row for row in pane.lists.window(View.NEEDS, 0, 9) if row.notification.title == "deploy?")
            theirs = next(row for row in pane.lists.window(View.NEEDS, 0, 9) if row.notification.title == "rm -rf?")
            pane.app.link.decide(theirs, "approve")
            await pane.until(lambda: any("decision" in call for call in liar.calls))
            assert hub.call("GET", f"/api/notifications/{asked['id']}").document.get("decision") is None
            before = len(liar.calls)
            pane.app.link.decide(ours, "approve")
            await pane.until(lambda: (row := pane.lists.row(ours.id)) and row.notification.decision)
            assert not any(asked["id"] in call for call in liar.calls[before:])
            assert [row.notification.decision for row in pane.lists.rows([theirs.id])] == [None]
