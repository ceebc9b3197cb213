from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from app.db import apis, imports
from app.errors import ApiUnknown, ImportUnknown, NameTaken, NotInReview, QueueFull, UploadRefused
from app.openapi_import.service import MAX_WAITING
from tests.integration.openapi_import.import_pipeline import ImportPipeline, document

pytestmark = pytest.mark.integration


class TestBegin:
    async def test_it_is_written_down_at_once(self, pipeline: ImportPipeline) -> None:
        """An import exists before anything is done for it, under a name that its source gives it."""
        job = await pipeline.begin(document(), kind="file", filename="billing.json")
        assert (job.status, job.api_name, job.created_by) == ("pending", "billing", "ann")
        assert job.source["name"] == "billing.json"

    async def test_what_is_no_document_is_refused_at_once(self, pipeline: ImportPipeline) -> None:
        """What cannot be a document leaves nothing behind."""
        with pytest.raises(UploadRefused):
            await pipeline.begin(b"PK\x03\x04 is no archive")
        async with pipeline.pool.acquire() as connection:
            assert await apis.list_all(connection) == []

    async def test_names_are_unique(self, pipeline: ImportPipeline) -> None:
        """A name that a person chose is refused where it is taken; one that we chose gets a number."""
        await pipeline.begin(document(), name="orders")
        with pytest.raises(NameTaken, match="orders"):
            await pipeline.begin(document(), name="orders")
        with pytest.raises(NameTaken):
            await pipeline.begin(document(), name="builtin")
        assert (await pipeline.begin(document(), kind="file", filename="orders.json")).api_name == "orders_2"

    async def test_a_failed_import_leaves_no_api(self, pipeline: ImportPipeline) -> None:
        """It stands among the imports alone, and its name is there for the next attempt."""
        failed = await pipeline.imported(b"openapi: [", name="orders")
        assert failed.status == "failed"
        async with pipeline.pool.acquire() as connection:
            assert await apis.list_all(connection) == []
        job = await pipeline.imported(document(), name="orders")
        assert (job.status, job.api_id) == ("review", failed.api_id)
        async with pipeline.pool.acquire() as connection:
            assert [one.name for one in await apis.list_all(connection)] == ["orders"]

    async def test_an_api_that_is_not_there(self, pipeline: ImportPipeline) -> None:
        """Nothing can be imported again for an API that is gone."""
        with pytest.raises(ApiUnknown):
            await pipeline.begin(document(), api_id=uuid4())

    async def test_there_is_a_limit(self, pipeline: ImportPipeline) -> None:
        """Whoever begins imports in a loop is stopped."""
        await asyncio.gather(*(pipeline.begin(document()) for _ in range(3)))
        async with pipeline.pool.acquire() as connection:
            await connection.execute(
                """
                INSERT INTO imports (id, api_id, source, created_by)
                SELECT gen_random_uuid(), (SELECT id FROM apis LIMIT 1), '{}', 'loop' FROM generate_series(4, $1)
                """,
                MAX_WAITING,
            )
        with pytest.raises(QueueFull):
            await pipeline.begin(document())


class TestTakenUp:
    async def test_one_worker_takes_it(self, pipeline: ImportPipeline) -> None:
        """However many look, one of them gets it; a second is free for the next import."""
        await pipeline.begin(document())

        async def look(worker: int) -> bool:
            async with pipeline.pool.acquire() as connection:
                return await imports.claim(connection, worker=worker, lease_seconds=15) is not None

        async with pipeline.pool.acquire() as holder:
            # Every worker lives: each of them holds its lock.
            for worker in (1, 2, 3):
                await holder.execute("SELECT pg_advisory_lock($1, $2)", 0x5355_5054, worker)
            assert sorted(await asyncio.gather(*(look(worker) for worker in (1, 2, 3)))) == [False, False, True]
            await holder.execute("SELECT pg_advisory_unlock_all()")

    async def test_a_dead_workers_import_is_taken_up_at_once(self, pipeline: ImportPipeline) -> None:
        """A worker without its lock is dead: the next one that looks goes on, and counts that."""
        job = await pipeline.begin(document())
        for takeovers in (0, 1, 2):
            async with pipeline.pool.acquire() as connection:
                taken = await imports.claim(connection, worker=7, lease_seconds=1_000)
            assert taken is not None
            assert (taken.id, taken.takeovers) == (job.id, takeovers)

    async def test_what_breaks_every_worker_is_stopped(self, pipeline: ImportPipeline) -> None:
        """A document that several workers died with fails, and can be tried again."""
        job = await pipeline.begin(document())
        async with pipeline.pool.acquire() as connection:
            await connection.execute("UPDATE imports SET takeovers = 3, owner = 9 WHERE id = $1", job.id)
        await pipeline.run_next()
        failed = await pipeline.imports.get(job.id)
        assert failed.status == "failed"
        assert failed.error is not None
        assert failed.error["code"] == "import_broke"
        await pipeline.imports.retry(job.id, by="ann")
        await pipeline.run_next()
        assert (await pipeline.imports.get(job.id)).status == "review"

    async def test_a_late_worker_changes_nothing(self, pipeline: ImportPipeline) -> None:
        """Whoever lost an import to another writes nothing more, whatever it has found."""
        job = await pipeline.begin(document())
        async with pipeline.pool.acquire() as connection:
            late = await imports.claim(connection, worker=1, lease_seconds=15)
        await pipeline.run_next()
        assert late is not None
        before = await pipeline.imports.get(job.id)
        await pipeline.worker.process(late)
        assert await pipeline.imports.get(job.id) == before

    async def test_a_worker_finds_work_by_itself(self, pipeline: ImportPipeline, pg_url: str) -> None:
        """A worker hears of an import and carries it out."""
        async with pipeline.working(pg_url):
            job = await pipeline.begin(document())
            await pipeline.reached(job.id, "review")

    async def test_a_worker_that_stops_gives_it_back(self, pipeline: ImportPipeline, pg_url: str) -> None:
        """What a worker has not ended when it stops is free for the next at once."""
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def slow(*_: object, **__: object) -> object:
            reached.set()
            await go_on.wait()
            yield {}

        pipeline.worker._read = slow  # type: ignore[assignment]
        async with pipeline.working(pg_url):
            job = await pipeline.begin(document())
            async with asyncio.timeout(60):
                await reached.wait()
        async with pipeline.pool.acquire() as connection:
            assert await connection.fetchval("SELECT owner IS NULL FROM imports WHERE id = $1", job.id)


class TestThrowAway:
    async def test_an_import_and_its_api_are_gone(self, pipeline: ImportPipeline) -> None:
        """An API of which nothing else is known goes with its only import."""
        job = await pipeline.imported()
        await pipeline.imports.throw_away(job.id, by="ann")
        with pytest.raises(ImportUnknown):
            await pipeline.imports.get(job.id)
        async with pipeline.pool.acquire() as connection:
            assert await apis.list_all(connection) == []

    async def test_while_it_runs(self, pipeline: ImportPipeline) -> None:
        """An import that is thrown away while it runs ends there, and nothing of it comes back."""
        job = await pipeline.begin(document())
        async with pipeline.pool.acquire() as connection:
            running = await imports.claim(connection, worker=1, lease_seconds=15)
        await pipeline.imports.throw_away(job.id, by="ann")
        assert running is not None
        await pipeline.worker.process(running)
        with pytest.raises(ImportUnknown):
            await pipeline.imports.get(job.id)

    async def test_what_was_approved_stays(self, pipeline: ImportPipeline) -> None:
        """An approved import is the record of what is live."""
        job = await pipeline.approved()
        with pytest.raises(NotInReview):
            await pipeline.imports.throw_away(job.id, by="ann")

    async def test_who_did_it_is_written_down(self, pipeline: ImportPipeline) -> None:
        """The log outlives the import and its API."""
        job = await pipeline.imported()
        await pipeline.imports.throw_away(job.id, by="bob")
        async with pipeline.pool.acquire() as connection:
            log = await connection.fetch("SELECT by, what FROM review_log WHERE import_id = $1 ORDER BY id", job.id)
        assert [tuple(line) for line in log] == [("ann", "import_begun"), ("bob", "import_thrown_away")]


class TestRetry:
    async def test_not_while_it_runs_nor_after_approval(self, pipeline: ImportPipeline) -> None:
        """Only what failed, or is in review, can start over."""
        job = await pipeline.begin(document())
        with pytest.raises(NotInReview):
            await pipeline.imports.retry(job.id, by="ann")
        await pipeline.run_next()
        approved = await pipeline.approved(document({}, title="Other"))
        with pytest.raises(NotInReview):
            await pipeline.imports.retry(approved.id, by="ann")

    async def test_the_same_document_again(self, pipeline: ImportPipeline) -> None:
        """Asked to read an API again without a new document, the stored one is read."""
        job = await pipeline.approved()
        again = await pipeline.begin(None, api_id=job.api_id)
        await pipeline.run_next()
        again = await pipeline.imports.get(again.id)
        assert (again.status, again.previous) == ("review", job.id)
        assert {row.change for row in (await pipeline.rows(again.id)).values()} == {"same"}
