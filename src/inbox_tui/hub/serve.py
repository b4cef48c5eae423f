"""The hub as a process: what it opens, in which order, and how it ends.

Lock, store, sockets, then ready; at the end the streams first, so that nobody is cut off in the middle of a frame.
"""

from __future__ import annotations

import asyncio
import gc
import getpass
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn

from inbox_tui import __version__
from inbox_tui.core.config import Config, load_config
from inbox_tui.core.errors import Exit, InboxError, Refused
from inbox_tui.core.hooks.spoken import Waits
from inbox_tui.core.paths import Paths, find_paths
from inbox_tui.hub import sockets, welcome
from inbox_tui.hub.app import HubApp, build_app
from inbox_tui.hub.callbacks import Callbacks
from inbox_tui.hub.flows.activities import Agent, Machine
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.jobs import LEASE_SECONDS
from inbox_tui.hub.logs import LogHandler, Logs
from inbox_tui.hub.master import MasterKey
from inbox_tui.hub.otlp import exporting
from inbox_tui.hub.places import database_at, reached
from inbox_tui.hub.service import Rate, Retention, Service
from inbox_tui.hub.settings import LOOPBACK, Settings
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.values import MediaLimits, Voices

log = logging.getLogger(__name__)
_TICK_SECONDS = 1.0
_COLLECT_AFTER = (20_000, 20, 50)
"""Python looks for cycles after every 700 new objects: a tenth of the time of a busy hub, which hardly makes any."""
_LOG_BYTES = 1 << 20
_DEFAULT_LISTEN = "127.0.0.1:9477"


def serve(
    *,
    listen: str = "",
    database: str = "",
    notify_database: str = "",
    ready_fd: int | None = None,
    ping_seconds: float = 15.0,
    send_seconds: float = 30.0,
    job_lease_seconds: float = LEASE_SECONDS,
    is_welcoming: bool = True,
) -> int:
    """Runs this user's hub until it is told to stop. Answers the exit code. Raises InboxError where it cannot start.

    `ready_fd` hears one JSON line {"ready": true, "listen": HOST:PORT} once the hub listens, and is closed either way.
    """
    os.umask(0o077)
    with ExitStack() as stack:
        ready = stack.enter_context(os.fdopen(ready_fd, "w") if ready_fd is not None else open(os.devnull, "w"))  # noqa: SIM115
        paths = find_paths()
        config = load_config(paths.config_file)
        sockets.private_folder(paths.runtime)
        _make_folders(paths)
        stack.enter_context(sockets.only_hub(paths))
        logs = Logs()
        stack.enter_context(_logging_to(paths.hub_log, logs))
        stack.enter_context(exporting(logs, config.logs.otlp_endpoint, config.logs.headers))
        store = _open_store(paths, database or config.hub.database, notify_database or config.hub.notify_database)
        stack.callback(store.close)
        bound = stack.enter_context(_bound(paths, listen, config))
        settings = _settings(paths, config, bound, ping_seconds, send_seconds, store.secret("stream"))

        def tell_ready() -> None:
            _write_info(paths, settings.listen)
            ready.write(json.dumps({"ready": True, "listen": settings.listen}) + "\n")
            ready.close()
            log.info("ready: version %s, pid %d, http://%s", __version__, os.getpid(), settings.listen)

        service = _service(store, config, paths, job_lease_seconds)
        process = _Process(paths, settings, service, bound, tell_ready, is_welcoming, logs)
        server = process.server
        gc.set_threshold(*_COLLECT_AFTER)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(process.run())
    return Exit.DONE


def _make_folders(paths: Paths) -> None:
    for folder in (paths.state, paths.runtime):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InboxError(f"Cannot make the folder {folder}: {error.strerror}.") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise InboxError(f"Cannot write into the folder {folder}: Permission denied.")


def _open_store(paths: Paths, address: str, notify_address: str) -> Store:
    database = database_at(address, paths.hub_database, notify_address)
    with reached(database.name):
        return Store(database)


def _service(store: Store, config: Config, paths: Paths, job_lease_seconds: float) -> Service:
    named = config.hub.key_file
    master = MasterKey(Path(named).expanduser() if named else paths.hub_key, may_make=not named)
    return Service(
        store,
        retention=Retention(**dict(config.retention)),
        rate=Rate(**dict(config.rate)),
        media=_media_limits(config),
        voices=Voices(*(file and str(Path(file).expanduser()) for file in (config.audio.model, config.audio.voices))),
        callbacks=Callbacks(master, config.outbound.allowed),
        flows=FlowEngine(master, is_on=config.flows.engine != "off"),
        machine=_machine(config, is_local=store.database.lanes == 1),
        job_lease_seconds=job_lease_seconds,
    )


def _media_limits(config: Config) -> MediaLimits:
    media = config.media
    return MediaLimits(media.file_mib << 20, media.space_mib << 20, media.kinds, media.unused_days, media.link_days)


def _machine(config: Config, *, is_local: bool) -> Machine:
    flows = config.flows
    return Machine(
        agents={name: Agent(agent.argv, agent.folder) for name, agent in flows.agents.items()},
        forwards={name: address.get_secret_value() for name, address in flows.forwards.items()},
        presses_enter=flows.enter,
        tmux_socket=flows.tmux_socket,
        is_local=is_local,
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    """TCP first, then the local sockets."""

    all: list[socket.socket]
    address: str


@contextmanager
def _bound(paths: Paths, listen: str, config: Config) -> Iterator[_Bound]:
    """The listening sockets; their files are gone at the end. A default port that is taken is stepped around, aloud."""
    wanted = listen or config.hub.listen
    host, port = sockets.parse_address(wanted)
    with ExitStack() as stack:
        tcp = stack.enter_context(sockets.bind_tcp(host, port, or_any_port=wanted == _DEFAULT_LISTEN and not listen))
        address = sockets.address_of(tcp)
        if port and address.rpartition(":")[2] != str(port):
            log.warning("port %d is taken: listening on http://%s instead", port, address)
            print(f"Port {port} is taken: the hub listens on http://{address} instead.", file=sys.stderr)
        stack.callback(sockets.remove, paths.send_socket, paths.operate_socket, paths.hub_info)
        local = [stack.enter_context(sockets.bind_unix(path)) for path in (paths.send_socket, paths.operate_socket)]
        yield _Bound([tcp, *local], address)


def _settings(
    paths: Paths, config: Config, bound: _Bound, ping_seconds: float, send_seconds: float, stream_secret: bytes
) -> Settings:
    host = bound.address.rpartition(":")[0].strip("[]")
    return Settings(
        send_socket=str(paths.send_socket),
        operate_socket=str(paths.operate_socket),
        operator=_login_name(),
        listen=bound.address,
        allowed_hosts=frozenset({*LOOPBACK, host.lower(), *(name.lower() for name in config.hub.allowed_hosts)}),
        any_address=host in ("0.0.0.0", "::"),
        public_url=config.hub.public_url,
        ping_seconds=ping_seconds,
        send_seconds=send_seconds,
        strict_sessions=config.gestalt.strict_sessions,
        claude_code_waits=Waits(**dict(config.agents.claude_code)),
        stream_secret=stream_secret,
    )


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _write_info(paths: Paths, listen: str) -> None:
    told = {"pid": os.getpid(), "version": __version__, "listen": listen}
    fresh = paths.hub_info.with_suffix(".new")
    fresh.write_text(json.dumps(told) + "\n")
    fresh.replace(paths.hub_info)


@contextmanager
def _logging_to(file: Path, logs: Logs) -> Iterator[None]:
    """Says what the hub does, never what anybody wrote: no body, title, path with a token, or key is ever logged."""
    try:
        handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        raise InboxError(f"Cannot write the log {file}: {error.strerror}.") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    told = LogHandler(logs)
    root.addHandler(handler)
    root.addHandler(told)
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # Where the disk is full, the log cannot say so either.
    logging.raiseExceptions = False
    try:
        yield
    finally:
        root.removeHandler(told)
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


class _Server(uvicorn.Server):
    """uvicorn's, but signals are ours, and it says when it listens."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()


class _Process:
    """One run of the hub, in its loop."""

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        service: Service,
        bound: _Bound,
        tell_ready: Callable[[], None],
        is_welcoming: bool,
        logs: Logs,
    ) -> None:
        self._paths, self._settings, self._service, self._bound = paths, settings, service, bound
        self._is_welcoming, self._logs = is_welcoming, logs
        self._app: HubApp | None = None
        config = uvicorn.Config(
            self._call_app,
            http="httptools" if sys.implementation.name == "cpython" else "auto",
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
            backlog=1024,
        )
        self.server = _Server(config, tell_ready)

    async def _call_app(self, scope: object, receive: object, send: object) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)  # type: ignore[arg-type]

    async def run(self) -> None:
        service, space = self._service, self._settings.space
        is_new = space not in await asyncio.to_thread(service.store.spaces)
        await asyncio.to_thread(service.store.apply, space, [Begin()])
        await service.start()
        try:
            if is_new and self._is_welcoming:
                await welcome.publish(service, space)
            self._app = build_app(self._settings, service, stop=self.stop, logs=self._logs)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
            ticking = asyncio.create_task(self._tick())
            await self.server.serve(self._bound.all)
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
        finally:
            await service.close()
            log.info("stopped")

    def stop(self) -> None:
        """Ends the streams, then the server. The info file goes first: whoever reads it must not come here any more."""
        sockets.remove(self._paths.hub_info)
        if self._app is not None:
            self._app.feeds.close()
        self.server.should_exit = True

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                await self._service.tick()
            except Refused:
                pass  # The store cannot be read just now, and the service says why.
            except Exception as error:
                log.error("what time brings failed: %s", type(error).__name__)
