"""Makes the pictures in this folder from seeded rows: `python screenshots/make.py [FOLDER]`. The same bytes every time.

Beside each picture stands its text, so that a change of what a person reads is seen in a diff.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import measured
import seed

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.merged import Merged
from inbox_tui.cache.pages import Reader
from inbox_tui.core.model import Notification
from inbox_tui.core.paths import Paths, find_paths
from inbox_tui.core.times import SECOND
from inbox_tui.tui.app import InboxApp
from inbox_tui.tui.link import NoLink
from inbox_tui.tui.messages import ConnectionChanged, SyncMessage
from inbox_tui.tui.settings import Settings
from inbox_tui.tui.told import Told

LIVE = ConnectionChanged("live", seed.NOW - 3600 * SECOND, seed.NOW - 2 * SECOND)
OFFLINE = ConnectionChanged(
    "offline", seed.NOW - 61 * SECOND, detail="this machine's hub: not running", next_try=seed.NOW + 4 * SECOND, waiting=3
)
FILTERS = {"Failures": "severity:error", "Agents": "source:claude", "Night shift": "source:cron", "Flaky": "count>10"}
HOME = Path("/home/dana/.local/state/inbox")


@dataclass(frozen=True)
class Picture:
    name: str
    size: tuple[int, int] = (120, 36)
    theme: str = "dark"
    keys: tuple[str, ...] = ()
    older: int = 2465
    dealt: bool = False
    """Somebody has pinned, muted and snoozed some."""
    talk: bool = False
    """Agents have talked about a plan."""
    connection: SyncMessage = field(default=LIVE)
    filters: Mapping[str, str] = field(default_factory=dict)
    """Saved ones."""
    hubs: Mapping[str, str] = field(default_factory=dict)
    """Of several, their colours; the last of them is offline."""


PICTURES = (
    Picture("inbox"),
    Picture("light", theme="light"),
    Picture("answer", keys=("a",)),
    Picture("answer-long", (80, 24), keys=(*"jjj", "a")),
    Picture("answer-many", keys=("g", "n", "A", "j")),
    Picture("narrow", (80, 24)),
    Picture("detail", (80, 24), keys=(*"jjjjj", "enter")),
    Picture("wide", (200, 50), keys=tuple("j" * 9), filters=FILTERS),
    Picture("sidebar", (160, 45), keys=("h", *"jjjj"), filters=FILTERS),
    Picture("alike", keys=(*"jjjjjj", "equals_sign", "d")),
    Picture("groups", keys=("ampersand", "s", *"jjjjjjj", "minus")),
    Picture("threads", keys=("ampersand", "t"), talk=True),
    Picture("markdown", (80, 24), keys=(*"j" * 9, "enter", "ctrl+d")),
    Picture("patch", keys=tuple("jj")),
    Picture("two-lines", keys=("v",)),
    Picture("themes", keys=("T",)),
    Picture("high-contrast", (80, 24), theme="high-contrast"),
    Picture("colour-blind", (80, 24), theme="colour-blind"),
    Picture("offline", (80, 24), connection=OFFLINE),
    Picture("empty", (80, 24), older=-1),
    Picture("filter", keys=("slash", *"severity>=warn -is:prompt", "enter")),
    Picture("filter-error", (80, 24), keys=("slash", *"is:unread sevrity:error")),
    Picture("selected", keys=(*"jjjjjxxx", "s"), dealt=True),
    Picture("mute", (80, 24), keys=(*"jjjjj!",), dealt=True),
    Picture("snoozed", (80, 24), keys=("g", "s"), dealt=True),
    Picture("metrics", keys=(*"jjjjj", "g", "t")),
    Picture("metrics-outcomes", (80, 24), theme="light", keys=(*"jjjjj", "g", "t", "3")),
    Picture("hubs", (160, 30), older=12, hubs={"laptop": "teal", "cron": "purple", "build": "orange"}),
    Picture("help", (80, 56), keys=("?",)),
)


def _rows(picture: Picture) -> list[Notification]:
    rows = seed.rows(picture.older) if picture.older >= 0 else []
    rows = seed.with_talk(rows) if picture.talk else rows
    return seed.dealt_with(rows) if picture.dealt else rows


def _link() -> NoLink:
    link = NoLink()
    link.measured = measured.metrics()
    return link


async def _lists(picture: Picture, file: Path) -> Lists:
    rows = _rows(picture)
    if not picture.hubs:
        await seed.fill(file, seed.FEED, rows)
        return Reader(file, seed.FEED)
    for number, hub in enumerate(picture.hubs):
        await seed.fill(file, hub, rows[number :: len(picture.hubs)])
    return Merged(file, {hub: hub for hub in picture.hubs})


def _told(picture: Picture) -> list[SyncMessage]:
    if not picture.hubs:
        return [picture.connection]
    *live, away = picture.hubs
    why = replace(OFFLINE, since=seed.NOW - 190 * SECOND, detail="https://build.example:9477: connection refused")
    return [*(replace(LIVE, hub=hub) for hub in live), replace(why, hub=away)]


async def take(picture: Picture, into: Path, folder: Path) -> None:
    kept = find_paths({"INBOX_HOME": str(folder)})
    reader = await _lists(picture, kept.cache_database)
    shown = Paths(HOME, HOME, HOME, Path("/run/user/1000/inbox"))
    app = InboxApp(
        reader, shown, Settings(theme=picture.theme, filters=picture.filters), connect=lambda _: _link(), me="dana",
        hubs=picture.hubs,
        clock=lambda: seed.NOW,
        environ={"COLORTERM": "truecolor"},
    )  # fmt: skip
    try:
        async with app.run_test(size=picture.size) as pilot:
            for told in _told(picture):
                app.post_message(Told(told))
            app.main.aside.tick()
            await pilot.pause(0.1)
            await pilot.press(*picture.keys)
            await pilot.pause(0.8)
            (into / f"{picture.name}.svg").write_text(app.export_screenshot(title="inbox"))
            lines = app.screen._compositor.render_strips()
            (into / f"{picture.name}.txt").write_text("".join(f"{line.text.rstrip()}\n" for line in lines))
    finally:
        reader.close()


def main() -> None:
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    into.mkdir(parents=True, exist_ok=True)
    os.environ["TZ"] = "UTC"
    time.tzset()
    for picture in PICTURES:
        with tempfile.TemporaryDirectory(prefix="inbox-pictures-") as folder:
            asyncio.run(take(picture, into, Path(folder)))


if __name__ == "__main__":
    main()
