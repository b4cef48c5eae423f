"""A run told verb by verb: each verb gives the events to post. Pure; the same for programs, shells and `inbox run`."""

from __future__ import annotations

from typing import Any, NamedTuple

from inbox_tui.sdk.ledger import METRIC_TEXT, Ledger

PROGRESS_EVERY = 3_000
"""Milliseconds between two events of progress of one run."""
TITLE_MOST, BODY_MOST, NAME_MOST = 500, 60_000, 300

Event = dict[str, Any]


class Verb(NamedTuple):
    """`phase` is what the run is in from then on; `title` and `body` are what is said where the caller says nothing."""

    kind: str
    phase: str = ""
    counter: str = ""
    title: str = "{task}"
    body: str = ""


VERBS = {
    "queue": Verb("task.queued", phase="queued", body="queued"),
    "start": Verb("task.started", phase="running", body="started"),
    "progress": Verb("task.progress"),
    "pause": Verb("task.paused", phase="paused", counter="pause_count", title="{task} paused"),
    "resume": Verb("task.resumed", phase="running", body="resumed"),
    "wait": Verb("task.waiting", phase="waiting", counter="wait_count", title="{task} waits"),
    "loop": Verb("task.loop", counter="loop_count", title="{task} repeats itself"),
    "retry": Verb("task.retry", counter="retry_count", title="{task} tries again"),
    "error": Verb("task.error", counter="error_count", title="{task}: error"),
    "complete": Verb("task.completed", phase="ended", title="{task} finished"),
    "fail": Verb("task.failed", phase="ended", title="{task} failed"),
    "cancel": Verb("task.cancelled", phase="ended", title="{task} cancelled"),
    "timeout": Verb("task.timeout", phase="ended", title="{task} timed out"),
    "stop": Verb("task.stopped", phase="ended", title="{task} stopped"),
    "terminate": Verb("task.terminated", phase="ended", title="{task} terminated"),
    "output": Verb("output.generated", title="{task}: output ready"),
    "output_failed": Verb("output.failed", title="{task}: no output"),
    "input": Verb("input.required", title="{task} needs an answer"),
}
ENDS = frozenset(name for name, verb in VERBS.items() if verb.phase == "ended")
_BEFORE_START = ENDS | {"queue", "start"}
"""Every other verb starts a run that has not started: nothing can happen in one that does not run."""


class Record:
    """One run's identity, figures and held progress. After its end it says nothing more."""

    def __init__(self, task: str, source: str, run_id: str) -> None:
        self.task, self.source, self.run_id = fit(task, NAME_MOST), fit(source, NAME_MOST), fit(run_id, NAME_MOST)
        self.ledger = Ledger()
        self.said_progress_at: int | None = None
        self.held: Event | None = None
        """The last progress, where it came too soon after the one before: said when its time comes, or before the end."""

    @property
    def has_ended(self) -> bool:
        return self.ledger.phase == "ended"

    @property
    def is_open(self) -> bool:
        """It was told of, and not yet that it ended."""
        return self.ledger.phase not in ("new", "ended")

    def say(self, name: str, now: int, message: str = "", **fields: Any) -> list[Event]:
        """The events to post, in order: none where it has ended or is only held, two where something goes before it.

        `fields` are those of an event; `meta` is added to what the run itself has to tell.
        """
        if self.has_ended or (name in ("queue", "start") and self.ledger.started_at is not None):
            return []
        before = self.say("start", now) if self.ledger.started_at is None and name not in _BEFORE_START else []
        verb = VERBS[name]
        if verb.counter and verb.phase != self.ledger.phase:
            self.ledger.count(verb.counter)
        if verb.phase:
            self.ledger.enter(verb.phase, now)
        if message and name in ("error", "fail"):
            self.ledger.metrics["last_error"] = fit(message.partition("\n")[0], METRIC_TEXT)
        event = self._event(verb, now, message, fields)
        if name == "progress":
            return before + self._pace(event, now)
        if name in ENDS and self.held is not None:
            before.append(self.held)
            self.held = None
        return [*before, event]

    def due(self, now: int) -> list[Event]:
        """The held progress, where its time has come."""
        if self.held is None or self.has_ended or self.progress_due_in(now):
            return []
        event, self.held = self.held, None
        self.said_progress_at = now
        return [event]

    def progress_due_in(self, now: int) -> int:
        """Milliseconds until the held progress may be said."""
        return 0 if self.said_progress_at is None else max(0, PROGRESS_EVERY - max(0, now - self.said_progress_at))

    def metric(self, name: str, value: int | float | str) -> None:
        if not self.has_ended:
            self.ledger.metric(name, value)

    def _pace(self, event: Event, now: int) -> list[Event]:
        if self.progress_due_in(now):
            self.held = event
            return []
        self.held, self.said_progress_at = None, now
        return [event]

    def _event(self, verb: Verb, now: int, message: str, fields: dict[str, Any]) -> Event:
        given = {name: value for name, value in fields.items() if value is not None and value != "" and value != []}
        meta = {**self.ledger.meta(now), **given.pop("meta", {})}
        title = str(given.pop("title", "")) or verb.title.format_map({"task": self.task})
        body = message or verb.body
        if verb.kind == "input.required":
            title, body = message or title, ""
        if verb.phase == "ended" and not message and self.ledger.started_at is not None:
            body = f"after {spell(self.ledger.duration(now))}"
        names = {"task_name": self.task, "source": self.source, "run_id": self.run_id}
        event = {"kind": verb.kind, "title": fit(title, TITLE_MOST), "body": fit(body, BODY_MOST), **names, "meta": meta}
        return {**{name: value for name, value in event.items() if value}, **given}


def spell(milliseconds: int) -> str:
    """`340 ms`, `4.2 s`, `47 s`, `3 min 20 s`, `2 h 5 min`."""
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f} s"
    seconds = milliseconds // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def share(value: float | str | None) -> float | str | None:
    """Progress as an event may have it: a number is kept within 0 and 1, what is no number at all is nothing."""
    if isinstance(value, str) or value is None:
        return value[:NAME_MOST] if value else None
    number = float(value)
    return None if number != number else min(1.0, max(0.0, number))


def fit(text: str, most: int) -> str:
    """What a hub can store of a text: no NUL, no half of a surrogate pair, at most so many characters; the beginning and the
    end of a longer one."""
    text = str(text).replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if len(text) <= most:
        return text
    return f"{text[: most // 3]}…{text[len(text) - (most - most // 3 - 1) :]}"
