"""What a Python program imports to say, to ask, and to tell of its runs. Standard library only; nothing here starts a hub.

    from inbox_tui import sdk as inbox

    inbox.send("Backup done", "4,218 files", source="backup")

    with inbox.task("email") as run:
        run.progress("half of them", 0.5)
        run.metric("tokens", 512)
        if run.ask("Send all 83?").approved:
            ...

Where the hub is: `INBOX_HUB` and `INBOX_KEY`, else this user's own hub, by its local socket. While it is out of reach, what is
said is kept on this machine's disk and delivered later, in order and once; a question is not, it raises `HubUnreachable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.sdk.sending import Sent, send

if TYPE_CHECKING:
    from inbox_tui.sdk.asking import Answer, ask
    from inbox_tui.sdk.attaching import UnreadableFile, attach
    from inbox_tui.sdk.beside import ask_async, send_async
    from inbox_tui.sdk.runs import AsyncRun, Run, task
    from inbox_tui.sdk.verifying import NotGenuine, verify

__all__ = [
    "Answer",
    "AsyncRun",
    "HubUnreachable",
    "InboxError",
    "NotGenuine",
    "Refused",
    "Run",
    "Sent",
    "UnreadableFile",
    "ask",
    "ask_async",
    "attach",
    "send",
    "send_async",
    "task",
    "verify",
]

_LATER = {
    "UnreadableFile": "attaching",
    "attach": "attaching",
    "Answer": "asking",
    "ask": "asking",
    "AsyncRun": "runs",
    "Run": "runs",
    "task": "runs",
    "ask_async": "beside",
    "send_async": "beside",
    "NotGenuine": "verifying",
    "verify": "verifying",
}


def __getattr__(name: str) -> Any:
    """Each is loaded when it is first named: `send` is to start fast, and waits for no thread and no event loop."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
