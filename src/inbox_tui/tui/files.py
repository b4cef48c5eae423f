"""What is done with a row's files: saved, their paths copied, their bytes fetched for whoever shows or plays them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.text import clean
from inbox_tui.tui.attachments import Attachment, attachments_of
from inbox_tui.tui.saving import downloads, new_file
from inbox_tui.tui.theme import few_colors

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

Use = Callable[[Row, Attachment], None]


class Files:
    """Over one main screen; its methods without an underscore are actions of the registry, but for `fetched`."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._saved: dict[tuple[str, str], Path] = {}
        """By row and file: where each was saved."""
        self._kept_aside: tempfile.TemporaryDirectory[str] | None = None

    def save_file(self) -> None:
        self._choose(self._save, "Save…")

    def copy_path(self) -> None:
        self._choose(self._copy_path, "Copy the path of…")

    def show_picture(self) -> None:
        if "NO_COLOR" in os.environ or few_colors(os.environ):
            opens = self._screen.keymap.taught("open_url", "opens it", ": ")
            self._screen.say(f"a picture needs a terminal with 24-bit colours{opens}")
        else:
            self._choose(self._show, "Show…", "image")

    def close(self) -> None:
        if self._kept_aside is not None:
            self._kept_aside.cleanup()

    async def fetched(self, row: Row, attachment: Attachment) -> Path:
        """The file in a folder of this pane's own, which goes when the pane does; fetched once. Raises HubUnreachable, Refused,
        OSError."""
        if self._kept_aside is None:
            self._kept_aside = tempfile.TemporaryDirectory(prefix="inbox-", ignore_cleanup_errors=True)
        folder = Path(self._kept_aside.name) / attachment.media_id
        if (path := folder / attachment.name).exists():
            return path
        with new_file(folder, attachment.name) as (path, file):
            await self._screen.link.fetch_media(row.id, attachment.media_id, attachment.media_name, file.write)
        return path

    def _choose(self, use: Use, prompt: str, kind: str = "") -> None:
        """Of the row's files that its hub keeps, of a kind or of any; at once where there is one."""
        row = self._screen.row
        files = [] if row is None else attachments_of(row.notification)
        files = [file for file in files if not kind or file.kind == kind]
        kept = [file for file in files if file.is_kept]
        if row is None or not kept:
            opens = self._screen.keymap.taught("choose_link", "opens them", ": ")
            self._screen.say(f"its files are elsewhere{opens}" if files else f"no {kind or 'file'} here")
        elif len(kept) == 1:
            use(row, kept[0])
        else:
            named = enumerate(kept, 1)
            self._screen.pick([(f"{n}  {file.name}", partial(use, row, file), file.facts) for n, file in named], prompt)

    def _save(self, row: Row, attachment: Attachment) -> None:
        async def save() -> None:
            try:
                folder = downloads(self._screen.downloads)
                with new_file(folder, attachment.name) as (path, file):
                    await self._screen.link.fetch_media(row.id, attachment.media_id, attachment.media_name, file.write)
            except (HubUnreachable, Refused, OSError) as error:
                self._screen.say(f"not saved: {why(error)}")
            else:
                self._saved[row.id, attachment.media_id] = path
                self._screen.say(f"saved as {path.name} in {clean(str(folder), lines=False)}")

        self._screen.say(f"saving {attachment.name} …")
        self._screen.run_worker(save(), group="files", exit_on_error=False, description="save a file")

    def _show(self, row: Row, attachment: Attachment) -> None:
        async def show() -> None:
            from inbox_tui.tui.screens.picture import PictureScreen

            try:
                path = await self.fetched(row, attachment)
            except (HubUnreachable, Refused, OSError) as error:
                self._screen.say(f"not shown: {why(error)}")
            else:
                self._screen.say("")
                self._screen.app.push_screen(PictureScreen(path, f"{attachment.name}  {attachment.facts}"))

        self._screen.say(f"fetching {attachment.name} …")
        self._screen.run_worker(show(), group="files", exit_on_error=False, description="show a picture")

    def _copy_path(self, row: Row, attachment: Attachment) -> None:
        path = self._saved.get((row.id, attachment.media_id))
        if path is None:
            self._screen.say(f"{attachment.name} is not saved yet")
        else:
            self._screen.outward.copy("the path", str(path))


def why(error: Exception) -> str:
    """For a person."""
    if isinstance(error, Refused) and error.status == 404:
        return "its hub does not have it any more"
    return error.detail if isinstance(error, Refused) else str(error)
