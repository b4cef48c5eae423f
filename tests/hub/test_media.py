"""Files in a space: whole or not there, once by their content, for as long as something refers to them, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hub_world import AGENT, BEGINNING, SPACE, Rate, Remove, Retention, World, about, message

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import DAY
from inbox_tui.hub import links
from inbox_tui.hub.media import Kept
from inbox_tui.hub.values import MediaLimits
from inbox_tui.hub.verbs.media import PIECE, AddPiece

LARGE = bytes(range(251)) * 4000


async def read(world: World, kept: Kept, space: str = SPACE) -> bytes:
    found = await world.service.media.find(space, kept.id, kept.name)
    return b"".join([piece async for piece in world.service.media.pieces(space, found)])


def left(world: World) -> tuple[int, int, int, int]:
    """Files, pieces, uses, and bytes that the space counts."""
    tables = ("count(*) FROM media", "count(*) FROM media_piece", "count(*) FROM media_use", "sum(media) FROM space")
    found = world.store.read(lambda c: [int(c.execute(f"SELECT {what}")[0][0]) for what in tables])
    return found[0], found[1], found[2], found[3]


async def pass_days(world: World, days: float) -> None:
    """And then the clock ticks until nothing more goes."""
    world.advance(days * DAY / 10**6)
    before = None
    while before != (before := left(world)):
        for _ in range(3):
            await world.service.tick()


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_a_file_comes_back_as_it_came(world: World, size: int) -> None:
    content = (LARGE * 2)[:size]
    kept = await world.keep(content)
    assert await read(world, kept) == content
    assert left(world) == (1, -(-size // PIECE), 0, size)


async def test_the_same_content_is_there_once_in_a_space(world: World) -> None:
    await world.service.create_space("team")
    first, again = await world.keep(LARGE, "a.bin"), await world.keep(LARGE, "b.bin")
    other = await world.keep(LARGE, space="team")
    assert first.id == again.id != other.id
    assert (await world.service.media.find(SPACE, again.id, "b.bin")).name == "b.bin"
    await pass_days(world, 0.1)  # what the second upload had brought is swept
    assert left(world) == (2, 8, 0, 2 * len(LARGE))
    with pytest.raises(Refused, match="No such file"):
        await world.service.media.find("team", first.id, "a.bin")


class CutError(Exception):
    pass


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise CutError


async def test_what_is_cut_off_leaves_nothing(world: World) -> None:
    with pytest.raises(CutError):
        await world.service.media.keep(SPACE, "agent", "f", _cut(LARGE))
    assert left(world)[0] == 1  # for the sweep to find
    await pass_days(world, 0.001)
    assert left(world) == (0, 0, 0, 0)


async def test_what_a_crash_left_is_swept(world: World) -> None:
    world.store.apply(SPACE, [AddPiece("", 0, LARGE[:PIECE], 1 << 30)], lambda: world.now)
    await world.restart()
    await pass_days(world, 0.001)
    assert left(world)[0] == 1, "another hub may still be taking it in"
    await pass_days(world, 0.02)
    assert left(world) == (0, 0, 0, 0)


async def test_an_upload_that_was_swept_is_never_whole(world: World) -> None:
    ((upload,),) = (world.store.apply(SPACE, [AddPiece("", 0, b"x" * PIECE, 1 << 30)], lambda: world.now).answers,)
    await pass_days(world, 1)
    (refused,) = world.store.apply(SPACE, [AddPiece(upload, 1, b"y", 1 << 30)], lambda: world.now).answers
    assert isinstance(refused, Refused)
    assert refused.status == 408


async def test_what_nothing_refers_to_goes_after_a_day(world: World) -> None:
    kept = await world.keep(LARGE)
    await pass_days(world, 0.9)
    assert await read(world, kept) == LARGE
    assert (await world.keep(LARGE)).id == kept.id  # a day more
    await pass_days(world, 0.9)
    assert await read(world, kept) == LARGE
    await pass_days(world, 1.1)
    assert left(world) == (0, 0, 0, 0)


REFERENCES: list[dict[str, Any]] = [
    {"details": {"attachments": [{"kind": "image", "url": "{}"}]}},
    {"details": {"image_url": "{}"}},
    {"body": "see {}"},
]


def _in(value: Any, url: str) -> Any:
    if isinstance(value, dict):
        return {name: _in(item, url) for name, item in value.items()}
    if isinstance(value, list):
        return [_in(item, url) for item in value]
    return value.replace("{}", url)


@pytest.mark.parametrize("changes", REFERENCES)
async def test_it_stays_as_long_as_its_row(world: World, changes: dict[str, Any]) -> None:
    kept = await world.keep(b"chart")
    document = await world.service.media.attachment("https://hub.example", SPACE, kept)
    published = await world.publish(message(**_in(changes, document["url"])))
    await pass_days(world, 40)  # the event itself has long gone
    await pass_days(world, 1)
    assert await read(world, kept) == b"chart"
    world.store.apply(SPACE, [Remove(published.id)], lambda: world.now)
    await pass_days(world, 1.1)
    assert left(world) == (0, 0, 0, 0)


async def test_it_stays_as_long_as_an_event_whose_row_speaks_of_another_by_now(world: World) -> None:
    old, new = await world.keep(b"old"), await world.keep(b"new")
    first, again = await world.publish(about(old)), await world.publish(about(new))
    assert first.id == again.id
    await pass_days(world, 20)
    assert await read(world, old) == b"old"
    await pass_days(world, 15)
    await pass_days(world, 1.1)
    with pytest.raises(Refused):
        await read(world, old)
    assert await read(world, new) == b"new"


async def test_a_space_takes_so_much_and_no_more(place: Path | str) -> None:
    world = World(place, media=MediaLimits(file_bytes=2 * PIECE, space_bytes=3 * PIECE, kinds=("image", "file")))
    await world.start()
    try:
        await world.keep(b"a" * 2 * PIECE)
        for content, code in ((b"b" * (2 * PIECE + 1), "too_long"), (b"c" * 2 * PIECE, "media_full"), (b"", "invalid"),
                              (b"ID3 a song", "kind")):  # fmt: skip
            with pytest.raises(Refused) as refused:
                await world.keep(content)
            assert refused.value.code == code
        await pass_days(world, 0.001)
        assert left(world) == (1, 2, 0, 2 * PIECE)
        await pass_days(world, 1.1)
        await world.keep(b"c" * 2 * PIECE)
    finally:
        await world.stop()


@pytest.mark.parametrize(
    "many", [pytest.param(100, id="short"), pytest.param(10_000, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
async def test_however_many_come_no_orphan_is_left(place: Path | str, many: int) -> None:
    """Some are referred to, some never, some are cut off; in the end every row is old."""
    world = World(place, retention=Retention(rows_days=2, events_days=2))
    await world.start()
    try:
        for n in range(many):
            content = b"%d" % n + b"-" * (PIECE if n % 50 == 0 else 0)
            if n % 7 == 0:
                with pytest.raises(CutError):
                    await world.service.media.keep(SPACE, "agent", "f", _cut(content))
                continue
            kept = await world.keep(content)
            if n % 3:
                await world.publish(about(kept, title=f"number {n}"))
        await pass_days(world, 1.1)
        assert left(world)[0] == len([n for n in range(many) if n % 3 and n % 7])
        await pass_days(world, 2)
        while left(world)[0]:
            await pass_days(world, 1)
            assert world.now < BEGINNING + 10 * DAY
        assert left(world) == (0, 0, 0, 0)
    finally:
        await world.stop()


async def test_of_a_file_that_everybody_names_old_uses_are_forgotten(world: World) -> None:
    kept = await world.keep(b"logo")
    await world.publish_all(about(kept, title=f"row {n}") for n in range(400))
    assert left(world)[2] == 400
    rows = await world.rows()
    world.store.apply(SPACE, [Remove(*(row.id for row in rows[1:]))], lambda: world.now)
    await pass_days(world, 40)
    await pass_days(world, 1)
    assert left(world)[2] == 1
    assert await read(world, kept) == b"logo"


async def test_a_link_opens_one_file_by_one_name_for_a_while(world: World) -> None:
    kept, other = await world.keep(b"x", "report.txt"), await world.keep(b"y", "report.txt")
    document = await world.service.media.attachment("https://hub.example", SPACE, kept)
    url, _, link = str(document["url"]).partition("?link=")
    assert url == f"https://hub.example/api/v1/media/{kept.id}/report.txt"
    space_of = world.service.media.space_of
    assert await space_of(link, kept.id, "report.txt") == SPACE
    assert await space_of(link, other.id, "report.txt") is None
    assert await space_of(link, kept.id, "report.exe") is None
    for wrong in ("", ".", "..", "default", link[:-1], link.replace(SPACE, "team"), link + "é", f"{SPACE}.x.{link[-24:]}"):
        assert await space_of(wrong, kept.id, "report.txt") is None
    world.advance(91 * DAY / 10**6)
    assert await space_of(link, kept.id, "report.txt") is None
    assert links.link_to(b"other", SPACE, kept.id, "report.txt", world.now + DAY) != link


async def test_files_count_as_what_a_sender_says(place: Path | str) -> None:
    world = World(place, rate=Rate(per_second=1, burst=2))
    await world.start()
    try:
        for content in (b"1", b"2"):
            await world.keep(content)
        with pytest.raises(Refused) as refused:
            await world.keep(b"3")
        assert (refused.value.status, refused.value.retry_after) == (429, 1)
    finally:
        await world.stop()


async def test_only_so_many_come_in_at_once(world: World) -> None:
    keep, open_uploads = world.service.media.keep, list[Any]()

    async def another() -> AsyncIterator[bytes]:
        yield b"x"
        if len(open_uploads) < 20:
            open_uploads.append(1)
            await keep(SPACE, AGENT.name, "f", another())

    with pytest.raises(Refused) as refused:
        await keep(SPACE, AGENT.name, "f", another())
    assert refused.value.status == 503
    assert len(open_uploads) == 8
    await world.keep(b"and then again")
