"""Conversations as lists show them: facts, title and whether they were redacted, from three tables in one query.

A conversation that has just begun has no facts yet: they follow within a second or so, and read as none until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from pydantic import ConfigDict

if TYPE_CHECKING:
    from app.db.pool import Connection

Outcome = Literal["resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved", "open"]


@dataclass(frozen=True, kw_only=True)
class ConversationRow:
    """A conversation in the list: what `conversation_facts` holds of it, and a title."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # the API shows it as it is

    thread_id: str
    title: str
    """What the customer said first, cut; empty while nothing was said."""
    visitor_id: str | None
    customer: str | None
    """Who the customer is, where they were identified."""
    started_at: datetime
    last_at: datetime
    ended_at: datetime | None
    status: Literal["open", "ended"]
    outcome: Outcome
    turns: int
    messages: int
    agents: list[str]
    tools: list[str]
    models: list[str]
    approvals: int
    errors: int
    actions: int
    unknown_actions: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    """US dollars, as far as prices are known."""
    rating: int | None
    staff: bool
    """Whether staff took part in it."""
    demo: bool
    """Whether it was invented for the demo."""
    redacted_at: datetime | None
    last: int
    """The number of its newest step."""


_SELECT: Final = """
    SELECT c.thread_id, coalesce(t.title, '') AS title, coalesce(f.visitor_id, c.visitor_id) AS visitor_id, c.customer,
           coalesce(f.started_at, c.created_at) AS started_at, coalesce(f.last_at, c.last_activity_at) AS last_at,
           coalesce(f.ended_at, c.ended_at) AS ended_at, coalesce(f.status, c.status) AS status,
           coalesce(f.outcome, 'open') AS outcome, coalesce(f.turns, 0) AS turns, coalesce(f.messages, 0) AS messages,
           coalesce(f.agents, '{}') AS agents, coalesce(f.tools, '{}') AS tools, coalesce(f.models, '{}') AS models,
           coalesce(f.approvals, 0) AS approvals, coalesce(f.errors, 0) AS errors, coalesce(f.actions, 0) AS actions,
           coalesce(f.unknown_actions, 0) AS unknown_actions, coalesce(f.tokens_in, 0) AS tokens_in,
           coalesce(f.tokens_out, 0) AS tokens_out, coalesce(f.cost_usd, 0)::float8 AS cost_usd, f.rating,
           coalesce(f.staff, false) AS staff, c.demo, c.redacted_at, c.last_seq AS last
      FROM conversations c
      LEFT JOIN conversation_facts f ON f.thread_id = c.thread_id
      LEFT JOIN conversation_text t ON t.thread_id = c.thread_id
"""


async def of_threads(connection: Connection, *, thread_ids: Sequence[str]) -> list[ConversationRow]:
    """Read these conversations, in the order given; those that are gone are left out."""
    rows = await connection.fetch(f"{_SELECT} WHERE c.thread_id = ANY($1)", list(thread_ids))
    found = {row["thread_id"]: ConversationRow(**row) for row in rows}
    return [found[thread_id] for thread_id in thread_ids if thread_id in found]


async def get(connection: Connection, *, thread_id: str) -> ConversationRow | None:
    """Read one conversation; None where there is none."""
    found = await of_threads(connection, thread_ids=[thread_id])
    return found[0] if found else None
