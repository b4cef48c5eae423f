"""What a new inbox says by itself: three rows that teach it. They come from the hub, as everything else comes from a sender."""

from __future__ import annotations

from inbox_tui.core.model import Event
from inbox_tui.hub.service import Sender, Service

HUB = Sender("inbox")
_KIND = "inbox.welcome"

ROWS = (
    Event(
        kind=_KIND,
        source="inbox",
        title="Send something here",
        body=(
            "From any script on this machine:\n\n"
            "    inbox send 'Backup finished'\n"
            "    make && inbox send 'Build is green' || inbox send --severity error 'Build is red'\n\n"
            "From anything that can POST JSON, make a key first:\n\n"
            "    inbox key new my-app --role send"
        ),
    ),
    Event(
        kind=_KIND,
        source="inbox",
        title="Welcome: j and k move, Enter opens, e is done",
        body=(
            "Everything that your scripts, tasks and agents say or ask ends up in this list.\n\n"
            "    j k      move           Enter  read it whole\n"
            "    e        done           m      read or unread\n"
            "    u        undo           ?      every key"
        ),
    ),
    Event(
        kind="input.required",
        source="inbox",
        title="Approve this: press a, then y",
        body=(
            "This is how an agent or a script asks you something. `a` opens the answer bar, `y` approves, `n` rejects.\n"
            "Nothing waits for this one: it only shows how it goes. Ask for yourself:\n\n"
            "    inbox ask 'Deploy to production?' && ./deploy"
        ),
        actionable=True,
        is_prompt=True,
    ),
)


async def publish(service: Service, space: str) -> None:
    """Once, whichever of the hubs that share a database comes first."""
    for number, event in enumerate(ROWS):
        await service.publish(space, HUB, event, idempotency_key=f"welcome {number}")
