"""What a pane follows: one hub, or all that the configuration names. Nothing of several stands before the first frame of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Reader
from inbox_tui.client.target import Target, find_target
from inbox_tui.core.paths import Paths
from inbox_tui.tui.link import Link

if TYPE_CHECKING:
    from inbox_tui.tui.app import InboxApp

Connect: TypeAlias = "Callable[[InboxApp], Link]"
"""Makes the connection once the first frame is painted."""


@dataclass(frozen=True, slots=True)
class FollowedHubs:
    """`me`: by what name the one hub knows who sits here. `hubs`: of several, their colours by their names, in their order."""

    lists: Lists
    connect: Connect
    me: str = ""
    hubs: Mapping[str, str] = field(default_factory=dict)


def find_followed(config: Mapping[str, object], environ: Mapping[str, str], paths: Paths) -> FollowedHubs:
    """`INBOX_HUB`, else the hubs of the configuration file, else this machine's. Raises ConfigError, sqlite3.Error."""
    if environ.get("INBOX_HUB") or not config.get("hubs"):
        return _one(find_target(environ, paths), paths)
    from inbox_tui.client.hubs import hub_named, hubs_in

    hubs = hubs_in(config, paths.config_file, environ, paths)
    if len(hubs) == 1:
        return _one(hub_named(hubs[0].name, hubs, paths.config_file).target, paths)
    from inbox_tui.cache.merged import Merged
    from inbox_tui.tui.hubs import connect_to_all

    lists = Merged(paths.cache_database, {hub.name: hub.target.feed for hub in hubs})
    return FollowedHubs(lists, partial(connect_to_all, paths, hubs), hubs={hub.name: hub.color for hub in hubs})


def _one(target: Target, paths: Paths) -> FollowedHubs:
    from inbox_tui.tui.connection import connect_to

    return FollowedHubs(Reader(paths.cache_database, target.feed), partial(connect_to, paths, target), target.operator)
