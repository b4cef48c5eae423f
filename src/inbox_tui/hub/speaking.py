"""The process in which a text is spoken: the engine's memory goes with it, and it may take no more time than it was given.

`python -m inbox_tui.hub.speaking` reads one JSON object {model, voices, text, voice, speed, language, seconds} from stdin and
writes a WAV file (mono, 16 bit) to stdout; what it cannot do it says in one line on stderr, and ends with 1.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import wave
from typing import Any

MOST_MEMORY = 4 << 30
"""Bytes of address space; of memory, a tenth is used."""
_NOTHING_TO_SAY = "there is nothing in the text that can be spoken"


class _CannotError(Exception):
    """In words, without anything of the text."""


def main() -> int:
    wanted = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    seconds = int(wanted["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # whatever a library prints is no audio
    try:
        audio = _spoken(wanted)
    except _CannotError as problem:
        print(problem, file=sys.stderr)
        return 1
    out.write(audio)
    out.flush()
    return 0


def _spoken(wanted: Any) -> bytes:
    try:
        from kokoro_onnx import Kokoro  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise _CannotError("the engine is not installed: pip install 'inbox-tui[audio]'") from error
    try:
        engine = Kokoro(wanted["model"], wanted["voices"])
    except Exception as error:
        raise _CannotError(f"the model cannot be loaded: {type(error).__name__}") from error
    if wanted["voice"] not in engine.voices:
        known = ", ".join(sorted(engine.voices))
        raise _CannotError(f"there is no voice {wanted['voice']}; there are {known}"[:500])
    try:
        samples, rate = engine.create(wanted["text"], wanted["voice"], wanted["speed"], wanted["language"])
    except ValueError as error:
        raise _CannotError(_NOTHING_TO_SAY) from error
    return _wav(samples, rate)


def _wav(samples: Any, rate: int) -> bytes:
    """Of samples from -1 to 1, an array of the engine's."""
    file = io.BytesIO()
    with wave.open(file, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes((samples.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
