"""The folder of what waits: its order, its modes, its bounds, and what it does with files that are none of ours."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from inbox_tui.core.paths import find_paths
from inbox_tui.sdk import spool as module
from inbox_tui.sdk.delivery import drain
from inbox_tui.sdk.spool import Message, Spool, SpoolError, spool_of
from inbox_tui.wire import Address


@pytest.fixture
def spool(home: Path) -> Spool:
    return spool_of(Address(socket=str(home / "run" / "send.sock")), find_paths())


def messages(spool: Spool) -> list[str]:
    found = (spool.read(name) for name in spool.pending())
    return [message.event["title"] for message in found if message]


def keep(spool: Spool, *titles: str) -> list[str]:
    return [spool.append(Message(f"key-{title[:9]}", {"title": title})) for title in titles]


def test_nothing_is_made_before_there_is_something_to_keep(spool: Spool) -> None:
    assert spool.pending() == []
    assert not spool.folder.exists()


def test_what_is_kept_comes_out_in_order_with_its_key(spool: Spool) -> None:
    names = keep(spool, *map(str, range(50)))
    assert names == sorted(names) == spool.pending()
    assert messages(spool) == list(map(str, range(50)))
    assert spool.read(names[3]) == Message("key-3", {"title": "3"})


def test_order_does_not_depend_on_a_clock_that_goes_back(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(spool, "one")
    monkeypatch.setattr(time, "time_ns", lambda: 1_000)
    keep(spool, "two", "three")
    assert messages(spool) == ["one", "two", "three"]


def test_only_this_user_can_read_it(spool: Spool) -> None:
    os.umask(os.umask(0))
    (name,) = keep(spool, "secret")
    with spool.delivering():
        pass
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (spool.folder, spool.folder.parent, spool.folder / name)}
    assert list(modes.values()) == [0o700, 0o700, 0o600]
    assert stat.S_IMODE((spool.folder / "lock").stat().st_mode) == 0o600


def test_it_is_bounded_by_number(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    keep(spool, "1", "2", "3")
    with pytest.raises(SpoolError, match="3 messages wait"):
        keep(spool, "4")
    assert messages(spool) == ["1", "2", "3"]
    assert not list(spool.folder.glob("*.new"))


def test_it_is_bounded_by_size(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    keep(spool, "a" * 600)
    with pytest.raises(SpoolError):
        keep(spool, "b" * 600)
    assert len(spool.pending()) == 1


def test_drafts_of_the_dead_go(spool: Spool) -> None:
    keep(spool, "one")
    draft = spool.folder / "dead.new"
    draft.touch()
    keep(spool, "two")
    assert draft.exists()
    os.utime(draft, (0, 0))
    keep(spool, "three")
    assert not draft.exists()


def test_a_folder_that_cannot_be_written_says_so(home: Path) -> None:
    (home / "spool").write_text("in the way")
    spool = spool_of(Address(socket="x"), find_paths())
    with pytest.raises(SpoolError, match="could not be kept"):
        keep(spool, "one")


def test_each_hub_and_key_has_its_own(home: Path) -> None:
    paths = find_paths()
    addresses = [
        Address(socket="a"),
        Address(url="http://127.0.0.1:1", key="ik_a_secretsecret"),
        Address(url="http://127.0.0.1:1", key="ik_b_secretsecret"),
        Address(url="http://127.0.0.1:2", key="ik_a_secretsecret"),
        Address(url="https://example.com/" + "x" * 400),
    ]
    folders = {spool_of(address, paths).folder for address in addresses}
    assert len(folders) == len(addresses)
    assert all("secret" not in folder.name and len(folder.name) < 250 for folder in folders)


def test_two_do_not_deliver_at_once(spool: Spool) -> None:
    keep(spool, "one")
    with spool.delivering() as first, spool.delivering() as second:
        assert (first, second) == (True, False)
    with spool.delivering() as third:
        assert third


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"key": 1, "event": {}}', b'{"key": "a\\n", "event": {}}', b'{"key": "a"}', b"[" * 100_000],
)
def test_a_file_that_is_no_message_goes_aside_and_is_told_once(spool: Spool, content: bytes) -> None:
    keep(spool, "one")
    (spool.folder / "00000000000000000001-bad.json").write_bytes(content)
    keep(spool, "two")
    told: list[str] = []
    for _ in range(2):
        done = drain(Address(socket="/nowhere"), spool, until=time.monotonic() + 5, tell=told.append)
        assert done.problem is not None
    assert len(told) == 1
    assert "put aside" in told[0]
    assert messages(spool) == ["one", "two"]
    assert [path.read_bytes() for path in (spool.folder / "aside").iterdir()] == [content]


def test_what_is_put_aside_is_bounded_too(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASIDE_MOST", 3)
    for name in keep(spool, *map(str, range(6))):
        spool.set_aside(name)
    assert len(list((spool.folder / "aside").iterdir())) == 3
