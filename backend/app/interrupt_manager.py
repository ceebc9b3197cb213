"""In-memory approvals: asked for, answered once, or expired. For the acceptance contract only (see `ws_handler`).

The server keeps its approvals in PostgreSQL (`actions/consent.py`), where they outlive a restart and any replica may
take the answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.errors import (
    ApprovalAmbiguous,
    ApprovalAnswered,
    ApprovalExpired,
    ApprovalUnknown,
    ArgumentsInvalid,
    ConsentNotYours,
    NothingPending,
    expiry_message,
)

if TYPE_CHECKING:
    from app.protocol import Audience, InterruptRequest, InterruptResponse

INTERRUPT_TTL_SECONDS: Final = 1_800  # consent given later than half an hour is consent to another situation


@dataclass(kw_only=True)
class Waiting:
    """One approval that was asked for. `created_at` is in seconds since the epoch."""

    request: InterruptRequest
    created_at: float
    answered: bool = False
    expired: bool = False


@dataclass(kw_only=True)
class ThreadInterrupts:
    """The approvals of one conversation, oldest first."""

    waiting: dict[str, Waiting] = field(default_factory=dict)

    @property
    def pending(self) -> list[Waiting]:
        """Those that nobody has answered, and that nobody has found expired."""
        return [item for item in self.waiting.values() if not item.answered and not item.expired]

    @property
    def created_at(self) -> float:
        """When the oldest pending one was asked for; of the newest where none is pending."""
        items = self.pending or list(self.waiting.values())[-1:]
        return min(item.created_at for item in items)


class InterruptManager:
    """Remembers what waits for consent in each conversation, and takes the first answer to each."""

    def __init__(self, ttl_seconds: float = INTERRUPT_TTL_SECONDS) -> None:
        """Approvals expire `ttl_seconds` after they were asked for."""
        self._ttl = ttl_seconds
        self._interrupts: dict[str, ThreadInterrupts] = {}

    def has_pending(self, thread_id: str) -> bool:
        """Say whether anything waits for an answer in this conversation."""
        thread = self._interrupts.get(thread_id)
        return thread is not None and bool(thread.pending)

    def is_known(self, thread_id: str, interrupt_id: str) -> bool:
        """Say whether this approval was asked for before, answered or not."""
        thread = self._interrupts.get(thread_id)
        return thread is not None and interrupt_id in thread.waiting

    def ask(self, request: InterruptRequest) -> None:
        """Remember an approval; asking the same one again changes nothing."""
        thread = self._interrupts.setdefault(request.thread_id, ThreadInterrupts())
        thread.waiting.setdefault(request.interrupt_id, Waiting(request=request, created_at=time.time()))

    def answer(self, response: InterruptResponse, *, by: Audience = "customer") -> InterruptRequest:
        """Take the first answer in time and return what it was given for; raise the fact that prevents it."""
        item = self._find(response)
        if item.request.audience != by:
            raise ConsentNotYours
        if item.answered:
            raise ApprovalAnswered
        if time.time() - item.created_at >= self._ttl:
            item.expired = True
            raise ApprovalExpired(
                expiry_message(item.request.action, item.request.title), interrupt_id=item.request.interrupt_id
            )
        if response.args is not None and response.args != item.request.args:
            raise ArgumentsInvalid("Edited values cannot be checked here. Approve or reject as it is.")
        item.answered = True
        return item.request

    def _find(self, response: InterruptResponse) -> Waiting:
        thread = self._interrupts.get(response.thread_id)
        if thread is None:
            raise NothingPending
        if response.interrupt_id is not None:
            item = thread.waiting.get(response.interrupt_id)
            if item is None:
                raise ApprovalUnknown
            return item
        if not thread.pending:
            raise NothingPending
        if len(thread.pending) > 1:
            raise ApprovalAmbiguous
        return thread.pending[0]
