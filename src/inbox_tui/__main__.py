"""`inbox`: what starts before anything is imported. No arguments: the pane, at once; `status`: one call; else a command."""

from __future__ import annotations

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
    from inbox_tui.cli.run import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
