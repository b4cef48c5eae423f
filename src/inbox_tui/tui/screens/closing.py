"""How a screen over the main one is closed: once, however fast the keys come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete

if TYPE_CHECKING:
    from textual.screen import Screen

    _Screen = Screen[Any]
else:
    # Textual looks for a screen's style and keys in its first base that is a node.
    _Screen = object


class ClosesOnce(_Screen):
    """Two keys that were typed as one may both close it. The second finds it gone, and would end the program."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()
