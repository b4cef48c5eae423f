"""The hubs that a configuration names: what it may say, and what is one hub's own trouble."""

from __future__ import annotations

import tomllib

import pytest

from inbox_tui.client.hubs import Followed, hub_named, hubs_in
from inbox_tui.core.config import load_config
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.paths import Paths


def read(paths: Paths, text: str, environ: dict[str, str] | None = None, mode: int = 0o600) -> tuple[Followed, ...]:
    """As the pane reads them; and the whole configuration has nothing against them."""
    file = paths.config_file
    file.write_text(text)
    file.chmod(mode)
    load_config(file, {})
    return hubs_in(tomllib.loads(text), file, environ or {}, paths)


def test_each_has_its_place_key_and_colour_in_the_files_order(paths: Paths) -> None:
    key = paths.config / "keys" / "build"
    key.parent.mkdir()
    key.write_text("ik_1_build\n")
    key.chmod(0o600)
    laptop, build, team, cron = read(
        paths,
        '[hubs.laptop]\nurl = "local"\ncolor = "pink"\n'
        '[hubs.build]\nurl = "https://build:9477/"\nkey_file = "keys/build"\nca_file = "ca.pem"\n'
        '[hubs.team]\nurl = "http://10.0.0.1:9477"\nkey_variable = "TEAM_KEY"\nkey = "ik_3_file"\n'
        '[hubs.cron]\nurl = "http://127.0.0.1:9478"\n',
        {"TEAM_KEY": "ik_2_team"},
    )
    assert (laptop.name, laptop.color, laptop.target.socket) == ("laptop", "pink", paths.operate_socket)
    assert (build.target.url, build.target.key) == ("https://build:9477", "ik_1_build")
    assert build.target.ca_file == str(paths.config / "ca.pem")
    assert (team.target.key, cron.target.key, cron.problem) == ("ik_2_team", "", "")
    assert len({hub.color for hub in (laptop, build, team, cron)}) == 4
    assert laptop.address.socket
    assert team.address.key == "ik_2_team"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[hubs.build]\nurl = "http://b:1"\ncolour = "red"', "hubs.build.colour: unknown; did you mean color?"),
        ('[hubs.build]\nurl = "http://b:1"\ncolor = "mauve"', "hubs.build.color: must be one of red, orange"),
        ('[hubs.build]\nurl = "b:1"', "hubs.build.url: is no address of a hub"),
        ('[hubs.build]\nurl = "http://me:secret@b:1"', "hubs.build.url: is no address of a hub"),
        ("[hubs.build]\nurl = 9477", "hubs.build.url: must be a text"),
        ('[hubs.build]\nkey = "k"', "hubs.build: has no url"),
        ('[hubs."a/b"]\nurl = "local"', "hubs.a/b: is no name"),
        ('[hubs]\nbuild = "http://b:1"', "hubs.build: must be a table"),
        ('[hubs.a]\nurl = "local"\n[hubs.b]\nurl = "local"', "hubs.b: is the same as hubs.a"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_key(paths: Paths, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        hubs_in(tomllib.loads(text), paths.config_file, {}, paths)
    assert str(error.value).startswith(f"{paths.config_file}: {said}")
    if "same" not in said:
        paths.config_file.write_text(text)
        with pytest.raises(ConfigError, match=r"config.toml: hubs\."):
            load_config(paths.config_file, {})


def test_a_key_in_a_file_that_others_read_is_refused(paths: Paths) -> None:
    text = '[hubs.build]\nurl = "http://b:1"\nkey = "ik_1_x"'
    assert read(paths, text)[0].target.key == "ik_1_x"
    with pytest.raises(ConfigError, match=r"hubs\.build\.key: others can read this file; chmod 600"):
        read(paths, text, mode=0o640)


def test_what_key_new_prints_may_stand_in_a_key_file_whole(paths: Paths) -> None:
    file = paths.config / "build.key"
    file.touch(0o600)
    text = '[hubs.build]\nurl = "http://b:1"\nkey_file = "build.key"'
    file.write_text("# Key 'dana', role operate.\nexport INBOX_HUB=http://b:1\nexport INBOX_KEY=ik_1_x\n")
    assert read(paths, text)[0].target.key == "ik_1_x"
    for unusable in ("# Key 'dana'\nexport INBOX_HUB=http://b:1\n", "ik_1_ä"):
        file.write_text(unusable)
        build = read(paths, text)[0]
        assert build.target.key == ""
        assert "its key is to be one word" in build.problem


def test_a_key_that_is_not_there_is_that_hubs_own_trouble(paths: Paths) -> None:
    shared = paths.config / "shared.key"
    shared.write_text("ik_1_x")
    shared.chmod(0o644)
    keys = {"a": 'key_file = "none"', "b": 'key_file = "shared.key"', "c": 'key_variable = "C_KEY"', "d": ""}
    text = "".join(f'[hubs.{name}]\nurl = "http://{name}:1"\n{key}\n' for name, key in keys.items())
    hubs = read(paths, text)
    assert [hub.problem.replace(str(paths.config), "~") for hub in hubs] == [
        "its key_file ~/none cannot be read: No such file or directory",
        "others can read ~/shared.key: chmod 600 it",
        "its key is to be in C_KEY, which is not set",
        "",
    ]
    assert hub_named("d", hubs, paths.config_file) is hubs[3]
    with pytest.raises(ConfigError, match=r"hubs\.c: its key is to be in C_KEY"):
        hub_named("c", hubs, paths.config_file)
    with pytest.raises(ConfigError, match=r"no hub is called bb.* did you mean b\?"):
        hub_named("bb", hubs, paths.config_file)
