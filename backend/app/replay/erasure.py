"""Erasure of people: their words, or whole conversations, in every table; what they came to in figures stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from app.db import checkpoints, conversation_facts, erasure
from app.errors import ConversationBusy, ConversationUnknown
from app.events.frame_row import REDACTED
from app.records import Redacted
from app.replay.redaction import redact

if TYPE_CHECKING:
    from app.events.tracker import ConversationTracker

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """What was taken out of one conversation: of how many events, and since when it is gone."""

    events: int
    redacted_at: datetime


@dataclass(frozen=True, kw_only=True)
class PersonRedaction:
    """What was taken out of a person's conversations, and which of them are still going on and have to wait."""

    conversations: int
    events: int
    busy: list[str]


class Erasure:
    """Takes customers' words, or whole conversations, out of every table."""

    def __init__(self, *, tracker: ConversationTracker, confirms: Callable[[str], bool]) -> None:
        """`confirms` says whether a message says that all is done, which the figures depend on."""
        self._tracker = tracker
        self._redact = partial(redact, confirms=confirms)

    async def redact(self, thread_id: str, *, by: str, reason: str) -> Redaction:
        """Take everything that was said out of a conversation, and record that; again, it changes nothing.

        Raises `ConversationUnknown`, and `ConversationBusy` while something goes on in it.
        """
        async with self._tracker.recording() as recording:
            connection = recording.connection
            if not await erasure.lock(connection, thread_id=thread_id):
                raise ConversationUnknown
            if await erasure.is_busy(connection, thread_id=thread_id):
                raise ConversationBusy
            before = await erasure.was_redacted(connection, thread_id=thread_id)
            events = await erasure.redact_events(connection, thread_id=thread_id, redact=self._redact)
            if before is not None and not events:
                return Redaction(events=0, redacted_at=before)
            name = f"redacted-{uuid4()}"
            await erasure.redact_approvals(connection, thread_id=thread_id, redact=self._redact)
            await erasure.redact_rows(connection, thread_id=thread_id, name=name, text=REDACTED)
            runs = await erasure.runs_of(connection, thread_ids=[thread_id])
            await checkpoints.drop(connection, thread_ids=[str(run_id) for run_id in runs])
            at = await erasure.rename_customer(connection, thread_id=thread_id, name=name)
            await recording.append(Redacted(thread_id=thread_id, by=by, reason=reason, events=events))
        log.info("conversation_redacted", thread_id=thread_id, by=by, events=events)
        return Redaction(events=events, redacted_at=at)

    async def redact_person(
        self, *, visitor_id: str | None = None, customer: str | None = None, by: str, reason: str
    ) -> PersonRedaction:
        """Redact every conversation of a visitor, or of an identified customer, and forget who they were.

        Those in which something goes on are named; ask again when it is over.
        """
        async with self._tracker.recording() as recording:
            connection = recording.connection
            await erasure.forget_identity(connection, visitor_id=visitor_id, customer=customer)
            threads = (
                await erasure.threads_of_visitor(connection, visitor_id=visitor_id)
                if visitor_id is not None
                else await erasure.threads_of_customer(connection, customer=customer or "")
            )
        done, busy = [], []
        for thread_id in threads:
            try:
                done.append(await self.redact(thread_id, by=by, reason=reason))
            except ConversationBusy:
                busy.append(thread_id)
            except ConversationUnknown:  # deleted meanwhile
                continue
        return PersonRedaction(conversations=len(done), events=sum(one.events for one in done), busy=busy)

    async def delete(self, thread_id: str, *, by: str) -> None:
        """Delete a conversation; what it came to stays in the figures, without its name.

        Raises as `redact` does.
        """
        async with self._tracker.recording() as recording:
            connection = recording.connection
            if not await erasure.lock(connection, thread_id=thread_id):
                raise ConversationUnknown
            if await erasure.is_busy(connection, thread_id=thread_id):
                raise ConversationBusy
            await conversation_facts.anonymize(connection, thread_ids=[thread_id])
            await erasure.delete(connection, thread_ids=[thread_id])
        log.info("conversation_deleted", thread_id=thread_id, by=by)
