"""The hub as a service: files that systemd and launchd read back as they were meant; nothing is started."""

from __future__ import annotations

import configparser
import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import inbox

from inbox_tui.cli import unit as units
from inbox_tui.core.errors import ConfigError


def parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(text)
    return parser


def test_it_is_written_shown_and_not_started(home: Path) -> None:
    variables = {"HOME": str(home), "XDG_CONFIG_HOME": "", "PATH": "/usr/bin:/bin"}
    done = inbox("serve", "--install", "--listen", "127.0.0.1:9000", **variables)
    file = home / ".config/systemd/user/inbox.service"
    assert done.returncode == 0, done.stderr
    assert file.read_text() in done.stdout
    assert "systemctl --user enable --now inbox.service" in done.stdout
    service = parsed(file.read_text())["Service"]
    assert service["ExecStart"] == f"{sys.executable} -m inbox_tui serve --listen 127.0.0.1:9000"
    assert service["Environment"] == f"INBOX_HOME={home}"
    assert not (home / "run").exists()
    assert "There already" in inbox("serve", "--install", "--listen", "127.0.0.1:9000", **variables).stdout
    if shutil.which("systemd-analyze"):
        environ = {"XDG_RUNTIME_DIR": str(home), "HOME": str(home), "PATH": os.environ["PATH"]}
        verify = ["systemd-analyze", "verify", "--user", str(file)]
        verified = subprocess.run(verify, env=environ, capture_output=True, text=True, check=False)
        assert (verified.returncode, str(file) in verified.stderr) == (0, False), verified.stderr


def test_what_somebody_else_wrote_stays(home: Path) -> None:
    made = units.unit(["inbox", "serve"], {}, home, "linux")
    made.file.parent.mkdir(parents=True)
    made.file.write_text("[Service]\nExecStart=/mine\n")
    with pytest.raises(ConfigError, match="not written by inbox"):
        units.write(made)
    assert made.file.read_text() == "[Service]\nExecStart=/mine\n"


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/usr/bin/inbox", "/usr/bin/inbox"),
        ("/a folder/inbox", '"/a folder/inbox"'),
        ("50%", "50%%"),
        ("$HOME", "$$HOME"),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("", '""'),
    ],
)
def test_words_are_read_back_as_they_are(tmp_path: Path, word: str, written: str) -> None:
    made = units.unit(["inbox", word], {}, tmp_path, "linux")
    assert parsed(made.text)["Service"]["ExecStart"] == f"inbox {written}"


def test_no_word_can_begin_a_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line break"):
        units.unit(["inbox", "x\nExecStart=/evil"], {}, tmp_path, "linux")


@pytest.mark.parametrize("database", ["postgresql://dana:s3cret@db/inbox", "postgresql://db/inbox?password=s3cret"])
def test_no_password_goes_into_a_list_of_processes(database: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml"):
        units.command({"--listen": "", "--database": database})


def test_on_macos(tmp_path: Path) -> None:
    made = units.unit(["/usr/bin/inbox", "serve"], {"INBOX_HOME": str(tmp_path)}, tmp_path, "darwin")
    assert made.file == tmp_path / "Library/LaunchAgents/local.inbox.hub.plist"
    agent = plistlib.loads(made.text.encode())
    assert agent["ProgramArguments"] == ["/usr/bin/inbox", "serve"]
    assert agent["EnvironmentVariables"] == {"INBOX_HOME": str(tmp_path)}
    assert units.write(made)
    assert not units.write(made)
