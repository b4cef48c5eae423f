"""What an answer bar says: the whole question with every mark, and which key gives which answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inbox_tui.core.model import Choice, Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import words
from inbox_tui.tui.cells import chop, wrap

DIGITS = "123456789"


@dataclass(frozen=True, slots=True)
class Line:
    """`part`: `title`, `text`, `command` or `note`."""

    text: str
    part: str


def lines(row: Notification, width: int) -> list[Line]:
    """Everything that the question says, in lines of at most `width` cells. Nothing is cut, least of all its end."""
    title = words.full_text(row, row.title)
    shown = [Line(text, "title") for text in wrap(title, width)]
    told = {title}
    for part, text in (("text", row.body), ("text", words.detail(row, "prompt")), ("command", words.detail(row, "command"))):
        text = words.full_text(row, text)
        if not text.strip() or text in told:
            continue
        told.add(text)
        broken = chop(text, width - 2) if part == "command" else wrap(text, width - 2)
        shown.extend(Line(f"  {line}", part) for line in broken)
    redacted = row.details.get("redacted")
    if redacted:
        shown.append(Line(f"  {redacted} key-like runs in it were redacted by the hub", "note"))
    return shown


def place(row: Notification) -> str:
    """Where it was asked: folder, branch, machine."""
    cwd, branch = (clean(words.detail(row, name), lines=False) for name in ("cwd", "branch"))
    host = clean(words.detail(row, "host"), lines=False)
    where = f"{cwd} ({branch})" if cwd and branch else cwd or branch
    return " · ".join(part for part in (where, host) if part)


def answers(choices: tuple[Choice, ...], *, by_digit: bool, pick: Callable[[str], str]) -> Mapping[str, Choice]:
    """Key → choice: `y` and `n` for approve and reject, digits for the others in their order.

    With `by_digit` the approving key is one that `pick` takes from the free digits, so that no habit can press it. Choices
    beyond the tenth key have none here; the command line takes them by name.
    """
    keys: dict[str, Choice] = {}
    others = [choice for choice in choices if choice.key not in ("approve", "reject")]
    free = list(DIGITS)
    approve = next((choice for choice in choices if choice.key == "approve"), None)
    if approve is not None:
        key = pick("".join(free)) if by_digit else "y"
        keys[key] = approve
        free = [digit for digit in free if digit != key]
    reject = next((choice for choice in choices if choice.key == "reject"), None)
    if reject is not None:
        keys["n"] = reject
    return keys | dict(zip(free, others, strict=False))
