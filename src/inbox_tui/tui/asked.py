"""What an answer bar says: the whole question with every mark, and which key gives which answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rich.cells import cell_len

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Choice, Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import words
from inbox_tui.tui.cells import chop, cut, fit, wrap
from inbox_tui.tui.diffs import is_patch, part_of

DIGITS = "123456789"


class Line(NamedTuple):
    """`part`: `title`, `text`, `command` or `note`; of a patch also `added` and `removed`."""

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
        shown.extend(Line(f"  {line}", its) for line, its in _broken(row, text, part, width - 2))
    redacted = row.details.get("redacted")
    if redacted:
        shown.append(Line(f"  {redacted} key-like runs in it were redacted by the hub", "note"))
    return shown


def _broken(row: Notification, text: str, part: str, width: int) -> Iterator[tuple[str, str]]:
    """A patch has colours, no more: each character of it stays as it was written, as that of a command does."""
    if is_patch(row, text, part):
        for line in text.split("\n"):
            yield from ((piece, part_of(line, part)) for piece in chop(line, width))
    else:
        yield from ((line, part) for line in (chop(text, width) if part == "command" else wrap(text, width)))


def who_and_when(row: Notification, room: int, now: int, told: str = "") -> list[str]:
    """Who asks and where; at the right by which key and hub and for how long, or `told` in its place."""
    key = clean(row.sender, lines=False)
    by = [f"hub {row.hub}" if row.hub else "", f"key: {key}" if key else "", f"since {words.age(now - row.raised_at)}"]
    right = told or " · ".join(part for part in by if part)
    where = place(row)
    asker = f"{words.who(row) or 'somebody'} asks{f' in {where}' if where else ''}"
    space = room - cell_len(right) - 2
    return [fit(asker, space), "  ", right] if space >= 16 else [cut(told or asker, room)]


def why_not(shown: Row, now: Row | None) -> str:
    """Why what was shown cannot be answered any more, given what it is now; "" where it can."""
    if now is None:
        return "it is gone"
    if not now.notification.is_open:
        return words.state(now.notification) or "it asks nothing any more"
    is_same = (now.notification.raised_rev, now.epoch) == (shown.notification.raised_rev, shown.epoch)
    return "" if is_same else "it has changed, look again"


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
