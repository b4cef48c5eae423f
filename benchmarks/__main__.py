"""`python -m benchmarks [NAME …]` prints the table; without names it runs all, and writes it into benchmarks/README.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.report import HEADER, write_readme

NAMES = ("opening", "keys", "wire", "catching_up", "ingest", "notifies", "fanout", "many_hubs", "starting")


def main() -> None:
    names = sys.argv[1:] or NAMES
    rows = []
    print(HEADER)
    for name in names:
        for figure in importlib.import_module(f"benchmarks.{name}").run():
            rows.append(figure.row())
            print(rows[-1], flush=True)
    if not sys.argv[1:]:
        write_readme(Path(__file__).with_name("README.md"), rows)


if __name__ == "__main__":
    main()
