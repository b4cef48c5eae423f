"""The hub's log, exported by OTLP over HTTP to the collector that `[logs]` names: by OpenTelemetry's exporter, the extra `otlp`.

A thread of its own reads the log as any other reader does, so that nothing waits for it and nothing but the log is kept for it.
What a collector does not take just now is sent again; what the log forgets meanwhile is lost, and counted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from inbox_tui import __version__
from inbox_tui.hub.logs import NUMBERS, LogRecord, Logs

log = logging.getLogger(__name__)
_PAUSE_SECONDS, _ANSWER_SECONDS = 1.0, 5.0
_END_SECONDS = 2.0  # that the hub's end waits for what was said last
_BATCH = 512
_LATER = (429, 502, 503, 504)
"""What the OTLP specification lets a client send again after; what is refused in any other way is lost."""


@contextmanager
def exporting(logs: Logs, endpoint: str, headers: Mapping[str, str]) -> Iterator[None]:
    """Exports all of the log meanwhile, and what is left of it at the end. Without an endpoint it does nothing."""
    if not endpoint:
        yield
        return
    export = _Export(logs, endpoint, headers)
    try:
        yield
    finally:
        export.stop()


class _Collector:
    """The exporter, and what the collector answered. Raises ImportError where the extra is not installed."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        import requests  # the exporter's own dependency
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        for library in ("opentelemetry", "urllib3"):
            # They would tell of failures, by address, in the very log that fails to be exported.
            logging.getLogger(library).setLevel(logging.CRITICAL + 1)
        self._status: int | None = None
        session = requests.Session()
        session.trust_env = False  # no proxy and no password of the environment's
        session.hooks["response"].append(self._hear)
        self._exporter = OTLPLogExporter(endpoint, headers=headers, timeout=_ANSWER_SECONDS, session=session)
        resource = Resource.create({"service.name": "inbox", "service.version": __version__})
        self._origin = resource, InstrumentationScope("inbox_tui.hub", __version__)

    def offer(self, records: Sequence[LogRecord]) -> int | None:
        """The HTTP status that it answered, None for none in time. Blocks."""
        from opentelemetry import _logs as otel
        from opentelemetry.sdk._logs import ReadableLogRecord

        self._status = None
        batch = [
            otel.LogRecord(
                timestamp=record.at * 1000,
                observed_timestamp=record.at * 1000,
                severity_number=otel.SeverityNumber(NUMBERS[record.severity]),
                severity_text=record.severity,
                body=_utf8(record.body),
                attributes=_attributes(record),
            )
            for record in records
        ]
        self._exporter.export([ReadableLogRecord(told, *self._origin) for told in batch])
        return self._status

    def _hear(self, response: object, **_: object) -> None:
        self._status = getattr(response, "status_code", None)


def _attributes(record: LogRecord) -> dict[str, str]:
    attributes = {_utf8(name): _utf8(value) for name, value in record.attributes.items()}
    return attributes | ({"inbox.space": record.space} if record.space else {})


def _utf8(text: str) -> str:
    """protobuf takes no half of a surrogate pair, and one would spoil its whole batch."""
    return text.encode("utf-8", "replace").decode()


class _Export:
    """The thread, from the beginning on."""

    def __init__(self, logs: Logs, endpoint: str, headers: Mapping[str, str]) -> None:
        self._logs, self._endpoint, self._headers = logs, endpoint, headers
        self._place = self._read = self._lost = 0
        """The last record that was dealt with; how many were, and how many of them were lost."""
        self._problem = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="otlp", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Sends what is left, but waits for no collector that is known to fail."""
        self._stopping.set()
        self._thread.join(0 if self._problem else _END_SECONDS)

    def _run(self) -> None:
        try:
            self._follow(_Collector(self._endpoint, self._headers))
        except ImportError:
            log.warning("the log is not exported: [logs] needs the exporter, pip install 'inbox-tui[otlp]'")
        except Exception as error:
            log.error("the log is not exported any more: %s", type(error).__name__)

    def _follow(self, collector: _Collector) -> None:
        self._send(collector)
        while not self._stopping.wait(_PAUSE_SECONDS):
            self._send(collector)
        if not self._problem:
            self._send(collector)

    def _send(self, collector: _Collector) -> None:
        """All that is new, by batches, until one is not taken."""
        while True:
            new, ever = self._logs.everything(self._place)
            forgotten = ever - self._read - len(new)
            self._read, self._lost = self._read + forgotten, self._lost + forgotten
            if not (batch := new[:_BATCH]):
                return
            status = collector.offer(batch)
            if status is None or status in _LATER:
                self._tell(f"answered {status}" if status else "did not answer")
                return
            is_taken = 200 <= status < 300
            self._place = batch[-1].number
            self._read, self._lost = self._read + len(batch), self._lost + (0 if is_taken else len(batch))
            self._tell("" if is_taken else f"answered {status}")
            if not is_taken or len(new) <= _BATCH:
                return

    def _tell(self, problem: str) -> None:
        """Once when it begins to fail and once when it works again, without what else an address may hold."""
        was, self._problem = self._problem, problem
        where = urlsplit(self._endpoint)
        if problem and not was:
            log.warning("the log is not exported: %s:%s %s", where.hostname, where.port or where.scheme, problem)
        elif was and not problem:
            log.info("the log is exported again; so far %d of its records were lost", self._lost)
