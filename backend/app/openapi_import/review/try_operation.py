"""Operation tester: carries out one read of an import, in review or live, so that a person sees what it does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from app.db import apis, credentials, imports, operations, review_log
from app.db.apis import ApiRow
from app.db.credentials import CredentialRow
from app.db.live_set import LiveOperation
from app.errors import ApiUnknown, BaseUrlMissing, OnlyReadsCanBeTried, OperationUnknown
from app.openapi.operation import OperationDefinition
from app.openapi_import.review.audit import named
from app.tools.base import Tool, ToolOutcome

if TYPE_CHECKING:
    from app.db.imports import ImportRow
    from app.db.operations import OperationRow
    from app.db.pool import Pool
    from app.tools.base import Tool, ToolOutcome

MakeTool = Callable[[ApiRow, Sequence[CredentialRow], LiveOperation, OperationDefinition], Tool]
"""Makes the tool of an operation, with the API's sealed credentials; raises `CredentialsUnreadable`."""

log = structlog.get_logger(__name__)


class OperationTester:
    """Tries reads; a write is never sent from here."""

    def __init__(self, *, pool: Pool, make_tool: MakeTool) -> None:
        """Hand in the database and what makes the tool that is tried."""
        self._pool = pool
        self._make_tool = make_tool

    async def run(self, job_id: UUID, idx: int, args: Mapping[str, Any], *, by: str) -> ToolOutcome:
        """Send the read with these arguments, bound ones included, and return what came of it.

        Raises `OnlyReadsCanBeTried` for everything that is not labelled a read, by its proposal and by its reviewer.
        """
        async with self._pool.acquire() as connection:
            job = await imports.require(connection, job_id=job_id)
            row = (await operations.some(connection, import_id=job_id, idxs=[idx])).get(idx)
            text = await operations.definition(connection, import_id=job_id, idx=idx)
            api = await apis.get(connection, api_id=job.api_id)
            sealed = await credentials.list_all(connection, api_id=job.api_id)
        if api is None:
            raise ApiUnknown
        if row is None or text is None:
            raise OperationUnknown
        if row.access != "read":
            raise OnlyReadsCanBeTried
        address = job.source.get("base_url") or api.base_url or (job.servers[0] if job.servers else "")
        if not address.startswith(("http://", "https://")):
            raise BaseUrlMissing
        described = replace(api, servers=job.servers, schemes=job.schemes, base_url=address)
        definition = await asyncio.to_thread(lambda: OperationDefinition.from_json(json.loads(text)))
        tool = self._make_tool(described, sealed, _operation(row), definition)
        log.info("read_tried", api=api.name, operation=row.key, by=by)
        await self._record(job, row, args, by=by)
        return await tool.run(args)

    async def _record(self, job: ImportRow, row: OperationRow, args: Mapping[str, Any], *, by: str) -> None:
        """Write down that it is tried, before it is sent; the arguments only by name, for values may be a person's."""
        given = [one["name"] for one in row.shown["arguments"] if one["name"] in args]
        async with self._pool.acquire() as connection:
            await review_log.record(
                connection,
                by=by,
                what="read_tried",
                api_id=job.api_id,
                api_name=job.api_name,
                import_id=job.id,
                details={"operation": named(row), "arguments": given},
            )


def _operation(row: OperationRow) -> LiveOperation:
    """Take the operation as it is being reviewed; a try fills the bound arguments itself."""
    return LiveOperation(
        idx=row.idx,
        key=row.key,
        name=row.name,
        title=row.title,
        description=row.description,
        access=row.access,
        consent=row.consent,
        agent=row.agent,
        bound={},
        twin=row.twin,
    )
