from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from app.db import apis, imports
from app.errors import ApiUnknown, ImportUnknown, NameTaken, NotInReview, QueueFull, UploadRefused
from app.openapi_import.jobs import MAX_WAITING
from tests.integration.openapi_import.workshop import Workshop, document

pytestmark = pytest.mark.integration


class TestBegin:
    async def test_it_is_written_down_at_once(self, shop: Workshop) -> None:
        """An import exists before anything is done for it, under a name that its source gives it."""
        job = await shop.begin(document(), kind="file", filename="billing.json")
        assert (job.status, job.api_name, job.created_by) == ("pending", "billing", "ann")
        assert job.source["name"] == "billing.json"

    async def test_what_is_no_document_is_refused_at_once(self, shop: Workshop) -> None:
        """What cannot be a document leaves nothing behind."""
        with pytest.raises(UploadRefused):
            await shop.begin(b"PK\x03\x04 is no archive")
        async with shop.pool.acquire() as connection:
            assert await apis.list_all(connection) == []

    async def test_names_are_unique(self, shop: Workshop) -> None:
        """A name that a person chose is refused where it is taken; one that we chose gets a number."""
        await shop.begin(document(), name="orders")
        with pytest.raises(NameTaken, match="orders"):
            await shop.begin(document(), name="orders")
        with pytest.raises(NameTaken):
            await shop.begin(document(), name="builtin")
        assert (await shop.begin(document(), kind="file", filename="orders.json")).api_name == "orders_2"

    async def test_an_api_that_is_not_there(self, shop: Workshop) -> None:
        """Nothing can be imported again for an API that is gone."""
        with pytest.raises(ApiUnknown):
            await shop.begin(document(), api_id=uuid4())

    async def test_there_is_a_limit(self, shop: Workshop) -> None:
        """Whoever begins imports in a loop is stopped."""
        await asyncio.gather(*(shop.begin(document()) for _ in range(3)))
        async with shop.pool.acquire() as connection:
            await connection.execute(
                """
                INSERT INTO imports (id, api_id, source, created_by)
                SELECT gen_random_uuid(), (SELECT id FROM apis LIMIT 1), '{}', 'loop' FROM generate_series(4, $1)
                """,
                MAX_WAITING,
            )
        with pytest.raises(QueueFull):
            await shop.begin(document())


class TestTakenUp:
    async def test_one_worker_takes_it(self, shop: Workshop) -> None:
        """However many look, one of them gets it; a second is free for the next import."""
        await shop.begin(document())

        async def look(worker: int) -> bool:
            async with shop.pool.acquire() as connection:
                return await imports.claim(connection, worker=worker, lease_seconds=15) is not None

        async with shop.pool.acquire() as holder:
            # Every worker lives: each of them holds its lock.
            for worker in (1, 2, 3):
                await holder.execute("SELECT pg_advisory_lock($1, $2)", 0x5355_5054, worker)
            assert sorted(await asyncio.gather(*(look(worker) for worker in (1, 2, 3)))) == [False, False, True]
            await holder.execute("SELECT pg_advisory_unlock_all()")

    async def test_a_dead_workers_import_is_taken_up_at_once(self, shop: Workshop) -> None:
        """A worker without its lock is dead: the next one that looks goes on, and counts that."""
        job = await shop.begin(document())
        for takeovers in (0, 1, 2):
            async with shop.pool.acquire() as connection:
                taken = await imports.claim(connection, worker=7, lease_seconds=1_000)
            assert taken is not None
            assert (taken.id, taken.takeovers) == (job.id, takeovers)

    async def test_what_breaks_every_worker_is_stopped(self, shop: Workshop) -> None:
        """A document that several workers died with fails, and can be tried again."""
        job = await shop.begin(document())
        async with shop.pool.acquire() as connection:
            await connection.execute("UPDATE imports SET takeovers = 3, owner = 9 WHERE id = $1", job.id)
        await shop.carry_out()
        failed = await shop.imports.get(job.id)
        assert failed.status == "failed"
        assert failed.error is not None
        assert failed.error["code"] == "import_broke"
        await shop.imports.retry(job.id, by="ann")
        await shop.carry_out()
        assert (await shop.imports.get(job.id)).status == "review"

    async def test_a_late_worker_changes_nothing(self, shop: Workshop) -> None:
        """Whoever lost an import to another writes nothing more, whatever it has found."""
        job = await shop.begin(document())
        async with shop.pool.acquire() as connection:
            late = await imports.claim(connection, worker=1, lease_seconds=15)
        await shop.carry_out()
        assert late is not None
        before = await shop.imports.get(job.id)
        await shop.worker.carry_out(late)
        assert await shop.imports.get(job.id) == before

    async def test_a_worker_finds_work_by_itself(self, shop: Workshop, pg_url: str) -> None:
        """A worker hears of an import and carries it out."""
        async with shop.working(pg_url):
            job = await shop.begin(document())
            await shop.reached(job.id, "review")

    async def test_a_worker_that_stops_gives_it_back(self, shop: Workshop, pg_url: str) -> None:
        """What a worker has not ended when it stops is free for the next at once."""
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def slow(*_: object, **__: object) -> object:
            reached.set()
            await go_on.wait()
            yield {}

        shop.worker._read = slow  # type: ignore[assignment]
        async with shop.working(pg_url):
            job = await shop.begin(document())
            async with asyncio.timeout(60):
                await reached.wait()
        async with shop.pool.acquire() as connection:
            assert await connection.fetchval("SELECT owner IS NULL FROM imports WHERE id = $1", job.id)


class TestThrowAway:
    async def test_an_import_and_its_api_are_gone(self, shop: Workshop) -> None:
        """An API of which nothing else is known goes with its only import."""
        job = await shop.imported()
        await shop.imports.throw_away(job.id, by="ann")
        with pytest.raises(ImportUnknown):
            await shop.imports.get(job.id)
        async with shop.pool.acquire() as connection:
            assert await apis.list_all(connection) == []

    async def test_while_it_runs(self, shop: Workshop) -> None:
        """An import that is thrown away while it runs ends there, and nothing of it comes back."""
        job = await shop.begin(document())
        async with shop.pool.acquire() as connection:
            running = await imports.claim(connection, worker=1, lease_seconds=15)
        await shop.imports.throw_away(job.id, by="ann")
        assert running is not None
        await shop.worker.carry_out(running)
        with pytest.raises(ImportUnknown):
            await shop.imports.get(job.id)

    async def test_what_was_approved_stays(self, shop: Workshop) -> None:
        """An approved import is the record of what is live."""
        job = await shop.approved()
        with pytest.raises(NotInReview):
            await shop.imports.throw_away(job.id, by="ann")

    async def test_who_did_it_is_written_down(self, shop: Workshop) -> None:
        """The log outlives the import and its API."""
        job = await shop.imported()
        await shop.imports.throw_away(job.id, by="bob")
        async with shop.pool.acquire() as connection:
            log = await connection.fetch("SELECT by, what FROM review_log WHERE import_id = $1 ORDER BY id", job.id)
        assert [tuple(line) for line in log] == [("ann", "import_begun"), ("bob", "import_thrown_away")]


class TestRetry:
    async def test_not_while_it_runs_nor_after_approval(self, shop: Workshop) -> None:
        """Only what failed, or is in review, can start over."""
        job = await shop.begin(document())
        with pytest.raises(NotInReview):
            await shop.imports.retry(job.id, by="ann")
        await shop.carry_out()
        approved = await shop.approved(document({}, title="Other"))
        with pytest.raises(NotInReview):
            await shop.imports.retry(approved.id, by="ann")

    async def test_the_same_document_again(self, shop: Workshop) -> None:
        """Asked to read an API again without a new document, the stored one is read."""
        job = await shop.approved()
        again = await shop.begin(None, api_id=job.api_id)
        await shop.carry_out()
        again = await shop.imports.get(again.id)
        assert (again.status, again.previous) == ("review", job.id)
        assert {row.change for row in (await shop.rows(again.id)).values()} == {"same"}
