"""What keys do, in the order they were read: the answer bar's, a prompt's, a line's that is typed, else an action's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from inbox_tui.tui.keymap import Chord, Keymap
from inbox_tui.tui.prompts import Prompt, TypedLines

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen


class Keyboard:
    """Over one main screen. `prompt` takes every key until it is through."""

    def __init__(self, screen: MainScreen, keymap: Keymap) -> None:
        self._screen, self._chord = screen, Chord(keymap)
        self._prefix_timer: Timer | None = None
        self.prompt: Prompt | None = None

    @property
    def keymap(self) -> Keymap:
        return self._chord.keymap

    def use(self, keymap: Keymap) -> None:
        """Other keys from the next one on."""
        self._chord = Chord(keymap)

    @property
    def pending(self) -> str:
        """The prefix that waits for its second key; "" where none does."""
        return self._chord.pending

    def take(self, key: str, read_at: float) -> str | None:
        """One key. Answers an action for the app; "" when it is dealt with; None: not ours."""
        screen = self._screen
        if screen.question is not None:
            screen.question.take(key, read_at)
            return ""
        if screen.bar.swallows(read_at) or screen.preflight.swallows(read_at):
            return ""
        screen.list.touched = True
        if self.prompt is not None:
            taken: str | None = self._prompted(self.prompt, key)
        elif screen.filtering.editor is not None:
            with screen.changes.reading_cache():
                taken = "" if screen.filtering.take(key) else None
        else:
            taken = self._pressed(key, read_at)
        screen.refresh_words()
        return taken

    def _prompted(self, prompt: Prompt, key: str) -> str:
        self._screen.edges.forget()
        with self._screen.changes.reading_cache():
            self.prompt = None if prompt.take(key) and self.prompt is prompt else self.prompt
        return ""

    def _pressed(self, key: str, read_at: float) -> str | None:
        was_pending = self._chord.pending
        self._screen.edges.forget()
        action = self._chord.press(key, read_at)
        if action == "":
            self._wait_for_chord()
            return ""
        if action is None:
            return "" if was_pending or len(key) == 1 else None
        return "" if self.run(action) else action

    def run(self, action_id: str) -> bool:
        """An action by its id. False: it is the app's own."""
        with self._screen.changes.reading_cache():
            return self._screen.commands.run(action_id)
        return True

    def paste(self, text: str) -> bool:
        """Whether something is being typed, which takes it."""
        if self.prompt is not None:
            self.prompt.paste(text)
        elif self._screen.filtering.editor is not None:
            with self._screen.changes.reading_cache():
                self._screen.filtering.paste(text)
        else:
            return False
        self._screen.refresh_words()
        return True

    def typed(self, width: int) -> TypedLines | None:
        """The line that is typed just now."""
        if self.prompt is not None:
            return self.prompt.lines(width)
        return self._screen.filtering.line(width) if self._screen.filtering.editor is not None else None

    def _wait_for_chord(self) -> None:
        if self._prefix_timer is not None:
            self._prefix_timer.stop()
        self._prefix_timer = self._screen.set_timer(self.keymap.patience(self._chord.pending), self._drop_prefix)

    def _drop_prefix(self) -> None:
        self._chord.pending = ""
        self._screen.refresh_words()
