"""What a call of an agent's hook comes to: questions and how their answers are put, a message, a hint. Pure values.

Standard library only, and little of it: an agent waits while these modules load. Both ways in use them, the hook's process and
the hub's own endpoint, so that one agent is understood and answered in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

Input = Mapping[str, Any]
"""What an agent's hook is given: a decoded JSON object."""
Output = Mapping[str, Any]
"""What the agent reads: a JSON object."""
Body = Mapping[str, Any]
"""What `POST /api/events`, or `POST /api/hints`, takes."""


class Place(NamedTuple):
    """Where the agent runs, as far as its hook's process can tell; "" where unknown."""

    host: str = ""
    repo: str = ""
    branch: str = ""
    tmux_pane: str = ""


class Given(NamedTuple):
    """A person's answer to one question: the key of a choice that it offered."""

    key: str
    comment: str = ""


class Asked(NamedTuple):
    """Something to ask a person. `conclude` puts the answers, one for each question and in their order, as the agent reads
    them. Raises KeyError for a key that was not offered."""

    questions: Sequence[Body]
    conclude: Callable[[Sequence[Given]], Output]
    waits_as: Literal["wait", "question_wait"]
    """Which of the agent's waits is its own."""
    instead: Body
    """The message where nobody is to be waited for."""


class Said(NamedTuple):
    """All that a call of a hook comes to; often nothing."""

    asked: Asked | None = None
    message: Body | None = None
    hint: Body | None = None


NOTHING = Said()


class Waits(NamedTuple):
    """Seconds that a person is waited for; 0 asks nobody, and says that the agent asks in its terminal."""

    wait: float
    """For leave to use a tool. Claude Code's own dialog is up meanwhile; Codex's comes only after it."""
    question_wait: float
    """For an answer to what the agent itself wants to know: its terminal shows nothing until then."""

    def of(self, asked: Asked) -> float:
        return self.wait if asked.waits_as == "wait" else self.question_wait


MARGIN = 60.0
"""Seconds that an agent's own time-out is longer than our wait: it must never be the one that runs out first."""
LONGEST_WAIT = 86_400.0
DEFAULT_WAITS = {"claude-code": Waits(3540.0, 20.0), "codex": Waits(20.0, 20.0)}
