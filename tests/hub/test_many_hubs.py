"""Several hubs on one PostgreSQL: the same promises as one hub's."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from commands import decide, eventually, row, rows
from following import follow
from hubs import RunningHub
from receiver import Receiver, hold

WRITERS, EVENTS = 50, 4
"""A hub; and what each of them posts."""
COLD_KEYS, SPACES = 1_000, 50


@pytest.fixture
def hubs(dsn: str, tmp_path: Path) -> Iterator[list[RunningHub]]:
    """Three of them, on one database, with one key file; they may call this machine, and their leases are short."""
    key_file = tmp_path / "team.key"
    key_file.touch(0o600)
    key_file.write_bytes(os.urandom(32))
    with ThreadPoolExecutor(3) as pool:
        started = list(pool.map(lambda _: _start(dsn, key_file), range(3)))
    yield started
    for hub in started:
        assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()
        shutil.rmtree(hub.home)


def _start(dsn: str, key_file: Path) -> RunningHub:
    home = Path(tempfile.mkdtemp(prefix="inbox-"))
    (home / "config.toml").write_text(f'[hub]\nkey_file = "{key_file}"\n[outbound]\nallowed = ["127.0.0.1"]\n')
    return RunningHub.start(home, database=dsn, ping_seconds=0.2, job_lease_seconds=1.0)


async def test_many_writers_at_every_hub_make_one_row_and_no_gap(hubs: list[RunningHub]) -> None:
    begun: int = hubs[0].call("GET", "/api/notifications").document["rev"]
    ended = threading.Event()
    revs: list[int] = []

    async def tail() -> None:
        """Each change of the space has the next rev: a row that is changed again is told once, by its last."""
        async with follow(hubs[2], begun) as (_, reader):
            while not ended.is_set() or revs[-1:] != [_head(hubs[0])]:
                with suppress(TimeoutError):
                    frame = await asyncio.wait_for(reader.next(), 1)
                    if frame.id is not None:
                        revs.append(frame.id)

    tailing = asyncio.create_task(tail())

    def write(number: int) -> list[int]:
        hub = hubs[number % 3]
        return [hub.publish(title="hot", body=f"{number}/{n}")["rev"] for n in range(EVENTS)]

    with ThreadPoolExecutor(3 * WRITERS) as pool:
        loop = asyncio.get_running_loop()
        answers = await asyncio.gather(*(loop.run_in_executor(pool, write, number) for number in range(3 * WRITERS)))
    ended.set()
    await tailing
    (hot,) = rows(hubs[0])
    assert hot["count"] == 3 * WRITERS * EVENTS
    assert revs == sorted(set(revs)), "rev n + 1 before n"
    told = {rev for answer in answers for rev in answer}
    assert told == set(range(begun + 1, _head(hubs[0]) + 1)), "a commit without an event, or a rev that is missing"


def _head(hub: RunningHub) -> int:
    rev: int = hub.call("GET", "/api/notifications?limit=1").document["rev"]
    return rev


def test_cold_keys_in_many_spaces_at_every_hub(hubs: list[RunningHub]) -> None:
    """Each key of a space comes once by each hub, in another order at each."""
    names, keys = [f"space-{n}" for n in range(SPACES)], COLD_KEYS // SPACES
    for name in names:
        assert hubs[0].call("POST", "/api/spaces", {"name": name}).status == 201
    secrets = {name: hubs[1].new_key("ci", "send", space=name)["key"] for name in names}
    readers = {name: hubs[2].new_key("ada", "operate", space=name)["key"] for name in names}

    def write(number: int) -> list[tuple[str, int]]:
        """A fiftieth of all keys, by one of the hubs."""
        hub, told = hubs[number % 3], []
        with closing(hub.connect("tcp")) as connection:
            for n in random.Random(number).sample(range(number // 3, COLD_KEYS, WRITERS), COLD_KEYS // WRITERS):
                name, body = names[n % SPACES], json.dumps({"title": f"key {n // SPACES}"})
                connection.request("POST", "/api/events", body, {"Authorization": f"Bearer {secrets[name]}"})
                answer = connection.getresponse()
                document = json.loads(answer.read())
                assert answer.status == 202, document
                told.append((name, document["rev"]))
        return told

    with ThreadPoolExecutor(3 * WRITERS) as pool:
        told = [one for answers in pool.map(write, range(3 * WRITERS)) for one in answers]
    assert len(told) == 3 * COLD_KEYS
    for name in names:
        headers = {"Authorization": f"Bearer {readers[name]}"}
        page = hubs[0].call("GET", "/api/notifications?limit=500", by="tcp", headers=headers).document
        assert {row["title"]: row["count"] for row in page["items"]} == {f"key {n}": 3 for n in range(keys)}
        revs = {rev for of, rev in told if of == name}
        assert revs == set(range(min(revs), page["rev"] + 1)), "a rev is missing"


async def test_a_reader_that_moves_from_hub_to_hub_misses_nothing(hubs: list[RunningHub]) -> None:
    cursor: int = hubs[0].call("GET", "/api/notifications").document["rev"]
    heard: Counter[str] = Counter()
    for turn in range(9):
        for number in range(3):
            await asyncio.to_thread(hubs[(turn + number) % 3].publish, title=f"{turn}/{number}")
        async with follow(hubs[turn % 3], cursor) as (opening, reader):
            assert opening.event == "ping"
            for _ in range(2):
                frame = await reader.next()
                heard[frame.data["notification"]["title"]] += 1
                cursor = frame.id or cursor
    async with follow(hubs[0], cursor) as (_, reader):
        while sum(heard.values()) < 27:
            heard[(await reader.next()).data["notification"]["title"]] += 1
    assert heard == Counter(f"{turn}/{number}" for turn in range(9) for number in range(3))


def test_an_asker_is_answered_whichever_hub_took_the_decision(hubs: list[RunningHub]) -> None:
    headers = {"Idempotency-Key": "k"}
    asked = {"title": "May I?", "is_prompt": True, "waiting": True}
    posted = hubs[0].call("POST", "/api/events", asked, by="send", headers=headers).document
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(hubs[1].call, "GET", "/api/asks/k?wait=30", by="send")
        hubs[0].kill9()
        body = {"key": "approve", "raised_rev": posted["rev"], "epoch": posted["epoch"], "attempt": "attempt-1"}
        assert hubs[2].call("POST", f"/api/notifications/{posted['id']}/decision", body).status == 200
        answer = polling.result(10).document
    assert (answer["id"], answer["decision"]["key"]) == (posted["id"], "approve")
    again = hubs[1].call("POST", f"/api/notifications/{posted['id']}/decision", body | {"attempt": "attempt-2"})
    assert (again.status, again.document["code"]) == (409, "decided")


def test_what_a_killed_hub_acknowledged_is_there_once(hubs: list[RunningHub]) -> None:
    acknowledged: list[str] = []
    enough = threading.Event()

    def load(thread: int) -> None:
        with suppress(OSError):
            for number in range(120):
                hubs[0].publish(title=f"{thread}/{number}")
                acknowledged.append(f"{thread}/{number}")
                if len(acknowledged) > 200:
                    enough.set()

    threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    hubs[0].kill9()
    for thread in threads:
        thread.join()
    found = Counter(row["title"] for row in rows(hubs[1]))
    assert not [title for title in acknowledged if found[title] != 1]


def test_a_key_and_a_token_are_good_at_every_hub(hubs: list[RunningHub]) -> None:
    key = hubs[0].new_key("ci", "operate")["key"]
    headers = {"Authorization": f"Bearer {key}"}
    assert [hub.call("GET", "/api/notifications", by="tcp", headers=headers).status for hub in hubs] == [200] * 3


def test_what_a_killed_hub_was_calling_is_called_by_another(hubs: list[RunningHub]) -> None:
    one, other, _ = hubs
    killed = threading.Event()
    with Receiver() as receiver:
        receiver.answers["/held"] = [hold(killed)]
        asked = [one.publish(title=path, is_prompt=True, callback_url=receiver.url(path))["id"] for path in ("/held", "/next")]
        decide(one, row(one, asked[0]), "approve")
        eventually(lambda: receiver.at("/held"))
        one.kill9()
        killed.set()
        decide(other, row(other, asked[1]), "reject")  # It looks for jobs now, and not only half a minute later.
        eventually(lambda: all(row(other, id_)["decision"]["delivery"] == "delivered" for id_ in asked))
        first, *again = receiver.at("/held")
    assert [(call.body, call.headers["webhook-id"]) for call in again] == [(first.body, first.headers["webhook-id"])]
