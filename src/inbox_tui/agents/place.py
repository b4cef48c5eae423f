"""Where an agent runs: machine, repository and branch, tmux pane. Reads a few small files; starts no process."""

from __future__ import annotations

import os
from collections.abc import Mapping

from inbox_tui.core.hooks.spoken import Place

_HEAD_BYTES, _LEVELS = 4_096, 64


def find_place(cwd: str, environ: Mapping[str, str]) -> Place:
    repo, branch = _repository(cwd)
    return Place(os.uname().nodename[:200], repo[:200], branch[:200], environ.get("TMUX_PANE", "")[:50])


def _repository(folder: str) -> tuple[str, str]:
    """Name and branch (or the start of a detached commit's id) of the repository that the folder is in; "" without one."""
    folder = os.path.abspath(folder) if folder else ""
    for _ in range(_LEVELS):
        git = os.path.join(folder, ".git")
        if folder and os.path.exists(git):
            return _named(folder, git)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return "", ""


def _named(folder: str, git: str) -> tuple[str, str]:
    """A worktree's `.git` is a file that names its own folder, below the repository's: `…/app/.git/worktrees/fix`."""
    name = os.path.basename(folder)
    if not os.path.isdir(git):
        git = os.path.join(folder, _line(git).removeprefix("gitdir:").strip())
        repository, found, _ = os.path.normpath(git).partition(f"{os.sep}.git{os.sep}worktrees{os.sep}")
        name = os.path.basename(repository) if found else name
    head = _line(os.path.join(git, "HEAD"))
    return name, head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else head[:12]


def _line(path: str) -> str:
    """A file's first line; "" where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        return os.read(descriptor, _HEAD_BYTES).decode(errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""
    finally:
        os.close(descriptor)
