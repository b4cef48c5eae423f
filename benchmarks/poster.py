"""`python -m benchmarks.poster HOME`: a hundred events a second to the hub there, each a row that says when it was sent."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hubs import RunningHub

A_SECOND = 100


@contextmanager
def posting(home: Path) -> Iterator[None]:
    """For as long as this lasts."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.poster", str(home)]) as process:
        try:
            yield
        finally:
            process.terminate()


def main() -> None:
    connection: http.client.HTTPConnection = RunningHub(Path(sys.argv[1]), {}).connect("send")
    began, n = time.monotonic(), 0
    while True:
        time.sleep(max(0, began + n / A_SECOND - time.monotonic()))
        event = {"kind": "order.placed", "title": f"sent {n} at {time.monotonic_ns()}", "body": "x" * 200}
        connection.request("POST", "/api/events", json.dumps(event), {"Content-Type": "application/json"})
        connection.getresponse().read()
        n += 1


if __name__ == "__main__":
    main()
