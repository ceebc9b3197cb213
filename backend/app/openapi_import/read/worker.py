"""Carries imports out: fetched, read, classified, compared with what is live, then left to people.

Every step writes down what the next one needs and may be done again, so an import survives the death of the process
that works on it: any replica takes it up again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from app.db import imports, live_set
from app.errors import AppError, InternalError, UploadRefused
from app.openapi_import.read.bundle import pack
from app.openapi_import.read.collect import collect
from app.openapi_import.read.subprocess import read_document
from app.openapi_import.review.store import Reserved, store_for_review

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from app.db.imports import ImportRow, Status
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.openapi_import.classify.opinion_batches import Refine
    from app.outgoing.client import OutgoingClient

MAX_RUNNING: Final = 2  # imports at once on a replica: each has a process of its own that uses a core
MAX_TAKEOVERS: Final = 3  # a document that so many workers died with is what kills them
POLL_SECONDS: Final = 2.0  # how soon a dead replica's import is seen without being told
RENEWALS: Final = 3  # a lease is renewed this often within its length
TELL_SECONDS: Final = 0.25  # between two words of progress: a page need not move faster

log = structlog.get_logger(__name__)


Read = Callable[..., AsyncGenerator[dict[str, Any], None]]


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
class _Running:
    """One attempt at an import."""

    job: ImportRow
    pool: Pool
    status: Status = "pending"
    told: float = 0.0

    async def tell(self, status: Status, done: int = 0, total: int = 0, note: str = "") -> None:
        """Record how far it is; a new step at once, the rest a few times a second. Raises where it is lost."""
        now = asyncio.get_running_loop().time()
        if status == self.status and now - self.told < TELL_SECONDS:
            return
        self.status, self.told = status, now
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
        self._wake = asyncio.Event()
        self._running: dict[tuple[UUID, int], asyncio.Task[None]] = {}

    def on_notify(self, _: str = "") -> None:
        """Look for work: something changed."""
        self._wake.set()

    async def work(self) -> None:
        """Carry imports out until cancelled, through losses of the database."""
        loops = [asyncio.create_task(loop) for loop in (self._claim(), self._renew())]
        if self._expire is not None:
            loops.append(asyncio.create_task(self._withdraw(self._expire)))
        try:
            await asyncio.gather(*loops)
        finally:
            held = dict(self._running)
            for task in (*loops, *held.values()):
                task.cancel()
            await asyncio.gather(*loops, *held.values(), return_exceptions=True)
            with _outliving("imports_not_released"):
                async with self._pool.acquire() as connection:
                    await imports.release(connection, jobs=held)

    async def carry_out(self, job: ImportRow) -> None:
        """Work on an import that was claimed until it is in review, failed, or no longer ours."""
        running = _Running(job=job, pool=self._pool)
        with structlog.contextvars.bound_contextvars(import_id=str(job.id), api=job.api_name):
            try:
                await self._steps(running)
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

    async def _steps(self, running: _Running) -> None:
        job = running.job
        if job.takeovers > MAX_TAKEOVERS:
            raise ImportBroke
        packed, source = await self._document(running)
        await running.tell("parsing", note="Reading the document")
        rows: list[dict[str, Any]] = []
        facts: dict[str, Any] = {}
        said = self._read(packed, source=source.get("final_url", ""), root=source.get("root"))
        async with aclosing(said):
            async for one in said:
                if "progress" in one:
                    await running.tell(**one["progress"])
                elif "operation" in one:
                    rows.append(one["operation"])
                elif "error" in one:
                    raise DocumentRefused(one["error"])
                else:
                    facts = one
        if self._refine is not None:
            await self._refine(
                facts["api"], rows, lambda done, total: running.tell("classifying", done, total, "Asking the model")
            )
        await running.tell("classifying", len(rows), len(rows), "Comparing with what is live")
        if not await store_for_review(self._pool, job, rows=rows, facts=facts, live=self._live):
            raise _Lost

    async def _document(self, running: _Running) -> tuple[bytes, dict[str, Any]]:
        """Return the packed document, fetched now where it was not before."""
        job = running.job
        async with self._pool.acquire() as connection:
            packed = await imports.document(connection, job_id=job.id)
        if packed is not None:
            return packed, job.source
        if "url" not in job.source:
            raise UploadRefused("The document of this API is no longer there. Upload it again.")
        await running.tell("fetching", note="Fetching the document")
        root, files = await collect(
            self._http,
            job.source["url"],
            max_bytes=self._max_bytes,
            tell=lambda done, total, note: running.tell("fetching", done, total, note),
        )
        source = {**job.source, "root": root or None, "final_url": root or job.source["url"]}
        packed = await asyncio.to_thread(pack, files)
        async with self._pool.acquire() as connection:
            if not await imports.keep_document(
                connection, job_id=job.id, attempt=job.attempt, document=packed, source=source
            ):
                raise _Lost
        return packed, source

    async def _claim(self) -> None:
        while True:
            self._wake.clear()
            with _outliving("imports_not_claimed"):
                while len(self._running) < MAX_RUNNING and self._replica.id:
                    async with self._pool.acquire() as connection:
                        job = await imports.claim(
                            connection, worker=self._replica.id, lease_seconds=self._lease_seconds
                        )
                    if job is None:
                        break
                    self._start(job)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    def _start(self, job: ImportRow) -> None:
        task = asyncio.create_task(self.carry_out(job))
        self._running[job.id, job.attempt] = task
        task.add_done_callback(lambda _: self._done((job.id, job.attempt)))

    def _done(self, key: tuple[UUID, int]) -> None:
        self._running.pop(key, None)
        self._wake.set()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / RENEWALS)
            held = dict(self._running)
            with _outliving("leases_not_renewed"):
                async with self._pool.acquire() as connection:
                    ours = await imports.renew(connection, jobs=held, lease_seconds=self._lease_seconds)
                for key, task in held.items():
                    if key not in ours:
                        task.cancel()

    async def _withdraw(self, expire: Callable[[Collection[str]], Awaitable[object]]) -> None:
        """Let approvals of tools that changed or went expire; what is cut off is done again."""
        while True:
            with _outliving("approvals_not_withdrawn"):
                async with self._pool.acquire() as connection, connection.transaction():
                    names = await live_set.withdrawn(connection)
                    if names:
                        await expire(names)
                        await live_set.expired(connection, names=names)
            await asyncio.sleep(POLL_SECONDS)


class DocumentRefused(AppError):
    """What the reader says is wrong with a document."""

    status = 422

    def __init__(self, error: dict[str, str]) -> None:
        """Take the reader's code, sentence and place."""
        super().__init__(error["message"], place=error["place"])
        self.code = error["code"]  # type: ignore[misc]  # the reader is another process: its codes arrive as data


@contextmanager
def _outliving(event: str) -> Iterator[None]:
    """Log what a database that is gone does to a loop, which tries again at its next round."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # a driver has many words for it
        log.warning(event, reason=str(error))
