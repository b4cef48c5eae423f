"""`inbox watch`: real hubs, real pipes, real signals."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import decide, ended, inbox, open_question, running
from hubs import RunningHub

from inbox_tui.cli import watching
from inbox_tui.cli.watching import News, spoken
from inbox_tui.core.model import APPROVE, REJECT, Notification

CHOICES = [{"key": "approve", "label": "approve"}, {"key": "reject", "label": "reject"}]


@contextmanager
def following(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A watcher to which all is told that is published from here on."""
    with running("watch", *arguments) as process:
        assert process.stderr is not None
        assert "following" in process.stderr.readline()
        yield process


def line(process: subprocess.Popen[str]) -> str:
    """The next line, without the time of day."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n").partition(" ")[2]


def test_a_line_an_event(hub: RunningHub) -> None:
    hub.publish(title="there before", kind="message")
    hub.publish(title="Asked before?", choices=CHOICES)
    with following() as process:
        for said in ("error: first line second from ci", "error: first line second, 2 times from ci"):
            # One after the other: a reader that is behind hears of both at once.
            hub.publish(title="first \x1b[31m\x07line\nsecond", kind="message", source="ci", severity="error")
            assert line(process) == said
        question = open_question(hub)
        assert question
        decide(hub, question, "approve")
        assert line(process).startswith("answered: Asked before?: approved by ")
        asked = hub.publish(title="Deploy?", choices=CHOICES, source="ci")
        told = line(process)
        assert told == f"question: Deploy? (approve, reject) from ci, {asked['id']}@{asked['rev']}"
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)
        assert (code, out, err.strip()) == (130, "", "")


def test_as_documents(hub: RunningHub) -> None:
    with following("--json") as process:
        hub.publish(title="grüße \u202e", kind="message")
        assert process.stdout is not None
        text = process.stdout.readline()
        document = json.loads(text)
        assert (document["event"], document["notification"]["title"].strip()) == ("new", "grüße")
        assert text.isascii()


def test_only_what_the_filter_finds(hub: RunningHub) -> None:
    with following("severity:error", "source:ci") as process:
        hub.publish(title="no", kind="message", source="ci")
        hub.publish(title="neither", kind="message", severity="error", source="cron")
        hub.publish(title="yes", kind="message", severity="error", source="ci")
        assert line(process) == "error: yes from ci"
    refused = inbox("watch", "severty:error")
    assert (refused.returncode, "severity" in refused.stderr, "^" in refused.stderr) == (2, True, True)


def test_a_hub_that_restarts_is_waited_for_and_nothing_is_missed(hub: RunningHub) -> None:
    with following() as process:
        hub.publish(title="before", kind="message")
        assert line(process) == "message: before from local"
        process.send_signal(signal.SIGSTOP)
        hub.kill9()
        hub.restart()
        hub.publish(title="meanwhile", kind="message")
        process.send_signal(signal.SIGCONT)
        assert line(process) == "message: meanwhile from local"
        hub.publish(title="after", kind="message")
        assert line(process) == "message: after from local"


def test_without_a_hub_it_says_so_at_once(home: Path) -> None:
    assert inbox("watch").returncode == 3


def test_it_ends_quietly_where_nobody_reads_any_more(hub: RunningHub) -> None:
    with following() as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        hub.publish(title="unheard", kind="message")
        assert process.wait(20) == 141
        assert process.stderr is not None
        assert process.stderr.read() == ""


def row(id_: str, raised_rev: int, **members: object) -> Notification:
    return Notification(id_, "message", "x", 0, 0, raised_rev=raised_rev, rev=raised_rev, **members)  # type: ignore[arg-type]


def test_each_call_is_told_once_and_quiet_changes_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REMEMBERED", 3)
    news = News(lambda row: True, began_at=10)
    assert news.take(row("old", 10)) is None
    assert [news.take(row("a", 11)), news.take(row("a", 11)), news.take(row("a", 12))] == ["new", None, "again"]
    for n, id_ in enumerate("bcde"):
        assert news.take(row(id_, 13 + n)) == "new"
    assert news.take(row("a", 12)) is None
    assert news.take(row("a", 20, count=3)) == "again"


def test_the_end_of_a_question_is_told_where_its_beginning_was_wanted() -> None:
    asks = {"actionable": True, "is_prompt": True, "choices": (APPROVE, REJECT)}
    news = News(lambda row: row.id != "unwanted", began_at=10)
    news.know(row("early", 5, **asks))
    assert news.take(row("early", 5, **asks, closed="expired")) == "closed"
    assert news.take(row("early", 5, **asks, closed="expired")) is None
    assert news.take(row("unwanted", 12, **asks)) is None
    assert news.take(row("unwanted", 12, **asks, closed="expired")) is None
    assert spoken("closed", row("early", 5, **asks, closed="expired"), 0).endswith("closed: x: expired, not answered")
