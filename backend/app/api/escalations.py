"""Escalations over REST: conversations handed to a person, their webhooks, and the dead letters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from aiohttp import web

from app.api.cursor import BY_MOMENT
from app.api.request_keys import CALLER
from app.api.services import SERVICES
from app.api.validation import PAGE_ITEMS, PageQuery, View, answer, read_id, read_query
from app.db import conversations, deliveries
from app.errors import NotFound

log = structlog.get_logger(__name__)


class DeliveryView(View):
    """One webhook on its way, delivered, or dead."""

    id: UUID
    thread_id: str | None
    """None for what belongs to no conversation, such as the alert of a model."""
    kind: str
    status: Literal["waiting", "delivered", "dead"]
    """`dead`: every attempt failed; it can be sent again."""
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    last_status: int | None
    """The receiver's last HTTP status."""
    created_at: datetime
    delivered_at: datetime | None


class Escalation(View):
    """One conversation that waits for a person, or is with one."""

    thread_id: str
    escalated_at: datetime
    status: Literal["open", "ended"]
    reason: str
    deliveries: list[DeliveryView]


class Escalations(View):
    """A page of escalated conversations, newest first."""

    items: list[Escalation]
    next: str | None
    """The cursor of the next page; none where this is the last."""
    dead_letters: list[DeliveryView]
    """The newest webhooks that were given up, whichever page their conversations are on."""


class Retried(View):
    """A dead letter that starts over."""

    id: UUID


async def list_escalations(request: web.Request) -> web.Response:
    """List escalated conversations with their webhooks, newest first, and the dead letters."""
    query = read_query(request, PageQuery)
    (before,) = BY_MOMENT.read(query.cursor) or (None,)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await conversations.list_escalated(connection, limit=query.limit + 1, before=before)
        shown = rows[: query.limit]
        sent = await deliveries.of_threads(connection, thread_ids=[row.thread_id for row in shown])
        dead = await deliveries.list_dead(connection, limit=PAGE_ITEMS)
    by_thread = defaultdict(list)
    for delivery in sent:
        by_thread[delivery.thread_id].append(_view(delivery))
    return answer(
        Escalations(
            items=[Escalation(**asdict(row), deliveries=by_thread[row.thread_id]) for row in shown],
            next=BY_MOMENT.write(shown[-1].escalated_at) if len(rows) > query.limit else None,
            dead_letters=[_view(delivery) for delivery in dead],
        )
    )


async def retry(request: web.Request) -> web.Response:
    """Let a dead letter start over."""
    delivery_id = read_id(request, "delivery_id", unknown=NotFound)
    async with request.app[SERVICES].pool.acquire() as connection:
        if not await deliveries.retry(connection, delivery_id=delivery_id, now=request.app[SERVICES].now()):
            raise NotFound("There is no such dead letter. It may have been sent again already.")
    if outbox := request.app[SERVICES].outbox:
        outbox.wake()
    log.info("delivery_retried", delivery_id=str(delivery_id), staff=request[CALLER].staff_name)
    return answer(Retried(id=delivery_id))


def _view(delivery: deliveries.Delivery) -> DeliveryView:
    return DeliveryView.model_validate(asdict(delivery))
