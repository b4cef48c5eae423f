"""Everybody who may not, at every route: who they are, what they name, and how their answers are compared.

What is named is real, of the space NORTH, or the like of it that never was. To anybody else the two must be the same.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hubs import RunningHub, form
from notilens_seed import LOOP
from pydantic import BaseModel

from inbox_tui.core.flows.document import Flows
from inbox_tui.core.ids import decode, encode, from_uuid, to_uuid
from inbox_tui.dialects.agent_notifier import PREFIXES
from inbox_tui.dialects.agent_notifier.approval import ApprovalBody
from inbox_tui.dialects.agent_notifier.message import MessageBody
from inbox_tui.dialects.agent_notifier.session import SessionBody
from inbox_tui.dialects.gestalt import NotifyBody
from inbox_tui.dialects.notilens import NotiLensEvent
from inbox_tui.dialects.own import EventBody
from inbox_tui.hub import wire, wire_approvals, wire_machine, wire_metrics
from inbox_tui.hub.access import Door, Role
from inbox_tui.hub.endpoints import Endpoint
from inbox_tui.hub.wire_agent_notifier import LinkQuery
from inbox_tui.hub.wire_flows import JobsQuery
from inbox_tui.hub.wire_gestalt import NewNamedSession
from inbox_tui.hub.wire_logs import LogsQuery, LogStreamQuery

ROLES: tuple[Role, ...] = ("send", "operate")
NORTH, SOUTH, GONE = "north", "south", "gone"
LATER = "2100-01-01T00:00:00Z"
SECRET = "what only the north may know"


@dataclass(frozen=True)
class Named:
    """What a call can name. `message` and `agent_session` are spelt as UUIDs."""

    id: str
    mute: str
    message: str
    agent_session: str
    media: str
    job: str
    key: str
    run_id: str
    session: str
    token: str
    rev: int
    epoch: int
    name: str = NORTH
    file: str = "HubBody.json"

    @property
    def approval(self) -> str:
        """The question, spelt as a UUID."""
        return to_uuid(self.id)

    def unlike(self, word: str = "none") -> Named:
        """Of the same form and the same time, and nobody's; by another word of four letters another."""
        return replace(
            self,
            **{name: encode(decode(getattr(self, name)) ^ 1 << 40) for name in ("id", "mute", "media", "job")},
            **{name: _unlike_uuid(getattr(self, name)) for name in ("message", "agent_session")},
            **{name: getattr(self, name)[:-4] + word for name in ("key", "run_id", "session", "token")},
            rev=self.rev - 1,
            epoch=self.epoch - 1,
            name="never",
        )


def _unlike_uuid(text: str) -> str:
    return to_uuid(encode(decode(from_uuid(text)) ^ 1 << 40))


BODIES: Mapping[type[BaseModel], Callable[[Named], dict[str, Any]]] = {
    EventBody: lambda n: {
        "title": "intruder",
        "kind": "task.started",
        "run_id": n.run_id,
        "session_id": n.session,
        "parent_id": n.id,
        "supersedes": n.id,
    },
    NotiLensEvent: lambda n: LOOP | {"run_id": n.run_id},
    NotifyBody: lambda n: {"session_id": n.session, "payload": {"type": "start"}, "event_id": n.key},
    NewNamedSession: lambda n: {"id": n.session},
    Flows: lambda n: {},
    MessageBody: lambda n: {
        "type": "session_end",
        "title": "intruder",
        "session_id": n.agent_session,
        "parent_id": n.message,
        "client_event_id": n.message,
    },
    ApprovalBody: lambda n: {"title": "intruder", "session_id": n.agent_session, "parent_id": n.message},
    SessionBody: lambda n: {},
    wire.AcknowledgeBody: lambda n: {"id": n.id, "epoch": n.epoch},
    wire.WithdrawBody: lambda n: {},
    wire.HintBody: lambda n: {"session_id": n.session},
    wire.HookBody: lambda n: {"hook_event_name": "SessionEnd", "session_id": n.session, "reason": "other"},
    wire.TriageBody: lambda n: {},
    wire.SnoozeBody: lambda n: {"until": LATER},
    wire.MuteRowBody: lambda n: {},
    wire.UnmuteRowBody: lambda n: {},
    wire.TriageAllBody: lambda n: {"up_to": n.rev},
    wire.SnoozeAllBody: lambda n: {"up_to": n.rev, "until": LATER},
    wire.NewMuteBody: lambda n: {"scope": "notification", "notification": n.id},
    wire.DecideBody: lambda n: {"key": "approve", "raised_rev": n.rev, "epoch": n.epoch, "attempt": f"attempt {n.rev}"},
    wire_machine.NewKeyBody: lambda n: {"name": "intruder", "role": "operate", "space": n.name},
    wire_machine.WebhookBody: lambda n: {"name": "send", "space": n.name, "url": "https://example.com/"},
    wire_machine.NewSpaceBody: lambda n: {"name": n.name},
}
QUERIES: Mapping[type[BaseModel], Callable[[Named], str]] = {
    wire.PollQuery: lambda n: f"epoch={n.epoch}",
    wire.ListQuery: lambda n: f"before={n.id}",
    wire_metrics.MetricsQuery: lambda n: f"source=send&task={n.run_id}&by=who",
    wire.StreamQuery: lambda n: f"last_event_id={n.rev}",
    wire_approvals.WaitQuery: lambda n: "wait=0",
    wire_approvals.ResponsesQuery: lambda n: "limit=1",
    LinkQuery: lambda n: f"link={SOUTH}.9999999999.{'A' * 24}",
    JobsQuery: lambda n: f"before={n.job}",
    LogsQuery: lambda n: f"session_id={n.session}&text={n.key}",
    LogStreamQuery: lambda n: f"session_id={n.session}&after=0",
    wire_machine.KeysQuery: lambda n: f"space={n.name}",
    wire_machine.RemoveSpaceQuery: lambda n: f"confirm={n.name}",
    wire_machine.SigningSecretQuery: lambda n: "",
}
PATHS = {
    "/api/mutes/{id}": "/api/mutes/{mute}",
    "/api/jobs/{id}": "/api/jobs/{job}",
    "/api/jobs/{id}/retry": "/api/jobs/{job}/retry",
    "/api/sessions/{id}": "/api/sessions/{session}",
    "/api/sessions/{id}/notify": "/api/sessions/{session}/notify",
}
for _prefix in PREFIXES:
    PATHS[f"{_prefix}/messages/{{id}}/status"] = f"{_prefix}/messages/{{message}}/status"
    PATHS[f"{_prefix}/media/{{id}}/{{name}}"] = f"{_prefix}/media/{{media}}/{{name}}"
    PATHS[f"{_prefix}/sessions/{{id}}"] = f"{_prefix}/sessions/{{agent_session}}"
    for _path in ("approvals/{id}", "approvals/{id}/ack", "action-responses/{id}/ack"):
        PATHS[f"{_prefix}/{_path}"] = f"{_prefix}/{_path.replace('id', 'approval')}"
"""A new body, query or path has to be told here what it can name."""


@dataclass(frozen=True)
class Caller:
    """`space` is "" for who has none (any more); then every door but the open ones is closed."""

    who: str
    by: str
    role: Role | None = None
    space: str = ""
    key: str = ""
    stream_token: str = ""

    def __str__(self) -> str:
        return self.who


@dataclass(frozen=True)
class Said:
    """An answer, without what differs from call to call anyhow."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    text: str


_SETS_OFF = "walk.job"
_LATER = {
    "triggers": [{"id": "later", "event_type": _SETS_OFF}],
    "bindings_by_trigger_id": {"later": [{"activity_id": "forward", "config": {"to": [SECRET], "unanswered_minutes": 60}}]},
}
"""Leaves a job that nobody begins."""


class Walk:
    """A hub with three spaces. The same names are in each, so that nothing but the space tells them apart."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        for space in (NORTH, SOUTH, GONE):
            assert hub.call("POST", "/api/spaces", {"name": space}).status == 201
        keys = {
            (space, role): hub.new_key(role, role, space=space) for space in (NORTH, SOUTH, GONE) for role in ("send", "operate")
        }
        revoked = {role: hub.new_key(f"revoked {role}", role, space=NORTH) for role in ("send", "operate")}
        self._owners = {role: keys[NORTH, role] for role in ("send", "operate")}
        south = keys[SOUTH, "operate"]["key"]
        made = hub.call("POST", "/api/stream-token", by="tcp", headers={"X-API-Key": south}).document["token"]
        self.callers = [
            Caller("nobody", "tcp"),
            *(Caller(f"a revoked {role} key", "tcp", key=key["key"]) for role, key in revoked.items()),
            *(Caller(f"the {role} key of a removed space", "tcp", key=keys[GONE, role]["key"]) for role in ROLES),
            Caller("another space's send key", "tcp", "send", SOUTH, keys[SOUTH, "send"]["key"]),
            Caller("another space's operate key", "tcp", "operate", SOUTH, south),
            Caller("another space's stream token", "tcp", space=SOUTH, stream_token=made),
            Caller("send.sock", "send", "send", "default"),
            Caller("operate.sock", "operate", "operate", "default"),
            Caller("the send key", "tcp", "send", NORTH, self._owners["send"]["key"]),
            Caller("the operate key", "tcp", "operate", NORTH, self._owners["operate"]["key"]),
        ]
        flows = self.hub.call("PUT", "/api/flow/config", _LATER, by="tcp", headers={"X-API-Key": keys[NORTH, "operate"]["key"]})
        assert flows.status == 204, flows
        for key in revoked.values():
            assert hub.call("DELETE", f"/api/keys/{key['id']}").status == 204
        assert hub.call("DELETE", f"/api/spaces/{GONE}?confirm={GONE}").status == 204

    def something_new(self) -> Named:
        """A question that was read, a run, a message and a mute in the north."""
        unique = os.urandom(6).hex()
        key, run_id, session = f"ask-{unique}", f"run-{unique}", f"session-{unique}"
        question = self._publish(key, is_prompt=True, session_id=session, run_id=run_id)
        self._publish(f"run-{unique}", kind="task.started", run_id=run_id, task_name=run_id, meta={"n": 1, "who": SECRET})
        self._publish(f"message-{unique}", tags=[unique])
        agent_session = self._post("/sessions", {"title": SECRET})
        message = self._post("/messages", {"type": "alert", "title": f"{SECRET} {unique}", "session_id": agent_session})
        media = self.hub.upload(SECRET.encode(), NORTH, by="tcp", key=self._owners["send"]["key"]).document["url"].split("/")[-2]
        headers = {"X-API-Key": self._owners["operate"]["key"], "Idempotency-Key": key}
        assert self.hub.call("POST", f"/api/notifications/{question['id']}/read", by="tcp", headers=headers).status == 204
        sending = {"X-API-Key": self._owners["send"]["key"]}
        assert self.hub.call("POST", "/api/sessions", {"id": session}, by="tcp", headers=sending).status == 201
        self._publish(f"job-{unique}", kind=_SETS_OFF)
        job = self.hub.call("GET", "/api/jobs?limit=1", by="tcp", headers=headers).document["items"][0]["id"]
        rule = {"scope": "source", "subject": f"nobody {unique}", "label": SECRET}
        mutes = self.hub.call("POST", "/api/mutes", rule, by="tcp", headers=headers).document["items"]
        token = self._owners["send"]["notilens"]["token"]
        return Named(
            question["id"],
            mutes[-1]["id"],
            message,
            agent_session,
            media,
            job,
            key,
            run_id,
            session,
            token,
            question["rev"],
            question["epoch"],
        )

    def _post(self, path: str, body: dict[str, Any]) -> str:
        headers = {"X-API-Key": self._owners["send"]["key"]}
        reply = self.hub.call("POST", PREFIXES[0] + path, body, by="tcp", headers=headers)
        assert reply.status in (201, 202), reply
        return str(reply.document["id"])

    def _publish(self, key: str, **event: Any) -> dict[str, Any]:
        headers = {"X-API-Key": self._owners["send"]["key"], "Idempotency-Key": key}
        reply = self.hub.call("POST", "/api/events", {"title": SECRET, "body": SECRET} | event, by="tcp", headers=headers)
        assert reply.status == 202, reply
        document: dict[str, Any] = reply.document
        return document

    def north(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the store has of it."""
        database = sqlite3.connect(f"file:{self.hub.paths.hub_database}?mode=ro", uri=True)
        try:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            # All but when the clock last looked for what is kept no longer.
            columns = {"space": "name, epoch, rev, floor, last_id, unread, size, mutes, removed_at"}
            found = {table: database.execute(f"SELECT {columns.get(table, '*')} FROM {table}").fetchall() for table in tables}
            return {table: [record for record in records if NORTH in record] for table, records in found.items()}
        finally:
            database.close()

    def ask(self, endpoint: Endpoint, caller: Caller, named: Named, *, queries: bool = True) -> Said:
        """One call, naming all that it can."""
        path = re.sub(r"{(\w+)}", lambda part: str(getattr(named, part[1])), PATHS.get(endpoint.path, endpoint.path))
        query = [QUERIES[endpoint.query](named)] if endpoint.query is not None and queries else []
        query += [f"token={caller.stream_token}"] if caller.stream_token else []
        headers = {"X-API-Key": caller.key} if caller.key else {}
        if endpoint.door is Door.WEBHOOK:
            headers = {"X-NOTILENS-KEY": caller.key.rpartition("_")[2]}
        if "Idempotency-Key" in endpoint.takes_headers:
            headers["Idempotency-Key"] = named.key
        body = None if endpoint.body is None else json.dumps(BODIES[endpoint.body](named)).encode()
        if endpoint.takes_file:
            body, headers["Content-Type"] = form(b"intruder", "intruder")
        connection = self.hub.connect(caller.by)
        try:
            connection.request(endpoint.method, f"{path}?{'&'.join(query)}", body, headers)
            response = connection.getresponse()
            is_stream = response.status == 200 and endpoint.media_type == "text/event-stream"
            text = b"".join(iter(response.readline, b"\n")) if is_stream else response.read()
            told = {name.lower(): value for name, value in response.getheaders()}
            kept = ((name, value) for name, value in sorted(told.items()) if name not in ("content-length", "date"))
            return Said(response.status, tuple((name, plain(value, named)) for name, value in kept), plain(text.decode(), named))
        finally:
            connection.close()


_VARYING = {
    "<uuid>": r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    "<ulid>": r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b",
    "<time>": r"\b20\d\d-\d\d-\d\dT[\d:.]+Z",
    "<rev>": r"\b\d{16}\b",
    "link=<link>": r"\blink=[\w.-]+",
    "<token>": r"\bst_[\w.-]+",
    "\\1 <number>": r"(?m)^(\w+(?:{[^}]*})?) [\d.e-]+$",  # of the hub as a whole, as /metrics has them
}


def plain(text: str, named: Named) -> str:
    """The text with a word for each of what was named, and for what is another each time."""
    for name in ("id", "mute", "media", "message", "agent_session", "key", "run_id", "session", "token"):
        text = text.replace(getattr(named, name), f"<{name}>")
    for word, pattern in _VARYING.items():
        text = re.sub(pattern, word, text)
    return text


def closed(endpoint: Endpoint, caller: Caller) -> int | None:
    """The status that keeps the caller out whatever it names; None: it is let in, to its own space."""
    if endpoint.door is Door.OPEN:
        return None
    if endpoint.door is Door.MACHINE:
        return 403
    if endpoint.door is Door.WEBHOOK and caller.by == "tcp":
        return None if caller.space == NORTH and caller.role in endpoint.roles else 401  # its secret fits no other's token
    if caller.role is None:
        return None if caller.stream_token and endpoint.door is Door.STREAM else 401
    return None if caller.role in endpoint.roles else 403


def intruders(walk: Walk, endpoint: Endpoint) -> Iterator[Caller]:
    """Everybody but those whom the endpoint is for."""
    for caller in walk.callers:
        is_owner = caller.space == NORTH and closed(endpoint, caller) is None
        is_operator = caller.by == "operate" and endpoint.door is Door.MACHINE
        if endpoint.door is Door.OPEN or not (is_owner or is_operator):
            yield caller


def owner(walk: Walk, endpoint: Endpoint) -> Caller:
    role = "operate" if "operate" in endpoint.roles else "send"
    return next(caller for caller in walk.callers if caller.space == NORTH and caller.role == role)
