"""Flows as they may be shown: what a URL and its headers hold besides the host is a secret. And back, where it was left as shown.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from inbox_tui.core.errors import invalid
from inbox_tui.core.flows.activities import Webhook
from inbox_tui.core.flows.document import Binding, Flows

MASK = "***"


def masked(flows: Flows) -> Flows:
    """Every secret as MASK."""
    return _with_webhooks(flows, {place: _masked(webhook) for place, webhook in _webhooks(flows)})


def unmasked(flows: Flows, kept: Flows) -> Flows:
    """What was left as it is shown says what `kept` says, at the same place of the same trigger. Raises Refused 422 where that
    says nothing to the same host."""
    known = dict(_webhooks(kept))
    return _with_webhooks(flows, {place: _unmasked(webhook, known.get(place), place) for place, webhook in _webhooks(flows)})


_Place = tuple[str, int]


def _webhooks(flows: Flows) -> Iterator[tuple[_Place, Webhook]]:
    for trigger_id, bindings in flows.bindings_by_trigger_id.items():
        for number, binding in enumerate(bindings):
            if isinstance(binding.config, Webhook):
                yield (trigger_id, number), binding.config


def _with_webhooks(flows: Flows, webhooks: dict[_Place, Webhook]) -> Flows:
    bound = {
        trigger_id: [
            Binding(activity_id=binding.activity_id, config=webhooks[trigger_id, number])
            if (trigger_id, number) in webhooks
            else binding
            for number, binding in enumerate(bindings)
        ]
        for trigger_id, bindings in flows.bindings_by_trigger_id.items()
    }
    return flows.model_copy(update={"bindings_by_trigger_id": bound})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _masked(webhook: Webhook) -> Webhook:
    has_more = webhook.url.rstrip("/") != _origin(webhook.url).rstrip("/")
    url = _origin(webhook.url) + MASK if has_more else webhook.url
    return webhook.model_copy(update={"url": url, "headers": dict.fromkeys(webhook.headers, MASK)})


def _unmasked(webhook: Webhook, kept: Webhook | None, place: _Place) -> Webhook:
    is_shown = webhook.url == _origin(webhook.url) + MASK
    hidden = [header for header, value in webhook.headers.items() if value == MASK]
    if not is_shown and not hidden:
        return webhook
    same = kept is not None and _origin(kept.url) == _origin(webhook.url) and set(hidden) <= kept.headers.keys()
    if kept is None or not same:
        trigger_id, number = place
        raise invalid(
            f"body.bindings_by_trigger_id.{trigger_id}[{number}].config",
            f"says {MASK}, and there is nothing kept for this host that it could stand for: say it in full",
        )
    headers = {header: kept.headers[header] if value == MASK else value for header, value in webhook.headers.items()}
    return webhook.model_copy(update={"url": kept.url if is_shown else webhook.url, "headers": headers})
