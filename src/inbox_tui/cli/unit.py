"""The hub as a service of this user: a systemd unit, or a launchd agent on macOS. Says what to type; enables nothing."""

from __future__ import annotations

import plistlib
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from inbox_tui.cli.arguments import PASSWORD
from inbox_tui.core.errors import ConfigError

MARK = "Written by inbox serve, which may write it anew"
LABEL = "local.inbox.hub"


class Unit(NamedTuple):
    """A file to write, and what to type then."""

    file: Path
    text: str
    then: tuple[str, ...]


def command(options: Mapping[str, str]) -> list[str]:
    """What the service runs: by the path at which the shell finds `inbox`, else by this interpreter. Options that are "" are left
    out. Raises ConfigError for a password, which everybody on this machine could read there."""
    for option, value in options.items():
        if PASSWORD.search(value):
            raise ConfigError(
                f"{option} holds a password, which others could read there: it belongs into config.toml or ~/.pgpass"
            )
    inbox = shutil.which("inbox")
    program = [str(Path(inbox).absolute())] if inbox else [sys.executable, "-m", "inbox_tui"]
    return [*program, "serve", *(word for option, value in options.items() if value for word in (option, value))]


def unit(words: Sequence[str], environ: Mapping[str, str], home: Path, platform: str = sys.platform) -> Unit:
    """The service for a command, on this kind of system."""
    kept = {"INBOX_HOME": str(Path(environ["INBOX_HOME"]).expanduser().absolute())} if environ.get("INBOX_HOME") else {}
    return _launchd(words, kept, home) if platform == "darwin" else _systemd(words, kept, environ, home)


def _systemd(words: Sequence[str], kept: Mapping[str, str], environ: Mapping[str, str], home: Path) -> Unit:
    folder = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    lines = [
        f"# {MARK}",
        "[Unit]",
        "Description=inbox hub",
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={' '.join(map(_quoted, words))}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in kept.items()),
        "Restart=on-failure",
        "RestartSec=5",
        "UMask=0077",
        "NoNewPrivileges=yes",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    then = (
        "inbox stop                                    # the hub that runs now, if one does",
        "systemctl --user daemon-reload",
        "systemctl --user enable --now inbox.service   # now, and at every login",
        "loginctl enable-linger                        # also while you are not logged in",
        "journalctl --user -u inbox.service            # what it says",
    )
    return Unit(folder / "inbox.service", "\n".join(lines) + "\n", then)


def _quoted(word: str) -> str:
    """A word as systemd.service(5) reads it back: quoted, with nothing that it would replace."""
    if any(character in word for character in "\n\r\0"):
        raise ConfigError(f"a unit cannot hold a line break: {word!r}")
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return word if re.fullmatch(r"[\w@%+=:,./$-]+", word) else f'"{word}"'


def _launchd(words: Sequence[str], kept: Mapping[str, str], home: Path) -> Unit:
    file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(words),
        "EnvironmentVariables": dict(kept),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "Umask": 0o077,
    }
    text = plistlib.dumps(agent).decode().replace("<plist", f"<!-- {MARK} -->\n<plist", 1)
    then = (
        "inbox stop                                    # the hub that runs now, if one does",
        f"launchctl bootstrap gui/$(id -u) {file}    # now, and at every login",
    )
    return Unit(file, text, then)


def write(made: Unit) -> bool:
    """Puts the file there; False where it is as it should be already. Raises ConfigError for one that is not ours."""
    try:
        before = made.file.read_text(encoding="utf-8") if made.file.exists() else None
        if before is not None and MARK not in before:
            raise ConfigError(f"{made.file} is there and was not written by inbox: remove it, or write to it yourself")
        if before == made.text:
            return False
        made.file.parent.mkdir(parents=True, exist_ok=True)
        made.file.write_text(made.text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{made.file} cannot be written: {error.strerror}") from error
    return True
