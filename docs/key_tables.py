"""The tables of keys in README.md and configuration.md, from the registry of actions, and of fields in filters.md.

`--write` puts them there; without it the exit code says whether they are as they should be.
"""

from __future__ import annotations

import sys
from pathlib import Path

from inbox_tui.core.query.language import filter_table_markdown
from inbox_tui.tui.actions import ACTIONS, key_table_markdown
from inbox_tui.tui.keymaps import KEYMAPS

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- keys: written by `make docs` -->\n", "<!-- end of keys -->"


def action_table_markdown() -> str:
    """What `[tui.keys]` may name, and the keys that each has in each keymap."""
    rows = []
    for action in ACTIONS:
        columns = (" ".join(f"`{key}`" for key in keymap.get(action.id, action.keys)) for keymap in KEYMAPS.values())
        rows.append(f"| `{action.id}` | {' | '.join(columns)} | {action.label} |")
    heads = [f"| action | {' | '.join(KEYMAPS)} | is |", f"|---|{'---|' * len(KEYMAPS)}---|"]
    return "\n".join([*heads, *rows]) + "\n"


TABLES = {
    ROOT / "README.md": key_table_markdown,
    ROOT / "docs" / "configuration.md": action_table_markdown,
    ROOT / "docs" / "filters.md": filter_table_markdown,
}


def with_table(text: str, table: str) -> str:
    """The text with the table between its two marks. Raises ValueError where a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks are gone: {BEGIN.strip()} and {END}")
    return f"{before}{begin}\n{table.strip()}\n\n{end}{after}"


def main() -> int:
    stale = False
    for file, table in TABLES.items():
        text = file.read_text(encoding="utf-8")
        wanted = with_table(text, table())
        if "--write" in sys.argv:
            file.write_text(wanted, encoding="utf-8")
        elif text != wanted:
            print(f"{file.name} is not what the registry says: make docs", file=sys.stderr)
            stale = True
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
