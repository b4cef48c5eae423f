"""`inbox hook AGENT`, as an agent runs it: reads what the agent says on stdin, asks a person where it asks, prints the answer.

Any other end prints nothing and is exit code 0: the agent then asks for itself. No failure may ever allow, and none may deny.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, NamedTuple

from inbox_tui.agents.asking import Question, tell
from inbox_tui.agents.place import find_place
from inbox_tui.agents.waits import waits_of
from inbox_tui.core.hooks.spoken import Asked, Given, Output, Said, Waits
from inbox_tui.core.paths import find_paths
from inbox_tui.wire import Address, find_hub

READ_SECONDS, TELL_SECONDS, LEAVE_SECONDS, NOTE_SECONDS = 10.0, 1.0, 5.0, 1.0
"""For the agent to say what it has to, for one message to the hub, to give up what was asked when told to leave, and to note
what was allowed always."""
SLACK = 15.0
"""Seconds after the end of its wait that a hook which hangs is cut off."""
INPUT_BYTES = 16 << 20
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)


class Leave(BaseException):
    """A signal, or no time left."""


class _Ending:
    """What a process that is told to go still does: once it gives up in good order, then at once."""

    def __init__(self) -> None:
        self.silence = b""
        self._is_leaving = False

    def expect(self) -> None:
        for number in _SIGNALS:
            signal.signal(number, self._leave)

    def hold(self) -> None:
        """From here on an answer is on its way, which takes seconds at most: only the end of those still ends it."""
        for number in _SIGNALS:
            if number != signal.SIGALRM:
                signal.signal(number, signal.SIG_IGN)
        self._is_leaving = True
        self.within(2 * LEAVE_SECONDS)

    def over(self) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def spend(self, seconds: float) -> None:
        """After `over`, so much longer at most: what had to be said is said."""
        self.silence = b""
        self._is_leaving = True
        signal.signal(signal.SIGALRM, self._leave)
        self.within(seconds)

    def within(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_leaving:
            write(self.silence)
            os._exit(0)
        self._is_leaving = True
        self.within(LEAVE_SECONDS)
        raise Leave


class _Answer(NamedTuple):
    text: bytes = b""
    """What the agent reads."""
    always: Sequence[Any] = ()
    """What it allows from now on, as the agent's own entries."""
    folder: str = ""


def run_hook(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
    """`claude-code`, `codex`, or `codex-notify JSON`. Prints the answer, or nothing. What it raises, its caller hushes up."""
    environ = os.environ if environ is None else environ
    ending, answer = _Ending(), _Answer()
    ending.expect()
    ending.within(READ_SECONDS)
    try:
        agent, *more = arguments
        answer = _run(agent, more, environ, ending)
    finally:
        ending.over()
        write(answer.text or ending.silence)
    if answer.always:
        # The answer is out: neither a full disk nor one that hangs takes it back.
        ending.spend(NOTE_SECONDS)
        from inbox_tui.agents.always import note

        for entry in answer.always:
            note(find_paths(dict(environ)).always_ledger, agent, answer.folder, entry)


def _run(agent: str, more: Sequence[str], environ: Mapping[str, str], ending: _Ending) -> _Answer:
    if agent == "codex-notify":
        given, name = _object(more[-1]), "codex"
    else:
        given, name = _object(_read()), agent
        if more:
            raise ValueError(f"{agent} takes no arguments")
    place = find_place(str(given.get("cwd") or ""), environ)
    said: Said
    if name == "codex":
        from inbox_tui.core.hooks import codex

        ending.silence = codex.silence(given).encode()
        said = codex.read(given, place) if agent == "codex" else codex.read_notify(given, place)
    elif name == "claude-code":
        from inbox_tui.core.hooks import claude_code

        said = claude_code.read(given, place)
    else:
        raise ValueError(f"{name} is no agent that is known")
    hub = find_hub(environ)
    if said.asked is None:
        ending.within(3 * TELL_SECONDS)
        _tell(hub, said)
        return _Answer()
    waits = waits_of(name, find_paths(dict(environ)).config_file)
    output = _ask(hub, said.asked, waits, ending)
    if not output:
        return _Answer()
    always = claude_code.granted(output) if name == "claude-code" else ()
    folder = environ.get("CLAUDE_PROJECT_DIR") or str(given.get("cwd") or "")
    return _Answer(json.dumps(output, separators=(",", ":")).encode(), always, folder)


def _tell(hub: Address, said: Said) -> None:
    if said.hint is not None:
        tell(hub, "/api/hints", said.hint, TELL_SECONDS)
    if said.message is not None:
        tell(hub, "/api/events", said.message, TELL_SECONDS)


def _ask(hub: Address, asked: Asked, waits: Waits, ending: _Ending) -> Output | None:
    """Asks one question after the other. Nothing is confirmed until all are answered, and then it is passed on."""
    seconds = waits.of(asked)
    questions: list[Question] = []
    answers: list[Given] = []
    try:
        for body in asked.questions if seconds else ():
            questions.append(Question(hub, body, seconds))
            ending.within(seconds + SLACK)
            answer = questions[-1].ask()
            if answer is None:
                break
            answers.append(answer)
        if len(answers) == len(asked.questions):
            output = asked.conclude(answers)
            ending.hold()
            if all(question.confirm() for question in questions):
                return output
    except BaseException:
        _withdraw(questions)
        raise
    _withdraw(questions)
    if len(answers) < len(asked.questions):
        tell(hub, "/api/events", asked.instead, TELL_SECONDS)
    return None


def _withdraw(questions: Sequence[Question]) -> None:
    for question in questions:
        question.withdraw()


def _read() -> bytes:
    """All of stdin. Raises ValueError for what is too much."""
    parts, size = [], 0
    while part := os.read(0, 1 << 16):
        parts.append(part)
        size += len(part)
        if size > INPUT_BYTES:
            raise ValueError("more than an agent says")
    return b"".join(parts)


def _object(text: bytes | str) -> dict[str, Any]:
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("an agent says a JSON object")
    return given


def write(output: bytes) -> None:
    """To stdout, whole. An agent that has gone reads nothing: that is nobody's failure."""
    try:
        while output:
            output = output[os.write(1, output) :]
    except OSError:
        return
