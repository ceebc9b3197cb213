from __future__ import annotations

import asyncio
import json
from typing import Any, ClassVar, cast

import aiohttp
import pytest

from app.api.services import SERVICES
from app.api.validation import MAX_PAGE_ITEMS
from tests.api_client import opened, unknown_id
from tests.integration.api.import_client import JOBS, ImportClient
from tests.integration.openapi_import.import_pipeline import document

pytestmark = pytest.mark.integration


class TestBegin:
    async def test_a_text(self, importer: ImportClient) -> None:
        """A pasted text is accepted at once, as a job of its own."""
        job = await importer.api.post("/api/v1/openapi/import", {"text": "{}", "name": "sales"}, status=202)
        assert (job["status"], job["api"]["name"], job["source"]) == (
            "pending",
            "sales",
            {"kind": "text", "name": "pasted text"},
        )
        assert job["created_by"] == "admin"

    async def test_a_file(self, importer: ImportClient) -> None:
        """A file comes with its name, and with the other fields beside it."""
        form = aiohttp.FormData()
        form.add_field("base_url", "https://here.example")
        form.add_field("file", json.dumps(document()).encode(), filename="billing.json")
        job = await opened(await importer.api.client.post("/api/v1/openapi/import", data=form), 202)
        assert (job["source"], job["api"]["name"]) == ({"kind": "file", "name": "billing.json"}, "billing")

    @pytest.mark.parametrize(
        "body",
        [{}, {"url": "ftp://a"}, {"url": "http://a", "text": "b"}, {"text": ""}, {"a": 1}, {"url": "http://me:key@a"}],
    )
    async def test_a_wrong_form(self, importer: ImportClient, body: dict[str, Any]) -> None:
        """Exactly one source is given."""
        error = await importer.api.post("/api/v1/openapi/import", body, status=422)
        assert error["code"] == "invalid_request"

    async def test_other_bodies(self, importer: ImportClient) -> None:
        """What is neither JSON nor a form is refused, and so is JSON that is none."""
        for body, kind in ((b"x", "text/plain"), (b"{", "application/json"), (b"[]", "application/json")):
            response = await importer.api.client.post(
                "/api/v1/openapi/import", data=body, headers={"Content-Type": kind}
            )
            assert (await opened(response, 422))["code"] == "invalid_request"

    async def test_a_form_without_a_file(self, importer: ImportClient) -> None:
        """A form needs its file."""
        form = aiohttp.FormData({"name": "x"})
        form.add_field("other", b"x", filename="a.json")
        response = await importer.api.client.post("/api/v1/openapi/import", data=form)
        assert (await opened(response, 422))["code"] == "upload_refused"

    async def test_what_is_too_large(self, importer: ImportClient) -> None:
        """A document over the limit is refused while it arrives, as a file and as a text."""
        form = aiohttp.FormData()
        form.add_field("file", b" " * 50_001, filename="a.json")
        for sent in ({"data": form}, {"json": {"text": " " * 50_001}}, {"json": {"text": " " * 200_000}}):
            response = await importer.api.client.post("/api/v1/openapi/import", **cast("Any", sent))
            assert (await opened(response, 413))["code"] == "document_too_large"


class TestJobs:
    async def test_pages(self, importer: ImportClient) -> None:
        """Jobs are listed newest first, in pages."""
        first, second = await importer.imported(name="one"), await importer.imported(name="two")
        page = await importer.api.get(f"{JOBS}?limit=1")
        assert [job["id"] for job in page["items"]] == [second["id"]]
        rest = await importer.api.get(f"{JOBS}?limit={MAX_PAGE_ITEMS}&cursor={page['next']}")
        assert [job["id"] for job in rest["items"]] == [first["id"]]
        assert rest["next"] is None
        of_one = await importer.api.get(f"{JOBS}?api_id={first['api']['id']}")
        assert [job["id"] for job in of_one["items"]] == [first["id"]]

    async def test_the_steps_go_back_to_the_usual_number(self, importer: ImportClient) -> None:
        """No number at all takes a number back that was set; what is not named stays."""
        await importer.pipeline.live.reload()
        path = "/api/v1/agents/general"
        assert (await importer.put(path, {"tone": "dry", "max_steps": 3}))["max_steps"] == 3
        shown = await importer.put(path, {"max_steps": None})
        assert (shown["max_steps"], shown["personality"]["tone"], shown["version"]) == (None, "dry", 2)
        assert (await importer.put(path, {"max_steps": None}))["version"] == 2

    async def test_an_unknown_one(self, importer: ImportClient) -> None:
        """A job that is not there is unknown, whatever is asked of it."""
        for path in ("", "/classifications", "/agents", "/progress"):
            error = await importer.api.get(f"{JOBS}/{unknown_id()}{path}", status=404)
            assert error["code"] == "import_unknown"
        assert (await importer.api.get(f"{JOBS}/no-id", status=404))["code"] == "import_unknown"

    async def test_throwing_away(self, importer: ImportClient) -> None:
        """A job that was thrown away is gone."""
        job = await importer.imported()
        assert await importer.delete(f"{JOBS}/{job['id']}") == {"id": job["id"]}
        await importer.delete(f"{JOBS}/{job['id']}", status=404)

    async def test_the_stream_follows(self, importer: ImportClient) -> None:
        """The stream shows the job as it is, and then at every change, until the server stops."""
        job = await importer.imported()
        async with importer.api.client.get(f"{JOBS}/{job['id']}/progress") as stream:
            lines = stream.content
            assert json.loads((await lines.readline())[6:])["status"] == "review"
            await lines.readline()
            await importer.api.post(f"{JOBS}/{job['id']}/retry")
            importer.pipeline.changed.notify(job["id"])
            assert json.loads((await lines.readline())[6:])["status"] == "pending"
            await lines.readline()
            application = importer.api.client.app
            assert application is not None
            application[SERVICES].stopping.set()
            assert await lines.read() == b""

    async def test_the_stream_of_a_job_that_goes(self, importer: ImportClient) -> None:
        """The stream ends with its job."""
        job = await importer.imported()
        async with importer.api.client.get(f"{JOBS}/{job['id']}/progress") as stream:
            await stream.content.readline()
            await importer.delete(f"{JOBS}/{job['id']}")
            importer.pipeline.changed.notify(job["id"])
            async with asyncio.timeout(30):
                await stream.content.read()


class TestReview:
    async def test_operations_in_pages(self, importer: ImportClient) -> None:
        """Operations come in the order of the document, with everything that the reviewer needs."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/classifications"
        page = await importer.api.get(f"{path}?limit=3")
        rest = await importer.api.get(f"{path}?cursor={page['next']}")
        assert [one["idx"] for one in [*page["items"], *rest["items"]]] == [0, 1, 2, 3]
        one = next(one for one in page["items"] if one["name"] == "get_order")
        assert (one["method"], one["path"], one["access"], one["change"]) == ("GET", "/orders/{id}", "read", None)
        assert one["arguments"][0]["name"] == "id"
        assert one["evidence"]

    async def test_an_edit(self, importer: ImportClient) -> None:
        """An edit answers with the operation as it is now; the next editor needs its new revision."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/classifications/0"
        edited = await importer.put(path, {"revision": 0, "title": "All orders", "twin": None})
        assert (edited["title"], edited["revision"], edited["edited"]) == ("All orders", 1, ["title"])
        error = await importer.put(path, {"revision": 0, "title": "Mine"}, status=409)
        assert error["code"] == "edited_meanwhile"
        assert error["details"]["current"]["title"] == "All orders"
        error = await importer.put(path, {"revision": 1, "bound": {"nothing": "sub"}}, status=422)
        assert error["code"] == "edit_refused"
        assert (await importer.put(path[:-1] + "99", {"revision": 0}, status=404))["code"] == "operation_unknown"
        assert (await importer.put(path[:-1] + "x", {"revision": 0}, status=404))["code"] == "operation_unknown"

    async def test_an_edit_of_many(self, importer: ImportClient) -> None:
        """Those that can have the edit get it; the others are named."""
        job = await importer.imported()
        items = [{"idx": at, "revision": 0} for at in (0, 1, 99)]
        done = await importer.api.post(
            f"{JOBS}/{job['id']}/classifications/edit", {"items": items, "set": {"enabled": False}}
        )
        assert [one["enabled"] for one in done["changed"]] == [False, False]
        assert [(one["idx"], one["code"]) for one in done["refused"]] == [(99, "operation_unknown")]

    async def test_agents(self, importer: ImportClient) -> None:
        """Proposed agents can be edited."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/agents"
        name = (await importer.api.get(path))["items"][0]["name"]
        items = (await importer.put(f"{path}/{name}", {"new_name": "clerk", "tone": "dry"}))["items"]
        clerk = next(one for one in items if one["name"] == "clerk")
        assert (clerk["tone"], clerk["exists"]) == ("dry", False)
        assert (await importer.put(f"{path}/nobody", {"tone": "x"}, status=404))["code"] == "agent_unknown"

    async def test_writes_are_not_tried(self, importer: ImportClient) -> None:
        """Nothing but a read is ever sent from the review."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/classifications"
        for one in (await importer.api.get(path))["items"]:
            if one["access"] != "read":
                error = await importer.api.post(f"{path}/{one['idx']}/try", {"args": {"id": "1"}}, status=409)
                assert error["code"] == "only_reads_can_be_tried"

    async def test_approval(self, importer: ImportClient) -> None:
        """What was approved is live, and seen among the agents and the APIs."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/approve"
        assert (await importer.api.post(path, {"revision": 5}, status=409))["code"] == "edited_meanwhile"
        assert (await importer.api.post(path, {"revision": 0}))["status"] == "approved"
        agents = (await importer.api.get("/api/v1/agents"))["items"]
        assert {agent["source"] for agent in agents} == {"file", "review"}
        api = (await importer.api.get("/api/v1/apis"))["items"][0]
        assert (api["tools"], api["live_job"]) == (4, job["id"])


class TestApis:
    KEY: ClassVar[dict[str, Any]] = {
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        "security": [{"key": []}],
    }

    async def test_credentials_are_never_shown(self, importer: ImportClient) -> None:
        """Entered credentials are known to be set, by whom and when, and nothing more."""
        job = await importer.imported(text=json.dumps(document(**self.KEY)))
        path = f"/api/v1/apis/{job['api']['id']}"
        assert (await importer.api.get(path))["schemes"][0]["set"] is False
        shown = await importer.put(f"{path}/credentials/key", {"value": "a very secret value"})
        assert (shown["schemes"][0]["set"], shown["schemes"][0]["set_by"]) == (True, "admin")
        assert "very secret" not in json.dumps(shown)
        async with importer.pipeline.pool.acquire() as connection:
            assert b"very secret" not in await connection.fetchval("SELECT sealed FROM api_credentials")
        assert (await importer.put(f"{path}/credentials/key", {"token": "x"}, status=422))["code"] == "invalid_request"
        assert (await importer.put(f"{path}/credentials/no", {"value": "x"}, status=404))["code"] == "scheme_unknown"
        shown = await importer.delete(f"{path}/credentials/key")
        assert shown["schemes"][0]["set"] is False

    async def test_address_and_limits(self, importer: ImportClient) -> None:
        """Where an API is and how hard it may be used can be changed, and its tools follow."""
        job = await importer.imported()
        await importer.api.post(f"{JOBS}/{job['id']}/approve", {"revision": 0})
        path = f"/api/v1/apis/{job['api']['id']}"
        shown = await importer.put(path, {"base_url": "https://other.example", "limits": {"concurrency": 2}})
        assert (shown["base_url"], shown["limits"]["concurrency"]) == ("https://other.example", 2)
        request = importer.pipeline.tools.get("get_order").preview({"id": "1"})
        assert request is not None
        assert request.url == "https://other.example/orders/1"
        assert (await importer.put(path, {"limits": {"concurrency": 0}}, status=422))["code"] == "invalid_request"

    async def test_deletion(self, importer: ImportClient) -> None:
        """A deleted API is gone with everything of it."""
        job = await importer.imported()
        path = f"/api/v1/apis/{job['api']['id']}"
        assert await importer.delete(path) == {"id": job["api"]["id"]}
        for answer in (
            importer.delete(path, status=404),
            importer.api.get(path, status=404),
            importer.put(path, {}, status=404),
        ):
            assert (await answer)["code"] == "api_unknown"


class TestAgents:
    async def test_a_change_is_a_version(self, importer: ImportClient) -> None:
        """What is changed of an agent holds from the next message on, and every state of it is kept."""
        await importer.pipeline.live.reload()
        path = "/api/v1/agents/general"
        shown = await importer.put(path, {"tone": "dry", "instructions": "Be exact.", "max_steps": 3})
        assert (shown["personality"]["tone"], shown["instructions"], shown["max_steps"]) == ("dry", "Be exact.", 3)
        assert (shown["version"], shown["source"]) == (1, "file")
        assert importer.pipeline.swapped[-1].agent("general").instructions == "Be exact."
        shown = await importer.put(path, {"tone": ""})
        assert (shown["personality"]["tone"], shown["version"]) == ("friendly, brief and clear", 2)
        versions = (await importer.api.get(f"{path}/versions"))["items"]
        assert [one["version"] for one in versions] == [2, 1]
        assert versions[1]["spec"] == {"tone": "dry", "instructions": "Be exact.", "max_steps": 3}
        assert (await importer.put(path, {}))["version"] == 2

    async def test_an_agent_is_switched_off_and_on(self, importer: ImportClient) -> None:
        """It answers nothing and can be found to be switched on again; the one for everything else stays on."""
        job = await importer.imported()
        await importer.api.post(f"{JOBS}/{job['id']}/approve", {"revision": 0})
        live = importer.pipeline.live
        assert (await importer.put("/api/v1/agents/orders", {"off": True}))["off"] is True
        assert [agent.name for agent in live.config.agents] == ["general"]
        assert [one["off"] for one in (await importer.api.get("/api/v1/agents"))["items"]] == [False, True]
        assert (await importer.put("/api/v1/agents/orders", {"off": False}))["off"] is False
        assert [agent.name for agent in live.config.agents] == ["general", "orders"]
        assert (await importer.put("/api/v1/agents/general", {"off": True}, status=409))["code"] == "agent_needed"

    async def test_an_unknown_one(self, importer: ImportClient) -> None:
        """An agent that is not there cannot be changed and has no versions."""
        assert (await importer.put("/api/v1/agents/nobody", {}, status=404))["code"] == "agent_unknown"
        assert (await importer.api.get("/api/v1/agents/nobody/versions", status=404))["code"] == "agent_unknown"
