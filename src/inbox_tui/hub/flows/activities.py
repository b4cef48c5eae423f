"""What flows do: one attempt at a job of each activity.

Each may be done again after a hub died in the middle: a toast is posted and a webhook sent under the job's own id, and a pane of
tmux remembers the last job that reached it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inbox_tui.core.errors import Refused
from inbox_tui.core.lifecycle import TOAST
from inbox_tui.core.model import Event, Severity, decode
from inbox_tui.core.times import MINUTE, Clock
from inbox_tui.dialects.fields import TITLE
from inbox_tui.hub.callbacks import Callbacks
from inbox_tui.hub.flows import forwarding, terminals
from inbox_tui.hub.flows.forwarding import NotForwarded, Progress
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.verbs.jobs import Again, Done, Failed, Later, Outcome
from inbox_tui.tmux import TmuxError

if TYPE_CHECKING:
    from inbox_tui.hub.jobs import Handler
    from inbox_tui.hub.service import Service

SIGNER = "flows"
"""Whose signing secret a flow's webhooks are signed with."""
_SEVERITY: dict[str, Severity] = {"info": "info", "warning": "warn", "error": "error"}
_TEXT_GROWS_OLD = 5 * MINUTE
"""Text for a terminal that was not reached for so long is for nobody any more."""
_SEND_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Agent:
    """How an agent is started: its command, to which the text is added as one argument, and the folder."""

    argv: tuple[str, ...]
    folder: str = ""

    @property
    def program(self) -> str:
        return Path(self.argv[0]).name


@dataclass(frozen=True, slots=True)
class Machine:
    """What flows may use of the hub's own machine, as its configuration file says it."""

    agents: Mapping[str, Agent]
    forwards: Mapping[str, str]
    """Apprise's address, by name."""
    presses_enter: bool = False
    tmux_socket: str = ""
    is_local: bool = True
    """False where other machines' hubs share the database: then nothing is typed or started here."""


class Activities:
    def __init__(self, service: Service, callbacks: Callbacks, machine: Machine, clock: Clock) -> None:
        self._service, self._callbacks, self._machine, self._clock = service, callbacks, machine, clock

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "toast_notification": self._toast,
            "post_webhook": self._webhook,
            "send_to_terminal": self._terminal,
            "spawn_agent_session": self._spawn,
            "forward": self._forward,
        }

    async def _toast(self, job: Job) -> Outcome:
        said = json.loads(job.body)
        title, _, rest = (said["text"].strip() or "(nothing to say)").partition("\n")
        body = title[TITLE:] + rest
        event = Event(
            TOAST, title[:TITLE], body, _SEVERITY[said["level"]], source=SIGNER, details={"parent_id": job.notification_id}
        )
        await self._service.say(job.space, event, key=job.id)
        return Done(note="")

    async def _webhook(self, job: Job) -> Outcome:
        return await self._callbacks.post(job, SIGNER, json.loads(job.body)["text"])

    async def _terminal(self, job: Job) -> Outcome:
        terminal = await self._service.sessions.terminal(job.space, job.host)
        if not terminal.pane:
            return Failed("takes no text: nobody has named a terminal for this session")
        if not self._machine.is_local:
            return Failed(_NOT_LOCAL)
        return await self._paste(job, terminal.pane, terminal.program, terminal.socket)

    async def _spawn(self, job: Job) -> Outcome:
        agent, socket = self._machine.agents.get(job.host), self._machine.tmux_socket
        if agent is None:
            return Failed("is no agent of the configuration file: it would be the table [flows.agents.NAME]")
        if not self._machine.is_local:
            return Failed(_NOT_LOCAL)
        if pane := await asyncio.to_thread(terminals.running, job.host, socket):
            return await self._paste(job, pane, agent.program, socket)
        argv = [*agent.argv, terminals.one_line(json.loads(job.body)["text"])]
        try:
            await asyncio.to_thread(terminals.start, job.host, argv, agent.folder, job.id, socket=socket)
        except TmuxError as error:
            return self._young(job, f"was not started: {error}")
        return Done("was started")

    async def _paste(self, job: Job, pane: str, program: str, socket: str) -> Outcome:
        text, enter = json.loads(job.body)["text"], self._machine.presses_enter
        try:
            await asyncio.to_thread(terminals.paste, pane, program, text, job.id, enter=enter, socket=socket)
        except terminals.NotPasted as problem:
            return self._young(job, str(problem))
        except TmuxError as error:
            return self._young(job, f"was not reached: {error}")
        return Done("got the text")

    def _young(self, job: Job, reason: str) -> Outcome:
        return Again(reason) if self._clock() - job.queued_at < _TEXT_GROWS_OLD else Failed(reason)

    async def _forward(self, job: Job) -> Outcome:
        address = self._machine.forwards.get(job.host)
        if address is None:
            return Failed("is no forward of the configuration file: it would stand in [flows.forwards]")
        progress = Progress.read(job.body)
        message, following = forwarding.next_message(progress, await self._row(job))
        if message is not None:
            try:
                async with asyncio.timeout(_SEND_SECONDS):
                    await asyncio.to_thread(forwarding.send, address, message)
            except TimeoutError:
                return Again(f"took longer than {_SEND_SECONDS:g} s")
            except NotForwarded as problem:
                return Again(str(problem)) if problem.may_work_later else Failed(str(problem))
        if following is None:
            return Done() if message is not None else Done(note="")
        return Later(forwarding.pause(following), following.body, "" if message is None else "was told")

    async def _row(self, job: Job) -> Any:
        try:
            return decode(await self._service.notification(job.space, job.notification_id))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise


_NOT_LOCAL = "is not reached from here: hubs that share a database type and start nothing"
