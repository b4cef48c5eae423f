"""A picture in the terminal's own cells, two pixels a cell: it needs 24-bit colours but no protocol, and passes tmux and SSH.

What is decoded comes from a stranger: few formats, bounded before anything of it is unpacked. Pillow is an extra, imported here.
"""

from __future__ import annotations

from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_BYTES, MOST_PIXELS = 32 << 20, 50_000_000
UPPER_HALF = "▀"
Colour = tuple[int, int, int]


class NotShown(Exception):
    """Why a picture cannot be shown, for a person."""


def draw(file: Path, columns: int, rows: int, background: Colour) -> list[Strip]:
    """The picture as large as it fits, a strip a row. Takes milliseconds to a second. Raises NotShown."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise NotShown("pictures need Pillow here: pip install 'inbox-tui[images]'") from None
    if file.stat().st_size > MOST_BYTES:
        raise NotShown(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotShown(f"it has more than {MOST_PIXELS // 1_000_000} million pixels")
            image.draft("RGB", (columns, 2 * rows))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
            small = upright.resize(_fitted(upright.size, columns, 2 * rows), Image.Resampling.LANCZOS)
    except NotShown:
        raise
    except Exception as error:  # decoders of hostile files raise whatever they like
        raise NotShown("it is no picture that can be shown") from error
    flat = Image.alpha_composite(Image.new("RGBA", small.size, (*background, 255)), small).convert("RGB")
    pixels = flat.tobytes()
    lines = [pixels[at : at + 3 * flat.width] for at in range(0, len(pixels), 3 * flat.width)]
    lower_last = bytes(background) * flat.width
    return [_strip(upper, lower) for upper, lower in zip(lines[::2], [*lines[1::2], lower_last], strict=False)]


def _fitted(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """As large as there is room, in its own proportions; at least one pixel."""
    scale = min(width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _strip(upper: bytes, lower: bytes) -> Strip:
    """One row of cells from two rows of pixels; equal neighbours are one segment."""
    segments: list[Segment] = []
    run, seen = 0, upper[:3] + lower[:3]
    for at in range(0, len(upper) + 1, 3):
        pair = upper[at : at + 3] + lower[at : at + 3]
        if pair != seen:
            segments.append(Segment(UPPER_HALF * run, _style(seen)))
            run, seen = 0, pair
        run += 1
    return Strip(segments)


def _style(pair: bytes) -> Style:
    over, under = (f"#{colour.hex()}" for colour in (pair[:3], pair[3:]))
    return Style(color=over, bgcolor=under)
