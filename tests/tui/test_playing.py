"""Audio is played by a player of the machine's, and stopped by the same key: a stand-in on the PATH of a real pane."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path
from typing import Any

from commands import eventually
from hubs import RunningHub
from panes import opened

from inbox_tui.core.config import AlertsSection
from inbox_tui.core.model import Notification
from inbox_tui.core.times import SECOND
from inbox_tui.tui import substance
from inbox_tui.tui.alerts.rules import Alerts
from inbox_tui.tui.playing import PLAYERS

PLAYER = """#!/bin/sh
trap 'touch {heard}.stopped; exit 0' TERM
for file in "$@"; do :; done
cp "$file" {heard}.new && printf '%s\\n' "$@" > {heard}.words && mv {heard}.new {heard}
sleep 30 & wait
"""


def upload(hub: RunningHub, name: str = "speech.wav") -> Any:
    """A second of silence; answers how a message names it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as opened_:
        opened_.setnchannels(1)
        opened_.setsampwidth(2)
        opened_.setframerate(8_000)
        opened_.writeframes(bytes(16_000))
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    raw = head.encode() + file.getvalue() + b"\r\n--x--\r\n"
    reply = hub.call("POST", "/api/v1/media", raw=raw, by="send", headers=form)
    assert reply.status == 201, reply
    return reply.document


def player(folder: Path, name: str) -> Path:
    """Answers where what it is given arrives."""
    folder.mkdir(exist_ok=True)
    heard = folder / "heard"
    (folder / name).write_text(PLAYER.format(heard=heard))
    (folder / name).chmod(0o755)
    return heard


def test_the_same_key_plays_and_stops_and_so_does_the_end(hub: RunningHub, tmp_path: Path) -> None:
    heard = player(tmp_path / "bin", "mpv")
    stopped = Path(f"{heard}.stopped")
    hub.publish(title="Spoken", attachments=[upload(hub, "--it's; speech.wav")])
    with opened(hub.home, size=(140, 30), PATH=f"{tmp_path}/bin:/bin") as terminal:
        terminal.press("P")
        terminal.wait_for("mpv plays")
        assert eventually(heard.exists)
        assert heard.read_bytes().startswith(b"RIFF")
        words = Path(f"{heard}.words").read_text().splitlines()
        assert tuple(words[:-1]) == PLAYERS["mpv"]
        assert os.path.isabs(words[-1])
        terminal.press("P")
        assert eventually(stopped.exists)
        stopped.unlink()
        heard.unlink()
        terminal.wait_for("stopped")
        terminal.press("P")
        assert eventually(heard.exists)
        terminal.press("q")
        assert eventually(stopped.exists)


def test_what_cannot_be_played_says_why(hub: RunningHub, tmp_path: Path) -> None:
    hub.publish(title="Without")
    with opened(hub.home, size=(140, 30), PATH=f"{tmp_path}/bin") as terminal:
        terminal.press("P")
        terminal.wait_for("no audio here that its hub keeps")
        hub.publish(title="Spoken", attachments=[upload(hub)])
        terminal.wait_for("Spoken")
        terminal.press("gg")
        terminal.press("P")
        terminal.wait_for("no player on the PATH: mpv, ffplay")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "aplay").write_text("#!/bin/sh\nexit 3\n")
        (tmp_path / "bin" / "aplay").chmod(0o755)
        terminal.press("P")
        terminal.wait_for("aplay could not play speech.wav: it ended with 3")


def spoken(status: str) -> Notification:
    details = {"audio_status": status, "status": "running"}
    return Notification("01JD0000000000000000000000", "an.alert", "Deployed", 0, 0, body="All is well.", details=details)


def test_the_row_tells_of_its_audio_and_rings_once_it_is_there() -> None:
    told = {"queued": "audio is queued", "running": "audio is being made", "ready": "audio", "failed": "no audio"}
    for status, words in told.items():
        assert substance.remainder(spoken(status)) == f"running  {words}  All is well."
        alerts = Alerts(AlertsSection())
        alerts.take([spoken(status)], SECOND)
        assert (alerts.due(2 * SECOND) is not None) == (status in ("ready", "failed"))
