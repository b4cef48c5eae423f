"""Speaking messages: one at a time, in a process of its own, the audio kept as a file of the space's."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Speech
from inbox_tui.core.speech import decode, language_of
from inbox_tui.hub.media import Media
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.values import Voices
from inbox_tui.hub.verbs.audio import Spoken
from inbox_tui.hub.verbs.jobs import Again, Failed, Outcome

SECONDS = 900
"""For one message: twelve thousand characters take half of it on two slow cores."""
MOST_ATTEMPTS = 3
_CHUNK, _SAID = 65_536, 4_096
_COMMAND = (sys.executable, "-m", "inbox_tui.hub.speaking")


class _FailedError(Exception):
    """The engine's own words."""


class Speaker:
    """`voices`: where the engine's model is. What is missing is said in the message, and nothing is pretended."""

    def __init__(self, voices: Voices, media: Media) -> None:
        self._voices, self._media = voices, media

    async def run(self, job: Job) -> Outcome:
        """One attempt."""
        if problem := self._problem():
            return Failed(problem)
        if job.attempts > MOST_ATTEMPTS:
            return Failed(f"it was tried {MOST_ATTEMPTS} times")
        speech = decode(job.body)
        try:
            async with asyncio.timeout(SECONDS), aclosing(self._spoken(speech)) as spoken:
                kept = await self._media.keep(job.space, job.sender, "speech.wav", spoken)
        except TimeoutError:
            return Failed(f"it took longer than {SECONDS} s")
        except _FailedError as problem:
            return Failed(str(problem))
        except Refused as refused:
            return Again(refused.detail) if refused.status == 503 else Failed(refused.detail)
        return Spoken(attachment=await self._media.attachment(speech.base, job.space, kept))

    def _problem(self) -> str:
        """Why nothing can be spoken here; "" where it can."""
        if not self._voices.model or not self._voices.voices:
            return "this hub has no Kokoro model: name its files as model and voices under [audio] in config.toml"
        for name, file in (("model", self._voices.model), ("voices", self._voices.voices)):
            if not Path(file).is_file():
                return f"what config.toml names as {name} under [audio] is no file"
        return ""

    async def _spoken(self, speech: Speech) -> AsyncGenerator[bytes]:
        """The WAV file, as it comes. Raises _FailedError."""
        wanted = {
            "model": self._voices.model,
            "voices": self._voices.voices,
            "text": speech.text,
            "voice": speech.voice,
            "speed": speech.speed,
            "language": language_of(speech.voice),
            "seconds": 2 * SECONDS,  # of all its threads together
        }
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, stderr=pipe)
        stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        said = asyncio.create_task(_last_line(stderr))
        try:
            stdin.write(json.dumps(wanted).encode())
            stdin.close()
            while chunk := await stdout.read(_CHUNK):
                yield chunk
            line = await said
            if code := await process.wait():
                raise _FailedError(line if code == 1 and line else f"the engine ended with {code}")
        finally:
            said.cancel()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _last_line(stream: asyncio.StreamReader) -> str:
    """What a process said last, however much it says."""
    end = b""
    while chunk := await stream.read(_CHUNK):
        end = (end + chunk)[-_SAID:]
    return (end.decode(errors="replace").strip().splitlines() or [""])[-1]
