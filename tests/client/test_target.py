"""Which hub is meant."""

from __future__ import annotations

import pytest

from inbox_tui.client.target import find_target
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.paths import Paths

KEY = "ik_01ABC_s3cret"


def test_this_machines_hub_unless_told_otherwise(paths: Paths) -> None:
    target = find_target({}, paths)
    assert (target.is_local, target.socket, target.feed) == (True, paths.operate_socket, "local")
    assert find_target({"INBOX_HUB": "local"}, paths) == target


def test_the_environment_names_another(paths: Paths) -> None:
    target = find_target({"INBOX_HUB": "http://[::1]:9477/", "INBOX_KEY": f" {KEY}\n"}, paths)
    assert (target.url, target.key, target.feed) == ("http://[::1]:9477", KEY, "http://[::1]:9477#01ABC")
    assert "s3cret" not in repr(target) + target.feed


@pytest.mark.parametrize(
    "url",
    [
        "team.example:9477",
        "ftp://team.example",
        "http://",
        "http://me:pw@team.example",
        "http://h:99999",
        "http://h/?a=1",
        "http://[",
    ],
)
def test_an_address_that_is_none_is_said_so(url: str, paths: Paths) -> None:
    with pytest.raises(ConfigError, match="INBOX_HUB"):
        find_target({"INBOX_HUB": url}, paths)
