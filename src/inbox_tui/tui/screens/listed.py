"""A list of what a hub has besides notifications, over the inbox: a line each, a cursor, and what can be done to each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from inbox_tui.core.errors import InboxError, Refused
from inbox_tui.core.text import clean
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.widgets.line import Line, Piece

Item = TypeVar("Item")
NOT_OURS = "This hub tells nothing of it: it is not one of ours, or an older one."


class ListedScreen(ClosesOnce, ModalScreen[str | None], Generic[Item]):
    """What is listed is the hub's own: without it there is nothing to see, and it says so. Answers what was chosen to look at."""

    DEFAULT_CSS = """
    ListedScreen {
        background: $background; align: left top;
        VerticalScroll {
            height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; background: $background;
            scrollbar-color: $inbox-rule; scrollbar-background: $background;
        }
        #listed-head { background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close"),
        Binding("down", "move(1)", "down", show=False),
        Binding("up", "move(-1)", "up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("home", "move(-1000000)", "first", show=False),
        Binding("end", "move(1000000)", "last", show=False),
        Binding("enter", "act('open')", "the first thing to do"),
        Binding("delete", "act('done')", "the other"),
    ]
    HEAD: ClassVar[str] = ""
    """What is listed."""
    WAYS: ClassVar[dict[str, int]] = {"down": 1, "up": -1, "top": -1_000_000, "bottom": 1_000_000}

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self.items: Sequence[Item] = ()
        self._at = 0
        self._note = ""
        """What was done, until the next key."""
        self._state = "asking the hub…"
        """Why there is nothing to see."""

    # What is listed

    @abstractmethod
    async def fetch(self) -> Sequence[Item]:
        """Raises InboxError."""

    @abstractmethod
    def line(self, item: Item, room: int) -> list[Piece]:
        """What stands behind the cursor's mark, in so many cells; what is longer is cut."""

    @abstractmethod
    def name_of(self, item: Item) -> str:
        """What it is known by, from one look to the next."""

    @abstractmethod
    def nothing(self) -> str:
        """What is said of an empty list."""

    @abstractmethod
    def keys(self) -> dict[str, str]:
        """What the foot teaches: key → what it does. A key that is "" is left out."""

    def do(self, action: str, item: Item) -> None:
        """An action of the registry, to the current item."""

    # Keys

    def on_key(self, event: events.Key) -> None:
        """A person's own keys. What was said is read by then."""
        self._note = ""
        match self._keymap.action_of(event):
            case "":
                return
            case "down" | "up" | "top" | "bottom" as way:
                self.action_move(self.WAYS[way])
            case "half_down" | "page_down":
                self.action_page(1)
            case "half_up" | "page_up":
                self.action_page(-1)
            case "left" | "back" | "quit":
                self.action_leave()
            case "refresh":
                self.load()
            case "right":
                self.action_act("open")
            case action:
                self.action_act(action)
        # Else what is bound to the same key would be done besides.
        event.stop()

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.query_one(VerticalScroll).size.height - 3))

    def action_act(self, action: str) -> None:
        if self.items:
            self.do(action, self.items[self._at])

    def action_move(self, by: int) -> None:
        """The cursor, as far as there are items; what reads differently then is drawn."""
        self._at = min(max(0, self._at + by), max(0, len(self.items) - 1))
        room = max(20, self.app.size.width - 4)
        lines = self.query("VerticalScroll Line").results(Line)
        for n, (line, item) in enumerate(zip(lines, self.items, strict=False)):  # items come before their lines
            line.show([("▌" if n == self._at else " ", "key"), *self.line(item, room)])
            if n == self._at:
                line.scroll_visible(animate=False)
        self.query_one("#listed-head", Line).show([(f" {self.HEAD}", "strong")])
        self.query_one("#listed-foot", Line).show(self._foot())

    # Drawing

    def compose(self) -> ComposeResult:
        yield Line(id="listed-head")
        yield VerticalScroll(can_focus=False)
        yield Line(id="listed-foot")

    def on_mount(self) -> None:
        self.action_move(0)
        self.load()

    def on_resize(self) -> None:
        self.action_move(0)

    @work(group="listed", exclusive=True, exit_on_error=False, description="list what the hub has")
    async def load(self) -> None:
        try:
            self._show(await self.fetch())
        except InboxError as error:
            self._state = trouble(error)
        await self._lay_out()

    def load_quietly(self) -> None:
        """Looks again; what was said stays."""
        if self.is_current:
            self.load()

    def say(self, text: str) -> None:
        """At the foot, until the next key."""
        self._note = text
        self.action_move(0)

    def _show(self, items: Sequence[Item]) -> None:
        """The cursor stays with its item, else with its place."""
        current = self.name_of(self.items[self._at]) if self.items else ""
        self.items = items
        names = [self.name_of(item) for item in items]
        self._at = names.index(current) if current in names else min(self._at, max(0, len(items) - 1))
        self._state = "" if items else self.nothing()

    async def _lay_out(self) -> None:
        table = self.query_one(VerticalScroll)
        missing = len(self.items) - len(table.children)
        if missing < 0:
            await table.remove_children([*table.children][missing:])
        elif missing:
            await table.mount_all(Line() for _ in range(missing))
        self.action_move(0)

    @work(group="changes of what is listed", exit_on_error=False, description="change what the hub has")
    async def change(self, work: Callable[[], Awaitable[object]], said: str, not_said: str) -> None:
        """Does it, says so, and lists anew. No look that begins meanwhile takes its place."""
        try:
            await work()
        except InboxError as error:
            said = f"{not_said}: {trouble(error)}"
        self.say(said)
        self.load()

    def _foot(self) -> list[Piece]:
        if said := self._note or self._state:
            return [(f" {said}", "text")]
        keys = {**self.keys(), "Esc": "back"}
        return [piece for key, does in keys.items() if key for piece in ((f" {key}", "key"), (f" {does}  ", "dim"))]


def trouble(error: InboxError, not_ours: str = NOT_OURS) -> str:
    """In words, for the line at the foot."""
    if isinstance(error, Refused) and error.status in (404, 405):
        return not_ours
    return clean(str(error), lines=False)
