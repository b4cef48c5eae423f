"""The boundaries that the design rests on, seen from outside: what an import really loads, how large a module is, what ships."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "inbox_tui").rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 400, 60

WEB = {"starlette", "uvicorn", "uvloop"}
SCREEN = {"textual", "rich"}
DRIVERS = {"sqlite3", "aiosqlite", "psycopg"}
CLIENT = {"httpx", "httpx_sse"}


def loaded_by(code: str) -> set[str]:
    """The modules in `sys.modules` after a fresh interpreter ran the code."""
    program = f"import sys\n{code}\nprint(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def ours(modules: set[str], room: str) -> set[str]:
    return {name for name in modules if name == f"inbox_tui.{room}" or name.startswith(f"inbox_tui.{room}.")}


def run_main(*arguments: str) -> str:
    return f"from inbox_tui.__main__ import main\nmain({list(arguments)!r})"


def test_the_pane_loads_no_hub_and_nothing_that_it_does_not_paint_with() -> None:
    modules = loaded_by("import inbox_tui.tui.app")
    assert not ours(modules, "hub")
    assert not modules & (WEB | CLIENT | {"click", "pydantic"})
    assert not {name for name in modules if name.startswith("inbox_tui.core.query")}


def test_the_hub_loads_no_screen() -> None:
    modules = loaded_by("import inbox_tui.hub.app")
    assert not modules & (SCREEN | CLIENT | {"click"})
    assert not ours(modules, "tui") | ours(modules, "client") | ours(modules, "cache")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("send", "hello"), id="send"),
        pytest.param(("ask", "really?", "--timeout", "0.1"), id="ask"),
        pytest.param(("task", "start", "email"), id="task"),
        pytest.param(("run", "true"), id="run"),
        pytest.param(("list",), id="list"),
        pytest.param(("status",), id="status"),
        pytest.param(("--help",), id="help"),
        pytest.param(("serve", "--help"), id="serve-help"),
    ],
)
def test_commands_load_neither_screen_nor_web_framework_nor_driver(home: Path, arguments: tuple[str, ...]) -> None:
    modules = loaded_by(run_main(*arguments))
    assert not modules & (SCREEN | WEB | DRIVERS | CLIENT | {"pydantic", "asyncio"})


def test_status_does_not_pay_for_a_parser(home: Path) -> None:
    assert "click" not in loaded_by(run_main("status"))


def test_the_sdk_is_the_standard_library_and_little_of_ours() -> None:
    modules = loaded_by("import inbox_tui.sdk")
    foreign = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"inbox_tui"}
    assert not {name for name in foreign if not name.startswith(("_", "sitecustomize"))}
    assert ours(modules, "core") <= {f"inbox_tui.core{name}" for name in ("", ".errors", ".paths")}
    assert not modules & {"http.client", "dataclasses", "ssl"}


def test_the_package_root_is_empty() -> None:
    assert {name for name in loaded_by("import inbox_tui") if name.startswith("inbox_tui")} == {"inbox_tui"}


def test_core_loads_nothing_from_outside_but_where_it_says_so() -> None:
    names = [path.stem for path in SOURCES if path.parent.name == "core" and path.stem not in ("__init__", "config")]
    modules = loaded_by("\n".join(f"import inbox_tui.core.{name}" for name in names))
    assert not modules & (SCREEN | WEB | DRIVERS | CLIENT | {"pydantic", "click", "platformdirs"})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: length for node in functions if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES}
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path for path in SOURCES if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_the_wheel_contains_the_themes(tmp_path: Path) -> None:
    """Built from a copy, by the backend itself, so that it needs no network and leaves nothing in the checkout."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in ("src", "themes"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    build = "import setuptools.build_meta as backend; print(backend.build_wheel('..'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert {f"inbox_tui/themes/{theme.name}" for theme in (ROOT / "themes").glob("*.toml")} <= names
    assert {"inbox_tui/py.typed", "inbox_tui/tui/app.py"} <= names


def test_no_file_of_the_build_names_a_package_index() -> None:
    for name in ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "index-url" not in text
        assert "find-links" not in text
        assert "://" not in text


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    reasons = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").lower()
    for requirement in project["dependencies"]:
        name = requirement.split(";")[0].strip()
        for mark in "=<>~!":
            name = name.partition(mark)[0]
        assert name in pinned
        assert name in reasons
