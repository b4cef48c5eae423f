"""Files of a row: how they are told, saved under which name, and what a pane does with those of a real hub."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hubs import RunningHub
from panes import opened
from tui_world import OpenPane, message, numbered

from inbox_tui.core.errors import Refused
from inbox_tui.core.filenames import cleaned
from inbox_tui.core.media import kept_at
from inbox_tui.core.model import Notification
from inbox_tui.tui.attachments import attachments_of, duration_text, size_text
from inbox_tui.tui.links import at_base, safe_link
from inbox_tui.tui.reading import lines
from inbox_tui.tui.saving import downloads, new_file

ID = "01JD0Q4N3V5W8XRZ2K7M9T6BHC"
OURS = f"http://hub.example:9477/api/v1/media/{ID}/chart%20one.png?link=default.1803.abc_-"
KEPT = {"kind": "image", "url": OURS, "file_name": "chart one.png", "size_bytes": 48_213}
CONTENT = bytes(range(256)) * 3000


def attached(*files: object, age: int = 0, **changes: object) -> Notification:
    return message("x", age, details={"attachments": list(files), **changes})


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (OURS, "chart one.png"),
        (OURS.replace("/api", ""), "chart one.png"),
        (OURS.partition("?")[0], None),
        (OURS.replace("http:", "ftp:"), None),
        (OURS.replace(ID, ID[:-1]), None),
        (f"https://evil.example/?/api/v1/media/{ID}/x?link=a", None),
        (OURS.replace("chart%20one.png", "a/b"), None),
        (OURS.replace("chart%20one.png", "..%2f..%2fetc"), "../../etc"),
    ],
)
def test_an_address_that_a_hub_of_ours_gave_is_known_by_its_form(url: str, name: str | None) -> None:
    assert kept_at(url) == (None if name is None else (ID, name))


def test_a_file_is_told_by_kind_name_size_and_length_and_one_elsewhere_by_its_host() -> None:
    row = attached(
        KEPT,
        {"kind": "audio", "url": "https://müller.example/a.mp3", "file_name": "a\u202e.mp3", "duration_ms": 61_000},
        {"kind": "file", "url": "javascript:alert(1)", "file_name": "../x\x1b[31m.sh"},
        "no attachment at all",
        image_url=OURS,
    )
    shown = [line.lead + line.text for line in lines(row, 60, 0)]
    assert "  [1] image chart one.png  47 KiB" in shown, "once, though it is the row's image too"
    assert "  [2] audio a.mp3  1:01" in shown
    assert "      at xn--mller-kva.example" in shown
    assert "  [–] file x.sh" in shown
    assert not [line for line in shown if "javascript" in line or "link=" in line]


@pytest.mark.parametrize(
    "given", [None, "x", {}, [None, 3, []], [{"url": 3, "kind": [], "size_bytes": "1", "duration_ms": True}]]
)
def test_what_is_no_list_of_files_is_no_list_of_files(given: object) -> None:
    found = attachments_of(message("x", details={"attachments": given}))
    assert all((file.kind, file.name, file.size, file.link) == ("file", "file", 0, None) for file in found)


@pytest.mark.parametrize(
    ("url", "base", "opened_at"),
    [
        (OURS, "", OURS),
        (OURS, "https://inbox.example", OURS.replace("http://hub.example:9477", "https://inbox.example")),
        (OURS, "https://inbox.example/team", OURS.replace("http://hub.example:9477", "https://inbox.example/team")),
        ("https://cdn.example/api/v1/media/x", "https://inbox.example", "https://cdn.example/api/v1/media/x"),
    ],
)
def test_a_kept_file_is_opened_where_the_pane_finds_its_hub(url: str, base: str, opened_at: str) -> None:
    link = safe_link(url)
    assert link is not None
    assert at_base(link, base).url == opened_at


def test_sizes_and_lengths_in_words() -> None:
    assert [size_text(n) for n in (0, 1, 1023, 1024, 48_213, 1_023_999, 5 << 20, 3 << 40)] == [
        "", "1 B", "1023 B", "1.0 KiB", "47 KiB", "1.0 MiB", "5.0 MiB", "3072 GiB",
    ]  # fmt: skip
    assert [duration_text(n) for n in (0, 1, 42_000, 61_500, 3_723_000)] == ["", "0:01", "0:42", "1:02", "1:02:03"]


@pytest.mark.parametrize("name", ["x.txt", "../x.txt", ".profile", "a/b\\c.tar.gz", "é" * 200 + ".png", "CON\x00:?.x", "-rf"])
def test_nothing_is_ever_written_over_or_beside_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "downloads"
    saved = []
    for n in range(3):
        with new_file(folder, name) as (path, file):
            file.write(b"%d" % n)
        saved.append(path)
    assert [path.read_bytes() for path in saved] == [b"0", b"1", b"2"]
    assert len(set(saved)) == 3
    assert all(path.parent == folder and not path.name.startswith((".", "-")) for path in saved)
    assert {path.name for path in tmp_path.iterdir()} == {"downloads"}
    assert cleaned(saved[0].name) == saved[0].name


def test_a_link_that_lies_there_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "x.txt").symlink_to(tmp_path / "precious")
    (tmp_path / "x (2).txt").symlink_to(tmp_path / "nowhere")
    with new_file(tmp_path, "x.txt") as (path, file):
        file.write(b"theirs")
    assert (path.name, (tmp_path / "precious").read_text()) == ("x (3).txt", "mine")
    assert not (tmp_path / "nowhere").exists()


def test_what_broke_off_is_not_left(tmp_path: Path) -> None:
    def break_off() -> None:
        with new_file(tmp_path, "x") as (_, file):
            file.write(b"half")
            raise Refused(404, "gone")

    with pytest.raises(Refused):
        break_off()
    assert not list(tmp_path.iterdir())
    assert downloads("~/a") == Path.home() / "a"


async def test_a_file_is_saved_its_path_copied_and_what_is_elsewhere_left_alone(pane: OpenPane, tmp_path: Path) -> None:
    elsewhere = {"kind": "file", "url": "https://cdn.example/x", "file_name": "x"}
    rows = [attached(KEPT), attached(elsewhere, age=100), message("none", 200)]
    async with pane(numbered(rows)) as it:
        it.main.downloads = str(tmp_path)
        it.link.media[ID] = b"png"
        await it.press("C")
        await it.until(lambda: "is not saved yet" in it.footer)
        await it.press("S")
        await it.until(lambda: "saved as" in it.footer)
        assert (tmp_path / "chart one.png").read_bytes() == b"png"
        await it.press("C")
        await it.until(lambda: "the path" in it.footer)
        it.link.media.clear()
        await it.press("S")
        await it.until(lambda: "its hub does not have it any more" in it.footer)
        assert os.listdir(tmp_path) == ["chart one.png"]
        await it.press("j", "S")
        await it.until(lambda: "elsewhere" in it.footer)
        await it.press("j", "S")
        await it.until(lambda: "no file here" in it.footer)


async def test_a_file_is_fetched_once_and_goes_with_the_pane(pane: OpenPane) -> None:
    async with pane(numbered([attached(KEPT)])) as it:
        row = it.main.row
        assert row is not None
        (file,) = attachments_of(row.notification)
        with pytest.raises(Refused):
            await it.main.files.fetched(row, file)
        it.link.media[ID] = b"png"
        path = await it.main.files.fetched(row, file)
        it.link.media.clear()
        assert await it.main.files.fetched(row, file) == path
        assert (path.read_bytes(), path.name) == (b"png", "chart one.png")
        assert path.stat().st_mode & 0o077 == 0 or path.parents[1].stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_from_another_machine_a_file_comes_through_the_pane_s_own_connection(hub: RunningHub, tmp_path: Path) -> None:
    """Whatever host its address tells, and with the pane's own key."""
    attachment = hub.upload(CONTENT, "../trace one.bin").document
    attachment["url"] = attachment["url"].replace(hub.listen, "unreachable.example:1")
    hub.publish(title="trace", kind="message", attachments=[attachment])
    key = hub.new_key("ada", "operate")["key"]
    home = tmp_path / "elsewhere"
    home.mkdir()
    saved = home / "saved"
    with opened(home, INBOX_HUB=hub.url, INBOX_KEY=key, INBOX_TUI_DOWNLOADS=str(saved)) as terminal:
        terminal.press("S")
        terminal.wait_for("saved as")
        terminal.press("S")
        terminal.wait_for("trace one (2).bin")
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == {"trace one.bin": CONTENT, "trace one (2).bin": CONTENT}
