"""Following a hub's log: its records as they come, through interruptions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any, NoReturn

from inbox_tui.client import wire
from inbox_tui.client.api import Hub
from inbox_tui.client.delays import delay_after
from inbox_tui.client.stream import follow
from inbox_tui.client.target import Target
from inbox_tui.client.work import Record
from inbox_tui.core.errors import HubUnreachable, Refused

PATH = "/api/logs/stream"


async def follow_logs(
    target: Target,
    wanted: Mapping[str, str],
    after: int | None,
    tell: Callable[[dict[str, Any]], None],
    complain: Callable[[str], None],
) -> NoReturn:
    """For ever, after the record of that id; None: from now on. Raises HubUnreachable where the hub is out of reach at first, and
    Refused; later it is waited for."""
    failures, has_heard = 0, False
    async with Hub(target) as hub:
        while True:
            try:
                async with aclosing(follow(hub, after, path=PATH, params=wanted)) as frames:
                    async for frame in frames:
                        failures, has_heard = 0, True
                        if frame.event == "log":
                            after = wire.parse(Record, frame.data).id
                            tell(json.loads(frame.data))
            except (HubUnreachable, Refused) as error:
                if not has_heard or (isinstance(error, Refused) and error.status < 500):
                    raise
                if not failures:
                    complain(f"{error} Waiting for it.")
            await asyncio.sleep(delay_after(failures))
            failures += 1
