"""Our themes: readable in numbers, told apart without red and green; worn before they are chosen."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from textual.color import Color
from textual.theme import Theme
from tui_world import OpenPane, message, numbered

from inbox_tui.tui.theme import STRIPES, load_themes, shipped_themes

THEMES, _ = load_themes(shipped_themes())
COLOURED = [theme for theme in THEMES.values() if not theme.ansi]
SEVERITIES = ("error", "warning", "success", "inbox-ask", "inbox-dim")
TEXTS = (*SEVERITIES, "foreground", "accent")
GROUNDS = ("background", "surface", "inbox-cursor")
LEAST = {"high-contrast": 7.0}

Matrix = Sequence[Sequence[float]]
SIGHTS: dict[str, Matrix] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}
"""What remains of a colour in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1."""


def color(theme: Theme, name: str) -> Color:
    return Color.parse(theme.variables.get(name) or getattr(theme, name))


def linear(shown: Color) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shown.normalized]


def contrast(one: Color, other: Color) -> float:
    """By WCAG 2: from 1 to 21."""
    dark, light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(shown: Color, sight: Matrix) -> list[float]:
    """In CIE L*a*b*, as it is seen."""
    r, g, b = (min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear(shown), strict=True)))) for row in sight)
    parts = (0.4339 * r + 0.3762 * g + 0.1899 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0177 * r + 0.1095 * g + 0.8729 * b)
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in parts)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def distance(one: Color, other: Color, sight: Matrix) -> float:
    """About 2 can just be seen side by side."""
    return sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(other, sight), strict=True)) ** 0.5


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme: Theme) -> None:
    for text, ground in itertools.product(TEXTS, GROUNDS):
        found = contrast(color(theme, text), color(theme, ground))
        assert found >= LEAST.get(theme.name, 4.5), f"{text} on {ground}: {found:.2f}"


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_colour_that_a_sender_may_name_is_defined_and_seen(theme: Theme) -> None:
    for name, ground in itertools.product(STRIPES, ("background", "inbox-cursor")):
        found = contrast(color(theme, f"inbox-{name}"), color(theme, ground))
        assert found >= 3.0, f"{name} on {ground}: {found:.2f}"
    for one, other in itertools.combinations(STRIPES, 2):
        assert distance(color(theme, f"inbox-{one}"), color(theme, f"inbox-{other}"), SIGHTS["all colours"]) > 10, (one, other)


@pytest.mark.parametrize("sight", SIGHTS)
def test_nothing_depends_on_red_and_green_in_colour_blind(sight: str) -> None:
    theme = THEMES["colour-blind"]
    for names in (SEVERITIES, [f"inbox-{name}" for name in STRIPES]):
        for one, other in itertools.combinations(names, 2):
            found = distance(color(theme, one), color(theme, other), SIGHTS[sight])
            assert found > 20, f"{one} and {other}: {found:.1f}"


def test_sixteen_colours_have_ten_stripes() -> None:
    stripes = [THEMES["ansi"].variables[f"inbox-{name}"] for name in STRIPES]
    assert len({*stripes}) == len(STRIPES)
    assert all(stripe.startswith("ansi_") for stripe in stripes)


async def test_a_senders_colour_is_a_stripe_and_severity_keeps_its_own(pane: OpenPane) -> None:
    rows = [message(f"{name or 'none'}", severity="error", details={"color": name}) for name in ("teal", "", "mauve")]
    async with pane(numbered(rows)) as it:
        assert [line[:3] for line in it.rows[:3]] == ["▌✗ ", " ✗ ", "▎✗ "]
        await it.press("G")
        assert [line[:3] for line in it.rows[:3]] == [" ✗ ", " ✗ ", "▌✗ "]
        theme = THEMES["dark"]
        edge, sign, *_ = it.main.list.render_line(2)
        for found, name in ((edge.style.bgcolor, "inbox-teal"), (sign.style.color, "error")):
            assert distance(Color.from_rich_color(found), color(theme, name), SIGHTS["all colours"]) < 2


async def test_a_theme_is_worn_as_the_cursor_comes_to_it_and_kept_by_enter(pane: OpenPane) -> None:
    async with pane(numbered([message("one")])) as it:
        await it.press("T")
        await it.until(lambda: it.app.screen is not it.main)
        await it.pilot.press("j")
        await it.until(lambda: it.app.theme == "high-contrast")
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.main)
        assert it.app.theme == "dark"
        await it.press("T")
        await it.until(lambda: it.app.screen is not it.main)
        await it.pilot.press("k", "enter")
        await it.until(lambda: it.app.screen is it.main)
        assert it.app.theme == "colour-blind"
        assert '[tui] theme = "colour-blind" in config.toml keeps it' in it.footer


async def test_a_theme_of_ones_own_is_found_when_one_chooses_and_a_bad_one_named(pane: OpenPane) -> None:
    async with pane(numbered([message("one")])) as it:
        own = it.app.paths.themes
        own.mkdir(parents=True)
        text = (shipped_themes() / "light.toml").read_text().replace('name = "light"', 'name = "mine"')
        (own / "mine.toml").write_text(text)
        (own / "bad.toml").write_text(text.replace('teal = "', 'teel = "'))
        await it.press("T")
        await it.until(lambda: it.app.screen is not it.main)
        assert "theme bad.toml skipped: stripe.teel: unknown" in it.footer
        await it.pilot.press("j", "j", "j", "enter")
        await it.until(lambda: it.app.screen is it.main)
        assert it.app.theme == "mine"


async def test_without_colours_only_themes_without_colours_are_offered(pane: OpenPane) -> None:
    async with pane(numbered([message("one")]), environ={"NO_COLOR": "1"}) as it:
        names = [command.title for command in it.app.get_system_commands(it.main) if command.title.startswith("theme: ")]
        assert names == ["theme: ansi", "theme: ansi-dark", "theme: ansi-light"]
