"""Agent Notifier's calls (seed 002)."""

from inbox_tui.hub.routes.agent_notifier import media, messages, sessions
from inbox_tui.hub.routes.agent_notifier.mounting import mounted

ENDPOINTS = mounted([*messages.ENDPOINTS, *sessions.ENDPOINTS, *media.ENDPOINTS])
