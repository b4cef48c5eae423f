"""What is to be spoken of a message, and what its row says of that: queued, running, then ready or failed. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Literal

from inbox_tui.core.model import Document, Notification, Speech

AUDIO = "audio"
"""The kind of job that makes it."""
ENGINE = "kokoro"
AudioStatus = Literal["queued", "running", "ready", "failed"]
IN_WORDS: dict[str, str] = {
    "queued": "audio is queued",
    "running": "audio is being made",
    "ready": "audio",
    "failed": "no audio",
}
_LANGUAGES = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "cmn",
}
"""Kokoro's voices begin with a letter for their language; these are espeak-ng's names of them."""


def language_of(voice: str) -> str:
    """English for a letter that is none of the engine's."""
    return _LANGUAGES.get(voice[:1], _LANGUAGES["a"])


def encode(speech: Speech) -> str:
    return json.dumps(asdict(speech), ensure_ascii=False)


def decode(text: str) -> Speech:
    return Speech(**json.loads(text))


def is_coming(details: Mapping[str, Any]) -> bool:
    """Whether a message is still to be spoken: it calls for nobody before."""
    return details.get("audio_status") in ("queued", "running")


def told(row: Notification, status: AudioStatus, *, reason: str = "", attachment: Document | None = None) -> Notification:
    """The row with what became of its audio. The audio is its first attachment; `reason` says why there is none."""
    details = dict(row.details)
    meta = details.get("meta")
    details["audio_status"] = status
    details["meta"] = {**(meta if isinstance(meta, dict) else {}), "tts_status": status} | (
        {"tts_error": reason} if reason else {}
    )
    if attachment is not None:
        others = details.get("attachments")
        details["attachments"] = [attachment, *(others if isinstance(others, list) else [])]
    return replace(row, details=details)
