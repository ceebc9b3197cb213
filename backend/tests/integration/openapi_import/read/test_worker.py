from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.db import apis, imports
from app.openapi_import.read.subprocess import read_document
from tests.integration.openapi_import.import_pipeline import ORDERS, ImportPipeline, document, operation

pytestmark = pytest.mark.integration


class Site:
    """A web server that serves files from memory, and counts what it is asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self.server = TestServer(app)

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[request.path])

    def put(self, path: str, content: Any) -> str:
        """Serve this at a path; return its address."""
        self.files[path] = content if isinstance(content, bytes) else json.dumps(content).encode()
        return str(self.server.make_url(path))


@pytest.fixture
async def site() -> Any:
    """A web server of the test's own."""
    made = Site()
    await made.server.start_server()
    yield made
    await made.server.close()


class TestReading:
    async def test_a_document_becomes_operations(self, pipeline: ImportPipeline) -> None:
        """Each operation has its tool, its label with reasons, and what it costs."""
        job = await pipeline.imported()
        assert (job.status, job.title, job.dialect[:3]) == ("review", "Acme Orders", "3.1")
        assert job.api_name == "acme_orders"
        rows = await pipeline.rows(job.id)
        assert set(rows) == {"list_orders", "get_order", "delete_order", "cancel_order"}
        assert rows["get_order"].access == "read"
        assert rows["cancel_order"].access != "read"
        assert rows["delete_order"].access == "destructive"
        assert rows["delete_order"].classification["evidence"]
        assert {row.change for row in rows.values()} == {None}
        assert (job.counts["operations"], job.counts["read"]) == (4, 2)

    async def test_the_name_that_a_person_chose_stays(self, pipeline: ImportPipeline) -> None:
        """A title names only what nobody has named."""
        job = await pipeline.imported(document(), name="sales")
        assert job.api_name == "sales"

    async def test_it_is_the_same_when_it_is_done_again(self, pipeline: ImportPipeline) -> None:
        """A step that is repeated gives what it gave before."""
        job = await pipeline.imported()
        before = await pipeline.rows(job.id)
        await pipeline.imports.retry(job.id, by="ann")
        await pipeline.run_next()
        after = await pipeline.rows(job.id)
        assert {name: (row.key, row.access, row.agent) for name, row in after.items()} == {
            name: (row.key, row.access, row.agent) for name, row in before.items()
        }

    async def test_what_is_no_openapi_document(self, pipeline: ImportPipeline) -> None:
        """What is wrong is said in words, with a code."""
        job = await pipeline.imported({"hello": "world"})
        assert job.status == "failed"
        assert job.error is not None
        assert job.error["message"]
        assert job.error["code"]

    async def test_text_that_cannot_be_parsed(self, pipeline: ImportPipeline) -> None:
        """A mistake in the text is said in words, with a code of its own."""
        job = await pipeline.imported(b'{"openapi": "3.1.0",\n "paths": {\n "/a": ]')
        assert job.status == "failed"
        assert job.error is not None
        assert job.error["code"] == "document_mistake"
        assert job.error["message"]

    async def test_one_broken_operation_does_not_lose_the_others(self, pipeline: ImportPipeline) -> None:
        """What cannot be a tool is named with its reason; the rest is there."""
        broken = {"/broken/{id}": {"get": operation("broken", parameters=[{"$ref": "#/components/parameters/none"}])}}
        job = await pipeline.imported(document({**ORDERS, **broken}))
        assert job.status == "review"
        assert job.counts["operations"] == 4
        assert any("/broken" in note["place"] for note in job.skipped)

    async def test_text_that_a_database_cannot_hold(self, pipeline: ImportPipeline) -> None:
        """NUL and half characters in a document are replaced, not refused."""
        odd = operation("odd", summary="Look\u0000 up", description="half \ud800 of a character")
        job = await pipeline.imported(document({"/odd": {"get": odd}}))
        assert job.status == "review", job.error
        assert "odd" in await pipeline.rows(job.id)


class TestArchive:
    async def test_the_document_is_found_among_its_parts(self, pipeline: ImportPipeline) -> None:
        """An archive's document is the file that has openapi at its top; its parts are referred to by their names."""
        main = document({"/orders": {"get": {"$ref": "parts/list.yaml"}}})
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr("parts/list.yaml", "operationId: list_all\nresponses: {'200': {description: Done.}}\n")
            archive.writestr("openapi.json", json.dumps(main))
        job = await pipeline.imported(written.getvalue(), kind="file", filename="api.zip")
        assert job.status == "review", job.error
        assert job.counts["operations"] + len(job.skipped) == 1

    async def test_an_archive_without_one(self, pipeline: ImportPipeline) -> None:
        """An archive whose files are no documents says so."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr("a.json", "{}")
            archive.writestr("b.json", "{}")
        job = await pipeline.imported(written.getvalue(), kind="file", filename="api.zip")
        assert job.error is not None
        assert job.error["code"] == "no_openapi_document"


class TestAddress:
    async def test_a_document_is_fetched(self, pipeline: ImportPipeline, site: Site) -> None:
        """A document is fetched once and kept: another attempt reads what was kept."""
        url = site.put("/openapi.json", document())
        job = await pipeline.imported(None, url=url)
        assert job.status == "review", job.error
        await pipeline.imports.retry(job.id, by="ann")
        await pipeline.run_next()
        assert site.asked == ["/openapi.json"]

    async def test_parts_of_the_same_origin_are_fetched(self, pipeline: ImportPipeline, site: Site) -> None:
        """What a document refers to on its own server is fetched, once each; what is elsewhere is not."""
        site.put("/parts/order.json", {"type": "object", "properties": {"again": {"$ref": "../parts/order.json"}}})
        schema = {"$ref": "parts/order.json"}
        elsewhere = {"$ref": "http://127.0.0.1:9/never.json"}
        body = {"content": {"application/json": {"schema": {"anyOf": [schema, elsewhere, schema]}}}}
        url = site.put("/openapi.json", document({"/orders": {"post": operation("create", requestBody=body)}}))
        job = await pipeline.imported(None, url=url)
        assert job.status == "review", job.error
        assert sorted(site.asked) == ["/openapi.json", "/parts/order.json"]

    async def test_the_document_behind_a_page(self, pipeline: ImportPipeline, site: Site) -> None:
        """Whoever gives the address of a Swagger UI or Redoc page gets the document that it shows."""
        site.put("/v1/spec.json", document())
        site.put("/docs/swagger-initializer.js", b'window.ui = SwaggerUIBundle({ url: "../v1/spec.json" })')
        url = site.put("/docs/", b'<!DOCTYPE html><html><script src="./swagger-initializer.js"></script></html>')
        job = await pipeline.imported(None, url=url)
        assert (job.status, job.title) == ("review", "Acme Orders"), job.error

    async def test_a_page_with_no_document(self, pipeline: ImportPipeline, site: Site) -> None:
        """It is named as a page, with what to look for; a document elsewhere is named and not fetched from here."""
        job = await pipeline.imported(None, url=site.put("/a", b"<html>Welcome</html>"))
        assert job.error is not None
        assert job.error["code"] == "no_openapi_document"
        page = b'<html><redoc spec-url="https://other.example/openapi.json"></redoc></html>'
        job = await pipeline.imported(None, url=site.put("/b", page))
        assert job.error is not None
        assert "Import that address" in job.error["message"]
        assert "https://other.example/openapi.json" in job.error["message"]

    async def test_a_graphql_endpoint(self, pipeline: ImportPipeline, site: Site) -> None:
        """It is said to be one, whether it answers with an error or with its own page."""
        for url in (
            str(site.server.make_url("/shop/graphql")),
            site.put("/console", b"<html><title>GraphiQL</title></html>"),
        ):
            job = await pipeline.imported(None, url=url)
            assert job.error is not None
            assert job.error["message"].startswith("This is GraphQL")

    async def test_an_address_that_is_not_allowed(self, pipeline: ImportPipeline) -> None:
        """An address in a private network is refused with a code, and the setting that would allow it."""
        job = await pipeline.imported(None, url="http://169.254.169.254/latest")
        assert job.error is not None
        assert job.error["code"] == "fetch_refused"
        assert "OUTGOING_ALLOW=169.254.169.254:80" in job.error["message"]

    async def test_a_document_that_is_not_there(self, pipeline: ImportPipeline, site: Site) -> None:
        """A server that does not have it is named with its status."""
        job = await pipeline.imported(None, url=str(site.server.make_url("/none.json")))
        assert job.error is not None
        assert job.error["code"] == "fetch_status"

    async def test_a_document_that_is_too_large(self, pipeline: ImportPipeline, site: Site) -> None:
        """A document over the limit is refused while it is read."""
        job = await pipeline.imported(None, url=site.put("/large.json", b" " * 1_000_001))
        assert job.error is not None
        assert job.error["code"] == "fetch_too_large"

    async def test_relative_servers_are_the_documents_own(self, pipeline: ImportPipeline, site: Site) -> None:
        """A server that is relative is where the document came from."""
        url = site.put("/v1/openapi.json", document(servers=[{"url": "/v1"}]))
        job = await pipeline.imported(None, url=url)
        async with pipeline.pool.acquire() as connection:
            api = await apis.get(connection, api_id=job.api_id)
        assert api is not None
        assert api.base_url == str(site.server.make_url("/v1"))

    async def test_an_api_is_fetched_anew(self, pipeline: ImportPipeline, site: Site) -> None:
        """Asked to import an API again, its address is fetched again."""
        url = site.put("/openapi.json", document())
        job = await pipeline.approved(None, url=url)
        site.put("/openapi.json", document({"/orders": ORDERS["/orders"]}))
        again = await pipeline.begin(None, api_id=job.api_id)
        await pipeline.run_next()
        assert (await pipeline.imports.get(again.id)).counts["removed"] == 3


class TestProgram:
    async def test_reads_a_document_like_this_process(self, pipeline: ImportPipeline) -> None:
        """The program of its own finds what is found here."""
        here = await pipeline.imported(document(), name="here")
        pipeline.worker._read = read_document
        there = await pipeline.imported(document(), name="there")
        assert there.status == "review", there.error
        assert {row.key: row.fingerprint for row in (await pipeline.rows(here.id)).values()} == {
            row.key: row.fingerprint for row in (await pipeline.rows(there.id)).values()
        }

    async def test_that_breaks_is_an_error_of_the_import(self, pipeline: ImportPipeline) -> None:
        """A document that kills its reader, or keeps it too long, fails; nothing else does."""
        packed_rubbish = b"this is no archive"
        with pytest.raises(Exception, match="could not be read"):
            async for _ in read_document(packed_rubbish, source="", root=None):
                pass
        with pytest.raises(Exception, match="could not be read"):
            async for _ in read_document(packed_rubbish, source="", root=None, seconds=0):
                pass

    async def test_that_is_deeply_nested(self, pipeline: ImportPipeline) -> None:
        """A document that is nothing but brackets is refused in words."""
        pipeline.worker._read = read_document
        job = await pipeline.imported(b'{"openapi": "3.1.0", "paths": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
        assert job.status == "failed"
        assert job.error is not None
        assert job.error["message"]


async def test_the_list_is_newest_first(pipeline: ImportPipeline) -> None:
    """Imports are listed newest first, of one API or of all."""
    first = await pipeline.imported(document(), name="one")
    second = await pipeline.imported(document(), name="two")
    async with pipeline.pool.acquire() as connection:
        assert [job.id for job in await imports.page(connection, limit=5)] == [second.id, first.id]
        assert [job.id for job in await imports.page(connection, limit=5, api_id=first.api_id)] == [first.id]
        older = await imports.page(connection, limit=5, before=second.created_at)
    assert [job.id for job in older] == [first.id]
