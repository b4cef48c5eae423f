"""What of an event is measured."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.measures import NAME, NUMBERS, SUBJECT, WORD, WORDS, measure_of, named, subject_of
from inbox_tui.core.model import Event, Json

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_numbers_and_short_texts_of_meta_are_figures() -> None:
    meta: dict[str, Json] = {
        "rows": 4218, "share": 0.5, "env": "production", "ok": True, "nested": {"n": 1}, "log": "line\nline",
        "long": "x" * (WORD + 1), "y" * (NAME + 1): 1,
    }  # fmt: skip
    measure = measure_of(
        Event("task.completed", "done", source="etl", task_name="load", run_id="r", details={"meta": meta}), "key"
    )
    assert measure is not None
    assert measure.figures == {"rows": 4218, "share": 0.5, "env": "production"}
    assert (named(measure.subject), measure.kind, measure.run_id) == (("etl", "load"), "task.completed", "r")


def test_without_a_task_the_title_stands_for_it_and_without_a_source_the_sender() -> None:
    measure = measure_of(Event("disk.space.low", "Disk is full", details={"meta": {"used": 96.2}}), "host-7")
    assert measure is not None
    assert named(measure.subject) == ("host-7", "Disk is full")


def test_what_tells_no_number_is_measured_only_as_a_step_of_a_task() -> None:
    assert measure_of(Event("message", "hello", details={"meta": {"env": "production"}}), "a") is None
    assert measure_of(Event("task.started", "begins"), "a") is not None
    assert measure_of(Event("input.required", "May I?", is_prompt=True, details={"meta": {"records": 83}}), "a") is None


@given(st.dictionaries(st.text(max_size=80), json_values, max_size=60), st.text(max_size=400), st.text(max_size=400))
def test_whatever_meta_holds_what_is_kept_of_it_is_small(meta: dict[str, Json], source: str, task: str) -> None:
    measure = measure_of(Event("task.progress", "t", source=source, task_name=task, details={"meta": meta}), "a")
    assert measure is not None
    texts = [value for value in measure.figures.values() if isinstance(value, str)]
    assert len(texts) <= WORDS
    assert len(measure.figures) - len(texts) <= NUMBERS
    assert all(meta[name] == value and len(name) <= NAME for name, value in measure.figures.items())
    assert all(len(text) <= WORD for text in texts)
    assert len(measure.subject) <= 2 * SUBJECT + 1
    assert measure.subject == subject_of(source or "a", task or "t")
