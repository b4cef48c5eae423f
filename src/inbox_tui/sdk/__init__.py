"""What a Python program imports to send and to ask. Standard library only; nothing here starts a hub.

    from inbox_tui.sdk import ask, send

    send("Backup done", "4,218 files", source="backup")
    if ask("Delete 83 records?", command="DELETE FROM …").approved:
        ...

Where the hub is: `INBOX_HUB` and `INBOX_KEY`, else this user's own hub, by its local socket.
"""

from __future__ import annotations

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.sdk.asking import Answer, ask
from inbox_tui.sdk.sending import Sent, send

__all__ = ["Answer", "HubUnreachable", "InboxError", "Refused", "Sent", "ask", "send"]
