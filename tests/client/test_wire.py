"""What hubs send: ours kept to the letter, RunWisp's in both spellings understood, anything else refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.client import wire
from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.feed import item_from
from inbox_tui.core.model import APPROVE, REJECT, Decision, Notification, decode, encode

AT = 1_700_000_000_123_456
ROW = Notification(
    id="01HF7YAT00000000000000000A", kind="input.required", title='say "unread_count": 5', created_at=AT, last_occurred_at=AT,
    occurrences=(AT,), rev=7, created_rev=5, raised_rev=6, raised_at=AT, actionable=True, is_prompt=True, waiting="here",
    choices=(APPROVE, REJECT), details={"meta": {"unread_count": 3}, "command": "rm -rf ./build"},
)  # fmt: skip
FOREIGN: dict[str, Any] = {
    "id": ROW.id, "kind": "run.failed", "severity": "warning", "taskName": "backup", "runId": None, "title": "Backup failed",
    "body": None, "count": 2, "occurrences": ["2023-11-14T22:13:20Z"], "createdAt": "2023-11-14T22:13:20Z",
    "lastOccurredAt": "2023-11-14T22:14:20+00:00", "readAt": None, "newMember": {"a": 1},
}  # fmt: skip


def frame(document: str, unread: int = 2) -> str:
    return f'{{"notification":{document},"unread_count":{unread}}}'


def test_our_own_rows_are_kept_as_they_were_sent() -> None:
    text = encode(ROW)
    change = wire.change("notification.created", "7", frame(text))
    assert change.item == item_from(text)
    assert change.item is not None
    assert change.item.document == text
    assert (change.rev, change.unread) == (7, 2)


def test_another_order_of_members_is_read_too() -> None:
    data = json.dumps({"unread_count": 4, "notification": json.loads(encode(ROW))})
    change = wire.change("notification.updated", "9", data)
    assert change.item is not None
    assert decode(change.item.document) == ROW
    assert change.unread == 4


def test_a_decided_row_needs_nobody() -> None:
    decided = Notification(
        **{name: getattr(ROW, name) for name in ROW.__slots__} | {"decision": Decision("approve", "approve", "me", AT)}
    )
    item = wire.item(encode(decided))
    assert item == item_from(encode(decided))
    assert not item.asks


@pytest.mark.parametrize(
    "changes",
    [
        {"snoozed_until": AT + 7}, {"pinned": True, "read_at": AT}, {"done_at": AT, "seems_answered": True}, {"waiting": "gone"},
        {"actionable": False, "is_prompt": False, "waiting": "", "choices": (), "muted": True},
    ],
)  # fmt: skip
def test_what_was_done_to_a_row_is_read_as_the_model_reads_it(changes: dict[str, Any]) -> None:
    text = encode(replace(ROW, **changes))
    assert wire.item(text) == item_from(text)


@pytest.mark.parametrize("snake", [False, True])
def test_a_foreign_row_is_written_anew(snake: bool) -> None:
    names = {"taskName": "task_name", "runId": "run_id", "createdAt": "created_at", "lastOccurredAt": "last_occurred_at"}
    document = {names.get(name, name) if snake else name: value for name, value in FOREIGN.items()}
    row = decode(wire.item(json.dumps(document)).document)
    assert (row.task_name, row.run_id, row.body, row.severity, row.count) == ("backup", "", "", "warn", 2)
    assert (row.created_at, row.last_occurred_at - row.created_at, row.read_at) == (AT - 123_456, 60_000_000, None)


def test_a_page_of_either_spelling() -> None:
    ours = {"$schema": "x", "items": [json.loads(encode(ROW))], "next_cursor": "", "epoch": 3, "rev": 9, "unread_count": 1}
    page = wire.page(json.dumps(ours).encode(), "")
    assert (page.epoch, page.rev, page.before, page.next, page.items[0].document) == (3, 9, "", "", encode(ROW))
    theirs = wire.page(json.dumps({"items": None, "nextCursor": None}).encode(), None)
    assert (theirs.items, theirs.next) == ((), "")


@pytest.mark.parametrize(
    ("event", "frame_id", "data"),
    [
        ("notification.created", "7", "{"),
        ("notification.created", "", frame(encode(ROW))),
        ("notification.created", "-1", frame(encode(ROW))),
        ("notification.created", "9" * 30, frame(encode(ROW))),
        ("notification.created", "7", frame("[]")),
        ("notification.created", "7", frame(encode(ROW).replace(ROW.id, "../../api/hub/stop"))),
        ("notification.created", "7", frame(encode(ROW).replace('"rev":7', f'"rev":{1 << 70}'))),
        ("notification.created", "7", frame(encode(ROW).replace("2023-", "2023-99"))),
        ("notification.removed", "7", "{}"),
    ],
)
def test_nonsense_is_refused_in_words(event: str, frame_id: str, data: str) -> None:
    with pytest.raises(HubUnreachable, match=r"[Tt]he hub"):
        wire.change(event, frame_id, data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(encode(ROW)))), json_values)
def test_what_is_taken_can_be_read_again(member: str, value: object) -> None:
    """A row with any one member spoilt is either refused, or decodes whenever it is painted."""
    document = json.loads(encode(ROW)) | {member: value}
    try:
        item = wire.item(json.dumps(document))
    except HubUnreachable:
        return
    assert item_from(item.document) == item
