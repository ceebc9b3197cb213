"""Outcome of a conversation: the rules of how it ended, in the order in which they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from app.analytics.conversation_fold import ConversationFold

Outcome = Literal["resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved", "open"]
SATISFIED: Final = 4  # of 5: from here on a rating says that the customer got what they came for


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a conversation has come to at some moment. Times are microseconds since the epoch."""

    outcome: Outcome
    ended_at: int | None
    settle_at: int | None
    """When silence ends it, where nothing else does before."""

    @property
    def resolved(self) -> bool:
        """Whether the customer got what they came for."""
        return self.outcome in {"resolved_confirmed", "resolved_assumed"}


def judge(folded: ConversationFold, *, now: int, ttl: int) -> Verdict:
    """Say what a conversation has come to by `now`, where `ttl` of silence ends a session.

    It is over when an agent ended it, or after the silence, which doesn't count while an approval is pending. What
    comes later, such as another message, changes the verdict: nothing that was true then is taken for true now.
    """
    silent_at = None if folded.waiting else (folded.active_at or folded.last_at) + ttl
    ended_at = folded.ended_at
    if ended_at is None and silent_at is not None and silent_at <= now:
        ended_at = silent_at
    settle_at = silent_at if ended_at is None else None
    return Verdict(_outcome(folded, over=ended_at is not None), ended_at, settle_at)


def _outcome(folded: ConversationFold, *, over: bool) -> Outcome:
    if folded.escalated:
        return "escalated"
    if not over:
        return "open"
    left = bool(folded.waiting) or folded.asked or folded.missed
    if (folded.rating or 0) >= SATISFIED or (folded.thanked and not left):
        return "resolved_confirmed"
    if left:
        return "abandoned"
    if folded.broke:  # whatever was done before, the customer was told last that something failed
        return "unresolved"
    done = folded.succeeded or any(tool.succeeded for tool in folded.tools.values())
    return "resolved_assumed" if done else "unresolved"
