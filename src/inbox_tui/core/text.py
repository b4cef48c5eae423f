"""Untrusted text made safe to store and to draw. Standard library only.

Two ways: `clean` strips what could steer a terminal or hide text; `mark` shows it instead, for rows that ask, where what a
person reads must be what runs. Both leave ordinary text of every script alone, and both are idempotent.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What Unicode draws as nothing (Default_Ignorable_Code_Point) but for the variation selectors of emoji, and the line breaks
and annotations that no terminal shows."""
# Zero-width joiners and non-joiners are letters of real scripts and of emoji: stripped only where they could hide something.
_JOINERS = "\u200c\u200d"
_HARMFUL = re.compile(f"[{_CONTROLS}{_HIDDEN}\ud800-\udfff]")
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"
)
_LONG_BLANKS = re.compile(r"[^\S\n]{9,}|\n{4,}")
_SECRETS = re.compile(
    r"-----BEGIN(?:[A-Z0-9+]|%20| )*PRIVATE(?:%20|[ +])KEY(?:(?:%20|[ +])BLOCK)?-----.*?"
    r"(?:-----END(?:[A-Z0-9+]|%20| )*PRIVATE(?:%20|[ +])KEY(?:(?:%20|[ +])BLOCK)?-----|\Z)"
    r"|\b(?:sk|pk|rk)[-_](?:live|test|ant|proj|or)[-_][A-Za-z0-9_-]{12,}|\bsk-[A-Za-z0-9]{20,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bA(?:KIA|SIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{30,}|\bik_[A-Za-z0-9]+_[A-Za-z0-9_-]{20,}|\ban_key_[A-Za-z0-9_-]{12,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?i:(?<=\bsig=)|(?<=u0026sig=)|(?<=sig%3d)|(?<=[-_]signature=)|(?<=[-_]security-token=))[A-Za-z0-9%+/=_-]{16,}"
    r"|(?i:(?<=bearer[\s␊])[\s␊]*|(?<=bearer%20)|(?<=bearer\+)|(?<=x-api-key: )|(?<=x-api-key:)"
    r"|(?<=authorization: basic ))[A-Za-z0-9._~+/=-]{12,}"
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=)|(?<=api_key=)|(?<=apikey=)|(?<=access_key=)|(?<=accesskey=)"
    r"|(?<=accountkey=))(?!\[redacted\])[^\s&'\"]{6,}"
    r"|(?i:(?<=password\":\")|(?<=(?:secret|apikey)\":\")|(?<=token\":\")|(?<=api[_-]key\":\")|(?<=access_key\":\")"
    r"|(?<=password\": \")|(?<=(?:secret|apikey)\": \")|(?<=token\": \")|(?<=api[_-]key\": \")|(?<=access_key\": \"))"
    r"[A-Za-z0-9._~+/=-]{6,}(?=\")",
    re.DOTALL,
)

_SIGNS = (
    *("-----begin", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    *("xox", "akia", "asia", "aiza", "ik_", "an_key_", "eyj", "sig=", "signature=", "security-token=", "bearer", "x-api-key:"),
    *("password=", "passwd=", "secret=", "token=", "key=", "sig%3d", ": basic ", 'password":', 'secret":', 'token":', 'key":'),
)
"""Every secret holds one of these, and few texts do: looking for them first makes redaction ten times cheaper."""


def clean(text: str, *, lines: bool = True) -> str:
    """Strips escape sequences whole, then every control, bidi and invisible character. Tabs become spaces.

    With `lines=False` the result is one line: each run of white space is one space.
    """
    if not text.isascii() or not text.isprintable():
        text = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n").replace("\t", "    "))
        text = _HARMFUL.sub(_unless_joining, text)
    return text if lines else " ".join(text.split())


def _unless_joining(match: re.Match[str]) -> str:
    """Keeps a joiner that stands between two visible non-ASCII characters, as in emoji and in Persian."""
    if match.group() not in _JOINERS:
        return ""
    text, at = match.string, match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    visible = before > "\x7f" and after > "\x7f" and not _HARMFUL.match(before) and not _HARMFUL.match(after)
    return match.group() if visible else ""


def mark(text: str) -> str:
    """Shows what `clean` strips: ESC as `␛`, U+202E as `⟨U+202E⟩`, a long run of blanks as its length. The end is never cut."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return _LONG_BLANKS.sub(_count_blanks, _HARMFUL.sub(_show, text))


def _show(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def _count_blanks(match: re.Match[str]) -> str:
    blank = match.group()
    what, around = ("line breaks", "\n") if blank[0] == "\n" else ("blanks", " ")
    return f"{around}⟨{len(blank)} {what}⟩{around}"


def redact(text: str) -> tuple[str, int]:
    """Replaces runs that look like keys, tokens and private keys by `[redacted]`. Answers the text and how many it replaced."""
    if len(text) < 8:
        return text, 0
    folded = text.casefold()
    if not any(sign in folded for sign in _SIGNS):
        return text, 0
    return _SECRETS.subn("[redacted]", text)


def is_storable(text: str) -> bool:
    """Whether both engines can hold it: valid Unicode without lone surrogates, no NUL."""
    return (text.isascii() and "\0" not in text) or ("\0" not in text and not re.search("[\ud800-\udfff]", text))
