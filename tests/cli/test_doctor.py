"""Each check of the doctor against what it is for: dead hubs, open doors, taken ports, damaged files, terminals that cannot."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import inbox, key_variables
from hubs import RunningHub

from inbox_tui.cli.checks import agents, files, terminal
from inbox_tui.cli.checks import hub as hub_checks
from inbox_tui.cli.checks.finding import Finding, Scene, scene_of
from inbox_tui.cli.checks.hub import reached
from inbox_tui.cli.doctor import checks
from inbox_tui.core.times import SECOND


@pytest.fixture
def scene(home: Path) -> Scene:
    return scene_of(
        {"INBOX_HOME": str(home), "HOME": str(home), "TERM": "xterm-kitty", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    )


def wrong(found: Iterator[Finding]) -> list[Finding]:
    """What is wrong, each with what to type."""
    bad = [finding for finding in found if finding.level == "wrong"]
    assert all(finding.fix for finding in bad)
    return bad


def with_variables(scene: Scene, **variables: str) -> Scene:
    return scene._replace(environ={**scene.environ, **variables})


def test_where_all_is_well_it_says_so(hub: RunningHub) -> None:
    hub.publish(title="hello")
    (hub.home / "config.toml").write_text(f'[hub]\nlisten = "{hub.listen}"\n')
    done = inbox("doctor", "--json", TERM="xterm-256color", COLORTERM="truecolor", HOME=str(hub.home))
    document = json.loads(done.stdout)
    assert (done.returncode, document["well"]) == (0, True), done.stdout
    assert {finding["check"] for finding in document["findings"]} == checks().keys() - {"tmux"}
    assert any("clock is ours" in finding["said"] for finding in document["findings"])
    (hub.home / "config.toml").write_text("[hub]\nlisen = 1\n")
    told = inbox("doctor", HOME=str(hub.home))
    assert told.returncode == 1
    assert "✗" in told.stdout
    assert "did you mean hub.listen?" in told.stdout


def test_no_hub(scene: Scene) -> None:
    assert ["No hub is running" in finding.said for finding in wrong(reached(scene))] == [True]
    assert wrong(reached(with_variables(scene, INBOX_HUB="nonsense")))


def test_a_hub_that_died_left_its_socket(hub: RunningHub, scene: Scene) -> None:
    hub.kill9()
    assert scene.paths.operate_socket.exists()
    [finding] = wrong(reached(scene))
    assert "inbox serve" in finding.fix


def test_what_answers_is_no_hub(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        elsewhere = with_variables(scene, INBOX_HUB=f"http://127.0.0.1:{server.getsockname()[1]}")
        server.settimeout(0.01)
        [finding] = wrong(reached(elsewhere))
        assert "not as an inbox hub" in finding.said


@pytest.mark.parametrize(("role", "well"), [("send", False), ("operate", True), ("", False)])
def test_a_key_of_another_role(hub: RunningHub, scene: Scene, role: str, well: bool) -> None:
    variables = key_variables(hub, role) if role else {"INBOX_HUB": hub.url}
    bad = wrong(reached(with_variables(scene, **variables)))
    assert (bad == []) is well
    assert all("role operate" in finding.fix for finding in bad)


def test_clocks_that_differ(hub: RunningHub, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = hub_checks.now
    monkeypatch.setattr(hub_checks, "now", lambda: clock() + 90 * SECOND)
    [finding] = wrong(reached(scene))
    assert "clock is 90 s behind this machine's" in finding.said or "clock is 91 s" in finding.said


@pytest.mark.parametrize(("which", "mode"), [("runtime", 0o755), ("operate_socket", 0o666), ("runtime", 0o500)])
def test_doors_that_stand_open(hub: RunningHub, scene: Scene, which: str, mode: int) -> None:
    assert wrong(files.sockets(scene)) == []
    path: Path = getattr(scene.paths, which)
    path.chmod(mode)
    [finding] = wrong(files.sockets(scene))
    subprocess.run(finding.fix, shell=True, check=True)
    assert wrong(files.sockets(scene)) == []


def test_a_folder_that_is_none(scene: Scene) -> None:
    assert wrong(files.sockets(scene)) == []
    scene.paths.runtime.symlink_to("/tmp")
    assert wrong(files.sockets(scene))


def test_a_port_that_another_holds(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        [finding] = wrong(hub_checks.port(with_variables(scene, INBOX_HUB_LISTEN=address)))
        assert address in finding.said
    assert wrong(hub_checks.port(with_variables(scene, INBOX_HUB_LISTEN=address))) == []


def test_a_hub_that_had_to_take_another_port(hub: RunningHub, scene: Scene) -> None:
    assert wrong(hub_checks.port(with_variables(scene, INBOX_HUB_LISTEN=hub.listen))) == []
    [finding] = wrong(hub_checks.port(with_variables(scene, INBOX_HUB_LISTEN="127.0.0.1:1")))
    assert hub.listen in finding.said


def test_a_database_with_a_damaged_page(hub: RunningHub, scene: Scene) -> None:
    for n in range(50):
        hub.publish(title=f"row {n}", body="x" * 2000, kind="message", task_name=str(n))
    assert hub.stop() == 0
    assert wrong(files.database(scene)) == []
    file = scene.paths.hub_database
    whole = file.read_bytes()
    file.write_bytes(whole[: 3 * 4096] + b"\xa5" * 20_000 + whole[3 * 4096 + 20_000 :])
    [finding] = wrong(files.database(scene))
    assert "damaged" in finding.said
    file.write_bytes(b"no database at all, but as long as one has to be".ljust(8192))
    assert wrong(files.database(scene))


def test_little_room(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [finding.level for finding in files.room(scene.paths.hub_database)] == ["fine"]
    monkeypatch.setattr(files, "LEAST_ROOM", shutil.disk_usage("/").total * 1000)
    assert wrong(files.room(scene.paths.hub_database))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.toml", "[tui]\ntheem = 1", "did you mean tui.theme?"),
        ("config.toml", "[tui.keys]\ndone = ['j']", "by done and by down"),
        ("config.toml", "[alerts]\nquiet = 'nights'", "22:00-07:30"),
        ("config.toml", "[", "config.toml"),
        ("config.toml", '[tui]\ntheme = "drcula"', "did you mean dracula?"),
        ("themes/mine.toml", "name = 1", "theme mine.toml skipped"),
    ],
)
def test_configuration_that_cannot_be_used(scene: Scene, name: str, content: str, said: str) -> None:
    assert wrong(files.configuration(scene)) == []
    file = scene.paths.config / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    [finding] = wrong(files.configuration(scene))
    assert said in finding.said


def _settings(scene: Scene, *handlers: dict[str, object]) -> None:
    file = Path(scene.environ["HOME"]) / ".claude" / "settings.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"hooks": {"PermissionRequest": [{"hooks": list(handlers)}]}}))


def test_hooks(scene: Scene, home: Path) -> None:
    scene = scene._replace(folder=home / "elsewhere")
    assert [finding.level for finding in agents.claude_code(scene)] == ["note"]
    ours = {"type": "command", "command": "/gone/inbox hook claude-code", "timeout": 3600}
    _settings(scene, ours)
    assert ["is not there" in finding.said for finding in wrong(agents.claude_code(scene))] == [True]
    _settings(scene, {**ours, "command": "python3 -m inbox hook claude-code", "timeout": 5})
    assert ["ends PermissionRequest after 5 s" in finding.said for finding in wrong(agents.claude_code(scene))] == [True]
    _settings(
        scene, {**ours, "command": "sh inbox hook claude-code"}, {**ours, "command": "env X=1 sh /y/inbox hook claude-code"}
    )
    assert ["2 different commands" in finding.said for finding in wrong(agents.claude_code(scene))] == [True]


@pytest.mark.parametrize(
    ("variables", "levels"),
    [
        ({}, ["fine"]),
        ({"TERM": "dumb"}, ["wrong"]),
        ({"NO_COLOR": "1"}, ["note"]),
        ({"TERM": "linux", "COLORTERM": ""}, ["note"]),
        ({"LANG": "C"}, ["fine", "note"]),
    ],
)
def test_colours(scene: Scene, variables: dict[str, str], levels: list[str]) -> None:
    assert [finding.level for finding in terminal.colours(with_variables(scene, **variables))] == levels


def test_a_terminal_without_a_way_to_the_desktop_is_told_of(scene: Scene) -> None:
    assert [finding.level for finding in terminal.desktop(scene)] == ["fine"]
    assert [finding.level for finding in terminal.desktop(with_variables(scene, TERM="xterm"))] == ["note"]


@pytest.mark.tmux
def test_tmux_options(scene: Scene, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not on the PATH")
    assert list(terminal.in_tmux(scene)) == []
    path = str(home / "tmux.sock")
    server = ["tmux", "-S", path, "-f", "/dev/null"]
    subprocess.run([*server, "new-session", "-d", "sleep 60"], check=True)
    try:
        monkeypatch.setenv("TMUX", f"{path},1,0")
        inside = with_variables(scene, TMUX=os.environ["TMUX"])
        fixes = [finding.fix for finding in terminal.in_tmux(inside) if finding.level == "note"]
        assert [fix.split("    ")[0] for fix in fixes] == ["tmux set -g allow-passthrough on"]
        subprocess.run(fixes[0], shell=True, check=True)
        assert {finding.level for finding in terminal.in_tmux(inside)} == {"fine"}
    finally:
        subprocess.run([*server, "kill-server"], check=False)
    assert ["does not answer" in finding.said for finding in wrong(terminal.in_tmux(inside))] == [True]
