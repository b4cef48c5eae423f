"""Agent Notifier's calls at a real hub: what is answered, what is the same again, what belongs to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from agent_notifier_seed import MINIMAL, RICH, SECRETS, SPOKEN, WRONG
from commands import rows
from following import follow
from hubs import Reply, RunningHub

from inbox_tui.core.ids import to_uuid
from inbox_tui.dialects.agent_notifier import PREFIXES

RETRIES = 50


@dataclass(frozen=True)
class Project:
    """A sender of Agent Notifier's, with a key of its own."""

    hub: RunningHub
    name: str
    key: str
    prefix: str = PREFIXES[0]

    @classmethod
    def new(cls, hub: RunningHub, prefix: str = PREFIXES[0], **more: Any) -> Project:
        name = f"project {uuid4()}"
        return cls(hub, name, hub.new_key(name, "send", **more)["key"], prefix)

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        return self.hub.call(method, self.prefix + path, body, by="tcp", headers={"X-API-Key": self.key})

    def send(self, **body: Any) -> dict[str, Any]:
        reply = self.call("POST", "/messages", MINIMAL | body)
        assert reply.status == 202, reply
        accepted: dict[str, Any] = reply.document
        return accepted

    def refused(self, **body: Any) -> str:
        """The field that a message is refused for."""
        reply = self.call("POST", "/messages", MINIMAL | body)
        assert reply.status == 422, reply
        return str(reply.document["errors"][0]["location"])


@pytest.fixture(params=PREFIXES)
def project(shared_hub: RunningHub, request: pytest.FixtureRequest) -> Project:
    return Project.new(shared_hub, request.param)


def row_of(hub: RunningHub, accepted: dict[str, Any]) -> dict[str, Any]:
    """The row that a message went to: no two of one project are stored at the same microsecond."""
    [found] = [
        one for one in rows(hub) if one["sender"] == accepted["project_name"] and accepted["delivered_at"] in one["occurrences"]
    ]
    return found


def test_what_is_taken_is_answered_as_the_seed_says(project: Project) -> None:
    for body in (RICH, SPOKEN):
        accepted = project.send(**(body | {"client_event_id": str(uuid4())}))
        assert set(accepted) - {"audio_status"} == {"id", "delivered_at", "project_name", "user_hash"}
        assert accepted.get("audio_status") == ("queued" if body is SPOKEN else None)
        row = row_of(project.hub, accepted)
        assert (row["kind"], row["title"], row["sender"]) == (f"an.{body['type']}", body["title"], project.name)
        assert accepted["delivered_at"] == row["last_occurred_at"]
        assert accepted["project_name"] == project.name
        assert UUID(accepted["id"])


def test_the_hash_is_of_the_space_and_never_of_the_key(shared_hub: RunningHub) -> None:
    shared_hub.call("POST", "/api/spaces", {"name": "team"})
    one, other, elsewhere = Project.new(shared_hub), Project.new(shared_hub), Project.new(shared_hub, space="team")
    told = [project.send()["user_hash"] for project in (one, other, elsewhere)]
    assert told[0] == told[1] != told[2]
    assert all(len(one) == 12 and int(one, 16) >= 0 for one in told)
    assert told[0] not in hashlib.sha256(one.key.encode()).hexdigest()


def test_each_wrong_field_is_named(project: Project) -> None:
    for name, values in WRONG.items():
        assert project.refused(**{name: values[0]}).startswith(f"body.{name}"), name


def test_a_repeat_gets_the_first_answer_and_makes_nothing(project: Project) -> None:
    """Also where it says something else: whoever names an event says that it is the same."""
    name, client_event_id = f"build {uuid4()}", str(uuid4())
    first = project.send(title=name, client_event_id=client_event_id)
    assert project.send(title=name, client_event_id=client_event_id.upper()) == first
    assert project.send(title="another", priority=2, client_event_id=client_event_id) == first
    other = Project.new(project.hub)
    assert other.send(title=name, client_event_id=client_event_id)["id"] != first["id"]
    mine = [row for row in rows(project.hub) if row["sender"] == project.name]
    assert [(row["title"], row["count"]) for row in mine] == [(name, 1)]
    keyed = {"X-API-Key": project.key, "Idempotency-Key": client_event_id}
    posted = project.hub.call("POST", "/api/events", {"title": "of our own API"}, by="tcp", headers=keyed)
    assert posted.status == 202, "its keys are in a drawer of their own"


@pytest.fixture(params=["one hub", "two hubs on one PostgreSQL"])
def hubs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[RunningHub]]:
    if request.param == "one hub":
        started = [RunningHub.start(request.getfixturevalue("home"))]
    else:
        from conftest import short_folder

        dsn = request.getfixturevalue("dsn")
        with short_folder() as one, short_folder() as other:
            started = [RunningHub.start(folder, database=dsn) for folder in (one, other)]
            yield started
            for hub in started:
                hub.stop()
        return
    yield started
    for hub in started:
        hub.stop()


def test_fifty_retries_at_once_at_every_hub_are_one_message(hubs: list[RunningHub]) -> None:
    project, client_event_id = Project.new(hubs[0]), str(uuid4())

    def retry(number: int) -> str:
        at = Project(hubs[number % len(hubs)], project.name, project.key, PREFIXES[number % 2])
        return str(at.send(title="once", client_event_id=client_event_id, buttons=["Go"])["id"])

    with ThreadPoolExecutor(RETRIES) as pool:
        told = set(pool.map(retry, range(RETRIES)))
    assert len(told) == 1
    assert [one["title"] for one in rows(hubs[0])] == ["once"]


def test_a_session_is_the_hubs_and_is_opened_and_closed(project: Project) -> None:
    opened = project.call("POST", "/sessions", {"title": "Fix the build"})
    assert opened.status == 201
    session = opened.document
    assert (session["status"], session["title"], session["ended_at"]) == ("active", "Fix the build", None)
    for kind, status in (("alert", "active"), ("session_end", "ended"), ("alert", "ended"), ("session_start", "active")):
        message = project.send(type=kind, title=f"{kind} {status}", session_id=session["id"])
        assert project.call("GET", f"/sessions/{session['id']}").document["status"] == status
        assert row_of(project.hub, message)["session_id"] == session["id"]
    assert project.refused(session_id=str(uuid4())) == "body.session_id"
    other = Project.new(project.hub)
    assert other.refused(session_id=session["id"]) == "body.session_id"
    assert other.call("GET", f"/sessions/{session['id']}").status == 404
    assert project.call("POST", "/sessions").status == 201


def test_a_parent_is_a_message_of_the_same_project(project: Project) -> None:
    parent = project.send(title=f"parent {uuid4()}")
    child = project.send(title=f"child {uuid4()}", parent_id=parent["id"])
    row = row_of(project.hub, child)
    assert row["parent_id"] == row_of(project.hub, parent)["id"], "named as the inbox names rows"
    assert project.refused(parent_id=str(uuid4())) == "body.parent_id"
    assert Project.new(project.hub).refused(parent_id=parent["id"]) == "body.parent_id"
    again = project.send(title=f"child {uuid4()}", parent_id=child["id"].upper())
    assert row_of(project.hub, again)["parent_id"] == row["id"]


def test_the_status_of_a_message_is_for_its_own_project(project: Project) -> None:
    attachments = [{"kind": "image", "url": "https://x.example/1.png"}, {"kind": "file", "url": "https://x.example/2"}]
    meta = {"hook_source": "ci", "api_key": "hunter2"}
    sent = project.send(title=f"status {uuid4()}", attachments=attachments, metadata=meta)
    status = project.call("GET", f"/messages/{sent['id']}/status").document
    assert status == {
        "id": sent["id"],
        "audio_status": None,
        "attachments_count": 2,
        "attachment": attachments[0],
        "attachments": attachments,
        "metadata": {"hook_source": "ci", "api_key": "[redacted]"},
    }
    assert row_of(project.hub, sent)["meta"] == status["metadata"]
    assert Project.new(project.hub).call("GET", f"/messages/{sent['id']}/status").status == 404
    for none in (str(uuid4()), "x", to_uuid("0" * 26)):
        assert project.call("GET", f"/messages/{none}/status").status == 404


def test_what_was_folded_has_the_status_that_it_had_itself(project: Project) -> None:
    name = f"again and again {uuid4()}"
    sent = [project.send(title=name, metadata={"n": str(n)})["id"] for n in range(2)]
    told = [project.call("GET", f"/messages/{one}/status").document["metadata"] for one in sent]
    assert told == [{"n": "0"}, {"n": "1"}]


def test_repeats_of_one_subject_are_one_row(project: Project) -> None:
    meta = {"agent_notifier_schema": "hook.v1", "hook_subject_hash": uuid4().hex[:12]}
    first = project.send(title="Run tool: Bash", metadata=meta)
    again = project.send(title="Ran tool: Bash", metadata=meta)
    other = project.send(title="Run tool: Bash", metadata=meta | {"hook_subject_hash": uuid4().hex[:12]})
    found = [row_of(project.hub, sent) for sent in (first, again, other)]
    assert found[0]["id"] == found[1]["id"] != found[2]["id"]
    assert (found[1]["title"], found[1]["count"]) == ("Ran tool: Bash", 2)


FIELDS = (
    "title", "message", "project", "event", "tool_name", "command", "prompt", "subagent_id", "status", "url_title", "sound",
    "device", "unknown", "url", "image_url", "tts_text",
)  # fmt: skip


def planted(said: str, number: int) -> Iterator[dict[str, Any]]:
    """Messages that hold it, each in another of all the places that there are."""
    for name in FIELDS:
        yield {name: said}
        yield {name: f"https://x.example/?q={said}".replace(" ", "%20").replace("\n", "%0A")}
    linked = f"https://x.example/{number}?q={said}".replace(" ", "%20").replace("\n", "%0A")
    for one in ({"url": linked}, {"file_name": said}, {"mime_type": said}, {"thumbnail_url": linked}):
        yield {"attachments": [{"kind": "file", "url": "https://x.example/f"} | one]}
    yield {"attachment": {"kind": "image", "url": linked}}
    yield {"file_paths": [f"/tmp/{said}", said]}
    yield {"buttons": [said[:400], f"Go {said}"[:500]]}
    yield {"metadata": {"note": said, said: "note", "api_key": said}}
    yield {"unknown": {"deep": [said, {said: [said]}]}, said: said}
    yield {"type": said, "session_id": said, "voice": said}


async def test_a_planted_secret_is_nowhere(hub: RunningHub) -> None:
    project = Project.new(hub)
    begun = hub.call("GET", "/api/notifications").document["rev"]
    taken = 0
    for number, (said, _) in enumerate(SECRETS.values()):
        taken += sum(
            project.call("POST", "/messages", MINIMAL | {"title": f"{number}.{n}"} | body).status == 202
            for n, body in enumerate(planted(said, number))
        )
        project.call("POST", "/sessions", {"title": said, "project": said})
    assert taken > 30 * len(SECRETS)
    async with follow(hub, begun) as (_, reader):
        streamed = "".join(str(frame.data) for frame in await reader.until_ping())
    listed = "".join(hub.call("GET", f"/api/notifications/{one['id']}/events").text for one in rows(hub))
    hub.stop()
    kept = {str(path): path.read_bytes() for path in hub.home.rglob("*") if path.is_file()}
    assert any(b"Build finished" in data or b"main passed in" in data for data in kept.values()), "the database is among them"
    for _, secret in SECRETS.values():
        assert secret not in streamed + listed
        assert not [path for path, data in kept.items() if secret.encode() in data]
