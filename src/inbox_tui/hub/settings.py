"""What one hub process is told when it is built. Nothing is read from the environment here."""

from __future__ import annotations

from dataclasses import dataclass, field

from inbox_tui.core.hooks.spoken import DEFAULT_WAITS, Waits

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are seconds, sizes are bytes."""

    send_socket: str = ""
    """Path of the socket whose callers may post. Which socket a call came by is its role."""
    operate_socket: str = ""
    """Path of the socket whose callers may read, triage, decide, and make keys."""
    operator: str = "operator"
    """Who decides by the operate socket: the login name."""
    listen: str = ""
    """HOST:PORT that the hub was given or found; "" without TCP."""
    allowed_hosts: frozenset[str] = frozenset(LOOPBACK)
    """Names by which TCP callers may address the hub: a page on another name cannot rebind to it."""
    public_url: str = ""
    """Where readers find the hub; "" is as each caller addresses it."""
    any_address: bool = False
    """Listening on all addresses, it may be addressed by any of them: a literal address in a Host header is never rebound."""
    claude_code_waits: Waits = DEFAULT_WAITS["claude-code"]
    """How long questions of Claude Code's http hooks wait."""
    strict_sessions: bool = False
    """A notify opens no session: one that nobody registered is unknown."""
    space: str = "default"
    """The space of the local sockets."""
    body_limit: int = 1 << 20
    ping_seconds: float = 15.0
    send_seconds: float = 30.0
    """A reader that takes nothing for so long is hung up on."""
    write_bytes: int = 65_536
    """Frames of one write to a reader."""
    ring_frames: int = 20_000
    ring_bytes: int = 16 << 20
    stream_token_seconds: int = 12 * 3600
    stream_secret: bytes = field(default=b"", repr=False)
    """Signs stream tokens; the same for a hub's whole life on a machine."""
