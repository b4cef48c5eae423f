"""Templates: text with `{{field}}` in it. Pure."""

from __future__ import annotations

import re

from inbox_tui.core.flows.fields import Fields

MOST = 131_072
"""Characters of what a template says: no more than a text of an event has, also where it names a long field a thousand times."""
_TOKEN = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def render(template: str, fields: Fields) -> str:
    """The template with the values in place of its tokens; one that no field has the name of says nothing (seed 004). A value
    is put in once and never read for tokens itself. Cut at MOST."""
    said = ""
    for place, part in enumerate(_TOKEN.split(template)):
        said += fields.get(part, "") if place % 2 else part  # text and names in turn
        if len(said) >= MOST:
            break
    return said[:MOST]
