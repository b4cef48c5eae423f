"""What a file is, by its first bytes; and where a text refers to one that a hub keeps. Pure, standard library only.

Nothing that a sender says of a type is believed. What a browser would run (HTML, SVG, any XML) is of no type at all, and where
one file is well-formed as several, the one with a magic number wins: it is never served as the other.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal
from urllib.parse import unquote

from inbox_tui.core.filenames import split

Kind = Literal["image", "audio", "video", "file"]
KINDS: tuple[Kind, ...] = ("image", "audio", "video", "file")
HEAD = 4096
"""So many bytes are looked at."""
MOST_REFERENCES = 200
UNKNOWN, PLAIN = "application/octet-stream", "text/plain"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
)
_RIFF = frozenset({"image/webp", "audio/wav", "video/x-msvideo"})
_TEXTS = {".md": "text/markdown", ".csv": "text/csv", ".json": "application/json", ".toml": "application/toml"}
"""What plain text may be called by its name: nothing of it is ever run."""
_MARKUP = re.compile(rb"\A[\s\xef\xbb\xbf]*<|<(?:!doctype|html|head|body|script|svg|iframe|\?xml)\b", re.IGNORECASE)
_ID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_REFERENCE = re.compile(f"/media/({_ID})(?![0-9A-Za-z])")
_ADDRESS = re.compile(rf"https?://[^/?#]+(?:/[^?#]*)?/v1/media/(?P<id>{_ID})/(?P<name>[^/?#]+)\?link=[\w.-]+")


def type_of(head: bytes) -> str:
    """The type of a file that begins so."""
    for at, magic, mime_type in _MAGIC:
        if head.startswith(magic, at) and (mime_type not in _RIFF or head.startswith(b"RIFF")):
            return mime_type
    return PLAIN if _is_text(head) and not _MARKUP.search(head) else UNKNOWN


def named_type(mime_type: str, name: str) -> str:
    """The same, said more exactly where it is plain text with a name that tells."""
    return _TEXTS.get(split(name)[1].lower(), mime_type) if mime_type == PLAIN else mime_type


def kind_of(mime_type: str) -> Kind:
    major = mime_type.partition("/")[0]
    return major if major in ("image", "audio", "video") else "file"  # type: ignore[return-value]


def wav_duration(head: bytes, size: int) -> int | None:
    """Milliseconds of a WAV file of `size` bytes; None for anything else."""
    if type_of(head) != "audio/wav" or (at := head.find(b"fmt ")) < 0 or (data := head.find(b"data", at)) < 0:
        return None
    rate = int.from_bytes(head[at + 16 : at + 20], "little")
    return (size - data - 8) * 1000 // rate if rate else None


def references(text: str) -> list[str]:
    """The ids of the kept files that a text names by their addresses, on whatever host, each once, and no more than anybody
    needs: so many one event may hold fast."""
    return list(dict.fromkeys(_REFERENCE.findall(text)))[:MOST_REFERENCES] if "/media/" in text else []


def kept_at(url: str) -> tuple[str, str] | None:
    """Id and name of the file that a hub of ours gave this address; None for any other address."""
    found = _ADDRESS.fullmatch(url)
    return (found["id"], unquote(found["name"])) if found else None


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # whose last character may be cut
    except UnicodeDecodeError:
        return False
    return True
