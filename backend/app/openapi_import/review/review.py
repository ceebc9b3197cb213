"""Review service: what people edit of an import, its operations and agents. Nothing is changed unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.agents.config import AGENT_NAME, RESERVED_NAMES
from app.db import imports, operations, review_log
from app.errors import AgentUnknown, AppError, EditedMeanwhile, EditRefused, NameTaken, NotInReview, OperationUnknown
from app.openapi_import.review.audit import changes, edits
from app.openapi_import.review.edits import edited
from app.openapi_import.review.store import Reserved, nothing_proposed, plain_agent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.db.imports import ImportRow
    from app.db.operations import ImportAgent, OperationRow
    from app.db.pool import Connection, Pool


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An operation that was not edited, and why; `current` is how it stands."""

    idx: int
    error: AppError
    current: OperationRow | None = None


class Review:
    """Edits of imports in review, each checked against what its editor had seen."""

    def __init__(self, *, pool: Pool, live: Reserved) -> None:
        """Hand in the database and what no import brought."""
        self._pool = pool
        self._live = live

    async def edit(
        self, job_id: UUID, seen: Mapping[int, int], wanted: Mapping[str, Any], *, by: str
    ) -> tuple[list[OperationRow], list[Refused]]:
        """Edit the operations that `seen` names with the revision each was seen at; return both kinds, in order.

        One that somebody else has changed since is refused, and so is an edit that does not fit; the others are made.
        """
        async with self._in_review(job_id) as (connection, job):
            rows = await operations.some(connection, import_id=job_id, idxs=list(seen))
            reads = await operations.read_names(connection, import_id=job_id) if "twin" in wanted else set()
            at = datetime.now(UTC).isoformat(timespec="seconds")
            kept: list[OperationRow] = []
            changed: list[OperationRow] = []
            refused: list[Refused] = []
            for place, idx in enumerate(sorted(seen)):
                if place % operations.AT_ONCE == 0:
                    await asyncio.sleep(0)  # let others have their turn
                try:
                    row = _seen(rows.get(idx), seen[idx])
                    new = edited(row, wanted, by=by, at=at, reads=reads)
                except AppError as error:
                    refused.append(Refused(idx=idx, error=error, current=rows.get(idx)))
                    continue
                kept.append(new)
                if new is not row:
                    changed.append(new)
            await self._store(connection, job, before=rows, changed=changed, by=by)
        return kept, refused

    async def edit_agent(self, job_id: UUID, name: str, wanted: Mapping[str, str], *, by: str) -> list[ImportAgent]:
        """Edit a proposed agent, its name too, and return all of them; its operations go with it."""
        async with self._in_review(job_id) as (connection, job):
            there = {agent.name: agent for agent in await operations.agents(connection, import_id=job_id)}
            if name not in there:
                raise AgentUnknown
            was = there[name]
            new = replace(
                was,
                name=wanted.get("new_name", name),
                title=wanted.get("title", was.title),
                description=wanted.get("description", was.description),
                tone=wanted.get("tone", was.tone),
                instructions=wanted.get("instructions", was.instructions),
            )
            if new.name != name and new.name in there:
                raise NameTaken(f"There is an agent named {new.name} in this import already.")
            if AGENT_NAME.fullmatch(new.name) is None or new.name in RESERVED_NAMES:
                raise EditRefused(f"{new.name!r} cannot be the name of an agent. Use another one.")
            if new == was:
                return list(there.values())
            await operations.store_agent(connection, import_id=job_id, name=name, agent=new)
            await imports.touch(connection, job_id=job_id)
            await review_log.record(
                connection,
                by=by,
                what="agent_edited",
                api_id=job.api_id,
                api_name=job.api_name,
                import_id=job_id,
                details={"agent": name, "changes": changes(asdict(was), asdict(new))},
            )
            return await operations.agents(connection, import_id=job_id)

    async def _store(
        self,
        connection: Connection,
        job: ImportRow,
        *,
        before: Mapping[int, OperationRow],
        changed: Sequence[OperationRow],
        by: str,
    ) -> None:
        if not changed:
            return
        await operations.store_edits(connection, rows=changed)
        for name in {row.agent for row in changed}:
            known = name in self._live.file_agents
            agent = nothing_proposed(name) if known else plain_agent(name)
            await operations.add_agent(connection, import_id=job.id, agent=agent)
        await imports.touch(connection, job_id=job.id)
        made = await asyncio.to_thread(edits, [(before[row.idx], row) for row in changed])
        await review_log.record(
            connection,
            by=by,
            what="operations_edited",
            api_id=job.api_id,
            api_name=job.api_name,
            import_id=job.id,
            details={"edits": made},
        )

    @asynccontextmanager
    async def _in_review(self, job_id: UUID) -> AsyncIterator[tuple[Connection, ImportRow]]:
        """Hold the import for one change of it: edits and the publishing of an import come one after another."""
        async with self._pool.acquire() as connection, connection.transaction():
            job = await imports.require(connection, job_id=job_id, lock=True)
            if job.status != "review":
                raise NotInReview(status=job.status)
            yield connection, job


def _seen(row: OperationRow | None, revision: int) -> OperationRow:
    if row is None:
        raise OperationUnknown
    if row.revision != revision:
        raise EditedMeanwhile
    return row
