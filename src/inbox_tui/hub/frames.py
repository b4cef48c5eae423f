"""Server-sent events as bytes. Texts of rows are one-line JSON, so a frame never needs a second `data:` line."""

from __future__ import annotations

import json

from inbox_tui.hub.service import Change, Head

RETRY = b"retry: 2000\n"
"""Milliseconds that a browser waits before it connects again."""


def change(item: Change, unread_count: int) -> bytes:
    """A row or a tombstone; its rev is the cursor after it."""
    if item.document is None:
        data = json.dumps({"id": item.id, "unread_count": unread_count}, separators=(",", ":"))
        return f"id: {item.rev}\nevent: notification.removed\ndata: {data}\n\n".encode()
    event = "created" if item.is_new else "updated"
    data = f'{{"notification":{item.document},"unread_count":{unread_count}}}'
    return f"id: {item.rev}\nevent: notification.{event}\ndata: {data}\n\n".encode()


def ping(head: Head, storage: str) -> bytes:
    """Without an id: it moves no cursor. Its rev is the head that the feed last read."""
    return b"event: ping\ndata: " + _state(head, storage) + b"\n\n"


def opening(head: Head, storage: str, *, start: int, resumes: bool) -> bytes:
    """A stream's first frame: `ping` where it resumes, else `resync`; its id is where the reader now is."""
    event = b"ping" if resumes else b"resync"
    return RETRY + b"id: %d\nevent: %b\ndata: %b\n\n" % (start, event, _state(head, storage))


def unread_count(count: int) -> bytes:
    """After a bulk verb, for readers that know no other sign of it."""
    return b'event: notifications.unread_count_changed\ndata: {"unread_count":%d}\n\n' % count


def _state(head: Head, storage: str) -> bytes:
    data = {"epoch": head.epoch, "rev": head.rev, "unread_count": head.unread_count, "state": {"storage": storage}}
    return json.dumps(data, separators=(",", ":")).encode()
