"""Templates: text with `{{field}}` in it. Pure."""

from __future__ import annotations

import re

from inbox_tui.core.flows.fields import Fields

_TOKEN = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def render(template: str, fields: Fields) -> str:
    """The template with the values in place of its tokens; one that no field has the name of says nothing (seed 004). A value
    is put in once and never read for tokens itself."""
    return _TOKEN.sub(lambda token: fields.get(token[1], ""), template)
