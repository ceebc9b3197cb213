from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from app.db import review_log
from tests.api_client import ApiClient, unknown_id
from tests.integration.api.import_client import JOBS, ImportClient
from tests.integration.openapi_import.import_pipeline import document

pytestmark = pytest.mark.integration
LOG = "/api/v1/review-log"


async def log_of(importer: ImportClient, query: str = "") -> list[dict[str, Any]]:
    """What the log says, newest first."""
    items: list[dict[str, Any]] = (await importer.api.get(LOG + query))["items"]
    return items


async def last(importer: ImportClient) -> dict[str, Any]:
    """The newest entry."""
    return (await log_of(importer, "?limit=1"))[0]


async def operation(importer: ImportClient, job: dict[str, Any], tool: str) -> dict[str, Any]:
    """An operation of an import."""
    items = (await importer.api.get(f"{JOBS}/{job['id']}/classifications"))["items"]
    return next(one for one in items if one["name"] == tool)


async def edit(importer: ImportClient, job: dict[str, Any], tool: str, **wanted: Any) -> None:
    """Edit an operation as it stands."""
    one = await operation(importer, job, tool)
    await importer.put(f"{JOBS}/{job['id']}/classifications/{one['idx']}", {"revision": one["revision"], **wanted})


class TestRights:
    async def test_only_staff_read_it(self, api: ApiClient) -> None:
        """Neither strangers nor visitors see who did what."""
        assert (await api.get(LOG, status=401))["code"] == "sign_in_required"
        await api.visitor()
        assert (await api.get(LOG, status=401))["code"] == "sign_in_required"
        await api.sign_in()
        assert await api.get(LOG) == {"items": [], "next": None}


class TestPages:
    async def test_newest_first_without_gap_or_repetition(self, importer: ImportClient) -> None:
        """The pages together are the whole log, also while people go on."""
        async with importer.pipeline.pool.acquire() as connection:
            for at in range(5):
                await review_log.record(connection, by=f"ann {at}", what="import_retried")
            page = await importer.api.get(f"{LOG}?limit=2")
            await review_log.record(connection, by="somebody meanwhile", what="import_retried")
        seen = [one["by"] for one in page["items"]]
        while page["next"]:
            page = await importer.api.get(f"{LOG}?limit=2&cursor={page['next']}")
            seen += [one["by"] for one in page["items"]]
        assert seen == ["ann 4", "ann 3", "ann 2", "ann 1", "ann 0"]

    async def test_of_one_api_and_of_one_import(self, importer: ImportClient) -> None:
        """What was done to an API holds all its imports; what was done to an import only that."""
        first = await importer.imported(name="one")
        again = await importer.imported(api_id=first["api"]["id"])
        await importer.imported(name="two")
        of_api = await log_of(importer, f"?api_id={first['api']['id']}")
        assert [one["import_id"] for one in of_api] == [again["id"], first["id"]]
        assert [one["again"] for one in of_api] == [True, False]
        assert [one["import_id"] for one in await log_of(importer, f"?import_id={first['id']}")] == [first["id"]]
        assert len(await log_of(importer)) == 3
        assert await log_of(importer, f"?api_id={unknown_id()}") == []

    @pytest.mark.parametrize(
        "query",
        ["api_id=no-id", "import_id=7", "limit=0", "limit=201", "cursor=x", "cursor=WyJ4Il0", "cursor=WyItMSJd",
         "cursor=WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0"],
    )  # fmt: skip
    async def test_what_is_no_query(self, importer: ImportClient, query: str) -> None:
        """An id that is none, a page that is none and a cursor that was never given are refused with the field."""
        error = await importer.api.get(f"{LOG}?{query}", status=422)
        assert (error["code"], error["details"]["field"]) == ("invalid_request", query.partition("=")[0])


class TestKinds:
    KEY: ClassVar[dict[str, Any]] = {
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        "security": [{"key": []}],
    }

    async def test_an_import(self, importer: ImportClient) -> None:
        """Who gave which document; of its address neither login nor query, which may be keys."""
        form = {"url": "https://docs.acme.example/openapi.json?token=secret", "base_url": "https://api.acme.example"}
        job = await importer.api.post("/api/v1/openapi/import", form, status=202)
        entry = await last(importer)
        assert entry == {
            "id": entry["id"],
            "at": entry["at"],
            "by": "admin",
            "what": "import_begun",
            "api_id": job["api"]["id"],
            "api_name": job["api"]["name"],
            "import_id": job["id"],
            "import_there": True,
            "source": {"kind": "url", "name": "https://docs.acme.example/openapi.json?…"},
            "base_url": "https://api.acme.example",
            "again": False,
        }

    async def test_a_new_start_and_the_end(self, importer: ImportClient) -> None:
        """What was discarded is told, with the API that went with it, and that the import is no more."""
        job = await importer.imported()
        await importer.api.post(f"{JOBS}/{job['id']}/retry")
        entry = await last(importer)
        assert (entry["what"], entry["api_name"]) == ("import_retried", job["api"]["name"])
        await importer.delete(f"{JOBS}/{job['id']}")
        entry = await last(importer)
        assert (entry["what"], entry["with_api"], entry["import_there"]) == ("import_thrown_away", True, False)
        live = await importer.imported()
        await importer.api.post(f"{JOBS}/{live['id']}/approve", {"revision": 0})
        again = await importer.imported(api_id=live["api"]["id"])
        await importer.delete(f"{JOBS}/{again['id']}")
        assert (await last(importer))["with_api"] is False

    async def test_an_edit_from_what_to_what(self, importer: ImportClient) -> None:
        """What came along is told too: a write that is a read asks nobody any more."""
        job = await importer.imported()
        await edit(importer, job, "cancel_order", access="read", title="Look")
        entry = await last(importer)
        assert (entry["what"], entry["count"], entry["groups"]) == ("operations_edited", 1, 1)
        assert entry["edits"] == [
            {
                "operations": [{"key": "POST /orders/{id}/cancel", "name": "cancel_order"}],
                "count": 1,
                "changes": [
                    {"field": "title", "was": "Cancel an order", "now": "Look"},
                    {"field": "access", "was": "destructive", "now": "read"},
                    {"field": "consent", "was": "both", "now": "nobody"},
                ],
            }
        ]

    async def test_an_edit_of_many(self, importer: ImportClient) -> None:
        """Operations that changed alike are one group; what was refused or changed nothing is not told."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/classifications"
        items = [{"idx": one["idx"], "revision": 0} for one in (await importer.api.get(path))["items"]]
        wanted = {"access": "destructive", "consent": "both"}
        await importer.api.post(f"{path}/edit", {"items": [*items, {"idx": 99, "revision": 0}], "set": wanted})
        entry = await last(importer)
        alike = {
            tuple(one["name"] for one in group["operations"]): {one["field"]: one["was"] for one in group["changes"]}
            for group in entry["edits"]
        }
        assert alike == {("list_orders", "get_order"): {"access": "read", "consent": "nobody"}}
        assert (entry["count"], entry["groups"]) == (2, 1)

    async def test_the_agents_of_an_import(self, importer: ImportClient) -> None:
        """A proposed agent's edit, its new name included."""
        job = await importer.imported()
        path = f"{JOBS}/{job['id']}/agents"
        name = (await importer.api.get(path))["items"][0]["name"]
        await importer.put(f"{path}/{name}", {"new_name": "clerk", "tone": "dry"})
        entry = await last(importer)
        assert (entry["what"], entry["agent"]) == ("agent_edited", name)
        assert entry["changes"] == [
            {"field": "name", "was": name, "now": "clerk"},
            {"field": "tone", "was": "", "now": "dry"},
        ]

    async def test_a_try(self, importer: ImportClient) -> None:
        """Which read was tried, with which arguments, and never with which values."""
        job = await importer.imported(base_url="http://127.0.0.1:9")
        one = await operation(importer, job, "get_order")
        path = f"{JOBS}/{job['id']}/classifications/{one['idx']}/try"
        await importer.api.post(path, {"args": {"id": "A-VALUE", "made up": "A-VALUE"}})
        entry = await last(importer)
        assert entry["what"] == "read_tried"
        assert entry["operation"] == {"key": "GET /orders/{id}", "name": "get_order"}
        assert entry["arguments"] == ["id"]
        assert "A-VALUE" not in json.dumps(entry)

    async def test_a_write_is_not_tried(self, importer: ImportClient) -> None:
        """What was never sent was not tried."""
        job = await importer.imported(base_url="http://127.0.0.1:9")
        one = await operation(importer, job, "cancel_order")
        await importer.api.post(f"{JOBS}/{job['id']}/classifications/{one['idx']}/try", {"args": {}}, status=409)
        assert (await last(importer))["what"] == "import_begun"

    async def test_an_approval(self, importer: ImportClient) -> None:
        """How many tools of which kind, by a digest which ones, what agents, and where the API is from then on."""
        job = await importer.imported()
        await edit(importer, job, "delete_order", enabled=False)
        await importer.api.post(f"{JOBS}/{job['id']}/approve", {"revision": 1})
        entry = await last(importer)
        assert (entry["what"], entry["revision"], entry["import_id"]) == ("import_approved", 1, job["id"])
        assert [entry[kind] for kind in ("tools", "read", "write", "destructive")] == [3, 2, 0, 1]
        assert len(entry["digest"]) == 64
        assert [agent["version"] for agent in entry["agents"]] == [1]
        assert entry["changes"] == []

    async def test_the_digest_of_an_approval(self, importer: ImportClient) -> None:
        """The same tools have the same digest; another consent is another one, and another address is told."""
        digests = []
        job = await importer.imported()
        for consent in ("customer", "customer", "operator"):
            await edit(importer, job, "cancel_order", consent=consent)
            now = await importer.api.get(f"{JOBS}/{job['id']}")
            await importer.api.post(f"{JOBS}/{job['id']}/approve", {"revision": now["revision"]})
            digests.append((await last(importer))["digest"])
            job = await importer.imported(api_id=job["api"]["id"], base_url="https://new.example")
        assert digests[0] == digests[1] != digests[2]
        entries = [one for one in await log_of(importer) if one["what"] == "import_approved"]
        was = "https://api.acme.example/v1"
        assert entries[1]["changes"] == [{"field": "base_url", "was": was, "now": "https://new.example"}]
        assert entries[0]["changes"] == []

    async def test_address_and_limits(self, importer: ImportClient) -> None:
        """Each limit from what to what, the usual included; saving what is there already is not told."""
        job = await importer.imported()
        path = f"/api/v1/apis/{job['api']['id']}"
        form = {"base_url": "https://other.example/v2?key=secret", "limits": {"concurrency": 2, "per_second": 20}}
        for _ in range(2):
            await importer.put(path, form)
        entry, before = await log_of(importer, "?limit=2")
        assert (entry["what"], before["what"]) == ("api_changed", "import_begun")
        assert entry["changes"] == [
            {"field": "base_url", "was": "https://api.acme.example/v1", "now": "https://other.example/v2?…"},
            {"field": "concurrency", "was": 10, "now": 2},
        ]

    async def test_an_address_with_a_login(self, importer: ImportClient) -> None:
        """A password belongs with the credentials, where it is sealed, not into an address that all staff see."""
        job = await importer.imported()
        error = await importer.put(
            f"/api/v1/apis/{job['api']['id']}", {"base_url": "https://me:pass@a.example"}, status=422
        )
        assert (error["code"], error["details"]["field"]) == ("invalid_request", "base_url")

    async def test_credentials(self, importer: ImportClient) -> None:
        """That they were set and removed, and by whom; never what they are."""
        job = await importer.imported(text=json.dumps(document(**self.KEY)))
        path = f"/api/v1/apis/{job['api']['id']}/credentials/key"
        await importer.put(path, {"value": "A-SECRET"})
        entry = await last(importer)
        assert (entry["what"], entry["scheme"], entry["by"]) == ("credentials_set", "key", "admin")
        assert "A-SECRET" not in json.dumps(await log_of(importer))
        await importer.delete(path)
        await importer.delete(path)
        assert [one["what"] for one in (await log_of(importer))[:2]] == ["credentials_removed", "credentials_set"]

    async def test_a_removed_api(self, importer: ImportClient) -> None:
        """The history outlives its API, and says what went with it."""
        job = await importer.imported(text=json.dumps(document(**self.KEY)))
        api_id = job["api"]["id"]
        await importer.api.post(f"{JOBS}/{job['id']}/approve", {"revision": 0})
        await importer.put(f"/api/v1/apis/{api_id}/credentials/key", {"value": "A-SECRET"})
        await importer.delete(f"/api/v1/apis/{api_id}")
        entries = await log_of(importer, f"?api_id={api_id}")
        assert (entries[0]["what"], entries[0]["tools"], entries[0]["credentials"]) == ("api_deleted", 4, ["key"])
        assert [one["import_there"] for one in entries if one["import_id"]] == [False, False]

    async def test_an_agent(self, importer: ImportClient) -> None:
        """A change of a live agent, with its version; null is as it came."""
        await importer.pipeline.live.reload()
        await importer.put("/api/v1/agents/general", {"tone": "dry", "max_steps": 3})
        await importer.put("/api/v1/agents/general", {"tone": ""})
        back, first = await log_of(importer)
        assert (first["what"], first["agent"], first["version"]) == ("agent_changed", "general", 1)
        assert first["changes"] == [
            {"field": "tone", "was": None, "now": "dry"},
            {"field": "max_steps", "was": None, "now": 3},
        ]
        assert (back["version"], back["changes"]) == (2, [{"field": "tone", "was": "dry", "now": None}])
