"""Import worker: fetches, reads and classifies a document, compares it with what is live, and leaves it to people.

An import is held by lease. Every step stores what the next one needs and may be done again, so it survives the death
of the process that works on it: any replica claims it again. One that keeps breaking its worker fails in the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from app.db import imports, live_set
from app.errors import AppError, InternalError, UploadRefused
from app.jobs.lease_loop import LeaseLoop
from app.jobs.poll_loop import PollLoop, running
from app.openapi_import.read.bundle import pack
from app.openapi_import.read.collect import collect
from app.openapi_import.read.subprocess import read_document
from app.openapi_import.review.store import Reserved, store_for_review

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from app.db.imports import ImportRow, Status
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.jobs.lease_loop import Lease
    from app.openapi_import.classify.second_opinion import Refine
    from app.outgoing.client import OutgoingClient

MAX_RUNNING: Final = 2  # imports at once on a replica: each has a process of its own that uses a core
MAX_TAKEOVERS: Final = 3  # a document that so many workers died with is what kills them
POLL_SECONDS: Final = 2.0  # how soon a dead replica's import is seen without being told
REPORT_SECONDS: Final = 0.25  # between two reports of progress: a page need not move faster

log = structlog.get_logger(__name__)


Read = Callable[..., AsyncGenerator[dict[str, Any], None]]
Attempt = tuple[UUID, int]
"""An import's id, and which attempt at it this is."""


class _Lost(Exception):
    """The import is no longer ours: thrown away, or taken over."""


class ImportBroke(AppError):
    """The import broke the server several times."""

    code = "import_broke"
    status = 500
    sentence = (
        "This import broke off several times, so it was stopped. Try it again; if it recurs, import a part of it."
    )


@dataclass(kw_only=True)
class _Progress:
    """How far one attempt at an import is, as people see it."""

    job: ImportRow
    pool: Pool
    status: Status = "pending"
    reported_at: float = 0.0

    async def report(self, status: Status, done: int = 0, total: int = 0, note: str = "") -> None:
        """Store how far it is: a new step at once, the rest a few times per second. Raises `_Lost`."""
        now = asyncio.get_running_loop().time()
        if status == self.status and now - self.reported_at < REPORT_SECONDS:
            return
        self.status, self.reported_at = status, now
        async with self.pool.acquire() as connection:
            ours = await imports.advance(
                connection,
                job_id=self.job.id,
                attempt=self.job.attempt,
                status=status,
                progress={"done": done, "total": total, "note": note},
            )
        if not ours:
            raise _Lost


class ImportWorker:
    """This replica's share of the imports."""

    def __init__(
        self,
        *,
        pool: Pool,
        replica: ReplicaConnection,
        http: OutgoingClient,
        refine: Refine | None,
        expire: Callable[[Collection[str]], Awaitable[object]] | None,
        max_bytes: int,
        lease_seconds: float,
        live: Reserved,
        read: Read = read_document,
    ) -> None:
        """`expire` lets approvals of tools expire; None leaves that to another replica.

        `read` reads a packed document where it can hurt nobody.
        """
        self._pool = pool
        self._replica = replica
        self._http = http
        self._refine = refine
        self._expire = expire
        self._max_bytes = max_bytes
        self._lease_seconds = lease_seconds
        self._live = live
        self._read = read
        self._loop: LeaseLoop[Attempt, ImportRow] = LeaseLoop(
            self, name="imports", at_once=MAX_RUNNING, lease_seconds=lease_seconds, poll_seconds=POLL_SECONDS
        )
        self._withdrawing = PollLoop(self._withdraw, failed="approvals_not_withdrawn", seconds=POLL_SECONDS)

    def on_notify(self, _: str = "") -> None:
        """Look for work: something changed."""
        self._loop.wake()

    async def work(self) -> None:
        """Work on imports until cancelled, through losses of the database."""
        async with running(self._withdrawing.work()):
            await self._loop.work()

    async def run(self, lease: Lease[ImportRow]) -> None:
        """Work on an import that was claimed."""
        await self.process(lease.job)

    async def process(self, job: ImportRow) -> None:
        """Work on an import that was claimed until it is in review, failed, or no longer ours."""
        progress = _Progress(job=job, pool=self._pool)
        with structlog.contextvars.bound_contextvars(import_id=str(job.id), api=job.api_name):
            try:
                await self._steps(progress)
                log.info("import_read", attempt=job.attempt)
            except _Lost:
                log.info("import_lost", attempt=job.attempt)
            except Exception as error:  # whatever broke, people are told
                fact = error if isinstance(error, AppError) else InternalError()
                log.warning("import_failed", code=fact.code, exc_info=None if isinstance(error, AppError) else error)
                place = str(fact.details.get("place") or fact.details.get("where") or "")
                async with self._pool.acquire() as connection:
                    await imports.fail(
                        connection,
                        job_id=job.id,
                        attempt=job.attempt,
                        error={"code": fact.code, "message": fact.message, "place": place},
                    )

    async def _steps(self, progress: _Progress) -> None:
        job = progress.job
        if job.takeovers > MAX_TAKEOVERS:
            raise ImportBroke
        packed, source = await self._document(progress)
        await progress.report("parsing", note="Reading the document")
        rows: list[dict[str, Any]] = []
        facts: dict[str, Any] = {}
        lines = self._read(packed, source=source.get("final_url", ""), root=source.get("root"))
        async with aclosing(lines):
            async for line in lines:
                if "progress" in line:
                    await progress.report(**line["progress"])
                elif "operation" in line:
                    rows.append(line["operation"])
                elif "error" in line:
                    raise DocumentRefused(line["error"])
                else:
                    facts = line
        if self._refine is not None:
            await self._refine(
                rows, lambda done, total: progress.report("classifying", done, total, "Asking the model")
            )
        await progress.report("classifying", len(rows), len(rows), "Comparing with what is live")
        if not await store_for_review(self._pool, job, rows=rows, facts=facts, live=self._live):
            raise _Lost

    async def _document(self, progress: _Progress) -> tuple[bytes, dict[str, Any]]:
        """Return the packed document, fetched now where it was not before."""
        job = progress.job
        async with self._pool.acquire() as connection:
            packed = await imports.document(connection, job_id=job.id)
        if packed is not None:
            return packed, job.source
        if "url" not in job.source:
            raise UploadRefused("The document of this API is no longer there. Upload it again.")
        await progress.report("fetching", note="Fetching the document")
        root, files = await collect(
            self._http,
            job.source["url"],
            max_bytes=self._max_bytes,
            report=lambda done, total, note: progress.report("fetching", done, total, note),
        )
        source = {**job.source, "root": root or None, "final_url": root or job.source["url"]}
        packed = await asyncio.to_thread(pack, files)
        async with self._pool.acquire() as connection:
            if not await imports.keep_document(
                connection, job_id=job.id, attempt=job.attempt, document=packed, source=source
            ):
                raise _Lost
        return packed, source

    def key_of(self, job: ImportRow) -> Attempt:
        """Return the import's id and the number of this attempt at it."""
        return job.id, job.attempt

    async def claim(self) -> tuple[ImportRow | None, bool]:
        """Claim the oldest import that waits, if there is one and we are connected; more may wait behind it."""
        if not self._replica.id:
            return None, False
        async with self._pool.acquire() as connection:
            job = await imports.claim(connection, worker=self._replica.id, lease_seconds=self._lease_seconds)
        return job, job is not None

    async def renew(self, keys: Collection[Attempt]) -> Collection[Attempt]:
        """Lengthen the leases of these imports and return those that are still ours."""
        async with self._pool.acquire() as connection:
            return await imports.renew(connection, jobs=keys, lease_seconds=self._lease_seconds)

    async def release(self, keys: Collection[Attempt]) -> None:
        """Give these imports back."""
        async with self._pool.acquire() as connection:
            await imports.release(connection, jobs=keys)

    async def _withdraw(self) -> None:
        """Let approvals of tools that changed or went expire; what is cut off is done again."""
        if self._expire is None:
            return
        async with self._pool.acquire() as connection, connection.transaction():
            names = await live_set.withdrawn(connection)
            if names:
                await self._expire(names)
                await live_set.expired(connection, names=names)


class DocumentRefused(AppError):
    """What the reader says is wrong with a document."""

    status = 422

    def __init__(self, error: dict[str, str]) -> None:
        """Take the reader's code, sentence and place."""
        super().__init__(error["message"], place=error["place"])
        self.code = error["code"]  # type: ignore[misc]  # the reader is another process: its codes arrive as data
