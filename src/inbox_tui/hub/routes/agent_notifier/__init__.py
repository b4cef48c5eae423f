"""Agent Notifier's calls (seed 002)."""

from inbox_tui.hub.routes.agent_notifier import action_responses, approvals, media, messages, sessions
from inbox_tui.hub.routes.agent_notifier.mounting import mounted

_ROOMS = (messages, sessions, media, approvals, action_responses)
ENDPOINTS = mounted([endpoint for room in _ROOMS for endpoint in room.ENDPOINTS])
