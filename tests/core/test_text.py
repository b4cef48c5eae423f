"""Untrusted text: what is stripped, what is shown, what is redacted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.text import clean, is_storable, mark, redact

HARMLESS = ["plain", "naïve — “quotes”", "日本語のテキスト", "مرحبا", "می‌خواهم", "👩‍👩‍👧 family", "a\nb", "e\u0301"]


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07shown", "shown"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("a\x00b\x07c\x08d\x7f", "abcd"),
        ("rm \u202egnp.exe", "rm gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("pay\u200dpal", "paypal"),
        ("tag\U000e0041s", "tags"),
        ("soft\u00adly, \u034fjoined\u2065", "softly, joined"),
        ("no\u3164\uffa0\u115f\u1160thing", "nothing"),
        ("varied\U000e0100", "varied"),
        ("line\r\nline\rover", "line\nlineover"),
        ("a\tb", "a    b"),
        ("\ud800", ""),
    ],
)
def test_what_steers_or_hides_is_stripped(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_one_line() -> None:
    assert clean("  a\n\n b\t c ", lines=False) == "a b c"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("rm -rf \u202e/ ~", "rm -rf ⟨U+202E⟩/ ~"),
        ("\x1b[2J", "␛[2J"),
        ("a\x7f", "a␡"),
        ("ls" + "\u3164" * 2 + "; rm", "ls⟨U+3164⟩⟨U+3164⟩; rm"),
        ("ls" + " " * 200 + "; rm -rf /", "ls ⟨200 blanks⟩ ; rm -rf /"),
        ("ls" + "\n" * 50 + "rm", "ls\n⟨50 line breaks⟩\nrm"),
        ("one two\nthree", "one two\nthree"),
    ],
)
def test_what_asks_shows_everything(text: str, marked: str) -> None:
    assert mark(text) == marked


@given(st.text())
def test_both_are_idempotent_and_leave_nothing_harmful(text: str) -> None:
    for safe in (clean, mark):
        once = safe(text)
        assert safe(once) == once
        assert "\x1b" not in once
        assert "\u202e" not in once
        assert is_storable(once)


@pytest.mark.parametrize(
    "secret",
    [
        "sk-ant-" + "a" * 40,
        "ghp_" + "a" * 36,
        "AKIA" + "A" * 16,
        "xoxb-1234567890-abcdef",
        "ik_0123456789abcdef_" + "f" * 64,
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nabc\n-----END PGP PRIVATE KEY BLOCK-----",
    ],
)
def test_keys_are_redacted_and_counted(secret: str) -> None:
    assert redact(f"before {secret} after") == ("before [redacted] after", 1)


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("Authorization: Bearer\n", "  abcdefghijklmnop", ""),
        ("Authorization: Bearer␊", "abcdefghijklmnop", "␊done"),
        ("Authorization: Basic ", "YWRhOmh1bnRlcjI=", "' https://a.example"),
        ("https://a.example/?to=https%3A%2F%2Fb.example%3Fsv%3D1%26sig%3D", "a1b2c3d4e5f6g7h8%253D", ""),
        ("AccountName=a;AccountKey=", "abcdefghij/kl==", ""),
        ("export AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMI", " AWS_REGION=eu"),
        ('{"api_key": "', "abcdef0123", '", "tool": "Bash"}'),
        ('{"clientSecret":"', "abcdef0123", '"}'),
    ],
)
def test_what_is_named_as_a_secret_is_redacted(before: str, secret: str, after: str) -> None:
    once = redact(before + secret + after)
    assert once == (f"{before}[redacted]{after}", 1)
    assert redact(once[0]) == (once[0], 0)


def test_the_rest_is_left() -> None:
    ordinary = ("a perfectly ordinary sentence about tokens", "git commit -m 'sk-1'", '{"token": "a sentence"}', "?key=value")
    for text in ("", "token", *ordinary):
        assert redact(text) == (text, 0)
    assert redact("curl -H 'Authorization: Bearer abcdefghijklmnop' x")[0] == "curl -H 'Authorization: Bearer [redacted]' x"


@pytest.mark.parametrize(
    ("text", "storable"), [("fine", True), ("日本", True), ("a\0b", False), ("é\0", False), ("\udfff", False)]
)
def test_what_both_engines_can_hold(text: str, storable: bool) -> None:
    assert is_storable(text) is storable
