"""One keyboard inbox in a terminal pane. The package root holds the version only, so that every import stays cheap."""

__version__ = "0.1.0"
