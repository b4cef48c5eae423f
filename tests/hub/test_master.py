"""The key that everything else is made from: made once, kept to its user, and never made up for one that is lost elsewhere."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from inbox_tui.core.errors import Refused
from inbox_tui.hub.callbacks import Callbacks
from inbox_tui.hub.master import KeyFileProblem, MasterKey, SealedElsewhere


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.key"


def test_it_is_made_once_and_for_its_user_alone(file: Path) -> None:
    first = MasterKey(file, may_make=True)
    sealed = first.seal("https://example.com/")
    assert (file.stat().st_mode & 0o777, len(file.read_bytes())) == (0o600, 32)
    assert [path.name for path in file.parent.iterdir()] == ["hub.key"]
    assert MasterKey(file, may_make=False).unseal(sealed) == "https://example.com/"


def test_hubs_that_make_it_at_once_have_the_same(file: Path) -> None:
    found, start = set[bytes](), threading.Barrier(8)

    def make() -> None:
        start.wait()
        found.add(MasterKey(file, may_make=True).derive("test"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_each_purpose_has_a_key_of_its_own(file: Path) -> None:
    master = MasterKey(file, may_make=True)
    keys = {master.derive("seal"), master.derive("callback", "a", "bc"), master.derive("callback", "ab", "c")}
    assert len(keys) == 3


def test_what_another_key_sealed_stays_sealed(file: Path, tmp_path: Path) -> None:
    sealed = MasterKey(tmp_path / "other.key", may_make=True).seal("secret")
    with pytest.raises(SealedElsewhere, match=r"hub\.key"):
        MasterKey(file, may_make=True).unseal(sealed)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_one_that_others_may_read_is_refused_with_what_to_type(file: Path, mode: int) -> None:
    MasterKey(file, may_make=True).derive("test")
    file.chmod(mode)
    with pytest.raises(KeyFileProblem, match=f"Type: chmod 600 {file}"):
        MasterKey(file, may_make=True).derive("test")


def test_one_that_is_cut_short_is_refused_and_left_alone(file: Path) -> None:
    file.write_bytes(b"short")
    file.chmod(0o600)
    with pytest.raises(KeyFileProblem, match="has 5 bytes"):
        MasterKey(file, may_make=True).derive("test")
    assert file.read_bytes() == b"short"


def test_one_that_the_configuration_names_is_never_made(file: Path) -> None:
    with pytest.raises(Refused, match=f"{file} cannot be read or made: No such file") as refused:
        Callbacks(MasterKey(file, may_make=False)).sealed("https://example.com/")
    assert (refused.value.status, refused.value.code) == (503, "key_file")
    assert not file.exists()
