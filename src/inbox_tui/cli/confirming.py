"""Asking the person at the terminal, before what cannot be taken back."""

from __future__ import annotations

import sys

import click


def need_person(instead: str) -> None:
    """Raises click.UsageError, saying what to name instead, where nobody is there to be asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(instead)


def need_word(word: str, question: str, otherwise: str) -> None:
    """Asks for the word in full. Raises click.UsageError, saying what was not done, where anything else is typed."""
    typed = click.prompt(question, default="", show_default=False)
    if typed.strip() != word:
        raise click.UsageError(otherwise)
