"""Import pipeline of one replica, wired as the server wires it; documents are read in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.access.secret_box import SecretBox
from app.agents.config import AgentConfig, AgentSpec
from app.catalog.keyring import Keyring
from app.catalog.live_tools import LiveTools
from app.catalog.make_tools import tool_maker
from app.catalog.publish import Publisher
from app.db import imports, operations
from app.db.listener import ReplicaConnection
from app.events.broadcast import Broadcast
from app.openapi_import.read import subprocess_main
from app.openapi_import.read.worker import ImportWorker
from app.openapi_import.review.review import Review
from app.openapi_import.review.try_operation import OperationTester
from app.openapi_import.service import ImportRequest, ImportService
from app.tools.builtin import builtin_tools
from app.tools.registry import ToolRegistry
from tests.fakes import PATIENCE_SECONDS

if TYPE_CHECKING:
    from app.db.imports import ImportRow
    from app.db.operations import OperationRow
    from app.db.pool import Pool
    from app.outgoing.client import OutgoingClient

SECRET = b"0123456789abcdef0123456789abcdef"
BASE = AgentConfig(
    agents=(AgentSpec(name="general", description="Answers everything else.", permission="read", tools=("hand_*",)),),
    apis=(),
    fallback="general",
)


def operation(name: str, *, summary: str = "", **more: Any) -> dict[str, Any]:
    """An operation of a document."""
    return {"operationId": name, "summary": summary, "responses": {"200": {"description": "Done."}}, **more}


def argument(name: str, *, place: str = "path", kind: str = "string", **more: Any) -> dict[str, Any]:
    """A parameter of an operation."""
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind, **more}}


ORDERS: dict[str, Any] = {
    "/orders": {"get": operation("list_orders", summary="List orders", parameters=[argument("status", place="query")])},
    "/orders/{id}": {
        "get": operation("get_order", summary="Look up an order", parameters=[argument("id")]),
        "delete": operation("delete_order", summary="Delete an order", parameters=[argument("id")]),
    },
    "/orders/{id}/cancel": {"post": operation("cancel_order", summary="Cancel an order", parameters=[argument("id")])},
}


def document(paths: dict[str, Any] | None = None, *, title: str = "Acme Orders", **more: Any) -> dict[str, Any]:
    """An OpenAPI document of a shop's orders, or of these paths."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": "https://api.acme.example/v1"}],
        "paths": ORDERS if paths is None else paths,
        **more,
    }


async def read_here(packed: bytes, *, source: str, root: str | None) -> AsyncGenerator[dict[str, Any], None]:
    """Read a document in this process: quicker than a program of its own, and of the same words."""
    for said in subprocess_main.run(packed, source=source, root=root):
        yield json.loads(json.dumps(said))
        await asyncio.sleep(0)


class ImportPipeline:
    """One replica's share of imports."""

    def __init__(self, pool: Pool, http: OutgoingClient, *, secret: bytes = SECRET, base: AgentConfig = BASE) -> None:
        self.pool = pool
        self.http = http
        self.tools = ToolRegistry()
        self.tools.replace("builtin", builtin_tools())
        self.swapped: list[AgentConfig] = []
        self.expired: list[list[str]] = []
        self.keyring = Keyring(pool=pool, secret_box=SecretBox(secret), http=http)
        self.live = LiveTools(
            pool=pool, http=http, keyring=self.keyring, tools=self.tools, base=base, swap=self.swapped.append
        )
        self.imports = ImportService(pool=pool, max_bytes=1_000_000, taken=("builtin",))
        self.review = Review(pool=pool, live=self.live)
        self.approval = Publisher(pool=pool, live=self.live)
        self.operation_tester = OperationTester(pool=pool, make_tool=tool_maker(http=http, keyring=self.keyring))
        self.replica = ReplicaConnection()
        self.changed = Broadcast()
        self.worker = ImportWorker(
            pool=pool,
            replica=self.replica,
            http=http,
            refine=None,
            expire=self._expire,
            max_bytes=1_000_000,
            lease_seconds=15,
            live=self.live,
            read=read_here,
        )

    def _on_notify(self, job_id: str) -> None:
        self.worker.on_notify()
        self.changed.notify(job_id or None)

    async def reached(self, job_id: UUID, status: str) -> None:
        """Wait until an import has this status, as a page does."""
        with self.changed.watching(str(job_id)) as changed:
            while (await self.imports.get(job_id)).status != status:
                changed.clear()
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await changed.wait()

    async def _expire(self, names: Collection[str]) -> None:
        self.expired.append(list(names))

    async def begin(self, content: dict[str, Any] | bytes | None = None, **given: Any) -> ImportRow:
        """Begin an import of this document."""
        raw = json.dumps(content).encode() if isinstance(content, dict) else content
        return await self.imports.begin(ImportRequest(content=raw, **given), by="ann")

    async def run_next(self) -> None:
        """Carry out the oldest import that waits, as a worker would."""
        async with self.pool.acquire() as connection:
            job = await imports.claim(connection, worker=1, lease_seconds=15)
        assert job is not None
        await self.worker.process(job)

    async def imported(self, content: dict[str, Any] | bytes | None = None, **given: Any) -> ImportRow:
        """Import a document up to its review, or its failure."""
        job = await self.begin(document() if content is None and "url" not in given else content, **given)
        await self.run_next()
        return await self.imports.get(job.id)

    async def approved(self, content: dict[str, Any] | None = None, **given: Any) -> ImportRow:
        """Import a document and let it be live."""
        job = await self.imported(content, **given)
        assert job.status == "review", job.error
        return await self.approval.approve(job.id, job.revision, by="ann")

    async def again(self, job: ImportRow, content: dict[str, Any]) -> ImportRow:
        """Import another document of the same API."""
        return await self.imported(content, api_id=job.api_id)

    async def rows(self, job_id: UUID) -> dict[str, OperationRow]:
        """Read the operations of an import, by the names of their tools."""
        async with self.pool.acquire() as connection:
            return {row.name: row for row in await operations.all_of(connection, import_id=job_id)}

    async def set(self, job: ImportRow, tool: str, *, by: str = "bob", **wanted: Any) -> OperationRow:
        """Edit an operation as it stands."""
        row = (await self.rows(job.id))[tool]
        changed, refused = await self.review.edit(job.id, {row.idx: row.revision}, wanted, by=by)
        if refused:
            raise refused[0].error
        return changed[0]

    @asynccontextmanager
    async def working(self, dsn: str) -> AsyncIterator[None]:
        """Let the worker look for work by itself, with a lock that shows that it lives."""
        async with self.replica.connected(dsn, {imports.IMPORTS_CHANNEL: self._on_notify}):
            task = asyncio.create_task(self.worker.work())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
