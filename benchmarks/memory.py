"""What a process holds in memory."""

from __future__ import annotations

import os
from pathlib import Path


def resident(pid: int) -> float:
    """MiB resident at this moment."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
