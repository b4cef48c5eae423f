"""The payloads of seed 000's curl examples, word for word."""

from __future__ import annotations

from typing import Any

LOOP: dict[str, Any] = {
    "event": "task.loop",
    "title": "my-app | scraper | task.loop",
    "message": "Same page returned 5 times — possible infinite loop.",
    "type": "warning",
    "agent": "my-app",
    "task_id": "scraper",
    "run_id": "run_1714000000000_a3f2",
    "is_actionable": True,
    "meta": {"loop_count": 5},
}
QUEUED: dict[str, Any] = {
    "event": "task.queued",
    "title": "my-app | data-pipeline | task.queued",
    "message": "Data pipeline job queued.",
    "type": "info",
    "agent": "my-app",
    "task_id": "data-pipeline",
    "run_id": "run_1714000000000_a3f2",
}
STARTED: dict[str, Any] = {
    "event": "task.started",
    "title": "my-app | data-pipeline | task.started",
    "message": "Starting nightly data pipeline run.",
    "type": "info",
    "agent": "my-app",
    "task_id": "data-pipeline",
    "run_id": "run_1714000000000_a3f2",
    "meta": {"queue_ms": 1240},
}
COMPLETED: dict[str, Any] = {
    "event": "task.completed",
    "title": "my-app | data-pipeline | task.completed",
    "message": "Pipeline finished. Processed 4,218 records in 47s.",
    "type": "success",
    "agent": "my-app",
    "task_id": "data-pipeline",
    "run_id": "run_1714000000000_a3f2",
    "meta": {
        "total_duration_ms": 47200,
        "active_ms": 45800,
        "rows_processed": 4218,
        "rows_failed": 0,
        "env": "production",
    },
}
FAILED: dict[str, Any] = {
    "event": "task.failed",
    "title": "my-app | data-pipeline | task.failed",
    "message": "Database connection timed out after 3 retries.",
    "type": "urgent",
    "agent": "my-app",
    "task_id": "data-pipeline",
    "run_id": "run_1714000000000_a3f2",
    "is_actionable": True,
    "meta": {
        "total_duration_ms": 92000,
        "active_ms": 88000,
        "retry_count": 3,
        "error_count": 3,
        "last_error": "connect ETIMEDOUT 10.0.0.5:5432",
    },
}
PAUSED: dict[str, Any] = {
    "event": "task.paused",
    "title": "my-app | api-sync | task.paused",
    "message": "Rate limit hit — waiting 30s before resuming.",
    "type": "warning",
    "agent": "my-app",
    "task_id": "api-sync",
    "run_id": "run_1714000000000_b7c1",
    "meta": {"pause_count": 1, "wait_reason": "rate_limit"},
}
RESUMED: dict[str, Any] = {
    "event": "task.resumed",
    "title": "my-app | api-sync | task.resumed",
    "message": "Resuming after rate limit window.",
    "type": "info",
    "agent": "my-app",
    "task_id": "api-sync",
    "run_id": "run_1714000000000_b7c1",
    "meta": {"pause_ms": 31200, "pause_count": 1},
}
INPUT: dict[str, Any] = {
    "event": "input.required",
    "title": "my-app | approval needed",
    "message": "About to delete 83 records. Please confirm.",
    "type": "warning",
    "agent": "my-app",
    "is_actionable": True,
    "open_url": "https://dashboard.example.com/approve/123",
}
OUTPUT: dict[str, Any] = {
    "event": "output.generated",
    "title": "my-app | report-gen | output.generated",
    "message": "Monthly report ready. 24 pages, 3 charts.",
    "type": "success",
    "agent": "my-app",
    "task_id": "report-gen",
    "download_url": "https://storage.example.com/reports/2026-04.pdf",
    "meta": {"pages": 24, "charts": 3, "total_duration_ms": 18400},
}
EXAMPLES = [LOOP, QUEUED, STARTED, COMPLETED, FAILED, PAUSED, RESUMED, INPUT, OUTPUT]
