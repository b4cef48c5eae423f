"""The Agent Notifier dialect (seed 002): its requests → our events, our rows → its answers. Pure.

A project is a key, and called by its name. What a message is called by, its id, is that of its event, spelt as a UUID.
"""

DIALECT = "agent_notifier"
PREFIXES = ("/api/v1", "/v1")
"""Where its senders find it: each call is at both."""
