"""Keys: shown once, kept as a hash, refused at once when revoked."""

from __future__ import annotations

import pytest
from hub_world import SPACE, World

from inbox_tui.core.errors import Refused
from inbox_tui.hub.service import Identity


async def test_a_key_says_whose_it_is(world: World) -> None:
    await world.service.create_space("team")
    made = await world.service.create_key("team", "ci", "send", allow_timeout_approve=True)
    assert made.key_text == f"ik_{made.id}_{made.secret}"
    assert made.key_text.count("_") == 2
    assert len(made.secret) == 64
    assert await world.service.authenticate(made.key_text) == Identity(made.id, "ci", "send", "team", True)
    assert [key.name for key in await world.service.list_keys("team")] == ["ci"]
    assert await world.service.list_keys(SPACE) == []
    assert [key.space for key in await world.service.list_keys()] == ["team"]


async def test_the_secret_is_nowhere_in_the_database(world: World) -> None:
    made = await world.service.create_key(SPACE, "ci", "send")
    await world.service.authenticate(made.key_text)
    kept = world.store.read(lambda connection: connection.execute("SELECT * FROM api_key"))
    assert made.id in str(kept)
    assert made.secret not in str(kept)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "0", lambda t: t.replace("ik_", "ak_"), lambda t: "", str.upper]
)
async def test_anything_else_is_nobodys(world: World, spoil: object) -> None:
    made = await world.service.create_key(SPACE, "ci", "operate")
    assert await world.service.authenticate(spoil(made.key_text)) is None  # type: ignore[operator]


@pytest.mark.parametrize("text", ["ik", "ik_", "ik_x", "ik__", "ik_x_", "ik_none_secret", "ik_\ud800_\ud800", "ik_none_\ud800"])
async def test_malformed_keys_are_nobodys(world: World, text: str) -> None:
    assert await world.service.authenticate(text) is None


async def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    made = await world.service.create_key(SPACE, "ci", "send")
    assert await world.service.authenticate(made.key_text) is not None
    await world.service.revoke_key(made.id)
    assert await world.service.authenticate(made.key_text) is None
    with pytest.raises(Refused) as refused:
        await world.service.revoke_key(made.id)
    assert refused.value.status == 404
    assert (await world.service.create_key(SPACE, "ci", "send")).id != made.id, "its name is free again"


async def test_a_key_revoked_elsewhere_is_refused_within_a_second(world: World) -> None:
    made = await world.service.create_key(SPACE, "ci", "send")
    assert await world.service.authenticate(made.key_text) is not None
    elsewhere = world.store.database.writer()
    elsewhere.begin_write()
    elsewhere.execute("UPDATE api_key SET revoked_at = 1")
    elsewhere.commit()
    elsewhere.close()
    world.advance(1)
    assert await world.service.authenticate(made.key_text) is None


@pytest.mark.parametrize(
    ("name", "role"), [("", "send"), ("inbox", "send"), ("local", "send"), ("a\x1bb", "send"), ("ci", "root")]
)
async def test_names_and_roles_that_cannot_be(world: World, name: str, role: str) -> None:
    with pytest.raises(Refused) as refused:
        await world.service.create_key(SPACE, name, role)
    assert refused.value.status == 422


async def test_two_keys_never_share_a_name(world: World) -> None:
    await world.service.create_key(SPACE, "ci", "send")
    with pytest.raises(Refused) as refused:
        await world.service.create_key(SPACE, "ci", "operate")
    assert refused.value.code == "name_taken"
