"""The description is complete and true: made from the routes, and what the hub answers fits it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from hubs import RunningHub

from inbox_tui.hub.app import ENDPOINTS

SEED_001 = {
    "id", "fingerprint", "kind", "severity", "task_name", "run_id", "title", "body", "count", "occurrences",
    "created_at", "last_occurred_at",
}  # fmt: skip


@pytest.fixture(scope="module")
def described(shared_hub: RunningHub) -> dict[str, Any]:
    document: dict[str, Any] = shared_hub.call("GET", "/openapi.json", by="tcp").document
    return document


def test_every_call_is_described_and_nothing_else(described: dict[str, Any]) -> None:
    found = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert found == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert described["openapi"].startswith("3.1")
    ids = [one["operationId"] for methods in described["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/([\w-]+)", str(described)))
    assert names
    assert names <= set(described["components"]["schemas"])
    assert {"NotificationsListBody", "ErrorModel"} <= names


def test_a_notification_has_what_seed_001_requires(described: dict[str, Any]) -> None:
    assert set(described["components"]["schemas"]["NotificationItem"]["required"]) >= SEED_001
    listed = described["components"]["schemas"]["NotificationsListBody"]["properties"]
    assert {"$schema", "items", "next_cursor"} <= set(listed)


def test_the_stream_is_described_as_seed_003_does(described: dict[str, Any]) -> None:
    content = described["paths"]["/api/notifications/stream"]["get"]["responses"]["200"]["content"]
    events = content["text/event-stream"]["schema"]["items"]["oneOf"]
    assert {event["properties"]["event"]["const"] for event in events} == {
        "notification.created",
        "notification.updated",
        "notification.removed",
        "notifications.unread_count_changed",
        "ping",
        "resync",
    }


def test_the_schema_that_an_answer_names_is_there(shared_hub: RunningHub) -> None:
    shared_hub.publish(title="one")
    operator = {"X-API-Key": shared_hub.new_key("reader", "operate")["key"]}
    for path in (
        "/api/notifications",
        "/api/hub",
        "/api/health",
        "/api/notifications?limit=0",
        "/api/notifications/unread-count",
    ):
        named = shared_hub.call("GET", path, by="tcp", headers=operator).document["$schema"]
        assert named.startswith(f"{shared_hub.url}/schemas/")
        schema = shared_hub.call("GET", urlsplit(named).path, by="tcp")
        assert (schema.status, schema.headers["content-type"]) == (200, "application/schema+json")
        assert schema.document["$id"] == named
        assert schema.document["type"] == "object"
    behind_a_proxy = {"Host": "localhost:8443", "X-Forwarded-Proto": "https"}
    named = shared_hub.call("GET", "/api/health", by="tcp", headers=behind_a_proxy).document["$schema"]
    assert named == "https://localhost:8443/schemas/HealthBody.json"


def test_every_status_that_the_hub_gave_is_described(shared_hub: RunningHub, described: dict[str, Any]) -> None:
    given = {
        ("POST", "/api/events", "send"): ({"title": "x"}, 202),
        ("POST", "/api/events", "operate"): ({"title": "x"}, 403),
        ("GET", "/api/keys", "operate"): (None, 200),
        ("POST", "/api/notifications/read", "operate"): (None, 204),
    }
    for (method, path, by), (body, status) in given.items():
        assert shared_hub.call(method, path, body, by=by).status == status
        assert str(status) in described["paths"][path][method.lower()]["responses"]
