"""A careful part of Markdown as lines of text: headings, lists, quotes, emphasis, code, links. Pure.

Only for text that looks like it and that asks nothing. HTML and pictures are not drawn: what is not known here stays as it was
written. Line breaks are kept: whoever writes a notification means them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from inbox_tui.tui.cells import chop
from inbox_tui.tui.diffs import part_of
from inbox_tui.tui.lines import Line, Piece, spread
from inbox_tui.tui.links import LINK_IN_TEXT, safe_link

_SURE = re.compile(r"^#{2,6} \S|^(?:```|~~~)|\*\*[^\s*][^*\n]*\*\*|\]\(https?://", re.MULTILINE)
_ITEM = re.compile(r"( *)([-*+]|\d{1,3}[.)]) +(.*)")
_HEADING = re.compile(r"#{1,6} +(.*)")
_FENCE = re.compile(r" {0,3}(```+|~~~+) *([\w+-]*)")
_RULE = re.compile(r"(?:[-*_] ?){3,}")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<strong>[^\s*][^*\n]*)\*\*"
    r"|(?<![\w*])\*(?P<star>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<bar>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    rf"|{LINK_IN_TEXT.pattern}"
)
_PARTS = {"code": "command", "strong": "strong", "star": "emphasis", "bar": "emphasis"}


def is_markdown(text: str) -> bool:
    """Whether it surely is: a text that only might be is shown as it was written."""
    return _SURE.search(text) is not None or len([line for line in text.split("\n") if _ITEM.fullmatch(line)]) > 1


def lines(text: str, width: int, numbers: Mapping[str, int]) -> Iterator[Line]:
    """`text`, made safe already, in lines of at most `width` cells. `numbers`: by address, what its link is listed under."""
    fence = language = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark is not None and mark[1].startswith(fence) and not mark[2]:
                fence = ""
            else:
                yield from _code(line, width, language)
        elif mark is not None:
            fence, language = mark[1], mark[2]
        elif line.lstrip().startswith("|"):
            yield from _code(line, width, "")  # a table keeps its columns
        else:
            yield from _prose(line, width, numbers)


def _code(line: str, width: int, language: str) -> Iterator[Line]:
    part = part_of(line, "command") if language == "diff" else "command"
    for piece in chop(line, width - 2):
        yield Line(piece, part, "  ")


def _prose(line: str, width: int, numbers: Mapping[str, int]) -> Iterator[Line]:
    lead, part, hangs = "", "text", ""
    if (found := _HEADING.fullmatch(line)) is not None:
        line, part = found[1].rstrip(" #"), "title"
    elif _RULE.fullmatch(line.strip()):
        yield Line("─" * width, "rule")
        return
    elif (found := _ITEM.fullmatch(line)) is not None:
        indent = found[1][: width // 2]
        lead, line = f"{indent}{'•' if len(found[2]) == 1 else found[2]} ", found[3]
        hangs = " " * len(lead)
    elif line.startswith(">"):
        lead = hangs = "│ "
        line, part = line[1:].strip(), "note"
    for pieces in spread(_inline(line, part, numbers), width - len(lead)):
        yield Line("".join(text for text, _ in pieces), part, lead, pieces=pieces)
        lead = hangs


def _inline(line: str, part: str, numbers: Mapping[str, int]) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for found in _INLINE.finditer(line):
        pieces.append((line[end : found.start()], part))
        end = found.end()
        kind = found.lastgroup or ""
        if kind in _PARTS:
            pieces.append((found[kind], _PARTS[kind]))
        else:
            pieces += _link(found, part, numbers)
    return [*pieces, (line[end:], part)]


def _link(found: re.Match[str], part: str, numbers: Mapping[str, int]) -> list[Piece]:
    """Its words and where it is listed; whatever is no plain web address stays as it was written."""
    link = safe_link(found["address"] or found["bare"])
    if link is None or link.url not in numbers:
        return [(found[0], part)]
    shown = found["label"] or link.url if found["address"] else found["bare"]
    return [(shown, "link"), (f" [{numbers[link.url]}]", "note")]
