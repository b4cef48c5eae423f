"""The least Textual program that shows a row: the floor of a cold start and of memory."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class MinimalApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("first row of a minimal app")


if __name__ == "__main__":
    MinimalApp().run()
