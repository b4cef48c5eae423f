"""A wrapped command as a process: started as it would be without us, signalled as we are, and its output copied as it is."""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

from inbox_tui.cli.terminals import Plan, follow_size, is_in_foreground, raw_keys

CHUNK = 1 << 16
_TERMINAL_SIGNALS = frozenset({signal.SIGINT, signal.SIGQUIT})
"""The terminal sends these to the command itself where it is of our group."""
_PASSED_ON = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_KILLED_AFTER = 5.0
"""Seconds that a command has for its end once its time is out."""
_SILENCE = 0.2
"""Seconds without output after its end, when the rest is left to a process of its own: somebody in the background has it open."""


class NotStarted(Exception):
    """The command could not be started at all; `code` is what a shell answers then."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Child:
    """`heard` gets what it prints, as it comes. `tick` is called now and then, and answers the seconds until it wants to be
    called again."""

    def __init__(self, plan: Plan, heard: Callable[[bytes], None], tick: Callable[[], float | None]) -> None:
        self._plan, self._heard, self._tick = plan, heard, tick
        self._pid = 0
        self._keys = bytearray()
        """Keys that it has not taken yet."""
        self._status: int | None = None
        self._kill_at: float | None = None
        self.passed_on: int = 0
        """The last signal that was passed on to it; 0 for none."""
        self.has_timed_out = False

    def run(self, command: Sequence[str], environ: Mapping[str, str], timeout: float | None, started: Callable[[], None]) -> int:
        """Runs it to its end: its exit code, 128 + n for a signal. `started` is called once it runs. Raises NotStarted."""
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD, signal.SIGWINCH})
        try:
            self._start(command, environ, blocked)
            signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
            self._handle_signals()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        with raw_keys(self._plan):
            started()
            deadline = None if timeout is None else time.monotonic() + timeout
            self._copy(wake, deadline)
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status) if os.WIFEXITED(self._status) else 128 + os.WTERMSIG(self._status)

    # ---- its beginning ----

    def _start(self, command: Sequence[str], environ: Mapping[str, str], mask: set[int | signal.Signals]) -> None:
        failed, fail = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._become(command, environ, mask)
            except OSError as problem:
                os.write(fail, str(problem.errno or errno.EIO).encode())
            finally:
                os._exit(127)
        os.close(fail)
        for end in {end for end in self._plan.ends if end is not None}:
            os.close(end)
        said = os.read(failed, 16)
        os.close(failed)
        if said:
            os.waitpid(self._pid, 0)
            number = int(said)
            raise NotStarted(os.strerror(number).lower(), 127 if number == errno.ENOENT else 126)

    def _become(self, command: Sequence[str], environ: Mapping[str, str], mask: set[int | signal.Signals]) -> None:
        """In the forked process: nothing of ours is left but what it would have had from its shell."""
        if self._plan.has_own_terminal:
            os.setsid()
            assert self._plan.ends[0] is not None
            _take_terminal(self._plan.ends[0])
        elif self._plan.own_group:
            os.setpgid(0, 0)
        for number, end in enumerate(self._plan.ends):
            if end is not None:
                os.dup2(end, number)
        for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored_by_python, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.execvpe(command[0], list(command), dict(environ))

    def _handle_signals(self) -> None:
        for number in _PASSED_ON:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup, where the command ignores it too
                signal.signal(number, self._pass_on)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGWINCH, self._resize)

    # ---- signals ----

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        self.passed_on = number
        if not self._plan.own_group and number in _TERMINAL_SIGNALS and is_in_foreground():
            return
        self._signal(number)

    def _resize(self, number: int, frame: FrameType | None) -> None:
        follow_size(self._plan)
        if not self._plan.has_own_terminal:
            self._signal(signal.SIGWINCH)

    def _signal(self, number: int) -> None:
        if self._status is None:
            with suppress(ProcessLookupError, PermissionError):
                (os.killpg if self._plan.own_group else os.kill)(self._pid, number)

    def _time_out(self, now: float) -> None:
        """First it is asked to end, then it is made to."""
        if self._kill_at is None:
            self.has_timed_out, self._kill_at = True, now + _KILLED_AFTER
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)
        else:
            self._kill_at = now + _KILLED_AFTER
            self._signal(signal.SIGKILL)

    # ---- its output, and its keys ----

    def _copy(self, wake: int, deadline: float | None) -> None:
        sources = dict(self._plan.sources)
        reads_keys = self._plan.has_own_terminal
        quiet_since: float | None = None
        while True:
            if self._status is None:
                self._status = _wait(self._pid)
            now = time.monotonic()
            if self._status is not None:
                quiet_since = quiet_since or now
                if not sources:
                    return
                if now - quiet_since >= _SILENCE:
                    return _leave_the_rest(sources)
            due = self._kill_at or deadline
            if due is not None and now >= due and self._status is None:
                self._time_out(now)
                due = self._kill_at
            ready = self._select(wake, sources, reads_keys, self._rest(now, due))
            for source in [source for source in sources if source in ready]:
                quiet_since = None
                if not self._pass(source, sources[source]):
                    os.close(source)
                    del sources[source]
            if reads_keys and 0 in ready:
                reads_keys = self._take_keys()

    def _rest(self, now: float, due: float | None) -> float | None:
        """Seconds until something has to be looked at again; None: not before something happens."""
        times = [due - now] if due is not None and self._status is None else []
        wanted = self._tick()
        times += [wanted] if wanted is not None else []
        times += [_SILENCE] if self._status is not None else []
        return max(0.0, min(times)) if times else None

    def _select(self, wake: int, sources: dict[int, int], reads_keys: bool, rest: float | None) -> set[int]:
        reads = [wake, *sources, *([0] if reads_keys and not self._keys else [])]
        writes = [self._plan.keyboard] if self._keys and self._plan.keyboard in sources else []
        ready, free, _ = select.select(reads, writes, [], rest)
        if wake in ready:
            with suppress(BlockingIOError):
                os.read(wake, CHUNK)
        for keyboard in free:
            self._give_keys(keyboard)
        return set(ready)

    def _pass(self, source: int, target: int) -> bool:
        """One piece of its output to where ours goes. False at its end, and where nobody reads ours any more: the command then
        finds its own output closed, as it would without us."""
        try:
            data = os.read(source, CHUNK)
        except OSError:  # a terminal that no process has open any more
            return False
        if not data:
            return False
        self._heard(data)
        return write_all(target, data)

    def _take_keys(self) -> bool:
        try:
            data = os.read(0, CHUNK)
        except OSError:
            return False
        self._keys += data
        if self._plan.keyboard is not None:
            self._give_keys(self._plan.keyboard)
        return bool(data)

    def _give_keys(self, keyboard: int) -> None:
        os.set_blocking(keyboard, False)
        try:
            del self._keys[: os.write(keyboard, self._keys)]
        except BlockingIOError:
            return
        except OSError:
            self._keys.clear()
        finally:
            os.set_blocking(keyboard, True)


def write_all(target: int, data: bytes) -> bool:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(target, left) :]
        except BlockingIOError:
            select.select([], [target], [])
        except OSError:
            return False
    return True


def _take_terminal(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def _wait(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return status if found else None


def _leave_the_rest(sources: dict[int, int]) -> None:
    """The command has ended, and something that it left in the background may still print: a copier stays, we do not."""
    if os.fork():
        return
    try:
        while sources:
            ready, _, _ = select.select(list(sources), [], [])
            for source in ready:
                try:
                    data = os.read(source, CHUNK)
                except OSError:
                    data = b""
                if not data or not write_all(sources[source], data):
                    os.close(source)
                    del sources[source]
    finally:
        os._exit(0)
