"""Redaction looks for cheap signs first; that must never make it miss anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core import text

_words = st.sampled_from(
    [
        "sk-ant-", "sk_live_", "sk-", "rk-test-", "pk-proj-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
        "xoxb-", "AKIA", "ASIA", "AIza", "ik_abc_", "an_key_", "eyJ", "?sig=", "&sig=", "Bearer ", "bearer ", "X-API-Key: ",
        "password=", "PASSWORD=", "passwd=", "Secret=", "token=", "api_key=", "APIKEY=", "pa\u017f\u017fword=", "to\u212aen=",
        "sig=", "X-Amz-Signature=", "x-amz-security-token=", "Bearer%20", "bearer+", "x-api-key:",
        "-----BEGIN%20PRIVATE%20KEY-----", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "A" * 16,
        "AccountKey=", "access_key=", "accesskey=", "%26sig%3D", '"token": "', '"api_key":"', '"api-key": "', '"Secret":"', '"',
        "Bearer\n", "Authorization: Basic ", "bearer␊", '"acce\u017f\u017f_\u212aey": "', '"password":"', '"apikey": "',
        "-----BEGIN PGP PRIVATE KEY BLOCK-----", "a1b2c3d4e5f6" * 3, ".", "_", " ", "\n",
    ]
)  # fmt: skip


@given(st.lists(_words, max_size=6).map("".join) | st.text())
def test_the_signs_miss_nothing(said: str) -> None:
    assert text.redact(said) == text._SECRETS.subn("[redacted]", said)
