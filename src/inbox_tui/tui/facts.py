"""What is known of a row besides its text: links, fields, its history. Pure.

What is long is folded, and says how much of it there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import substance, words
from inbox_tui.tui.attachments import Attachment, attachments_of
from inbox_tui.tui.cells import chop, cut, fit, wrap
from inbox_tui.tui.clocktime import moment
from inbox_tui.tui.lines import Line
from inbox_tui.tui.links import MEMBERS, links_of
from inbox_tui.tui.runs import Entry, is_figure, moment_of

FIELDS = ("tool_name", "file_paths", "tags", "color", "tmux_pane", "repo", "sent_at", "redacted", "session_id", "subagent_id",
          "parent_id", "device")  # fmt: skip
META_SHOWN = 8
VALUE_LINES = ENTRY_LINES = 3
NAME_CELLS, KIND_CELLS = 16, 14


def links(row: Notification, width: int) -> Iterator[Line]:
    """Each by its number, whole and in ASCII: what a text calls a link says nothing of where it leads."""
    files = {file.link: file for file in attachments_of(row)}
    for n, (name, link) in enumerate(links_of(row).items(), 1):
        lead = f"  [{n}] "
        if (file := files.get(link)) is not None:
            yield from _file(file, lead, width)
            continue
        *most, last = chop(link.url, width - len(lead))
        for line in most:
            yield Line(line, "link", lead)
            lead = " " * len(lead)
        called = cut(_called(row, name), width - len(lead) - cell_len(last) - 2)
        note = f"  {called}" if called else ""
        yield Line(last + note, "link", lead, pieces=((last, "link"), (note, "note")))
    for file in attachments_of(row):
        if file.link is None:
            yield from _file(file, "  [–] ", width)


def _file(file: Attachment, lead: str, width: int) -> Iterator[Line]:
    """What it is. Its address says nothing that a person reads; of one that is elsewhere the host is told whole."""
    name = cut(file.name, width - len(lead) - len(file.kind) - 1)
    facts = cut(f"  {file.facts}" if file.facts else "", width - len(lead) - len(file.kind) - 1 - cell_len(name))
    pieces = (f"{file.kind} ", "note"), (name, "link" if file.link else "text"), (facts, "note")
    yield Line("".join(text for text, _ in pieces), "text", lead, pieces=pieces)
    for line in chop(file.elsewhere, width - len(lead)) if file.elsewhere else ():
        yield Line(line, "note", " " * len(lead))


def _called(row: Notification, name: str) -> str:
    """What its sender calls a link, else what it is for; "" for one of a text."""
    title = words.one_line(row, words.detail(row, "url_title")) if name == MEMBERS["open_url"] else ""
    return title or (name if name in MEMBERS.values() else "")


def fields(row: Notification, width: int, now: int, *, whole: bool) -> Iterator[Line]:
    told = [(str(name), _value(value)) for name, value in substance.other_meta(row).items() if not is_figure(name, value)]
    folded = [] if whole or len(told) <= META_SHOWN else told[META_SHOWN - 1 :]
    told_above = substance.TOLD if substance.has_context(row) else frozenset()
    pairs = [("status", "" if told_above else words.activity(row)), ("task", row.task_name), ("run", row.run_id)]
    pairs += [(name.replace("_", " "), _value(row.details.get(name))) for name in FIELDS if name not in told_above]
    pairs += told[: len(told) - len(folded)]
    if folded:
        pairs.append((f"{len(folded):,} more", f"{', '.join(name for name, _ in folded)} …"))
    if row.count > 1:
        pairs.append(("last times", ", ".join(moment(at, now) for at in row.occurrences)))
    pairs.append(("kind", row.kind))
    pairs = [(clean(name, lines=False), words.full_text(row, value)) for name, value in pairs if value]
    column = min(NAME_CELLS, width - 12, max(len(name) for name, _ in pairs))
    for name, value in pairs:
        first, *rest = _folded(value, width - column - 4, VALUE_LINES, whole)
        yield Line(first, "text", f"  {fit(name, column)}  ")
        yield from (Line(line, "text", " " * (column + 4)) for line in rest)


def history(row: Notification, entries: Sequence[Entry], note: str, width: int, now: int, *, whole: bool) -> Iterator[Line]:
    """What happened, oldest first. `note` says why there is no more of it."""
    if not entries and not note:
        return
    yield Line("")
    name = " run " if row.run_id else " so far "
    yield Line("─" * max(0, width - len(name) - 2), "rule", f"──{name}")
    kinds = [clean(str(entry.get("kind", "")), lines=False).removeprefix("task.") for entry in entries]
    times = ["" if (came := moment_of(entry)) is None else moment(came, now) for entry in entries]
    early = max(map(len, times), default=0)
    column = max(0, min(KIND_CELLS, width - early - 14, max(map(len, kinds), default=0)))
    for entry, at, kind in zip(entries, times, kinds, strict=True):
        lead = f"  {at:<{early}}  {fit(kind, column)}  "
        first, *rest = _folded(_said(row, entry), width - len(lead), ENTRY_LINES, whole)
        yield Line(first, "text", lead)
        yield from (Line(line, "note", " " * len(lead)) for line in rest)
    if note:
        yield from (Line(line, "note", "  ") for line in wrap(note, width - 2))


def _said(row: Notification, entry: Entry) -> str:
    """Its title, where it is not the row's own, and its body."""
    title, body = (clean(str(entry.get(name) or ""), lines=False) for name in ("title", "body"))
    return " · ".join(part for part in ("" if body and title == clean(row.title, lines=False) else title, body) if part)


def _folded(text: str, width: int, most: int, whole: bool) -> list[str]:
    lines = wrap(text if whole else text[: 2 * most * width], width) or [""]
    return lines if whole or len(lines) <= most else [*lines[: most - 1], cut(f"{lines[most - 1]} …", width)]


def _value(value: object) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={_value(item)}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
