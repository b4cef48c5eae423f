"""Claude Code's `http` hooks: the same words in and out as its command hooks, without a process.

What is asked is asked over the connection that waits for it. Where that ends first nobody is refused and nothing is closed: the
lease runs out. An answer counts as sent, for nobody confirms that it came. Any status but 2xx lets Claude Code go on by itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from inbox_tui.core.hooks import claude_code
from inbox_tui.core.hooks.spoken import Asked, Body, Given, Output
from inbox_tui.core.ids import new_idempotency_key
from inbox_tui.dialects import fields, own
from inbox_tui.hub.endpoints import SEND, Call, Endpoint
from inbox_tui.hub.service import Answer, Published
from inbox_tui.hub.waiting import unless_over
from inbox_tui.hub.wire import HookAnswer, HookBody

_POLL_SECONDS = 30.0


async def claude(call: Call) -> Response:
    assert isinstance(call.document, dict)
    said = claude_code.read(call.document)
    output: Output = {}
    if said.asked is not None:
        output = await _ask(call, said.asked)
    elif said.hint is not None:
        hint = dict(said.hint)
        await call.hub.service.asks.hint(call.caller.space, call.caller.sender, **hint)
    if said.message is not None:
        await _publish(call, said.message)
    return Response(json.dumps(output, separators=(",", ":")), media_type="application/json")


async def _publish(call: Call, body: Body, key: str = "") -> Published:
    event = own.to_event(fields.validate(own.EventBody, dict(body)))
    return await call.hub.service.publish(call.caller.space, call.caller.sender, event, idempotency_key=key)


async def _ask(call: Call, asked: Asked) -> Output:
    """{} where nobody answered. Nothing counts as sent until all is answered."""
    settings = call.hub.settings
    seconds = settings.claude_code_waits.of(asked)
    waits: list[_Waiting] = []
    answers: list[Given] = []
    for body in asked.questions if seconds else ():
        waits.append(_Waiting(call, body, seconds))
        try:
            given = await waits[-1].ask()
        except ClientDisconnect:
            return {}
        except BaseException:
            await _withdraw(waits)
            raise
        if given is None:
            break
        answers.append(given)
    if len(answers) == len(asked.questions):
        output = asked.conclude(answers)
        if all([await wait.sent() for wait in waits]):
            return output
    await _withdraw(waits)
    await _publish(call, asked.instead)
    return {}


async def _withdraw(waits: Sequence[_Waiting]) -> None:
    for wait in waits:
        await wait.withdraw()


class _Waiting:
    """One question of the caller's, and the connection that waits for its answer."""

    def __init__(self, call: Call, body: Body, seconds: float) -> None:
        self._call, self._seconds = call, seconds
        self._body = {**body, "waiting": True, "timeout": seconds}
        self._key = new_idempotency_key()
        self._service, self._space, self._sender = call.hub.service, call.caller.space, call.caller.sender
        self._id, self._epoch = "", 0

    async def ask(self) -> Given | None:
        published = await _publish(self._call, self._body, self._key)
        self._id, self._epoch = published.id, published.epoch
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        while (left := deadline - loop.time()) > 0:
            answer = await unless_over(self._call, self._poll(min(_POLL_SECONDS, left)))
            if answer.status != "open":
                return self._given(answer)
        return None

    async def sent(self) -> bool:
        answer = await self._service.asks.sent(self._space, self._sender, self._key, id=self._id, epoch=self._epoch)
        return answer.status == "decided"

    async def withdraw(self) -> None:
        await self._service.asks.withdraw(self._space, self._sender, self._key)

    async def _poll(self, wait: float) -> Answer:
        return await self._service.asks.poll(self._space, self._sender, self._key, epoch=self._epoch, wait=wait)

    def _given(self, answer: Answer) -> Given | None:
        decision = answer.decision
        if answer.status != "decided" or decision is None or decision["is_timeout_default"] or answer.id != self._id:
            return None
        return Given(decision["key"], decision["comment"])


ENDPOINTS = [
    Endpoint(
        "POST", "/hooks/claude-code", "claude_code_hook", "Serve Claude Code's hooks of type http", claude,
        roles=SEND, body=HookBody, answer=HookAnswer, refusals=(400, 429, 503, 507),
    ),
]  # fmt: skip
