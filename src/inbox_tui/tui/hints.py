"""What an empty view says: calm where nothing is wrong, and the one line to paste where nothing has ever come. Pure."""

from __future__ import annotations

import shlex
from pathlib import Path

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.rows import View
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.widgets.line import Piece

PURPOSE = "Here appears what your scripts, scheduled tasks and agents want to say or ask; your answer goes back to whoever waits."


def hints(socket: Path, reader: Lists, keymap: Keymap, view: View, connected: bool) -> list[Piece]:
    """Paragraphs for an empty `view`; `socket` is where this machine's senders post."""
    listed, unread, done = reader.count(View.ALL), reader.count(View.UNREAD), reader.count(View.DONE)
    elsewhere = f"All: {keymap.shown('go_all')}" if listed else f"What is done: {keymap.shown('go_done')}"
    if view is View.NEEDS and (listed or done):
        more = f"{unread:,} unread: {keymap.shown('go_unread')}" if unread else elsewhere
        return [("Nothing needs you.", "strong"), ("", "text"), (more, "dim")]
    if view is View.UNREAD and (listed or done):
        return [("All read.", "strong"), ("", "text"), (elsewhere, "dim")]
    if view is View.SNOOZED:
        return [
            ("Nothing is snoozed.", "strong"),
            ("", "text"),
            (f"{keymap.shown('snooze_until')} on a row puts it off until a time.", "dim"),
        ]
    if view is View.DONE:
        return [("Nothing is done yet.", "strong"), ("", "text"), (f"{keymap.shown('done')} on a row brings it here.", "dim")]
    if view is View.ALL and done:
        return [("All done.", "strong"), ("", "text"), (elsewhere, "dim")]
    return _never(socket, keymap, connected)


def _never(socket: Path, keymap: Keymap, connected: bool) -> list[Piece]:
    curl = (
        f"curl --unix-socket {shlex.quote(str(socket))} \\\n  -H 'Content-Type: application/json' \\\n"
        """  -d '{"title": "hello from curl"}' http://inbox/api/events"""
    )
    waits = "Nothing has come yet." if connected else "Nothing is here yet; the hub is being reached."
    return [
        (waits, "strong"), ("", "text"),
        (PURPOSE, "text"), ("", "text"),
        ("Make one appear, from another terminal:", "dim"), ("", "text"),
        ('inbox send "hello"', "key"), ("", "text"),
        ("or from anything that can POST:", "dim"), ("", "text"),
        (curl, "key"), ("", "text"),
        (f"{keymap.shown('help')} help   {keymap.shown('quit')} quit", "dim"),
    ]  # fmt: skip
