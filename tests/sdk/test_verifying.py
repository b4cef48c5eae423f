"""Only what the hub signed, just now and unchanged, is taken for it."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from email.message import Message

import pytest

from inbox_tui.hub.signing import secret_text, signed
from inbox_tui.sdk import NotGenuine, verify

KEY = bytes(range(32))
SECRET = secret_text(KEY)
BODY = '{"type":"decision","title":"Grüße"}'.encode()


def headers(at: float = 0) -> dict[str, str]:
    """As the hub sends them `at` seconds from now."""
    return signed(KEY, "01J", int(time.time() + at), BODY)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the specification's own libraries are tested with."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", found, b'{"test": 2432232314}', tolerance=1e12) == {
        "test": 2432232314
    }


def test_what_the_hub_signed_is_told() -> None:
    assert verify(SECRET, headers(), BODY)["title"] == "Grüße"


def test_headers_may_be_spelt_in_any_case_and_come_in_any_shape() -> None:
    message = Message()
    for name, value in headers().items():
        message[name.title()] = value
    assert verify(SECRET, message, BODY)


@pytest.mark.parametrize("among", ["v1,bm90IHRoaXM= {}", "{} v1a,bm90IHRoaXM=", "v1,*** {}", "v2,{}  {}"])
def test_one_good_signature_among_several_is_enough(among: str) -> None:
    good = headers()
    signature = good["webhook-signature"]
    assert verify(SECRET, good | {"webhook-signature": among.format(signature, signature)}, BODY)


@pytest.mark.parametrize("at", [-301, 301])
def test_an_old_or_a_future_one_is_refused(at: float) -> None:
    with pytest.raises(NotGenuine, match="more than 300 s from now"):
        verify(SECRET, headers(at), BODY)
    assert verify(SECRET, headers(at), BODY, tolerance=400)


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "01K"},
        {"webhook-timestamp": str(int(time.time()))},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "garbage"},
        signed(bytes(32), "01J", int(time.time()), BODY),
    ],
)
def test_what_somebody_changed_is_refused(changes: Mapping[str, str]) -> None:
    with pytest.raises(NotGenuine, match="not signed with this secret"):
        verify(SECRET, headers(1) | changes, BODY, tolerance=3600)


def test_a_signature_of_another_kind_is_none_of_ours() -> None:
    good = headers()
    with pytest.raises(NotGenuine, match="not signed with this secret"):
        verify(SECRET, good | {"webhook-signature": good["webhook-signature"].replace("v1,", "v1a,")}, BODY)


def test_another_body_is_refused() -> None:
    with pytest.raises(NotGenuine, match="has been changed"):
        verify(SECRET, headers(), BODY + b" ")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name: str) -> None:
    left = {key: value for key, value in headers().items() if key != name}
    with pytest.raises(NotGenuine, match=name):
        verify(SECRET, left, BODY)


@pytest.mark.parametrize("sent", ["now", "1.5", "-1", "٣", "9" * 40])
def test_a_time_that_is_none_is_refused(sent: str) -> None:
    with pytest.raises(NotGenuine, match="webhook-timestamp"):
        verify(SECRET, headers() | {"webhook-timestamp": sent}, BODY)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", SECRET.removeprefix("whsec_"), "ik_1_2"])
def test_a_secret_that_is_none_is_the_receivers_mistake(secret: str) -> None:
    with pytest.raises(ValueError, match="begins with whsec_"):
        verify(secret, headers(), BODY)


@pytest.mark.parametrize("body", [b"[]", b"not json"])
def test_what_is_signed_and_says_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(NotGenuine, match="is signed, but"):
        verify(SECRET, signed(KEY, "01J", int(time.time()), body), body)
