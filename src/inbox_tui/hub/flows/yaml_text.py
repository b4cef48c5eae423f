"""A document as YAML, and back: plain values alone. The library is loaded when it is first needed."""

from __future__ import annotations

from typing import Any, cast

from inbox_tui.core.model import Json


def write(document: Any) -> str:
    import yaml

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def read(raw: bytes) -> Json:
    """Raises ValueError, saying where. An alias is refused: by them a few lines can stand for more than any machine holds."""
    import yaml

    try:
        text = raw.decode("utf-8-sig")
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
                raise ValueError(f"line {token.start_mark.line + 1}: anchors and aliases are not taken")
        return cast(Json, yaml.safe_load(text))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(where + str(getattr(problem, "problem", None) or type(problem).__name__)) from None
