"""`inbox space` and keys of a space, as a person types them."""

from __future__ import annotations

import json
import os
import re

import pytest
from commands import INBOX, inbox
from hubs import RunningHub
from terminal import Terminal


def key_of(space: str, role: str) -> dict[str, str]:
    done = inbox("key", "new", f"a {role} key", "--role", role, "--space", space)
    return dict(re.findall(r"^export (INBOX_\w+)=(\S+)$", done.stdout, re.MULTILINE))


def test_a_space_is_an_inbox_of_its_own(hub: RunningHub) -> None:
    """Looked into by TCP with a key of it; the pane and every command of this machine stay in the default one."""
    assert inbox("space", "new", "ops").returncode == 0
    assert inbox("send", "in ops", **key_of("ops", "send")).returncode == 0
    hub.publish(title="at home")
    assert "in ops" in (away := inbox("list", **key_of("ops", "operate")).stdout)
    assert "at home" in (here := inbox("list").stdout)
    assert "at home" not in away
    assert "in ops" not in here
    listed = {space["name"]: space for space in json.loads(inbox("space", "list", "--json").stdout)}
    assert {name: (space["rows"], space["keys"]) for name, space in listed.items()} == {"default": (1, 0), "ops": (1, 2)}
    assert "ops      1 notification (1 unread), 0 open questions, 2 keys" in inbox("space", "list").stdout
    assert re.findall(r" (send|operate) +ops ", inbox("key", "list", "--space", "ops").stdout) == ["send", "operate"]


def test_without_a_terminal_it_is_removed_with_yes_alone(hub: RunningHub) -> None:
    inbox("space", "new", "ops")
    key = key_of("ops", "send")
    done = inbox("space", "remove", "ops")
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert inbox("send", "still here", **key).returncode == 0
    assert inbox("space", "remove", "ops", "--yes").returncode == 0
    assert inbox("send", "gone", **key).returncode == 5


@pytest.mark.parametrize(("typed", "code"), [("ops", 0), ("", 2), ("y", 2), ("yes", 2)])
def test_on_a_terminal_it_says_what_goes_and_wants_the_name(hub: RunningHub, typed: str, code: int) -> None:
    inbox("space", "new", "ops")
    inbox("send", "one", **key_of("ops", "send"))
    with Terminal([*INBOX, "space", "remove", "ops"], env=dict(os.environ)) as terminal:
        terminal.wait_for("to keep it")
        shown = terminal.text()
        terminal.press(f"{typed}\n")
        assert terminal.process.wait(30) == code
    assert "1 notification (1 unread), 0 open questions, 1 key." in shown
    assert ('"ops"' in inbox("space", "list", "--json").stdout) == (code != 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("space", "new", "No Spaces"), "body.name: is 1 to 63 of a-z"),
        (("space", "new", "default"), "already"),
        (("space", "remove", "default", "--yes"), "cannot be removed"),
        (("space", "remove", "nowhere", "--yes"), "No such space"),
        (("key", "new", "ci", "--role", "send", "--space", "nowhere"), "inbox space new nowhere"),
    ],
)
def test_what_cannot_be_is_said(hub: RunningHub, arguments: tuple[str, ...], words: str) -> None:
    done = inbox(*arguments)
    assert done.returncode == 5
    assert words in done.stderr
