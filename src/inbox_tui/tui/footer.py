"""What the footer and the header say. Pure: pieces for one line of a given width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inbox_tui.cache.rows import View
from inbox_tui.tui.actions import BY_ID, Context, footer_actions, is_offered, show_key
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.widgets.line import Piece, cells

VIEW_NAMES = {View.NEEDS: "Needs me", View.UNREAD: "Unread", View.ALL: "All", View.SNOOZED: "Snoozed", View.DONE: "Done"}
GAP = 3
NOT_THERE = "the hub of this row is not one of ours: it can mark read, and unread"
LIVE_CELLS = 16
"""`● live 12:31:04`, with a blank before it."""


def header_views(view: View, counts: Mapping[View, int], width: int) -> list[Piece]:
    """The views with their numbers. Where there is little room the brand gives way to when the list was right, and the names of
    the views that are not shown to the numbers."""
    layouts = [(GAP, True, True), (2, True, True), (2, False, True)]
    for spare, gap, brand, names in [
        *((LIVE_CELLS, *each) for each in layouts),
        *((0, *each) for each in layouts),
        (0, 2, False, False),
    ]:
        pieces: list[Piece] = [(" ", "dim")]
        if brand:
            pieces += [("inbox", "dim"), (" " * gap, "dim")]
        for at, each in enumerate(each for each in VIEW_NAMES if each is not View.SNOOZED or each is view or counts[each]):
            name = VIEW_NAMES[each]
            number = f" {counts[each]:,}" if each is not View.DONE else ""
            pieces.append((" " * gap if at else "", "dim"))
            shown = name if names or each is view else name[0]
            active = each is view
            urgent = each is View.NEEDS and counts[each] > 0
            pieces += [(shown, "view" if active else "dim"), (number, "strong" if active or urgent else "dim")]
        if cells(pieces) <= width - spare:
            break
    return pieces


def header_view(view: View, counts: Mapping[View, int]) -> list[Piece]:
    """The view that is shown, where the sidebar tells of the others."""
    return [(" ", "dim"), ("inbox", "dim"), (" " * GAP, "dim"), (VIEW_NAMES[view], "view"), (f" {counts[view]:,}", "strong")]


def grouped(how: str, told: str) -> list[Piece]:
    """How the list is grouped, where it is, and how far that is known."""
    if not how:
        return []
    return [("  ", "dim"), (how, "view"), (f" {told}" if told else "", "dim")]


def hushed(why: str, room: int) -> list[Piece]:
    """That nothing rings, and why: at least by its sign."""
    words = f"☾ {why}" if room >= len(why) + 2 + LIVE_CELLS else "☾"
    return [(words, "strong"), ("  ", "dim")] if why else []


def position(y: int | None, count: int, arrived: int, selected: int = 0) -> list[Piece]:
    """`3 selected   1 of 2,481   +3 new ↑`."""
    chosen = f"{selected:,} selected   " if selected else ""
    where = f"{y + 1:,} of {count:,}" if y is not None else ""
    new = f"   +{arrived:,} new ↑" if arrived else ""
    return [("  ", "dim"), (chosen, "strong"), (where, "dim"), (new, "strong"), (" ", "dim")]


def keys(context: Context, keymap: Keymap, room: int) -> list[Piece]:
    """The keys that matter here and now, as many as fit; help is always among them."""
    known = [(show_key(key), action.label) for action in footer_actions(context) if (key := keymap.key_of(action.id))]
    if context.aside:
        known = [(moves(keymap), "choose"), *known]
    if context.reading:
        known.insert(0, (moves(keymap), "scroll"))
    if not known:
        return []
    *others, last = known
    for count in range(len(others), -1, -1):
        pieces = _taught([*others[:count], last])
        if cells(pieces) <= room:
            break
    return pieces


def moves(keymap: Keymap) -> str:
    """The keys that go down and up."""
    return f"{keymap.shown('down') or '↓'} {keymap.shown('up') or '↑'}"


def chord(prefix: str, keymap: Keymap, context: Context, room: int) -> list[Piece]:
    """What may follow a prefix, here and now: closer together where there is little room, and only what fits whole."""
    begun: list[Piece] = [(f" {show_key(prefix)}", "key"), (" …", "dim")]
    known = [(key, id_) for key, id_ in keymap.actions.items() if key.startswith(f"{prefix} ")]
    chords = [(key.split()[1], BY_ID[id_].label) for key, id_ in known if is_offered(id_, context)]
    if not chords:
        return [*begun, (f"   {NOT_THERE}", "dim")]
    words = {label.split(" ")[0] for _, label in chords}
    shared = f"{words.pop()} " if len(words) == 1 else ""  # what all of them say need not be said
    told = [(show_key(key), label.removeprefix(shared)) for key, label in chords]
    for gap in range(GAP, 0, -1):
        pieces = [*begun, *_spaced(told, gap)]
        if cells(pieces) <= room:
            return pieces
    while told and cells([*begun, *_spaced(told, 1)]) > room - 2:
        told.pop()
    return [*begun, *_spaced(told, 1), (" …", "dim")]


def _spaced(known: Sequence[tuple[str, str]], gap: int) -> list[Piece]:
    return [piece for key, label in known for piece in ((" " * gap, "dim"), (key, "key"), (f" {label}", "dim"))]


def _taught(known: Sequence[tuple[str, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for at, (key, label) in enumerate(known):
        pieces += [(" " * GAP if at else " ", "dim"), (key, "key"), (f" {label}", "dim")]
    return pieces
