"""The metrics in the pictures: a week of a nightly pipeline, the same every time."""

from __future__ import annotations

import math

import seed

from inbox_tui.client.metrics import Metrics
from inbox_tui.core.times import DAY, HOUR, to_wire

_SINCE = seed.NOW - 7 * DAY
_GROUPS = (("production", 4200, 900, 7, 3), ("staging", 1900, 450, 5, 6), ("canary", 700, 120, 3, 12))


def metrics() -> Metrics:
    lines = [{"label": label, "points": _points(*shape)} for label, *shape in _GROUPS]
    return Metrics.model_validate(
        {
            "source": "my-app", "task": "data-pipeline", "key": "rows_processed", "by": "env", "since": to_wire(_SINCE),
            "until": to_wire(seed.NOW), "is_whole": True, "events": 1204, "bucket_seconds": 3600,
            "keys": [{"name": name, "events": 168} for name in ("rows_processed", "rows_failed", "cost_usd")],
            "labels": [{"name": "env", "events": 168}], "lines": lines, "runs": [_run(n) for n in range(56)],
            "days": [_day(n) for n in range(8)],
        }
    )  # fmt: skip


def _points(middle: int, swing: int, slow: int, step: int) -> list[dict[str, object]]:
    values = [(hour, round(middle + swing * math.sin(hour / 3 / slow))) for hour in range(step, 168, step)]
    return [
        {"at": to_wire(_SINCE + hour * HOUR), "mean": value, "least": value - swing // 4, "most": value + swing // 3, "count": 3}
        for hour, value in values
    ]


def _run(n: int) -> dict[str, object]:
    active = 40_000 + round(6000 * math.sin(n / 4))
    return {
        "run_id": f"run_{n}", "at": to_wire(_SINCE + n * 3 * HOUR), "outcome": "failed" if n % 7 == 3 else "completed",
        "total_ms": active + 6200, "active_ms": active, "queued_ms": 1200, "waited_ms": 5000,
    }  # fmt: skip


def _day(n: int) -> dict[str, object]:
    return {"day": f"2026-10-{21 + n}", "completed": n * 7 % 9 + 4, "failed": n * 2 % 3, "timeout": n % 4 == 2}
