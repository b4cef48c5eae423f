"""Seed 002 as data: its examples, its fields with their limits, and secrets of the kinds that it names."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

MINIMAL: dict[str, Any] = {"type": "alert", "title": "Build finished", "message": "main passed in 4m 12s"}
RICH: dict[str, Any] = {
    "project": "Release Bot",
    "client_event_id": "3f0c9a52-7f0e-4a86-9c55-0d7f7c6f1a10",
    "type": "progress",
    "title": "Deploying 1.2.3",
    "message": "Smoke tests are running",
    "event": "PostToolUse",
    "tool_name": "Bash",
    "command": "npm run test:e2e",
    "file_paths": ["admin/e2e/launch.spec.ts"],
    "status": "running",
    "priority": 0,
    "color": "blue",
    "progress": 0.72,
    "url": "https://github.com/yashness/agent-notifier/actions",
    "url_title": "View workflow",
    "buttons": ["Approve", "Retry", "Rollback"],
    "sound": "cosmic",
    "ttl": 300,
}
SPOKEN: dict[str, Any] = {
    "project": "Release Bot",
    "client_event_id": "8a1e7c0b-55c4-4a7c-8d5b-1f7bb7a0e911",
    "type": "alert",
    "title": "Deployment complete",
    "message": "The deployment finished successfully and smoke tests passed.",
    "priority": 0,
    "as_audio": True,
    "attachments": [
        {
            "kind": "file",
            "url": "https://notifier.aicrew.in/media/release-notes.md",
            "mime_type": "text/markdown",
            "size_bytes": 2048,
            "file_name": "release-notes.md",
        }
    ],
    "tts_text": "Release notes markdown content can be supplied here when the audio should read the attached file.",
    "voice_engine": "kokoro",
    "voice": "af_bella",
    "speed": 1.0,
    "rewrite_for_tts": False,
}
TYPES = ("alert", "progress", "session_start", "session_end", "url", "file")
COLORS = ("red", "orange", "amber", "lime", "green", "teal", "cyan", "blue", "purple", "pink")
LIMITS = {
    "title": 256, "message": 4096, "event": 64, "tool_name": 128, "command": 4000, "prompt": 8000, "subagent_id": 128,
    "status": 64, "tts_text": 12_000,
}  # fmt: skip
"""Code points; what is longer is refused."""


def text(most: int) -> SearchStrategy[str]:
    """Nothing that is stripped, marked or taken for a secret; code points of one to four bytes."""
    return st.text("aZ7é漢😀.", min_size=1, max_size=most)


_URLS = st.builds("https://{}.example/{}".format, st.sampled_from("abc"), st.text("xyz", max_size=5))
ATTACHMENTS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["image", "audio", "video", "file"]), "url": _URLS},
    optional={"mime_type": st.just("image/png"), "size_bytes": st.integers(1, 9), "file_name": text(20)},
)
FIELDS: dict[str, SearchStrategy[Any]] = {
    **{name: text(min(most, 300)) for name, most in LIMITS.items() if name != "title"},
    "project": text(50),
    "client_event_id": st.uuids().map(str),
    "file_paths": st.lists(text(200), min_size=1, max_size=12),
    "priority": st.integers(-1, 2),
    "color": st.sampled_from(COLORS),
    "progress": st.floats(0, 1, exclude_min=True),
    "attachments": st.lists(ATTACHMENTS, min_size=1, max_size=12),
    "image_url": _URLS,
    "as_audio": st.booleans(),
    "voice": st.from_regex(r"[a-z]{2}_[a-z0-9]+", fullmatch=True),
    "voice_engine": st.just("kokoro"),
    "speed": st.floats(0.5, 2.0),
    "rewrite_for_tts": st.just(False),
    "url": _URLS,
    "url_title": text(50),
    "buttons": st.lists(text(30), min_size=1, max_size=4, unique=True),
    "sound": text(20),
    "ttl": st.integers(1, 86_400),
    "device": text(50),
    "metadata": st.dictionaries(st.sampled_from(["hook_source", "hook_exit_code", "note"]), text(100), min_size=1),
    "x_unknown": text(20),
}
"""Every field that may be absent, but those that name what the hub has: a value of it that is taken as it is."""
MESSAGES = st.fixed_dictionaries({"type": st.sampled_from(TYPES), "title": text(256)}, optional=FIELDS)

WRONG: dict[str, list[Any]] = {
    **{name: ["x" * (most + 1), "😀" * (most + 1), 7] for name, most in LIMITS.items()},
    "file_paths": [["x"] * 13, "x", [7]],
    "attachments": [[{"kind": "file", "url": "https://a.example"}] * 13, "x", ["x"]],
    "buttons": [["a", "b", "c", "d", "e"], ["a", "a"], ["a", "a "], [""], [7], "a", ["go\x1b[2J"], ["a\nb"], ["\u200b"]],
    "type": ["", "notice", 7, None],
    "project": ["x" * 501],
    "session_id": ["mine", "0" * 32],
    "client_event_id": ["mine", 7, "0" * 32],
    "parent_id": ["mine"],
    "priority": [-2, 3, 0.5, "1", True],
    "color": ["#ff8800", "magenta", 7],
    "progress": [-0.01, 1.01, "0.5", True],
    "attachment": ["x", {"kind": "song", "url": "https://a.example"}, {"kind": "file"}, {"kind": "file", "url": "file:///x"}],
    "image_url": ["x.png", "javascript:alert(1)"],
    "url": ["ftp://a.example/x", "https://"],
    "as_audio": ["yes", 1],
    "voice": ["bella", "AF_bella", "af_bella; rm", "af_bella\n"],
    "voice_engine": ["other"],
    "speed": [0.49, 2.01, "1"],
    "rewrite_for_tts": [True],
    "ttl": [-1, 0.5, "300"],
    "metadata": [["x"], {"a": {"b": "c"}}, {"a": ["b"]}],
}
"""Values that are refused by the field's name: each limit and one more, and what is of another kind."""

_KEY_LINES = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
SECRETS: dict[str, tuple[str, str]] = {
    "an API key": ("an_key_PLANTEDa1b2c3d4e5f6", "an_key_PLANTEDa1b2c3d4e5f6"),
    "a bearer token": ("Authorization: Bearer PLANTED.abcdef0123456789", "PLANTED.abcdef0123456789"),
    "a private key": (f"-----BEGIN PRIVATE KEY-----\n{_KEY_LINES}\n-----END PRIVATE KEY-----", _KEY_LINES),
    "a SAS signature": ("https://x.example/b?sv=2024&sig=PLANTEDa1b2c3d4e5f6g7%2B8%3D", "PLANTEDa1b2c3d4e5f6g7%2B8%3D"),
}
"""By its kind: how it stands in a text, and what of it nobody may ever find."""
