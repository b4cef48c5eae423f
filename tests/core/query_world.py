"""Random filters and rows that often meet: both draw from the same few words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from inbox_tui.core import ids
from inbox_tui.core.model import APPROVE, SEVERITIES, Decision, Notification
from inbox_tui.core.query.language import FIELDS, STATES
from inbox_tui.core.query.tree import Ago, At, Is, Level, Like, Midnight, Number, Pattern, Query, Term, When, Words
from inbox_tui.core.times import DAY, HOUR

NOW = 1_793_190_669_000_000
TEXTS = ("ci", "CI", "nightly", "nightly backup", "Übung", "übung", "a_b%c", "a\\b", 'say "hi"', "*", "K", "バックアップ完了",
         "ß", "main", "-x", ">3", "İ", "task.failed", "café au lait", "10", "true", "🎉 done", "数据库", "x" * 300)  # fmt: skip
META_KEYS = ("env", "rows", "http.status", "a/b", "ключ")
texts = st.sampled_from(TEXTS)
numbers = st.one_of(st.integers(-3, 12), st.sampled_from([0.5, 0.72, 2.5, -1.25]))

_parts = st.one_of(texts, st.sampled_from(["nig", "ci", "backup", "ackup", "b", "ü", "バック"]))
patterns = st.one_of(
    texts.map(lambda text: Pattern((text,))),
    st.builds(lambda a, b: Pattern((a, b)), st.one_of(st.just(""), _parts), st.one_of(st.just(""), _parts)),
    st.builds(lambda a, b, c: Pattern((a, b, c)), st.one_of(st.just(""), _parts), _parts, st.just("")),
)
moments = st.one_of(
    st.builds(Ago, st.integers(0, 50), st.sampled_from("smhdw")),
    st.sampled_from([0, 1]).map(Midnight),
    st.sampled_from(["2026-10-28", "2026-10-28T09:00", "2026-10-27T12:00:00+02:00", "2026-01-01"]).map(At),
)
comparisons = st.sampled_from(["=", ">", ">=", "<", "<="])
_words = st.one_of(
    texts, st.sampled_from(["nigh", "backup", "back nothing", "バック", "据库", "cafe", "UBUNG", "au lait", "don"])
)
_fields = {kind: st.sampled_from([each.name for each in FIELDS if each.kind == kind]) for kind in ("text", "number")}
_meta = st.sampled_from(META_KEYS).map("meta.".__add__)
conditions = st.one_of(
    _words.filter(lambda text: any(c.isalnum() for c in text)).map(Words),
    st.sampled_from([state.name for state in STATES]).map(Is),
    st.builds(Like, st.one_of(_fields["text"], _meta), patterns),
    st.builds(Level, comparisons, st.sampled_from(SEVERITIES)),
    st.builds(When, st.sampled_from(["after", "before"]), moments),
    st.builds(Number, _fields["number"], comparisons, numbers),
    st.builds(Number, _meta, comparisons.filter("=".__ne__), numbers),
)
queries = st.lists(st.builds(Term, conditions, st.booleans()), max_size=3).map(lambda terms: Query(tuple(terms)))


@st.composite
def rows(draw: st.DrawFn) -> Notification:
    """A row without id and rev: what `numbered` gives it."""
    at = NOW - draw(st.sampled_from([0, 5, HOUR, 3 * HOUR, DAY, 2 * DAY, 9 * DAY]))
    names: dict[str, Any] = {"host": texts, "repo": texts, "branch": texts, "status": texts, "tool_name": texts, "prompt": texts,
                             "session_id": texts, "command": texts,
                             "tags": st.lists(texts, max_size=2), "progress": numbers}  # fmt: skip
    details = draw(st.fixed_dictionaries({}, optional=names))
    value = st.one_of(texts, numbers, st.booleans(), st.none(), st.lists(texts, max_size=1))
    details["meta"] = draw(st.dictionaries(st.sampled_from(META_KEYS), value, max_size=3))
    answered = draw(st.booleans())
    return Notification(
        id="", title=draw(texts), body=draw(st.one_of(st.just(""), texts)),
        kind=draw(st.sampled_from(["message", "task.failed"])),
        created_at=at, last_occurred_at=at, raised_at=at, occurrences=(at,), severity=draw(st.sampled_from(SEVERITIES)),
        source=draw(st.one_of(st.just(""), texts)), sender=draw(texts), task_name=draw(st.one_of(st.just(""), texts)),
        run_id=draw(texts), count=draw(st.integers(1, 12)), read_at=draw(st.sampled_from([None, at])),
        done_at=draw(st.sampled_from([None, None, at])), actionable=draw(st.booleans()), is_prompt=draw(st.booleans()),
        choices=(APPROVE,), decision=Decision("approve", "approve", "dana", at) if answered else None,
        snoozed_until=draw(st.sampled_from([None, at + DAY])), pinned=draw(st.booleans()), muted=draw(st.booleans()),
        closed=draw(st.sampled_from(["", "expired"])), details=details,
    )  # fmt: skip


def numbered(made: list[Notification]) -> list[Notification]:
    """With ids and revs, the first the oldest."""
    return [
        replace(row, id=ids.encode((row.created_at // 1000) << 80 | rev), rev=rev, created_rev=rev, raised_rev=rev)
        for rev, row in enumerate(made, 1)
    ]
