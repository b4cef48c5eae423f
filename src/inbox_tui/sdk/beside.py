"""The same for programs that run on asyncio: the work is done in a thread beside the loop, one for each call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from inbox_tui.sdk.asking import Answer, Asking
from inbox_tui.sdk.sending import Sent, send

T = TypeVar("T")


async def send_async(title: str, body: str = "", **options: Any) -> Sent:
    """As `send`, awaited. Cancelling it leaves the message to arrive or not."""
    return await in_thread(lambda: send(title, body, **options))


async def ask_async(question: str, **options: Any) -> Answer:
    """As `ask`, awaited, any number at a time. Cancelling it withdraws the question first."""
    asking = Asking(question, **options)
    try:
        return await in_thread(asking.run)
    except asyncio.CancelledError:
        await asyncio.shield(in_thread(asking.give_up))
        raise


async def in_thread(work: Callable[[], T]) -> T:
    """In a thread of its own: a pool's would be too few for many that wait for people, and would keep the program from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, problem: BaseException | None) -> None:
        if future.done():
            return
        if problem is not None:
            future.set_exception(problem)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def go() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as found:
            problem = found
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=go, name="inbox-beside", daemon=True).start()
    return await future
