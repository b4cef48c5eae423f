"""The pane: paints the cached inbox at once, then connects. Only Textual and sqlite3 are imported before the first frame."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import App, SystemCommand
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.rows import View
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.lifecycle import TOAST
from inbox_tui.core.model import Notification
from inbox_tui.core.paths import Paths, find_paths
from inbox_tui.core.text import clean
from inbox_tui.core.times import Clock, now
from inbox_tui.tui.actions import ACTIONS, is_offered
from inbox_tui.tui.alerts.alerter import Alerter
from inbox_tui.tui.followed import Connect, find_followed
from inbox_tui.tui.hints import hints
from inbox_tui.tui.keymap import Keymap, build_keymap
from inbox_tui.tui.link import Link, NoLink
from inbox_tui.tui.messages import CacheChanged, Raised
from inbox_tui.tui.reload import ConfigFile
from inbox_tui.tui.screens.main import MainScreen
from inbox_tui.tui.settings import DEFAULTS, Settings, read_config, settings_in
from inbox_tui.tui.terminal import CursorFence, Fence, is_there, put
from inbox_tui.tui.theme import choose_theme, complaint_about, fallback_variables, few_colors, load_themes, shipped_themes
from inbox_tui.tui.told import Told, tell

if TYPE_CHECKING:
    from inbox_tui.core.config import Config


TOAST_MOST, TOAST_SECONDS = 200, 6.0
"""Characters of a toast, and how long it is shown."""
_SEVERITY: Mapping[str, SeverityLevel] = {"info": "information", "warn": "warning", "error": "error"}


class InboxApp(App[int]):
    """One pane over one cache. `hubs`: where it follows several, their colours by their names, in their order. `fence`, `clock`
    and `monotonic` are given by tests alone."""

    TITLE = "inbox"
    ENABLE_COMMAND_PALETTE = True
    CSS = """
    CommandPalette { & > Vertical { background: $surface; } }
    """

    def __init__(
        self,
        reader: Lists,
        paths: Paths,
        settings: Settings = DEFAULTS,
        *,
        connect: Connect | None = None,
        me: str = "",
        hubs: Mapping[str, str] = MappingProxyType({}),
        fence: Fence | None = None,
        clock: Clock = now,
        monotonic: Callable[[], float] = time.monotonic,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._is_plain = "NO_COLOR" in environ or few_colors(environ)
        super().__init__(ansi_color=True if self._is_plain else None)
        self.keymap: Keymap = build_keymap(settings.keys, settings.keymap)
        self.link: Link = NoLink()
        self._connect, self.paths, self._config_file = connect, paths, ConfigFile(paths.config_file)
        self.fence: Fence = fence or CursorFence(lambda: self._driver, monotonic)
        self._wanted_theme, self._environ = settings.theme, environ
        self.theme = choose_theme(settings.theme, environ, self._load_themes())
        self.main = MainScreen(
            reader, self.link, self.keymap, self.fence, clock, monotonic,
            hints=partial(hints, paths.send_socket, reader, self.keymap), me=me, hubs=hubs, confirm=settings.confirm,
            filters=settings.filters, folded_file=paths.sidebar_folded,
        )  # fmt: skip
        self.main.list.density, self.main.downloads = settings.density, settings.downloads
        self.alerter = Alerter(self.put, paths.do_not_disturb, self._is_still, clock, environ)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        theme: Theme | None = self.get_theme(self.theme)
        return fallback_variables(theme) if theme is not None else {}

    def get_default_screen(self) -> Screen[None]:
        return self.main

    def on_mount(self) -> None:
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        """The first frame is on the screen: now the rest may be imported."""
        gc.freeze()
        gc.enable()
        self._say_problems()
        self.main.changes.index()
        self._follow_configuration()
        self._had_terminal = is_there(self._driver)
        self.set_interval(1.0, self._tick)
        self._tick()
        if self._connect is not None:
            self.link = self.main.link = self._connect(self)

    def on_unmount(self) -> None:
        self.main.playing.close()
        self.main.files.close()
        self.alerter.leave()

    # Keys come here first, in the order they were read

    async def on_event(self, event: events.Event) -> None:
        if not event.is_forwarded and self.screen_stack and self.screen is self.main and self._taken(event):
            return
        await super().on_event(event)

    def _taken(self, event: events.Event) -> bool:
        """Whether the main screen dealt with it. What it closes by the way (a paste, a lost focus) goes on to Textual."""
        if isinstance(event, events.Key):
            # Who presses keys is here, whatever the terminal said last; without it the palette would open deaf.
            self.app_focus = True
            name = event.character if event.is_printable and event.character else event.key
            action = self.main.keyboard.take(" " if name == " " else name, event.time)
            if action:
                self.run_own(action)
            return action is not None
        if isinstance(event, events.CursorPosition):
            self.fence.take(event)
            return True
        if isinstance(event, events.Paste) and self.main.keyboard.paste(event.text):
            return True
        if isinstance(event, (events.Paste, events.AppBlur)):
            if self.main.question is not None:
                self.main.question.disturb()
            return isinstance(event, events.Paste)
        return False

    def run_own(self, action: str) -> None:
        """The actions that are the app's own."""
        match action:
            case "quit":
                self.exit(0)
            case "help":
                from inbox_tui.tui.screens.help import HelpScreen

                self.push_screen(HelpScreen(self.keymap))
            case "palette":
                self.action_command_palette()
            case "reload":
                self._config_file.forget()
            case "do_not_disturb":
                self.toggle_do_not_disturb()
            case "theme":
                self._choose_theme()

    def action_command_palette(self) -> None:
        from inbox_tui.tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_help_quit(self) -> None:
        """Ctrl+C: says how to leave, in our own place for saying things."""
        key = self.keymap.shown("quit")
        self.main.say(f"{key} quits" if key else "quit is in the palette")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the registry's actions, and every theme by name."""
        context = self.main.commands.context
        for action in ACTIONS:
            if action.palette and self.keymap.key_of(action.id) and is_offered(action.id, context):
                yield SystemCommand(action.label, action.help, partial(self._run_by_name, action.id))
        for name, show, text in self.main.filtering.choices():
            yield SystemCommand(f"filter: {name}", text, show)
        for name in self.main.hubs.colors:
            show_hub = partial(self.main.filtering.show, f"hub:{name}", name)
            yield SystemCommand(f"hub: {name}", "Show only its rows", show_hub)
        for name in self._themes_to_wear():
            yield SystemCommand(f"theme: {name}", "Colours", partial(self._keep_theme, name))

    def _run_by_name(self, action_id: str) -> None:
        if not self.main.keyboard.run(action_id):
            self.run_own(action_id)

    # What the connection tells

    def on_told(self, message: Told) -> None:
        tell(self, self.main, message.what)
        if isinstance(message.what, CacheChanged):
            self._show_count()

    # What reaches the person past the screen

    def put(self, sequence: str) -> None:
        """A sequence of our own for the terminal."""
        put(self._driver, sequence)

    def alert(self, raised: Raised) -> None:
        """Rows called for attention while this pane was looking."""
        self.alerter.take(raised)
        self._ring()
        for row in raised.rows:
            # The hub alone has that sender's name; and nothing lies over a question.
            if row.kind == TOAST and row.sender == "inbox" and self.main.question is None:
                self._toast(row)

    def _toast(self, row: Notification) -> None:
        """What a flow says, for a moment; its severity in words too."""
        severity = _SEVERITY[row.severity]
        self.notify(
            clean(row.title, lines=False)[:TOAST_MOST], title=severity, severity=severity, timeout=TOAST_SECONDS, markup=False
        )

    def _tick(self) -> None:
        if self._had_terminal and not is_there(self._driver):
            # Closed without a word, as where no terminal controls us: reading its end for ever would cost a whole core.
            signal.raise_signal(signal.SIGHUP)
        self._ring()
        self._show_count()
        self.main.show_hush(self.alerter.hush)

    def _ring(self) -> None:
        if (alert := self.alerter.due()) is not None:
            self.run_worker(self.alerter.ring(alert), group="alerts", exit_on_error=False, description="ring")

    def _show_count(self) -> None:
        with self.main.changes.reading_cache():
            self.alerter.show_count(self.main.reader.count(View.NEEDS))

    def _is_still(self, row: Notification) -> bool:
        """Whether a row that called is still new to everybody; one that has not arrived in the cache yet is."""
        with self.main.changes.reading_cache():
            current = self.main.reader.row(row.id)
            return current is None or (current.notification.read_at is None and current.notification.done_at is None)
        return True

    def toggle_do_not_disturb(self) -> None:
        try:
            is_on = self.alerter.toggle()
        except OSError as error:
            self.main.say(f"do-not-disturb could not be changed: {error}")
            return
        self.main.say("nothing rings until you press it again" if is_on else "alerts ring again")
        self.main.show_hush(self.alerter.hush)

    # The configuration, also as it changes

    @work(group="configuration", exclusive=True, exit_on_error=False, description="follow the configuration file")
    async def _follow_configuration(self) -> None:
        async for news in self._config_file.follow():
            if isinstance(news, ConfigError):
                self.alerter.configure_once()
                self.main.say(f"{str(news).splitlines()[0]}  (inbox config --check)")
            else:
                self._configure(news)

    def _configure(self, config: Config) -> None:
        """Takes a configuration that can be used; what it does not change stays as it was."""
        self.alerter.configure(config.alerts)
        if not self._config_file.has_changed:
            return  # the pane was opened with the rest of it
        self.main.filtering.saved = config.filters
        self.main.bar.confirm = self.main.preflight.confirm = config.tui.confirm
        self.main.list.use_density(config.tui.density)
        keymap = build_keymap(config.tui.own_keys, config.tui.keymap)
        if keymap != self.keymap:
            self.keymap = keymap
            self.main.use_keymap(keymap, partial(hints, self.paths.send_socket, self.main.reader, keymap))
        if config.tui.theme != self._wanted_theme:
            self._wanted_theme = config.tui.theme
            self.theme = choose_theme(config.tui.theme, self._environ, self._load_themes())
        self.main.say(complaint_about(self._wanted_theme, [*self.available_themes]) or "the configuration was read again")

    # Themes

    def _choose_theme(self) -> None:
        """From files as they are now, so that whoever writes one sees it."""
        from inbox_tui.tui.screens.themes import ThemeScreen

        self._load_themes()
        self._say_problems()
        self.push_screen(ThemeScreen(self._themes_to_wear(), self.theme, partial(setattr, self, "theme")), self._keep_theme)

    def _keep_theme(self, name: str | None) -> None:
        """Until the pane is left; how it stays is said."""
        if name:
            self.theme = name
            self.main.say(f'until you leave; [tui] theme = "{name}" in {self.paths.config_file.name} keeps it')

    def _themes_to_wear(self) -> list[str]:
        """Ours and the person's own, then Textual's; on a terminal of few colours those that keep to them."""
        own = sorted(self._own_themes)
        names = [*own, *sorted(self.available_themes.keys() - own)]
        return [name for name in names if self.available_themes[name].ansi] if self._is_plain else names

    def _say_problems(self) -> None:
        """What was skipped, and why."""
        if self._problems:
            more = len(self._problems) - 1
            self.main.say(self._problems[0] + (f"   (and {more} more: inbox doctor)" if more else ""))

    def _load_themes(self) -> list[str]:
        """Ours and the person's own; the names of all that there are."""
        self._own_themes, self._problems = load_themes(shipped_themes(), self.paths.themes)
        for theme in self._own_themes.values():
            self.register_theme(theme)
        names = [*self.available_themes]
        if said := complaint_about(self._wanted_theme, names):
            self._problems.append(said)
        return names


def run(paths: Paths | None = None) -> int:
    """Opens the pane and answers its exit code. Raises ConfigError, OSError, sqlite3.Error where it cannot start."""
    paths = paths or find_paths()
    config = read_config(paths.config_file)
    settings = settings_in(config, paths.config_file)
    followed = find_followed(config, os.environ, paths)
    try:
        app = InboxApp(followed.lists, paths, settings, connect=followed.connect, me=followed.me, hubs=followed.hubs)
        return app.run() or app.return_code or 0
    finally:
        followed.lists.close()
