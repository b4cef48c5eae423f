"""What a pane reads its lists from: one feed's copy (`pages.Reader`), or those of several hubs as one (`merged.Merged`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from inbox_tui.cache.rows import Head, Mark, Named, View, Was

if TYPE_CHECKING:
    from inbox_tui.cache.pages import Reader, Row, Shown


class Lists(Protocol):
    """Places run from 0 at the top of a view. Ids are opaque. Raises sqlite3.Error where the file cannot be read."""

    @property
    def parts(self) -> tuple[Reader, ...]:
        """The feeds that it reads, each with ids as its hub says them."""

    @property
    def head(self) -> Head:
        """As of the last call."""

    def refresh(self) -> bool:
        """Takes in what was written. True: something that is shown has changed since it last said so."""

    def count(self, view: View) -> int: ...

    def unread_count(self) -> int: ...

    def epoch_of(self, row_id: str) -> int:
        """The life of the hub that a row is from."""

    def window(self, view: View, start: int, size: int) -> list[Row]: ...

    def ids(self, view: View, start: int, size: int) -> list[str]: ...

    def row(self, row_id: str) -> Row | None: ...

    def rows(self, ids: Sequence[str]) -> list[Row]: ...

    def numbered(self, numbers: Sequence[int]) -> dict[int, Row]: ...

    def named(self, numbers: Sequence[int]) -> dict[int, Named]: ...

    def shown(self, ids: Sequence[str]) -> list[Shown]: ...

    def position(self, view: View, row_id: str) -> int | None: ...

    def undo_steps(self) -> list[tuple[str, str]]: ...

    def changed_since(self, mark: Mark, most: int) -> tuple[list[str], Mark] | None: ...

    def moved(self, since: Mark, until: Mark) -> dict[str, Was]: ...

    def reopened(self) -> Lists:
        """The same for another thread."""

    def close(self) -> None: ...
