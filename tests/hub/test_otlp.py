"""The hub's log at a collector, by the official exporter: what arrives there, and that no collector is ever waited for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import eventually, running
from gestalt_seed import CODEX
from hubs import RunningHub
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from receiver import Receiver, hold, status

from inbox_tui import __version__
from inbox_tui.cli.checks.finding import scene_of
from inbox_tui.cli.checks.hub import exported
from inbox_tui.hub import otlp
from inbox_tui.hub.logs import MOST_RECORDS, Logs

PATH = "/v1/logs"
SECRET = "collector-key"


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with Receiver() as collector:
        yield collector


def exporting(home: Path, collector: Receiver) -> RunningHub:
    file = home / "config.toml"
    file.write_text(f'[logs]\notlp_endpoint = "{collector.url(PATH)}"\notlp_headers = {{ X-Key = "{SECRET}" }}\n')
    return RunningHub.start(home)


def notify(hub: RunningHub, summary: str) -> None:
    body = CODEX | {"payload": {"type": "plan-new", "summary": summary}, "event_id": ""}
    assert hub.call("POST", "/api/sessions/Codex%201/notify", body, by="send").status == 204


def arrived(collector: Receiver) -> list[tuple[dict[str, str], Any, dict[str, str]]]:
    """(the resource, a record, its attributes), one after another."""
    found = []
    for got in collector.at(PATH):
        for resource in ExportLogsServiceRequest.FromString(got.body).resource_logs:
            for scope in resource.scope_logs:
                found += [(_texts(resource.resource), record, _texts(record)) for record in scope.log_records]
    return found


def _texts(of: Any) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in of.attributes}


def summaries(collector: Receiver) -> list[str]:
    return [attributes["notify.summary"] for _, _, attributes in arrived(collector) if "notify.summary" in attributes]


def told(hub: RunningHub, words: str) -> list[str]:
    return [line for line in hub.paths.hub_log.read_text().splitlines() if words in line]


def doctor() -> tuple[str, str]:
    (finding,) = exported(scene_of(os.environ))
    return finding.level, finding.said


def test_every_record_arrives_as_the_log_has_it(home: Path, collector: Receiver) -> None:
    hub = exporting(home, collector)
    notify(hub, "Ship 🚀")
    key = {"X-API-Key": hub.new_key("far", "send", space=_space(hub, "north"))["key"]}
    body = CODEX | {"event_id": ""}
    assert hub.call("POST", "/api/sessions/Codex%201/notify", body, by="tcp", headers=key).status == 204
    listed = hub.call("GET", "/api/logs?category=notification").document["items"]
    assert hub.stop() == 0
    found = arrived(collector)
    resources = [resource for resource, _, _ in found]
    assert {(each["service.name"], each["service.version"]) for each in resources} == {("inbox", __version__)}
    assert {got.headers["x-key"] for got in collector.at(PATH)} == {SECRET}

    of_notifies = [each for each in found if each[1].body.string_value == "notify event accepted"]
    assert [attributes["inbox.space"] for _, _, attributes in of_notifies] == ["default", "north"]
    _, record, attributes = of_notifies[0]
    assert (record.severity_number, record.severity_text) == (9, "INFO")
    assert attributes == listed[0]["attributes"] | {"inbox.space": "default"}
    assert record.time_unix_nano // 1_000_000_000 == pytest.approx(time.time(), abs=60)

    own = {record.body.string_value.partition(":")[0]: attributes for _, record, attributes in found if record not in of_notifies}
    assert own["ready"] == {"gestalt.category": "hub", "gestalt.source": "inbox_tui.hub.serve"}
    assert "stopped" in own, "the end too"


def _space(hub: RunningHub, name: str) -> str:
    assert hub.call("POST", "/api/spaces", {"name": name}).status == 201
    return name


def test_a_collector_that_is_away_is_told_of_once_and_gets_everything_later(home: Path) -> None:
    with Receiver() as gone:
        pass
    hub = exporting(home, gone)
    notify(hub, "while it was away")
    assert doctor()[0] == "wrong", "also before the hub gives it up"
    (line,) = eventually(lambda: told(hub, "the log is not exported: 127.0.0.1"))
    assert doctor() == ("wrong", line.partition("inbox_tui.hub.otlp: ")[2])
    with Receiver(gone.port) as back:
        back.answers[PATH] += [status(503, retry_after="0")]
        notify(hub, "while it came back")
        eventually(lambda: told(hub, "exported again"))
        assert doctor() == ("fine", f"it is exported to 127.0.0.1:{gone.port}")
    assert summaries(back)[:2] == ["while it was away", "while it came back"]
    assert len(told(hub, "not exported")) == 1
    assert SECRET not in hub.paths.hub_log.read_text()
    assert hub.stop() == 0


def test_what_a_collector_refuses_is_lost_and_counted(home: Path, collector: Receiver) -> None:
    collector.answers[PATH] += [status(302, location="/login")]  # which the exporter itself takes for success
    hub = exporting(home, collector)
    eventually(lambda: told(hub, "answered 302"))
    notify(hub, "after")
    eventually(lambda: summaries(collector))
    refused, *taken = [len(_records(got.body)) for got in collector.at(PATH)]
    eventually(lambda: told(hub, f"so far {refused} of its records were lost"))
    assert taken
    assert hub.stop() == 0


def test_what_the_log_forgot_before_it_was_sent_is_counted(collector: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    logs = Logs()
    for n in range(MOST_RECORDS + 50):
        logs.add(str(n), {})
    collector.answers[PATH] += [status(400)]
    with caplog.at_level("INFO"), otlp.exporting(logs, collector.url(PATH), {}):
        eventually(lambda: f"so far {50 + len(_records(collector.got[0].body))} " in caplog.text if collector.got else None)
        eventually(lambda: arrived(collector)[-1][1].body.string_value == str(MOST_RECORDS + 49))
    assert [record.body.string_value for _, record, _ in arrived(collector)] == [str(50 + n) for n in range(MOST_RECORDS)]


def _records(body: bytes) -> list[Any]:
    (resource,) = ExportLogsServiceRequest.FromString(body).resource_logs
    return [record for scope in resource.scope_logs for record in scope.log_records]


def test_a_collector_that_hangs_holds_nobody(home: Path, collector: Receiver) -> None:
    let_go = threading.Event()
    collector.answers[PATH] += [hold(let_go)] * 100
    hub = exporting(home, collector)
    eventually(lambda: collector.got)
    notify(hub, "meanwhile")
    assert hub.stop() == 0
    assert not told(hub, "did not answer"), "the hub ended before the exporter gave up"
    assert len(collector.got) == 1
    let_go.set()


def test_without_the_exporter_it_says_what_to_install(home: Path, tmp_path: Path) -> None:
    shadow = tmp_path / "without" / "opentelemetry"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").touch()
    (home / "config.toml").write_text('[logs]\notlp_endpoint = "http://127.0.0.1:1/v1/logs"\n')
    log = home / "hub.log"
    with running("serve", "--listen", "127.0.0.1:0", PYTHONPATH=str(shadow.parent)):
        eventually(lambda: log.exists() and "pip install 'inbox-tui[otlp]'" in log.read_text())
