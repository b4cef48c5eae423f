"""Opens a link where a person can see it: `$BROWSER`, else the desktop's. Over SSH there is none to open."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping

from inbox_tui.tui.links import Link


def can_open(environ: Mapping[str, str]) -> bool:
    """Whether a browser would appear on the screen in front of the person."""
    if environ.get("BROWSER"):
        return True
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    return sys.platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_link(link: Link, environ: Mapping[str, str] = os.environ) -> bool:
    """Starts the browser and does not wait for it. False: it could not be started."""
    wanted = environ.get("BROWSER") or ("open" if sys.platform == "darwin" else "xdg-open")
    command = shlex.split(wanted.split(os.pathsep)[0])
    command = [part.replace("%s", link.url) for part in command] if "%s" in wanted else [*command, link.url]
    quiet = subprocess.DEVNULL
    try:
        subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except (OSError, ValueError):
        return False
    return True
