"""Where an agent runs: machine, repository and branch, tmux pane. Reads a few small files; starts no process."""

from __future__ import annotations

import os
from collections.abc import Mapping

from inbox_tui.core.hooks.spoken import Place

_HEAD_BYTES, _LEVELS = 4_096, 64


def find_place(cwd: str, environ: Mapping[str, str]) -> Place:
    repo, branch = _repository(cwd)
    return Place(os.uname().nodename[:200], repo[:200], branch[:200], environ.get("TMUX_PANE", "")[:50])


def find_checkout(folder: str) -> str:
    """The root of the main checkout of the repository that the folder is in, also for a worktree's; "" without one."""
    return _found(folder)[0]


def _repository(folder: str) -> tuple[str, str]:
    """Name and branch (or the start of a detached commit's id) of the repository that the folder is in; "" without one."""
    checkout, git = _found(folder)
    head = _line(os.path.join(git, "HEAD")) if git else ""
    return os.path.basename(checkout), head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else head[:12]


def _found(folder: str) -> tuple[str, str]:
    """The main checkout, and the git folder of the folder's own one; "" without a repository."""
    folder = os.path.abspath(folder) if folder else ""
    for _ in range(_LEVELS):
        git = os.path.join(folder, ".git")
        if folder and os.path.exists(git):
            return _resolved(folder, git)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return "", ""


def _resolved(folder: str, git: str) -> tuple[str, str]:
    """A worktree's `.git` is a file that names its own folder, below the repository's: `…/app/.git/worktrees/fix`."""
    if os.path.isdir(git):
        return folder, git
    git = os.path.join(folder, _line(git).removeprefix("gitdir:").strip())
    checkout, found, _ = os.path.normpath(git).partition(f"{os.sep}.git{os.sep}worktrees{os.sep}")
    return checkout if found else folder, git


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
