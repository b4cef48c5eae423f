"""`inbox send --attach`: the file first, then the message that names it; and never a message without its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import inbox, rows
from hubs import RunningHub

from inbox_tui.core.errors import Exit
from inbox_tui.sdk import HubUnreachable, UnreadableFile, attach
from inbox_tui.wire import Address

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3000


def test_files_are_brought_and_named(hub: RunningHub, tmp_path: Path) -> None:
    chart, notes = tmp_path / 'chart "ä".png', tmp_path / "notes.md"
    chart.write_bytes(PNG)
    notes.write_text("# Notes")
    done = inbox("send", "Coverage is down", "--attach", str(chart), "--attach", str(notes), "--json", INBOX_HOME=str(hub.home))
    assert done.returncode == 0, done.stderr
    row = next(row for row in rows(hub) if row["id"] == json.loads(done.stdout)["id"])
    told = [(file["kind"], file["file_name"], file["mime_type"], file["size_bytes"]) for file in row["attachments"]]
    assert told == [("image", "chart _22ä_22.png", "image/png", len(PNG)), ("file", "notes.md", "text/markdown", 7)]


def test_from_another_machine_by_a_key(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(PNG)
    key = hub.new_key("ci", "send")["key"]
    attachment = attach(tmp_path / "x.bin", hub=Address(url=hub.url, key=key))
    assert attachment["url"].startswith(f"{hub.url}/api/v1/media/")
    assert attachment["size_bytes"] == len(PNG)


def test_without_a_hub_nothing_is_sent_and_nothing_kept(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    done = inbox("send", "title", "--attach", str(tmp_path / "x"), INBOX_HOME=str(tmp_path / "home"))
    assert done.returncode == Exit.UNREACHABLE
    assert "Nothing was sent" in done.stderr
    assert not [file for file in (tmp_path / "home").rglob("*") if file.is_file() and "spool" in str(file)]


def test_what_cannot_be_attached_is_named(hub: RunningHub, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    before = len(rows(hub))
    for arguments, code, said in (
        (["--attach", str(tmp_path / "none")], Exit.USAGE, "none"),
        (["--attach", str(empty)], Exit.REFUSED, "is empty"),
        (["--attach", str(empty)] * 13, Exit.USAGE, "at most 12"),
    ):
        done = inbox("send", "title", *arguments, INBOX_HOME=str(hub.home))
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert len(rows(hub)) == before
    with pytest.raises(UnreadableFile, match="cannot be attached"):
        attach(tmp_path)
    with pytest.raises(HubUnreachable):
        attach(empty, hub=Address(socket=str(tmp_path / "no.sock")))
