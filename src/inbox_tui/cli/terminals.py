"""What a wrapped command gets for its input, output and errors, so that it behaves as it would without us.

Where both the user's input and output are a terminal that we have to ourselves, the command gets one of its own (a session, job
control, raw keys). Otherwise its input is ours as it is, and each output is a terminal or a pipe as ours is.
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

_INPUT, _OUTPUT, _ERRORS = 0, 1, 2


class Plan(NamedTuple):
    """`ends` are what the command has for 0, 1 and 2 (None: ours). `sources` are our sides: file descriptor → where it goes.

    `keyboard` is where keys go; None where its input is ours. `sized` are our sides of terminals, whose size follows ours.
    """

    ends: tuple[int | None, int | None, int | None]
    sources: dict[int, int]
    keyboard: int | None
    sized: list[int]
    own_group: bool
    """It is no part of our terminal's foreground: signals that come to us are passed on to it and its children."""

    @property
    def has_own_terminal(self) -> bool:
        return self.keyboard is not None


def make_plan() -> Plan:
    is_whole = _is_terminal(_INPUT) and _is_terminal(_OUTPUT) and _is_foreground(_INPUT)
    plan = _whole() if is_whole else _parts()
    follow_size(plan)
    return plan


def _whole() -> Plan:
    ours, its = _new_terminal(termios.tcgetattr(_INPUT))
    sources = {ours: _OUTPUT}
    errors = its
    if not _is_terminal(_ERRORS):
        read, errors = os.pipe()
        sources[read] = _ERRORS
    return Plan((its, its, errors), sources, ours, [ours], own_group=True)


def _parts() -> Plan:
    sources: dict[int, int] = {}
    sized: list[int] = []
    output = _one(_OUTPUT, sources, sized)
    # What goes to one place goes one way: two would lose the order of what it prints to both.
    errors = output if _are_same(_OUTPUT, _ERRORS) else _one(_ERRORS, sources, sized)
    has_terminal, is_foreground = _controlling_terminal()
    own_group = not has_terminal or (not is_foreground and not _is_terminal(_INPUT))
    return Plan((None, output, errors), sources, None, sized, own_group)


def _one(target: int, sources: dict[int, int], sized: list[int]) -> int | None:
    if not _is_open(target):
        return None
    if not _is_terminal(target):
        read, write = os.pipe()
        sources[read] = target
        return write
    settings = termios.tcgetattr(target)
    settings[1] &= ~termios.OPOST  # the real terminal turns \n into \r\n; twice would be a change
    ours, its = _new_terminal(settings)
    sources[ours] = target
    sized.append(ours)
    return its


def _new_terminal(settings: list[Any]) -> tuple[int, int]:
    ours, its = pty.openpty()
    os.set_inheritable(ours, False)
    os.set_inheritable(its, False)
    termios.tcsetattr(its, termios.TCSANOW, settings)
    return ours, its


def follow_size(plan: Plan) -> None:
    """Gives the command's terminals the size of ours."""
    for ours in plan.sized:
        with suppress(OSError):
            size = fcntl.ioctl(plan.sources[ours], termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
            fcntl.ioctl(ours, termios.TIOCSWINSZ, size)


@contextmanager
def raw_keys(plan: Plan) -> Iterator[None]:
    """Our terminal hands every key through, unread, while the command has one of its own."""
    if not plan.has_own_terminal:
        yield
        return
    before = termios.tcgetattr(_INPUT)
    try:
        tty.setraw(_INPUT, termios.TCSADRAIN)
        yield
    finally:
        with suppress(termios.error):  # it may have been hung up
            termios.tcsetattr(_INPUT, termios.TCSADRAIN, before)


def is_in_foreground() -> bool:
    """Whether our terminal sends its signals to our group, and so to the command too."""
    return _controlling_terminal()[1]


def _controlling_terminal() -> tuple[bool, bool]:
    """Whether there is one, and whether our group has it."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False, False
    try:
        return True, _is_foreground(terminal)
    finally:
        os.close(terminal)


def _is_foreground(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False


def _is_terminal(descriptor: int) -> bool:
    return os.isatty(descriptor)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _are_same(one: int, other: int) -> bool:
    try:
        return os.path.sameopenfile(one, other)
    except OSError:
        return False
