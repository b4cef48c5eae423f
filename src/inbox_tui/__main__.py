"""`inbox`: what starts before anything is imported. No arguments: the pane, at once; `status`: one call; an agent's hook."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line (default: this process's) and answers its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        from inbox_tui.cli.pane import open_pane

        return open_pane()
    if arguments[0] == "status":
        from inbox_tui.cli.glance import quick_status

        code = quick_status(arguments[1:])
        if code is not None:
            return code
    if arguments[0] == "hook" and not _is_about_hooks(arguments[1:]):
        return _hook(arguments[1:])
    from inbox_tui.cli.run import run

    return run(arguments)


def _is_about_hooks(arguments: Sequence[str]) -> bool:
    """Whether a person asks about hooks. Whatever an agent runs must not fail, though its name be misspelt."""
    if not arguments or arguments[0] in ("install", "uninstall", "status", "always", "-h", "--help"):
        return True
    return arguments[0] not in ("claude-code", "codex", "codex-notify") and os.isatty(0)


def _hook(arguments: Sequence[str]) -> int:
    """An agent's hook. Always 0: to some agents another exit code is an answer."""
    try:
        import signal

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _leave)
        try:
            from inbox_tui.agents.hook import run_hook

            run_hook(arguments)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
    except BaseException:
        if os.environ.get("INBOX_DEBUG"):
            sys.excepthook(*sys.exc_info())
    return 0


def _leave(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
