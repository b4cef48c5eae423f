"""Pictures in cells: what they look like, that they stay in their room, and that a hostile file is only a sentence."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image
from tui_world import OpenPane, message, numbered

from inbox_tui.tui import pictures
from inbox_tui.tui.pictures import NotShown, draw

ID = "01JD0Q4N3V5W8XRZ2K7M9T6BHC"
KEPT = {"kind": "image", "url": f"https://hub.example/api/v1/media/{ID}/x.png?link=a", "file_name": "x.png", "size_bytes": 99}
RED, BLUE, GREY = (255, 0, 0), (0, 0, 255), (9, 9, 9)


def png(image: Image.Image) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def half_and_half(mode: str = "RGB") -> Image.Image:
    """The upper pixel red, the lower blue."""
    image = Image.new(mode, (1, 2), RED)
    image.putpixel((0, 1), BLUE)
    return image


def written(folder: Path, content: bytes) -> Path:
    file = folder / "x"
    file.write_bytes(content)
    return file


def test_two_pixels_are_one_cell(tmp_path: Path) -> None:
    (strip,) = draw(written(tmp_path, png(half_and_half())), 1, 1, GREY)
    (segment,) = strip
    assert segment.text == "▀"
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.bgcolor is not None
    assert (segment.style.color.triplet, segment.style.bgcolor.triplet) == (RED, BLUE)


def test_what_is_transparent_is_the_background_s_colour(tmp_path: Path) -> None:
    (strip,) = draw(written(tmp_path, png(Image.new("RGBA", (4, 2), (255, 255, 255, 0)))), 4, 1, GREY)
    (segment,) = strip
    assert segment.style is not None
    assert segment.style.color is not None
    assert (segment.text, segment.style.color.triplet) == ("▀▀▀▀", GREY)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (640, 400), (33, 77)])
@pytest.mark.parametrize("room", [(1, 1), (80, 24), (10, 3)])
def test_it_stays_in_its_room(tmp_path: Path, size: tuple[int, int], room: tuple[int, int]) -> None:
    strips = draw(written(tmp_path, png(Image.new("RGB", size, RED))), *room, GREY)
    assert 0 < len(strips) <= room[1]
    assert {strip.cell_length for strip in strips} == {strips[0].cell_length}
    assert 0 < strips[0].cell_length <= room[0]


def _vast() -> bytes:
    """A few bytes that say they are a picture of a hundred thousand by a hundred thousand."""
    whole = bytearray(png(Image.new("RGB", (1, 1))))
    at = whole.index(b"IHDR")
    whole[at + 4 : at + 12] = (100_000).to_bytes(4, "big") * 2
    whole[at + 17 : at + 21] = zlib.crc32(whole[at : at + 17]).to_bytes(4, "big")
    return bytes(whole)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"\x89PNG\r\n\x1a\nand nothing more", "no picture"),
        (png(Image.effect_noise((64, 64), 80))[:-2000], "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
        (_vast(), "million pixels|no picture"),
    ],
)
def test_a_hostile_file_is_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(NotShown, match=said):
        draw(written(tmp_path, content), 80, 24, GREY)


def test_what_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    with pytest.raises(NotShown, match="larger"):
        draw(written(tmp_path, png(half_and_half())), 80, 24, GREY)


async def test_it_is_shown_over_the_list_and_any_key_closes_it(pane: OpenPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    rows = [message("x", details={"attachments": [KEPT]}), message("none", 100)]
    async with pane(numbered(rows)) as it:
        it.link.media[ID] = png(half_and_half())
        await it.press("i")
        await it.until(lambda: it.app.screen is not it.main and "x.png" in it.text(it.app.screen.query_one("#picture-foot"))[0])
        assert any("▀" in line for line in it.text(it.app.screen.query_one("Picture")))
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.main)
        await it.press("i")
        await it.until(lambda: it.app.screen is not it.main)
        picture = it.app.screen
        picture.dismiss()
        picture.dismiss()
        await it.press("j")
        assert it.app.screen is it.main, "two keys that were typed as one close it once"
        await it.press("i")
        await it.until(lambda: "no image here" in it.footer)
        monkeypatch.setenv("NO_COLOR", "1")
        await it.press("k", "i")
        await it.until(lambda: "24-bit" in it.footer)
