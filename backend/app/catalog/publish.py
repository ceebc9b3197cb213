"""Publisher: makes an import live in one transaction, whoever asks, however often; and takes an API away.

What was compared or reviewed against another state than the present one is refused, and nothing is changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

from app.agents.config import MAX_AGENTS
from app.db import agents, apis, credentials, imports, live_set, operations, review_log
from app.errors import ApiUnknown, BaseUrlMissing, EditedMeanwhile, ImportOutdated, NotInReview, TooManyAgents
from app.openapi_import.review.audit import of_api
from app.openapi_import.review.store import Reserved
from app.openapi_import.unique_names import tool_names

if TYPE_CHECKING:
    from app.db.imports import ImportRow
    from app.db.operations import BriefRow
    from app.db.pool import Connection, Pool

TEXTS: Final = ("title", "description", "tone", "instructions")
DECIDES: Final = ("name", "fingerprint", "access", "consent", "bound")  # what consent to a tool's call is given for


class LiveSet(Reserved, Protocol):
    """What is live here, as far as whoever changes it has to know."""

    async def refresh(self) -> None:
        """Load what was changed just now."""


class Publisher:
    """Makes imports live, and takes APIs back."""

    def __init__(self, *, pool: Pool, live: LiveSet) -> None:
        """Hand in the database and what is live here."""
        self._pool = pool
        self._live = live

    async def approve(self, job_id: UUID, revision: int, *, by: str) -> ImportRow:
        """Let the import's operations be the API's tools, from the next message on; a second click changes nothing.

        Raises `EditedMeanwhile` where somebody changed something since `revision`, `ImportOutdated` where another
        import of the API was approved since this one was compared, `BaseUrlMissing` and `TooManyAgents`.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await live_set.begin_change(connection)
            job = await imports.require(connection, job_id=job_id, lock=True)
            if job.status == "approved":
                return job
            if job.status != "review":
                raise NotInReview(status=job.status)
            if job.revision != revision:
                raise EditedMeanwhile(revision=job.revision)
            await self._go_live(connection, job, by=by)
        await asyncio.shield(self._live.refresh())
        async with self._pool.acquire() as connection:
            return await imports.require(connection, job_id=job_id)

    async def delete_api(self, api_id: UUID, *, by: str) -> None:
        """Take an API with its tools away; what waits for consent to them expires."""
        async with self._pool.acquire() as connection, connection.transaction():
            await live_set.begin_change(connection)
            api = await apis.get(connection, api_id=api_id, lock=True)
            if api is None:
                raise ApiUnknown
            names: list[str] = []
            if api.live_job is not None:
                names = [one.name for one in await live_set.operations(connection, import_id=api.live_job)]
                await live_set.withdraw(connection, names=names)
            schemes = [one.scheme for one in await credentials.list_all(connection, api_id=api_id)]
            await apis.delete(connection, api_id=api_id)
            await review_log.record(
                connection,
                by=by,
                what="api_deleted",
                api_id=api_id,
                api_name=api.name,
                details={"tools": len(names), "credentials": schemes},
            )
            await live_set.changed(connection)
        await asyncio.shield(self._live.refresh())

    async def _go_live(self, connection: Connection, job: ImportRow, *, by: str) -> None:
        api = await apis.get(connection, api_id=job.api_id, lock=True)
        if api is None:
            raise ApiUnknown
        if api.live_job != job.previous:
            raise ImportOutdated
        address = job.source.get("base_url") or api.base_url or (job.servers[0] if job.servers else "")
        if not address.startswith(("http://", "https://")):
            raise BaseUrlMissing
        await self._rename_clashing(connection, job)
        before = await self._rows(connection, api.live_job)
        now = await self._rows(connection, job.id)
        await self._check_agents(connection, job, now)
        await apis.describe(
            connection, api_id=api.id, title=job.title or api.title, servers=job.servers, schemes=job.schemes
        )
        await apis.configure(connection, api_id=api.id, base_url=address, limits=api.limits)
        await apis.go_live(connection, api_id=api.id, job_id=job.id, source=job.source)
        await imports.approve(connection, job_id=job.id, by=by)
        stored = await _store_agents(connection, job, by=by)
        await live_set.withdraw(connection, names=_changed(before, now))
        await review_log.record(
            connection,
            by=by,
            what="import_approved",
            api_id=api.id,
            api_name=api.name,
            import_id=job.id,
            details={
                "revision": job.revision,
                **_approved(now),
                "agents": stored,
                "changes": of_api(api, replace(api, base_url=address)),
            },
        )
        await live_set.changed(connection)

    @staticmethod
    async def _rows(connection: Connection, job_id: UUID | None) -> dict[str, BriefRow]:
        if job_id is None:
            return {}
        rows = await operations.briefly(connection, import_id=job_id)
        return {row.key: row for row in rows if row.enabled}

    async def _rename_clashing(self, connection: Connection, job: ImportRow) -> None:
        """Give a prefixed name to a new tool whose name another API has taken since this import was read."""
        taken = await live_set.names_of_others(connection, but_of=job.api_id) | self._live.reserved_names
        rows = [row for row in await operations.briefly(connection, import_id=job.id) if row.change != "removed"]
        kept = {row.key: row.name for row in rows if row.name not in taken}
        names = tool_names([(row.key, row.name) for row in rows], before=kept, taken=taken, api=job.api_name)
        moved = {row.idx: names[row.key] for row in rows if names[row.key] != row.name}
        await operations.rename(connection, import_id=job.id, names=moved)

    async def _check_agents(self, connection: Connection, job: ImportRow, now: dict[str, BriefRow]) -> None:
        others = await live_set.agents_of_others(connection, but_of=job.api_id)
        wanted = {*self._live.file_agents, *others, *(row.agent for row in now.values())}
        if len(wanted) > MAX_AGENTS:
            raise TooManyAgents(f"There would be {len(wanted)} agents; at most {MAX_AGENTS} can be told apart.")


def _changed(before: dict[str, BriefRow], now: dict[str, BriefRow]) -> list[str]:
    """Name the live tools whose calls would be other ones than those that people were shown."""
    return [
        row.name
        for key, row in before.items()
        if key not in now or any(getattr(now[key], name) != getattr(row, name) for name in DECIDES)
    ]


def _approved(now: dict[str, BriefRow]) -> dict[str, Any]:
    """Say for the log what is live from now on, and by a digest exactly what: the same digest, the same tools."""
    lines = sorted([key, *(getattr(row, name) for name in (*DECIDES, "agent"))] for key, row in now.items())
    access = Counter(row.access for row in now.values())
    return {
        "tools": len(now),
        **{kind: access[kind] for kind in ("read", "write", "destructive")},
        "digest": hashlib.sha256(json.dumps(lines).encode()).hexdigest(),
    }


async def _store_agents(connection: Connection, job: ImportRow, *, by: str) -> list[dict[str, Any]]:
    """Keep what was reviewed of the agents that get operations, as a new version where it differs; list those."""
    stored: list[dict[str, Any]] = []
    newest = await agents.newest(connection)
    for agent in await operations.agents(connection, import_id=job.id):
        if not agent.operations:
            continue
        before = dict(newest[agent.name].spec) if agent.name in newest else {}
        spec = {**before, **{name: getattr(agent, name) for name in TEXTS if getattr(agent, name)}}
        if spec != before:
            version = await agents.add(connection, name=agent.name, spec=spec, import_id=job.id, by=by)
            stored.append({"name": agent.name, "version": version})
    return stored
