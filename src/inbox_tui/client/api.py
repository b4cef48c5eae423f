"""Typed calls to one hub. Import it after the first paint only: httpx and pydantic take longer than a frame.

Every call raises `HubUnreachable` where no hub answered, and `Refused` where one said no.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx

from inbox_tui import __version__
from inbox_tui.client import wire
from inbox_tui.client.limits import FILE_MOST, BoundedTransport, TooMuch
from inbox_tui.client.metrics import Metrics, Task, Tasks
from inbox_tui.client.target import Target
from inbox_tui.client.work import Job, Jobs, Record, Records, Session, Sessions
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.feed import Item, Page
from inbox_tui.core.mutes import Scope
from inbox_tui.core.times import to_wire
from inbox_tui.core.triage import Verb
from inbox_tui.wire import NotConnected

PING_SECONDS = 15.0
READ_SECONDS = 2.5 * PING_SECONDS
"""A stream that is silent for so long is dead."""
CONNECT_SECONDS = 5.0
CALL_SECONDS = 10.0

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """`rev` None: the hub does not say."""

    rev: int | None
    changed: int
    skipped: int
    raised: int = 0


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once."""

    id: str
    name: str
    role: str
    space: str
    key: str
    token: str
    secret: str


def _trusted(target: Target) -> ssl.SSLContext:
    """Whom to trust. Where nothing is encrypted, nobody: the certificates of all authorities are 3 MiB, for each hub."""
    if not target.url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=target.ca_file or None)
    except OSError as error:
        raise HubUnreachable(f"{target.name}: its ca_file {target.ca_file} cannot be used: {error.strerror or error}") from error


class Hub:
    """One hub. `async with`, or `aclose` at the end. Raises HubUnreachable where its `ca_file` cannot be used."""

    def __init__(self, target: Target, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.target = target
        uds = str(target.socket) if target.socket else None
        headers = {"User-Agent": f"inbox/{__version__}", "X-Inbox-Via": f"inbox-tui/{__version__}", "Accept-Encoding": "identity"}
        if target.key:
            headers["Authorization"] = f"Bearer {target.key}"
        self.client = httpx.AsyncClient(
            base_url=target.url,
            headers=headers,
            timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS),
            transport=BoundedTransport(transport or httpx.AsyncHTTPTransport(uds=uds, trust_env=False, verify=_trusted(target))),
            trust_env=False,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Hub:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.client.aclose()

    # -- reading -------------------------------------------------------------------------------------------------
    async def page(self, *, before: str = "", limit: int = 500, unread: bool = False, needs_me: bool = False) -> Page:
        """A page, newest id first. With a filter it is no part of a walk: its `before` is None."""
        query = {"limit": str(limit)} | ({"before": before} if before else {})
        query |= ({"unread": "true"} if unread else {}) | ({"needs_me": "true"} if needs_me else {})
        response = await self._call("GET", "/api/notifications", params=query)
        # Five hundred rows take several milliseconds to check: keys come first.
        return await asyncio.to_thread(wire.page, response.content, None if unread or needs_me else before)

    async def notification(self, row_id: str) -> Item:
        return _item(await self._call("GET", f"/api/notifications/{_part(row_id)}"))

    async def events(self, row_id: str) -> Sequence[Entry]:
        """The kept events behind one row, oldest first."""
        return _entries(await self._call("GET", f"/api/notifications/{_part(row_id)}/events"))

    async def timeline(self, run_id: str) -> Sequence[Entry]:
        """All that is kept of a run, oldest first."""
        return _entries(await self._call("GET", f"/api/runs/{_part(run_id)}"))

    async def fetch_media(self, media_id: str, name: str, write: Callable[[bytes], object]) -> None:
        """A file that the hub keeps, whatever its size: `write` is called with each part of it, in a thread. What it raises is
        raised."""
        path = f"/api/v1/media/{_part(media_id)}/{_part(name)}"
        with _said(self.target):
            async with self.client.stream("GET", path, extensions={"inbox.most": FILE_MOST}) as response:
                if response.status_code >= 300:
                    raise refusal(response.status_code, await response.aread(), response.headers)
                async for part in response.aiter_bytes(1 << 20):
                    await asyncio.to_thread(write, part)

    async def metrics(self, asked: Mapping[str, str]) -> Metrics:
        """What a task tells in figures; `asked` are the parameters of the hub's own call."""
        return wire.parse(Metrics, (await self._call("GET", "/api/metrics", params=dict(asked))).content)

    async def measured_tasks(self) -> Sequence[Task]:
        return wire.parse(Tasks, (await self._call("GET", "/api/metrics/tasks")).content).items

    async def jobs(self) -> Sequence[Job]:
        """The newest."""
        return wire.parse(Jobs, (await self._call("GET", "/api/jobs", params={"limit": "200"})).content).items

    async def retry_job(self, job_id: str) -> None:
        await self._call("POST", f"/api/jobs/{_part(job_id)}/retry")

    async def drop_job(self, job_id: str) -> None:
        await self._call("DELETE", f"/api/jobs/{_part(job_id)}")

    async def log(self, severity: str = "") -> Sequence[Record]:
        """The newest first; of a severity and above."""
        asked = {"limit": "200"} | ({"severity": severity} if severity else {})
        return wire.parse(Records, (await self._call("GET", "/api/logs", params=asked)).content).items

    async def sessions(self) -> Sequence[Session]:
        """The one spoken in last first."""
        return wire.parse(Sessions, (await self._call("GET", "/api/sessions")).content).items

    async def unread_count(self) -> int:
        return wire.parse(wire.CountWire, (await self._call("GET", "/api/notifications/unread-count")).content).count

    async def info(self) -> wire.HubWire:
        return wire.parse(wire.HubWire, (await self._call("GET", "/api/hub")).content)

    async def health(self) -> Mapping[str, Any]:
        found = _json(await self._call("GET", "/api/health"))
        return found if isinstance(found, dict) else {}

    # -- triage and decisions ------------------------------------------------------------------------------------
    async def triage(
        self,
        row_id: str,
        verb: Verb,
        *,
        seen: int | None = None,
        idempotency_key: str = "",
        until: int | None = None,
        scope: Scope | None = None,
    ) -> int | None:
        """One row. Answers the rev that shows it; None: the hub does not say. `until`, `scope`: of a snooze or a mute."""
        body: dict[str, object] = {} if seen is None or verb == "unmute" else {"seen": seen}
        body |= ({} if until is None else {"until": to_wire(until)}) | ({} if scope is None else {"scope": scope})
        headers = _once(idempotency_key)
        response = await self._call("POST", f"/api/notifications/{_part(row_id)}/{verb}", json=body, headers=headers)
        return _number(response, "X-Inbox-Rev")

    async def triage_rows(
        self, verb: Verb, rows: Mapping[str, int], *, idempotency_key: str = "", until: int | None = None
    ) -> BulkAnswer:
        """At most 250 rows of a hub of ours: by id, the raised_rev that was shown."""
        body: dict[str, object] = {"rows": [{"id": row_id, "seen": seen} for row_id, seen in rows.items()]}
        body |= {} if until is None else {"until": to_wire(until)}
        return _bulk(await self._call("POST", f"/api/notifications/{verb}", json=body, headers=_once(idempotency_key)))

    async def mutes(self) -> Sequence[Mapping[str, Any]]:
        """What is muted: {id, scope, subject, label, until, by, created_at}, the oldest first."""
        return _entries(await self._call("GET", "/api/mutes"))

    async def make_mute(self, rule: Mapping[str, Any]) -> None:
        """A rule as it was listed before it was lifted."""
        body = {name: rule[name] for name in ("scope", "subject", "label", "until") if rule.get(name)}
        await self._call("POST", "/api/mutes", json=body)

    async def lift_mute(self, mute_id: str) -> None:
        await self._call("DELETE", f"/api/mutes/{_part(mute_id)}")

    async def triage_all(
        self,
        verb: Literal["read", "done"],
        *,
        up_to: int | None = None,
        unread: bool = False,
        needs_me: bool = False,
        idempotency_key: str = "",
    ) -> BulkAnswer:
        body: dict[str, object] = {} if up_to is None else {"up_to": up_to}
        body |= ({"unread": True} if unread else {}) | ({"needs_me": True} if needs_me else {})
        # The hub goes through all its rows in small commits: a large inbox takes longer than any other call.
        slow = httpx.Timeout(120, connect=CONNECT_SECONDS)
        headers = _once(idempotency_key)
        return _bulk(await self._call("POST", f"/api/notifications/{verb}", json=body, headers=headers, timeout=slow))

    async def decide(
        self, row_id: str, *, key: str, comment: str, raised_rev: int, epoch: int, attempt: str, shown_hash: str = ""
    ) -> Item:
        """The row with its decision. The same `attempt` may be sent again until it is answered."""
        body = {"key": key, "comment": comment, "raised_rev": raised_rev, "epoch": epoch, "attempt": attempt}
        body |= {"shown_hash": shown_hash} if shown_hash else {}
        return _item(await self._call("POST", f"/api/notifications/{_part(row_id)}/decision", json=body))

    # -- the hub itself ------------------------------------------------------------------------------------------
    async def create_key(self, name: str, role: str, *, allow_timeout_approve: bool = False) -> NewKey:
        body = {"name": name, "role": role} | ({"allow_timeout_approve": True} if allow_timeout_approve else {})
        found = _json(await self._call("POST", "/api/keys", json=body))
        try:
            token, secret = found["notilens"]["token"], found["notilens"]["secret"]
            return NewKey(found["id"], found["name"], found["role"], found["space"], found["key"], token, secret)
        except (KeyError, TypeError):
            raise wire.Malformed("The hub sent something that is no key.") from None

    async def keys(self) -> Sequence[Mapping[str, Any]]:
        return _entries(await self._call("GET", "/api/keys"))

    async def revoke_key(self, key_id: str) -> None:
        await self._call("DELETE", f"/api/keys/{_part(key_id)}")

    async def stop(self) -> None:
        await self._call("POST", "/api/hub/stop", json={})

    async def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        with _said(self.target):
            response = await self.client.request(method, path, **options)
        if response.status_code >= 300:
            raise refusal(response.status_code, response.content, response.headers)
        return response


@contextmanager
def _said(target: Target) -> Iterator[None]:
    """What went wrong on the way, in our words."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotConnected(why(error, target)) from error
    except httpx.HTTPError as error:
        raise HubUnreachable(why(error, target)) from error


def why(error: Exception, target: Target) -> str:
    """A failed connection in words."""
    if isinstance(error, httpx.ConnectTimeout):
        what = f"no answer within {CONNECT_SECONDS:g} s"
    elif isinstance(error, httpx.TimeoutException):
        what = "it fell silent"
    elif isinstance(error, httpx.ConnectError):
        what = "not running" if target.is_local else _why_not_connected(error)
    elif isinstance(error, TooMuch):
        what = str(error)
    else:
        what = "the connection broke"
    return f"{target.name}: {what}"


def _why_not_connected(error: BaseException) -> str:
    """From the first system error behind it: the parts in between say only that all attempts failed."""
    causes: list[BaseException] = [error]
    for cause in causes:
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, socket.gaierror):
            return "no such host"
        behind = cause.exceptions if isinstance(cause, BaseExceptionGroup) else (cause.__cause__, cause.__context__)
        causes += [one for one in behind if one is not None and len(causes) < 20]
    return f"cannot connect ({error})"


def refusal(status: int, body: bytes, headers: Mapping[str, str]) -> Refused:
    """The hub's "no", from whatever body it sent."""
    try:
        said = wire.ProblemWire.model_validate_json(body)
    except ValueError:
        said = wire.ProblemWire()
    after = headers.get("Retry-After", "")
    detail = said.detail or said.title or f"the hub answered {status}"
    extra = dict(said.model_extra or {})
    return Refused(status, detail[:1000], code=said.code, extra=extra, retry_after=int(after) if after.isdecimal() else None)


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise wire.Malformed("The hub sent something that is no JSON.") from None


def _item(response: httpx.Response) -> Item:
    found = _json(response)
    if isinstance(found, dict):
        found.pop("$schema", None)
    return wire.item(json.dumps(found, ensure_ascii=False, separators=(",", ":")))


def _entries(response: httpx.Response) -> Sequence[Entry]:
    return wire.parse(wire.TimelineWire, response.content).items or []


def _once(idempotency_key: str) -> dict[str, str]:
    """The header by which a call that is repeated does nothing."""
    return {"Idempotency-Key": idempotency_key} if idempotency_key else {}


def _bulk(response: httpx.Response) -> BulkAnswer:
    rev, changed, skipped, raised = (_number(response, f"X-Inbox-{name}") for name in ("Rev", "Changed", "Skipped", "Raised"))
    return BulkAnswer(rev, changed or 0, skipped or 0, raised or 0)


def _number(response: httpx.Response, name: str) -> int | None:
    text = response.headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _part(text: str) -> str:
    """One segment of a path."""
    return quote(text, safe="")
