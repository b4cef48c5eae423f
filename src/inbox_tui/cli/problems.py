"""Errors as a person reads them: one message on stderr and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from inbox_tui.core.errors import Exit, InboxError

INTERNAL_ERROR = 70
"""A fault of ours. Of no command's own meaning, so that no script takes it for an answer."""

UNREAD = 141
"""Nobody reads our output any more: 128 + SIGPIPE, as a shell tells it of any program. No script may take it for an answer."""


def guarded(work: Callable[[], int | None]) -> int:
    """Does the work; answers its exit code, or says what went wrong."""
    try:
        code = work()
        sys.stdout.flush()
        return int(code or 0)
    except InboxError as error:
        complain(str(error))
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(Exit.WITHDRAWN)
    except BrokenPipeError:
        # Whoever read our output has gone, as `| head` does. Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        if os.environ.get("INBOX_DEBUG"):
            raise
        complain(f"internal error: {type(error).__name__}: {error}\nPlease report it. INBOX_DEBUG=1 shows where it happened.")
        return INTERNAL_ERROR


def complain(message: str) -> None:
    """One message to stderr; what a hub said in it is made safe for the terminal. Where nobody can hear it, it is dropped: the
    exit code still tells, and must not become another."""
    from inbox_tui.core.text import clean

    with suppress(OSError):
        print(f"inbox: {clean(message)}", file=sys.stderr, flush=True)
