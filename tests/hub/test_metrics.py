"""What the hub tells Prometheus: true, in its format, without a key, and without anybody's words."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from commands import eventually
from following import follow
from hubs import RunningHub

from inbox_tui.hub.counting import Histogram

_SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? (\S+)')


def scraped(hub: RunningHub) -> dict[str, float]:
    """Each sample by its name and labels. Every line must be one, or tell of one that follows."""
    reply = hub.call("GET", "/metrics", by="tcp")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found, kinds = dict[str, float](), dict[str, str]()
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kinds[name] = line.split()
        elif not line.startswith("# HELP "):
            sample = _SAMPLE.fullmatch(line)
            assert sample, line
            family = re.sub(r"_(bucket|sum|count)$", "", sample[1])
            assert kinds.get(sample[1]) in ("counter", "gauge") or kinds.get(family) == "histogram", line
            assert line.partition(" ")[0] not in found
            found[line.partition(" ")[0]] = float(sample[3])
    return found


async def test_it_counts_what_happens(hub: RunningHub) -> None:
    before = scraped(hub)
    assert before["inbox_database_up"] == 1
    assert (
        before["inbox_storage_problem"] == before["inbox_rows"] == before["inbox_streams"] == before["inbox_polls_waiting"] == 0
    )
    assert before["process_resident_memory_bytes"] > 10e6
    for number in range(3):
        published = hub.publish(title=f"one {number}")
    assert hub.call("POST", "/api/events", {"title": ""}, by="send").status == 422
    hub.call(
        "POST", "/api/events", {"title": "?", "is_prompt": True, "waiting": True}, by="send", headers={"Idempotency-Key": "k"}
    )
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(hub.call, "GET", "/api/asks/k?wait=30", by="send")
        async with follow(hub, int(published["rev"]) - 1) as (_, reader):
            assert (await reader.next()).id == published["rev"]
            after = eventually(lambda: (now := scraped(hub))["inbox_rows"] == 4 and now["inbox_polls_waiting"] == 1 and now)
            assert after["inbox_streams"] == 1
            assert after["inbox_frames_sent_total"] >= 1
        hub.call("POST", "/api/asks/k/withdraw", {}, by="send")
        polling.result(10)
    assert after["inbox_rows_unread"] == 4
    assert after['inbox_requests_total{call="publish_event",status="2xx"}'] == 4
    assert after['inbox_requests_total{call="publish_event",status="4xx"}'] == 1
    assert after["inbox_commit_changes_count"] - before["inbox_commit_changes_count"] >= 4
    assert after["inbox_commit_seconds_count"] == after['inbox_commit_seconds_bucket{le="+Inf"}']
    eventually(lambda: (now := scraped(hub))["inbox_streams"] == now["inbox_polls_waiting"] == 0)


def test_it_holds_nobodys_words(hub: RunningHub) -> None:
    hub.call("POST", "/api/spaces", {"name": "project-x"})
    hub.new_key("alice", "send")
    hub.publish(title="secret title", source="secret source", is_prompt=True, callback_url="https://secret.example/hook")
    assert eventually(lambda: (now := scraped(hub))["inbox_spaces"] == 2 and now)['inbox_jobs{state="waiting"}'] == 1
    assert not re.search("secret|project-x|alice|default", hub.call("GET", "/metrics", by="tcp").text)


def test_a_histogram_counts_each_value_at_and_below_its_bounds() -> None:
    histogram = Histogram(1, 2.5)
    for value in (1, 2, 2.5, 9):
        histogram.observe(value)
    assert histogram.text("h", "Told.").splitlines() == [
        "# HELP h Told.",
        "# TYPE h histogram",
        'h_bucket{le="1"} 1',
        'h_bucket{le="2.5"} 3',
        'h_bucket{le="+Inf"} 4',
        "h_sum 14.5",
        "h_count 4",
    ]
