"""The configuration file and the variables over it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from inbox_tui.core.config import Config, load_config
from inbox_tui.core.errors import ConfigError, Exit

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_everything_is_as_documented(file: Path) -> None:
    assert load_config(file, {}) == Config()
    example = DOCUMENT.read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    documented = tomllib.loads(example)
    documented["tui"]["keys"] = {}
    file.write_text(example.partition("[tui.keys]")[0], encoding="utf-8")
    assert load_config(file, {}) == Config()
    assert documented == Config().model_dump(mode="json")


def test_a_variable_goes_over_the_file(file: Path) -> None:
    file.write_text('[hub]\nlisten = "127.0.0.1:1"\n[rate]\nburst = 5\n')
    environ = {"INBOX_HUB_LISTEN": "127.0.0.1:2", "INBOX_HUB_ALLOWED_HOSTS": "a, b", "INBOX_RETENTION_ROWS_DAYS": "7"}
    config = load_config(file, {**environ, "INBOX_HUB": "https://elsewhere", "INBOX_KEY": "ik", "INBOX_HOME": "/x"})
    assert (config.hub.listen, config.hub.allowed_hosts) == ("127.0.0.1:2", ("a", "b"))
    assert (config.retention.rows_days, config.rate.burst) == (7, 5)


def test_where_a_hub_may_call_is_the_files_alone_to_say(file: Path) -> None:
    file.write_text('[outbound]\nallowed = ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "hooks.internal"]\n')
    elsewhere = {"INBOX_OUTBOUND_ALLOWED": "0.0.0.0/0", "INBOX_LOGS_OTLP_ENDPOINT": "http://elsewhere/v1/logs"}
    config = load_config(file, elsewhere)
    assert config.logs.otlp_endpoint == ""
    assert config.outbound.allowed == ("127.0.0.1", "10.0.0.0/8", "fd00::/8", "hooks.internal")


@pytest.mark.parametrize(
    ("content", "environ", "words"),
    [
        ("[hub]\nlisen = 1", {}, "config.toml: hub.lisen: no such key; did you mean hub.listen?"),
        ("[hub]\nxyz = 1", {}, "there are listen, allowed_hosts, database"),
        ("[retentoin]", {}, "config.toml: retentoin: no such key; did you mean retention?"),
        (
            '[flows.agents.coder]\nargv = ["coder"]\nfoldr = "x"',
            {},
            "config.toml: flows.agents.coder.foldr: no such key; did you mean flows.agents.coder.folder?",
        ),
        ("[retention]\nrows_days = 0", {}, "config.toml: retention.rows_days: "),
        ("[hub]\nlisten = 9477", {}, "config.toml: hub.listen: "),
        ("hub = 3", {}, "config.toml: hub: must be a table"),
        ("hub = 3", {"INBOX_HUB_LISTEN": "127.0.0.1:2"}, "config.toml: hub: must be a table"),
        ("[hub", {}, "config.toml: "),
        ("\xff", {}, "config.toml: "),
        ("", {"INBOX_HUB_LISTENN": "x:1"}, "INBOX_HUB_LISTENN: hub.listenn: no such key; did you mean hub.listen?"),
        ('[outbound]\nallowed = ["::1", "10.0.0.1/8"]', {}, "config.toml: outbound.allowed.1: no address, network or host name"),
        ('[outbound]\nallowed = ["127.1"]', {}, "config.toml: outbound.allowed.0: no address, network or host name"),
        ('[logs]\notlp_endpoint = "localhost:4318"', {}, "config.toml: logs.otlp_endpoint: is no address of a collector"),
        ('[logs]\notlp_endpoint = "http://[::1"', {}, "config.toml: logs.otlp_endpoint: "),
        ('[logs]\notlp_endpoint = "http://c/v1/logs?key=k"', {}, "config.toml: logs.otlp_endpoint: has a query"),
        ("", {"INBOX_RATE_BURST": "many"}, "INBOX_RATE_BURST: rate.burst: "),
    ],
)
def test_what_is_wrong_is_named(file: Path, content: str, environ: dict[str, str], words: str) -> None:
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError) as error:
        load_config(file, environ)
    assert words in str(error.value)
    assert error.value.exit_code is Exit.USAGE


def test_every_mistake_is_told_at_once(file: Path) -> None:
    file.write_text("[hub]\na = 1\n[rate]\nb = 2\n")
    with pytest.raises(ConfigError) as error:
        load_config(file, {})
    assert len(str(error.value).splitlines()) == 2


def test_waits_of_agents_are_checked_by_their_own_names(file: Path) -> None:
    file.write_text("[agents.claude-code]\nwait = 900\n", encoding="utf-8")
    assert load_config(file, {"INBOX_AGENTS_CODEX": "5"}).agents.claude_code.wait == 900
    for text, meant in (("[agents.claude-cod]\n", "agents.claude-code"), ("[agents.codex]\nwaits = 5\n", "agents.codex.wait")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=f"did you mean {meant}?"):
            load_config(file, {})
