"""What follows from an event: found in the transaction that takes it in, and written there as jobs. Nothing is done here.

A space's flows are read and unsealed once a version, in each hub.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from inbox_tui.core.flows.activities import Configuration, Forward, Spawn, Terminal, Toast, Webhook
from inbox_tui.core.flows.document import Flows
from inbox_tui.core.flows.fields import Fields, fields_of
from inbox_tui.core.flows.matching import matching
from inbox_tui.core.flows.template import render
from inbox_tui.core.model import Event, Json
from inbox_tui.core.times import MINUTE
from inbox_tui.hub.master import KeyFileProblem, MasterKey, SealedElsewhere
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Held

log = logging.getLogger(__name__)
Dispatch = Literal["queued", "flow_unavailable", "failed"]
_REMEMBERED = 256
"""Spaces."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A job as it is to be queued. `host`: where to, as far as anybody may know; `address`: sealed."""

    kind: str
    host: str
    body: dict[str, Json]
    address: str = ""
    delay: int = 0
    """Microseconds."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A space's flows of one version; where their webhooks go, sealed, by place."""

    version: int
    flows: Flows
    addresses: dict[str, str]


@dataclass(slots=True)
class FlowEngine:
    """`is_on`: false where the configuration turns flows off: then nothing is queued, and it is said so."""

    master: MasterKey
    is_on: bool = True
    _known: dict[str, _Known] = field(default_factory=dict)

    def queue(self, batch: Batch, held: Held, event: Event, event_id: str, sender: str) -> Dispatch:
        """Never raises for a flow: an event is taken in whatever becomes of what it sets off."""
        if not batch.space.flows:
            return "queued"
        if not self.is_on:
            return "flow_unavailable"
        try:
            fields = {"notification_id": held.row.id, **fields_of(event, sender, batch.now)}
            known = self._current(batch)
            wishes = [
                wish
                for trigger, number, binding in matching(known.flows, fields)
                for wish in _wishes(_place(trigger.id, number), binding.config, fields, known.addresses)
            ]
        except (KeyFileProblem, SealedElsewhere):
            return "flow_unavailable"
        except Exception as error:
            log.error("flows failed: %s", type(error).__name__)
            return "failed"
        running = self._forwards(batch, held) if held.row.count > 1 and any(wish.kind == "forward" for wish in wishes) else set()
        for wish in wishes:
            if wish.kind == "forward" and wish.body["place"] in running:
                continue  # what repeats is told of by the forward that is under way, once in a while
            body = {"event_id": event_id, **wish.body}
            batch.add_job(held, wish.kind, host=wish.host, address=wish.address, body=json.dumps(body), delay=wish.delay)
        return "queued"

    @staticmethod
    def _forwards(batch: Batch, held: Held) -> set[Json]:
        """The bindings whose forwards of this row are not through, or given up: that was told, and is for a person to retry."""
        return {json.loads(body)["place"] for body in batch.forwards_of(held.row.id)}

    def _current(self, batch: Batch) -> _Known:
        """Raises SealedElsewhere, KeyFileProblem."""
        name, version = batch.space.name, batch.space.flows
        known = self._known.get(name)
        if known is None or known.version != version:
            [(_, sealed)] = batch.select(statements.FLOWS)
            flows = Flows.model_validate_json(self.master.unseal(str(sealed)))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[name] = _Known(version, flows, self._addresses(flows))
        return known

    def _addresses(self, flows: Flows) -> dict[str, str]:
        return {
            _place(trigger_id, number): self.master.seal(
                json.dumps({"url": binding.config.url, "headers": binding.config.headers})
            )
            for trigger_id, bindings in flows.bindings_by_trigger_id.items()
            for number, binding in enumerate(bindings)
            if isinstance(binding.config, Webhook)
        }


def _place(trigger_id: str, number: int) -> str:
    """Of a binding: its trigger's, and which of those it is."""
    return f"{trigger_id}/{number}"


def _wishes(place: str, config: Configuration, fields: Fields, addresses: Mapping[str, str]) -> list[Wish]:
    match config:
        case Toast():
            text = render(config.message_template, fields)
            return [Wish("toast_notification", "the inbox", {"level": config.level, "text": text})]
        case Webhook():
            text = render(config.body_template, fields) if config.body_template else json.dumps(dict(fields))
            return [Wish("post_webhook", urlsplit(config.url).hostname or "", {"text": text}, addresses[place])]
        case Terminal():
            session = config.session_id or fields.get("session_id", "")
            return [Wish("send_to_terminal", session, {"text": render(config.message_template, fields)})]
        case Spawn():
            return [Wish("spawn_agent_session", config.agent_id, {"text": render(config.message_template, fields)})]
        case Forward():
            title, text = render(config.title_template, fields), render(config.message_template, fields)
            minutes = config.unanswered_minutes
            said: dict[str, Json] = {"title": title, "text": text, "escalates": bool(minutes)}
            return [
                Wish("forward", to, said | {"place": f"{place}/{to}"}, delay=minutes * MINUTE) for to in dict.fromkeys(config.to)
            ]
        case _:
            raise TypeError(type(config).__name__)
