"""A configuration that changes under an open pane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tui_world import OpenPane, Pane, many

from inbox_tui.tui import reload


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "LOOK_SECONDS", 0.01)


async def becomes(it: Pane, met: Callable[[], bool]) -> None:
    """Also where the file is read in a thread meanwhile, which imports for a while the first time."""
    async with asyncio.timeout(20):
        while not met():
            await it.pilot.pause()
            await asyncio.sleep(0.01)


async def test_a_change_is_taken_without_a_restart(pane: OpenPane) -> None:
    async with pane(many(3), size=(140, 24)) as it:
        file = it.app.paths.config_file
        file.write_text('[tui]\ntheme = "light"\nconfirm = "digit"\n[tui.keys]\ndown = "X"\n[alerts]\nquiet = "00:00-23:59"\n')
        await becomes(it, lambda: it.app.theme == "light")
        assert it.main.bar.confirm == "digit"
        assert "read again" in it.footer
        await it.press("j", "X")
        assert it.main.list.listing.cursor_y == 1
        await becomes(it, lambda: "quiet hours" in it.header)
        file.unlink()
        await becomes(it, lambda: it.app.theme == "dark")
        await it.press("j")
        assert it.main.list.listing.cursor_y == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[tui]\ntheem = "light"', "did you mean tui.theme?"),
        ('[tui]\ntheme = "ligth"', "no theme is called 'ligth'; did you mean light?"),
        ('[tui]\ntheme = "light"\n[tui.keys]\ndone = "j"', "wanted by done and by down"),
        ("[", "config.toml"),
        ("[hub]\nlisten = 1", "hub.listen"),
    ],
)
async def test_a_mistake_is_told_and_everything_stays(pane: OpenPane, content: str, said: str) -> None:
    async with pane(many(3), size=(160, 24)) as it:
        await becomes(it, lambda: it.app.alerter._alerts is not None)
        it.app.paths.config_file.write_text(content)
        await becomes(it, lambda: said in it.footer)
        assert it.app.theme == "dark"
        await it.press("j")
        assert it.main.list.listing.cursor_y == 1


async def test_with_a_mistake_from_the_start_alerts_ring_all_the_same(pane: OpenPane, paths: object) -> None:
    paths.config_file.write_text("[rate]\nburst = 0\n")  # type: ignore[attr-defined]
    async with pane(many(3)) as it:
        await becomes(it, lambda: it.app.alerter._alerts is not None)
        assert "rate.burst" in it.footer


async def test_it_can_be_asked_for(pane: OpenPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "LOOK_SECONDS", 3600)
    async with pane(many(3)) as it:
        await becomes(it, lambda: it.app.alerter._alerts is not None)
        it.app.paths.config_file.write_text('[tui]\ntheme = "light"\n')
        await it.press("g", "c")
        await becomes(it, lambda: it.app.theme == "light")
