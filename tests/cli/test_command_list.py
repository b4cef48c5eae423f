"""`inbox list` with a filter: the language of the pane, over what the hub has."""

from __future__ import annotations

import json

import pytest
from commands import inbox
from hubs import RunningHub

from inbox_tui.cli import rows as listing
from inbox_tui.cli.rows import fetch_view
from inbox_tui.core.query.parse import parse
from inbox_tui.wire import find_hub


def titles(*arguments: str) -> list[str]:
    done = inbox("list", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line)["title"] for line in done.stdout.splitlines()]


def test_a_filter_finds_what_it_finds_in_the_pane(hub: RunningHub) -> None:
    hub.publish(title="build failed", kind="task.failed", severity="error", source="ci", tags=["prod"], meta={"rows": 83})
    hub.publish(title="build passed", kind="task.completed", source="ci")
    hub.publish(title="Deploy the build?", kind="input.required")
    old = hub.publish(title="old build", source="ci")["id"]
    assert inbox("done", old).returncode == 0
    assert titles("severity:error") == ["build failed"]
    assert titles("build", "source:ci") == ["build passed", "build failed"]
    assert titles("meta.rows>80 tag:prod") == ["build failed"]
    assert titles("--", "-source:ci") == ["Deploy the build?"]
    assert titles("is:needs") == ["Deploy the build?"]
    assert titles("is:done") == ["old build"]
    assert titles("--limit", "1", "build") == ["Deploy the build?"]
    assert titles("zebra") == []
    put_off = hub.publish(title="late build", source="ci")["id"]
    assert inbox("snooze", put_off, "1h").returncode == 0
    assert titles("is:snoozed") == ["late build"]
    assert "late build" not in titles("build")


def test_a_mistake_is_wrong_use_and_pointed_at(home: object) -> None:
    done = inbox("list", "is:unread sevrity:error")
    assert done.returncode == 2
    assert done.stderr == f"inbox: no such field; did you mean severity?\n    is:unread sevrity:error\n    {' ' * 10}^^^^^^^\n"


def test_where_it_stopped_looking_is_told(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(listing, "FARTHEST", 2)
    hub.publish(title="needle? asks", kind="input.required")
    for n in range(5):
        hub.publish(title=f"hay {n}", kind=f"hay.{n}")
    address = find_hub(operate=True)
    found, is_complete = fetch_view(address, "all", 50, parse("hay"))
    assert ([row["title"] for row in found], is_complete) == (["hay 4", "hay 3", "hay 2", "hay 1"], False)
    found, is_complete = fetch_view(address, "all", 50, parse("is:needs needle"))
    assert (len(found), is_complete) == (1, True)
