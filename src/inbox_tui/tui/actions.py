"""The registry: everything a key can do. Keys, help screen, footer, palette and the README's table all come from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from inbox_tui.core.model import Notification
from inbox_tui.tui.attachments import kept_files

Group = Literal["move", "views", "alike", "triage", "answer", "screen"]
GROUPS: dict[Group, str] = {
    "move": "Moving",
    "views": "Views",
    "alike": "Rows that go together",
    "triage": "Triage",
    "answer": "Answering",
    "screen": "The screen",
}


class Context(NamedTuple):
    """What the person is looking at: decides which keys the footer teaches."""

    row: Notification | None = None
    reading: bool = False
    """The detail has the keys."""
    can_undo: bool = False
    needs: int = 0
    """Rows that need the person."""
    filtered: bool = False
    """A filter is on."""
    selected: int = 0
    """Rows that are selected."""
    grouped: bool = False
    """The list is in groups."""
    aside: bool = False
    """The sidebar has the keys."""
    is_foreign: bool = False
    """What triage would be for is of a hub that is not ours."""


Condition = Callable[[Context], bool]


class Action(NamedTuple):
    """`keys` by preference, as a person writes them: `j`, `g g`, `ctrl+d`, `?`. `footer`: where it is worth teaching."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: Group
    footer: Condition | None = None
    palette: bool = True


def _has_row(context: Context) -> bool:
    return context.row is not None


def _asks(context: Context) -> bool:
    return context.row is not None and context.row.is_open


def _has_url(context: Context) -> bool:
    return context.row is not None and bool(context.row.details.get("open_url"))


def _has_file(kind: str = "") -> Condition:
    """Of a kind or of any, which the row's hub keeps."""
    return lambda context: context.row is not None and bool(kept_files(context.row, kind))


ACTIONS: tuple[Action, ...] = (
    Action("answer", ("a",), "answer", "Answer the question under the cursor: then y, n or a digit.", "answer", _asks),
    Action(
        "answer_many",
        ("A",),
        "answer many",
        "Answer many questions at once: those selected, or all that need you.",
        "answer",
        lambda c: c.selected > 0,
    ),
    Action(
        "open",
        ("enter",),
        "open",
        "Read it whole. The only key that marks read by itself.",
        "screen",
        lambda c: c.aside or (_has_row(c) and not c.reading),
    ),
    Action(
        "back",
        ("escape",),
        "back",
        "Back to the list; there, out of a selection, then a step out of a filter.",
        "screen",
        lambda c: c.aside or c.reading or c.filtered or c.selected > 0,
        palette=False,
    ),
    Action("unfold", ("+",), "more", "In the detail: all of what is folded, or folded again.", "screen", lambda c: c.reading),
    Action("done", ("e", "d"), "done", "Done: out of the inbox; in Done, back into it.", "triage", _has_row),
    Action(
        "undo",
        ("u", "z"),
        "undo",
        "Undo the last triage, again and again. Never undoes an answer.",
        "triage",
        lambda c: c.can_undo,
    ),
    Action("snooze_hour", ("s 1",), "snooze 1 hour", "Snooze for an hour: out of the list, and back with a call.", "triage"),
    Action("snooze_hours", ("s 4",), "snooze 4 hours", "Snooze for four hours.", "triage"),
    Action("snooze_tomorrow", ("s t",), "snooze tomorrow", "Snooze until tomorrow, 9:00.", "triage"),
    Action("snooze_week", ("s w",), "snooze Monday", "Snooze until Monday of next week, 9:00.", "triage"),
    Action("snooze_until", ("s c",), "snooze a time", "Snooze until a time that you write: 2h30, fri 14:00, 1 dec.", "triage"),
    Action("unsnooze", ("s u",), "snooze no more", "Bring it back from its snooze now.", "triage"),
    Action("pin", ("p",), "pin", "Pin, or let go: pinned rows stay on top and are kept for ever.", "triage"),
    Action("mute", ("!",), "mute", "Mute this notification, its task or its source. Questions still reach you.", "triage"),
    Action("select", ("space", "x"), "select", "Select the row, or not: what comes next is for all selected.", "triage"),
    Action("select_range", ("V",), "select range", "Select from here to where you go next.", "triage"),
    Action("select_all", ("*",), "select all", "Select all that this list shows.", "triage"),
    Action("toggle_read", ("m",), "read/unread", "Mark read or unread.", "triage", lambda c: _has_row(c) and not _asks(c)),
    Action("open_url", ("o",), "link", "Open its link; over SSH, copy and show it.", "screen", _has_url),
    Action("choose_link", ("O",), "links", "Choose among its links: to open, to download, an image.", "screen"),
    Action("copy_url", ("y",), "copy link", "Copy its link.", "screen"),
    Action("copy_row", ("Y",), "copy as JSON", "Copy it whole, as JSON.", "screen"),
    Action("save_file", ("S",), "save file", "Save a file of it; never over another.", "screen", _has_file()),
    Action("play", ("P",), "play", "Play its audio; once more: stop.", "screen", _has_file("audio")),
    Action("show_picture", ("i",), "show picture", "Show a picture of it, in the terminal.", "screen", _has_file("image")),
    Action("copy_path", ("C",), "copy path", "Copy the path that a file of it was saved under.", "screen"),
    Action("jump", ("t",), "go to its pane", "Go to the tmux pane that its sender runs in, on this machine.", "screen"),
    Action("read_all", ("M",), "all read", "Mark everything that this list shows read.", "triage"),
    Action("down", ("j", "down"), "down", "Next row; in the detail, scroll down.", "move", palette=False),
    Action("up", ("k", "up"), "up", "Previous row; in the detail, scroll up.", "move", palette=False),
    Action("top", ("g g", "home"), "top", "First row.", "move"),
    Action("bottom", ("G", "end"), "bottom", "Last row.", "move"),
    Action("half_down", ("ctrl+d",), "half page down", "Half a screen down.", "move", palette=False),
    Action("half_up", ("ctrl+u",), "half page up", "Half a screen up.", "move", palette=False),
    Action("page_down", ("pagedown",), "page down", "A screen down.", "move", palette=False),
    Action("page_up", ("pageup",), "page up", "A screen up.", "move", palette=False),
    Action(
        "next_needs",
        ("tab",),
        "next question",
        "Next row that needs you.",
        "move",
        lambda c: c.needs > 0 and _has_row(c) and not _asks(c) and not c.reading,
    ),
    Action("previous_needs", ("shift+tab",), "previous question", "Previous row that needs you.", "move"),
    Action("next_unread", ("n",), "next unread", "Next unread row.", "move"),
    Action("previous_unread", ("N",), "previous unread", "Previous unread row.", "move"),
    Action("go_needs", ("g n",), "needs me", "Show what needs you.", "views"),
    Action("go_unread", ("g u",), "unread", "Show what is unread.", "views"),
    Action("go_all", ("g a",), "all", "Show all that is not done.", "views"),
    Action("go_snoozed", ("g s",), "snoozed", "Show what is snoozed, with when it comes back.", "views"),
    Action("go_done", ("g e",), "done view", "Show what is done.", "views"),
    Action("metrics", ("g t",), "metrics", "Charts of its task: figures over time, what runs took, how they ended.", "screen"),
    Action("mute_list", ("g m",), "muted", "List what is muted, and lift it.", "views"),
    Action("sessions", ("g w",), "sessions", "Agents' sessions, each with how far its plan is; one's rows alone.", "views"),
    Action("jobs", ("g j",), "jobs", "What the hub has to do for flows and webhooks, or gave up; try again, drop.", "views"),
    Action("log", ("g l",), "log", "The hub's log as it comes.", "views"),
    Action("left", ("h", "left"), "left", "Back to the list; there, to the sidebar, or as back.", "screen", palette=False),
    Action("right", ("l", "right"), "right", "From the sidebar to the list; there, as open.", "screen", palette=False),
    Action("sidebar", ("b",), "sidebar", "Fold the sidebar away, or back; from 140 columns.", "views", lambda c: c.aside),
    Action("same_source", ("= s",), "same source", "Show only rows of its source.", "alike"),
    Action("same_task", ("= k",), "same task", "Show only rows of its task.", "alike"),
    Action("same_run", ("= r",), "same run", "Show only rows of its run.", "alike"),
    Action("same_session", ("= a",), "same agent session", "Show only rows of its agent's session.", "alike"),
    Action("same_day", ("= d",), "same day", "Show only rows of its day.", "alike"),
    Action("group_source", ("& s",), "group by source", "The list in groups, one a source; once more: no groups.", "alike"),
    Action("group_task", ("& k",), "group by task", "The same by task.", "alike"),
    Action("group_run", ("& r",), "group by run", "The same by run.", "alike"),
    Action("group_day", ("& d",), "group by day", "The same by day.", "alike"),
    Action("threads", ("& t",), "group in threads", "Replies, and what a sub-agent says, under what they belong to.", "alike"),
    Action("fold", ("-",), "fold", "Fold the group or thread under the cursor, or open it.", "alike", lambda c: c.grouped),
    Action("fold_all", ("_",), "fold all", "Fold all groups or threads, or open them.", "alike"),
    Action("next_group", ("}",), "next group", "First row of the next group or thread.", "move"),
    Action("previous_group", ("{",), "previous group", "First row of this group or thread, then of the one before.", "move"),
    Action("go_parent", ("g p",), "go to parent", "Go to the row that it belongs to.", "move"),
    Action("filter", ("/",), "filter", "Filter the list: words, is:unread, severity>=warn, …", "views", lambda c: not c.reading),
    Action("saved_filters", ("f",), "saved filters", "Choose one of your saved filters.", "views"),
    Action("refresh", ("ctrl+r",), "reconnect", "Ask the hub again, now.", "screen"),
    Action("do_not_disturb", ("D",), "do not disturb", "Nothing rings, in no pane of yours, until pressed again.", "screen"),
    Action("reload", ("g c",), "reload configuration", "Read config.toml again now; a change is seen by itself, too.", "screen"),
    Action("density", ("v",), "one line or two", "One line a row, or two: with its text under the title.", "screen"),
    Action("theme", ("T",), "theme", "Choose a theme: the pane wears each as you go through them.", "screen"),
    Action("palette", ("ctrl+p", ":"), "palette", "Find any of these by its name.", "screen", palette=False),
    Action("help", ("?",), "help", "This help.", "screen", lambda c: True),
    Action("quit", ("q", "ctrl+q"), "quit", "Leave. The hub goes on.", "screen"),
)
BY_ID = {action.id: action for action in ACTIONS}
OURS_ALONE = frozenset({"answer", "answer_many", "done", "snooze_hour", "snooze_hours", "snooze_tomorrow", "snooze_week",
                        "snooze_until", "unsnooze", "pin", "mute", "metrics", "sessions", "jobs", "log"})  # fmt: skip
"""What a hub that is not ours cannot do: it marks read, and unread."""
FOOTER_KEYS = 5


def is_offered(action_id: str, context: Context) -> bool:
    """Whether the row's hub can do it."""
    return not (context.is_foreign and action_id in OURS_ALONE)


def footer_actions(context: Context) -> list[Action]:
    """The few that matter here and now, the most useful first; `help` is always the last."""
    useful = [action for action in ACTIONS if action.footer is not None and action.footer(context)]
    *useful, last = [action for action in useful if is_offered(action.id, context)]
    return [*useful[: FOOTER_KEYS - 1], last]


KEY_SIGNS = {"enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "space": "Space", "left": "←",
             "right": "→", "down": "↓", "up": "↑", "shift+down": "Shift+↓", "shift+up": "Shift+↑", "home": "Home", "end": "End",
             "pagedown": "PgDn", "pageup": "PgUp"}  # fmt: skip


def show_key(key: str) -> str:
    """A key as a person reads it: `g g`, `Ctrl+D`, `Enter`."""
    if key in KEY_SIGNS:
        return KEY_SIGNS[key]
    return f"Ctrl+{key[5:].upper()}" if key.startswith("ctrl+") else key


def key_table_markdown() -> str:
    """The README's table of keys."""
    lines = ["| Key | Does |", "|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{show_key(key)}`" for key in action.keys)
        lines.append(f"| {keys} | {action.help} |")
    lines.append(
        "| in the answer bar: `y` `n` `1`…`9` | Approve, reject, other choices; any other key closes it, nothing answered. |"
    )
    return "\n".join(lines) + "\n"
