"""The configuration: `config.toml` and `INBOX_<SECTION>_<NAME>` variables over it. An unknown name is an error, never silence.

One frozen model a section; what stands here is the whole of it. Imports pydantic, so nothing on the way to a first frame or in
`send` imports this module; `INBOX_HUB` and `INBOX_KEY` say where the hub is and are read by who connects, not here.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hooks.spoken import DEFAULT_WAITS, LONGEST_WAIT
from inbox_tui.core.hubs import COLORS, complaint_about_name, complaint_about_url
from inbox_tui.core.media import KINDS, Kind
from inbox_tui.core.query.parse import complaint
from inbox_tui.core.quiet import parse_quiet


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True)


class HubSection(Section):
    listen: str = Field(default="127.0.0.1:9477", pattern=r"^\S+:\d{1,5}$")
    """HOST:PORT for senders that speak HTTP. Where the port is taken, a free one is used and said."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, besides this machine's own loopback ones, by which TCP callers may address the hub."""
    database: str = ""
    """Where rows are kept: postgresql://…, shared by any number of hubs; empty is this user's own SQLite file."""
    notify_database: str = ""
    """The same PostgreSQL past a pooler; given where `database` leads through one."""
    key_file: str = ""
    """The file of the key that the hub's other secrets are made from; empty is this user's own. Hubs that share rows share it."""
    public_url: str = ""
    """Where browsers find the hub, for links to files; empty is the address by which a sender reached it."""


class RetentionSection(Section):
    rows_days: int = Field(default=90, ge=1)
    """A notification older than this goes, unless it still asks."""
    rows_most: int = Field(default=100_000, ge=100)
    """The most notifications that a space keeps."""
    events_days: int = Field(default=30, ge=1)
    """Single events, for timelines, go after this; so do the figures of metrics."""
    measures_most: int = Field(default=200_000, ge=100)
    """The most events whose figures a space keeps."""
    first_events: int = Field(default=100, ge=1)
    """Of one notification the first so many events are kept,"""
    last_events: int = Field(default=900, ge=1)
    """and the last so many."""
    idempotency_days: int = Field(default=7, ge=1)
    """How long a message that is sent again is known for the same one."""
    tombstone_days: int = Field(default=30, ge=1)
    """How long a pane may be away and still learn what has gone, without reading everything anew."""


class MediaSection(Section):
    file_mib: int = Field(default=100, ge=1, le=4096)
    """The largest file that a sender may bring."""
    space_mib: int = Field(default=2048, ge=1)
    """What all files of a space may have together. Hubs that share rows say the same."""
    kinds: tuple[Kind, ...] = KINDS
    """Which are taken: image, audio, video, and file for all else."""
    unused_days: int = Field(default=1, ge=1)
    """A file that no message names goes after this; others stay as long as the messages do."""
    link_days: int = Field(default=90, ge=1)
    """How long its address opens it in a browser. The inbox needs no link: it has a key."""


class AudioSection(Section):
    model: str = ""
    """The file of a Kokoro model, for messages that are to be spoken; empty: none can be."""
    voices: str = ""
    """The file of its voices."""


class RateSection(Section):
    per_second: float = Field(default=2000.0, gt=0)
    """Events a second that one key may post in the long run."""
    burst: float = Field(default=100_000.0, ge=1)
    """Events that it may post at once."""


class TuiSection(Section):
    theme: str = ""
    """The name of a theme; empty is the one that fits the terminal."""
    confirm: Literal["key", "digit"] = "key"
    """What approves after `a`: the key `y`, or a random digit that is on the screen."""
    density: int = Field(default=1, ge=1, le=2)
    """Lines a row in the list; two show a question's command, and any row's text, on a line of their own."""
    keymap: Literal["default", "arrows"] = "default"
    """The keys to begin with: default is in the manner of vi; arrows moves by arrows and shows views by digits."""
    downloads: str = ""
    """The folder that files are saved in; empty is the desktop's own for downloads."""
    keys: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """Action → its key or keys, in place of ours; an empty list takes them away."""

    @property
    def own_keys(self) -> dict[str, tuple[str, ...]]:
        """The same, with every key in a list."""
        return {action: (keys,) if isinstance(keys, str) else keys for action, keys in self.keys.items()}


class AlertsSection(Section):
    desktop: Literal["auto", "osc9", "osc99", "osc777", "off"] = "auto"
    """How an alert reaches the desktop through the terminal; auto is as the terminal says of itself."""
    bell: bool = True
    """Also ring the terminal's bell, which tmux and screen can mark a window by."""
    which: Literal["all", "warnings", "needs"] = "all"
    """What rings: all that is new, warnings and errors and what needs you, or only what needs you."""
    repeat_minutes: int = Field(default=5, ge=0)
    """One notification rings again only after so many minutes, however often it repeats."""
    quiet: str = ""
    """Hours in which nothing rings, in local time: "22:00-07:30"."""
    break_through: tuple[Literal["urgent", "questions"], ...] = ("urgent",)
    """What rings in quiet hours and with do-not-disturb all the same: priority 2, and questions."""

    @field_validator("quiet")
    @classmethod
    def _are_hours(cls, text: str) -> str:
        parse_quiet(text)
        return text


class _ClaudeCodeSection(Section):
    wait: float = Field(default=DEFAULT_WAITS["claude-code"].wait, ge=0, le=LONGEST_WAIT)
    """Seconds that a permission of Claude Code's waits in the inbox; its own dialog is up meanwhile. 0: it is only told."""
    question_wait: float = Field(default=DEFAULT_WAITS["claude-code"].question_wait, ge=0, le=LONGEST_WAIT)
    """The same for its questions and forms; its terminal shows nothing until then."""


class _CodexSection(Section):
    wait: float = Field(default=DEFAULT_WAITS["codex"].wait, ge=0, le=LONGEST_WAIT)
    """Seconds that a permission of Codex's waits in the inbox; its own dialog comes only after it. 0: it is only told."""


def _place(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as problem:
        if "/" in text or ":" in text or not re.fullmatch(r"(?=.*[a-z])[a-z0-9_.-]+", text, re.IGNORECASE):
            raise ValueError(f"no address, network or host name ({problem})") from None
    return text


class OutboundSection(Section):
    allowed: tuple[Annotated[str, AfterValidator(_place)], ...] = ()
    """Where the hub may call to besides the public internet: addresses, networks, host names."""


class FlowAgentSection(Section):
    argv: Annotated[tuple[str, ...], Field(min_length=1)]
    """Its command, as single words that no shell reads. What a flow tells it is added as one more."""
    folder: str = ""
    """Where it is started; empty is tmux's own."""


class FlowsSection(Section):
    engine: Literal["own", "off"] = "own"
    """What runs flows: the hub's own jobs; or off, so that events set nothing off."""
    enter: bool = False
    """Whether Enter is pressed after text that a flow pastes into a terminal: what it says is then sent off by itself."""
    tmux_socket: str = ""
    """The tmux server that agents are started in; empty is the default one of the hub's user."""
    agents: Mapping[str, FlowAgentSection] = Field(default_factory=dict)
    """The agents that flows may start, by name. No flow can name a command itself."""
    forwards: Mapping[str, SecretStr] = Field(default_factory=dict)
    """Where flows may send on to, by name: addresses as Apprise takes them, such as ntfy://ntfy.sh/TOPIC."""


class GestaltSection(Section):
    strict_sessions: bool = False
    """Whether a notify is refused whose session nobody opened; else it opens one."""


def _collector(text: str) -> str:
    where = urlsplit(text)
    if text and (where.scheme not in ("http", "https") or not where.hostname or where.port == 0):
        raise ValueError("is no address of a collector, such as http://127.0.0.1:4318/v1/logs")
    if where.query:
        raise ValueError("has a query, which would be shown: what a collector wants to know goes into otlp_headers")
    return text


class LogsSection(Section):
    otlp_endpoint: Annotated[str, AfterValidator(_collector)] = ""
    """Where the hub's log is exported to, by OTLP over HTTP: http://127.0.0.1:4318/v1/logs; empty: nowhere."""
    otlp_headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    """Headers that go with it, by name, such as a key of the collector's."""

    @property
    def headers(self) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self.otlp_headers.items()}


class AgentsSection(Section):
    claude_code: _ClaudeCodeSection = Field(default=_ClaudeCodeSection(), alias="claude-code")
    codex: _CodexSection = _CodexSection()


def _fine(text: str, complaint: str) -> str:
    if complaint:
        raise ValueError(complaint)
    return text


class FollowedHubSection(Section):
    url: Annotated[str, AfterValidator(lambda url: _fine(url, complaint_about_url(url)))]
    """Where it is: "local" for this machine's own, else http(s)://HOST:PORT."""
    key_file: str = ""
    """The file with its key of role operate, which nobody else can read; a relative path begins beside config.toml."""
    key_variable: str = ""
    """The environment variable that holds the key; where it is set it goes over the file."""
    key: SecretStr = SecretStr("")
    """The key itself, where nobody else can read config.toml."""
    ca_file: str = ""
    """The certificates that are believed for it, in place of the system's."""
    color: str = Field(default="", pattern=f"^({'|'.join(COLORS)})?$")
    """Of its mark beside its rows; empty is one in turn."""


FILE_ALONE = {"agents", "filters", "flows", "hubs", "logs", "outbound"}
"""Sections that no variable overrides: all hooks must read the same; and whoever starts a hub opens no way into a network."""


def _readable(text: str) -> str:
    if said := complaint(text):
        raise PydanticCustomError("filter", "{said}", {"said": said})
    return text


class Config(Section):
    hub: HubSection = HubSection()
    retention: RetentionSection = RetentionSection()
    media: MediaSection = MediaSection()
    audio: AudioSection = AudioSection()
    rate: RateSection = RateSection()
    tui: TuiSection = TuiSection()
    filters: Mapping[str, Annotated[str, AfterValidator(_readable)]] = Field(default_factory=dict)
    """Saved filters by their names."""
    hubs: Mapping[Annotated[str, AfterValidator(lambda name: _fine(name, complaint_about_name(name)))], FollowedHubSection] = (
        Field(default_factory=dict)
    )
    """The hubs that the inbox follows, each by its name; without any it is this machine's own. INBOX_HUB goes over them."""
    alerts: AlertsSection = AlertsSection()
    agents: AgentsSection = AgentsSection()
    outbound: OutboundSection = OutboundSection()
    flows: FlowsSection = FlowsSection()
    gestalt: GestaltSection = GestaltSection()
    logs: LogsSection = LogsSection()


def load_config(file: Path, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration in `file` (absent: all defaults) with the environment's values over it.

    Raises ConfigError naming the file or the variable, the key, and the nearest key there is.
    """
    environ = os.environ if environ is None else environ
    found = read_file(file)
    origins: dict[tuple[str, ...], str] = {}
    for (section, name), (variable, value) in overrides(environ).items():
        part = found.setdefault(section, {})
        if isinstance(part, dict):
            part[name] = value
            origins[section, name] = variable
    try:
        return Config.model_validate(found)
    except ValidationError as problem:
        raise ConfigError("\n".join(_sentence(error, file, origins) for error in problem.errors())) from None


def read_file(file: Path) -> dict[str, Any]:
    """What is written there; nothing where there is no file. Raises ConfigError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigError(f"{file}: {problem}") from problem


def overrides(environ: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, Any]]:
    """`INBOX_TUI_THEME=dusk` → {("tui", "theme"): ("INBOX_TUI_THEME", "dusk")}. A list is separated by commas."""
    found: dict[tuple[str, str], tuple[str, Any]] = {}
    for section in Config.model_fields.keys() - FILE_ALONE:
        prefix = f"INBOX_{section.upper()}_"
        for variable, value in environ.items():
            if variable.startswith(prefix):
                name = variable.removeprefix(prefix).lower()
                known = _section(section).model_fields.get(name)
                is_list = known is not None and isinstance(known.default, tuple)
                found[section, name] = (
                    variable,
                    [part.strip() for part in value.split(",") if part.strip()] if is_list else value,
                )
    return found


def _sentence(error: Any, file: Path, origins: Mapping[tuple[str, ...], str]) -> str:
    """One validation error as a person wants it: where, which key, what is wrong, and what was probably meant."""
    location = tuple(str(part) for part in error["loc"])
    where = origins.get(location[:2], str(file))
    key = ".".join(location)
    if error["type"] in ("model_type", "dict_type"):
        return f"{where}: {key}: must be a table, [{key}], not {error['input']!r}"
    if error["type"] == "filter":
        return f"{where}: {key}: {error['msg']}"
    if error["type"] != "extra_forbidden":
        said = error["msg"].removeprefix("Value error, ")
        return f"{where}: {key}: {said[:1].lower()}{said[1:]}, not {error['input']!r}"
    names = _names(location[:-1])
    near = difflib.get_close_matches(location[-1], names, 1, cutoff=0.5)
    hint = f"; did you mean {'.'.join((*location[:-1], near[0]))}?" if near else f"; there are {', '.join(names)}"
    return f"{where}: {key}: no such key{hint}"


def _section(name: str) -> type[Section]:
    return type(Config.model_fields[name].default)


def _names(location: tuple[str, ...]) -> list[str]:
    """The keys that there are in a table, also in one that a person has named, as [hubs.NAME]."""
    table: Any = Config
    for part in location:
        if of_each := get_args(table):
            table = of_each[1]
        else:
            table = {field.alias or name: field.annotation for name, field in table.model_fields.items()}[part]
    return [field.alias or name for name, field in table.model_fields.items()]
