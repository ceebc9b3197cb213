from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest

from app.agents.config import MAX_AGENTS
from app.db import agents, apis, live_set
from app.errors import (
    ApiUnknown,
    BaseUrlMissing,
    EditedMeanwhile,
    ImportOutdated,
    NotInReview,
    ToolUnknown,
    TooManyAgents,
)
from app.tools.base import Access, ConsentRule
from tests.integration.openapi_import.import_pipeline import (
    ORDERS,
    SECRET,
    ImportPipeline,
    argument,
    document,
    operation,
)

pytestmark = pytest.mark.integration


async def withdrawn(pipeline: ImportPipeline) -> list[str]:
    async with pipeline.pool.acquire() as connection, connection.transaction():
        return await live_set.withdrawn(connection)


class TestApprove:
    async def test_operations_become_tools_as_reviewed(self, pipeline: ImportPipeline) -> None:
        """What was reviewed is what the agents can do, at once: access, consent and what is bound included."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", bound={"id": "sub"}, title="Find an order")
        await pipeline.set(job, "cancel_order", consent="both")
        await pipeline.set(job, "delete_order", enabled=False)
        job = await pipeline.imports.get(job.id)
        approved = await pipeline.approval.approve(job.id, job.revision, by="ann")
        assert (approved.status, approved.approved_by) == ("approved", "ann")
        spec = pipeline.tools.get("get_order").spec
        assert (spec.access, spec.title, spec.bound) == (Access.READ, "Find an order", {"id": "sub"})
        assert "id" not in spec.parameters["properties"]
        assert "id" in spec.schema["properties"]
        assert pipeline.tools.get("cancel_order").spec.consent is ConsentRule.BOTH
        with pytest.raises(ToolUnknown):
            pipeline.tools.get("delete_order")

    async def test_agents_get_them(self, pipeline: ImportPipeline) -> None:
        """The agents that were reviewed answer from then on, beside those of the file."""
        job = await pipeline.imported()
        name = (await pipeline.rows(job.id))["get_order"].agent
        await pipeline.review.edit_agent(job.id, name, {"new_name": "clerk", "instructions": "Be exact."}, by="bob")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        config = pipeline.swapped[-1]
        clerk = config.agent("clerk")
        assert {agent.name for agent in config.agents} >= {"general", "clerk"}
        assert (clerk.permission, clerk.instructions) == ("write", "Be exact.")
        assert {"get_order", "hand_over"} <= set(clerk.tools)
        async with pipeline.pool.acquire() as connection:
            version = (await agents.newest(connection))["clerk"]
        assert (version.version, version.import_id, version.created_by) == (1, job.id, "ann")

    async def test_an_agent_of_the_file_gets_more_tools(self, pipeline: ImportPipeline) -> None:
        """Operations can be given to an agent of agents.yaml; it keeps what it had, and nobody else gets them."""
        job = await pipeline.imported()
        for tool in await pipeline.rows(job.id):
            await pipeline.set(job, tool, agent="general")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        general = pipeline.swapped[-1].agent("general")
        assert (general.description, general.permission) == ("Answers everything else.", "write")
        assert set(general.tools) == {"hand_over", "list_orders", "get_order", "delete_order", "cancel_order"}
        assert len(pipeline.swapped[-1].agents) == 1

    async def test_requests_go_where_the_api_is(self, pipeline: ImportPipeline) -> None:
        """An address that a person gave is used in place of the document's."""
        await pipeline.approved(document(), base_url="https://orders.acme.example")
        request = pipeline.tools.get("get_order").preview({"id": "7"})
        assert request is not None
        assert request.url == "https://orders.acme.example/orders/7"

    async def test_a_second_click_changes_nothing(self, pipeline: ImportPipeline) -> None:
        """Approved twice, at once or later, it is approved once."""
        job = await pipeline.imported()
        first, second = await asyncio.gather(
            *(pipeline.approval.approve(job.id, job.revision, by=who) for who in ("ann", "bob"))
        )
        third = await pipeline.approval.approve(job.id, job.revision, by="eve")
        assert first.approved_by == second.approved_by == third.approved_by
        async with pipeline.pool.acquire() as connection:
            count = await connection.fetchval("SELECT count(*) FROM review_log WHERE what = 'import_approved'")
        assert count == 1

    async def test_only_what_was_seen(self, pipeline: ImportPipeline) -> None:
        """Whoever approves something that was changed meanwhile is told, and nothing is live."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", title="x")
        with pytest.raises(EditedMeanwhile):
            await pipeline.approval.approve(job.id, job.revision, by="ann")
        assert "get_order" not in pipeline.tools.names

    async def test_an_edit_and_an_approval_at_once(self, pipeline: ImportPipeline) -> None:
        """Either the edit is approved with the rest, or one of the two is told."""
        job = await pipeline.imported()
        edit, approval = await asyncio.gather(
            pipeline.set(job, "get_order", title="Edited"),
            pipeline.approval.approve(job.id, job.revision, by="ann"),
            return_exceptions=True,
        )
        assert isinstance(edit, NotInReview) != isinstance(approval, EditedMeanwhile)

    async def test_an_address_is_needed(self, pipeline: ImportPipeline) -> None:
        """An API that is nowhere cannot be called, so it cannot be live."""
        job = await pipeline.imported(document(servers=[]))
        with pytest.raises(BaseUrlMissing):
            await pipeline.approval.approve(job.id, job.revision, by="ann")

    async def test_agents_are_limited(self, pipeline: ImportPipeline) -> None:
        """More agents than can be told apart are refused."""
        many = {f"/a{at}": {"get": operation(f"get_a{at}")} for at in range(MAX_AGENTS)}
        job = await pipeline.imported(document(many))
        for at in range(MAX_AGENTS):
            await pipeline.set(job, f"get_a{at}", agent=f"agent{at}")
        job = await pipeline.imports.get(job.id)
        with pytest.raises(TooManyAgents):
            await pipeline.approval.approve(job.id, job.revision, by="ann")

    async def test_the_first_of_two_imports_of_an_api(self, pipeline: ImportPipeline) -> None:
        """Of two imports of one API at once the second is compared anew before it can be live; its edits are kept."""
        job = await pipeline.approved()
        one = await pipeline.again(job, document({**ORDERS, "/one": {"get": operation("get_one")}}))
        two = await pipeline.again(job, document({**ORDERS, "/two": {"get": operation("get_two")}}))
        await pipeline.set(two, "get_two", title="Edited")
        await pipeline.approval.approve(one.id, one.revision, by="ann")
        two = await pipeline.imports.get(two.id)
        with pytest.raises(ImportOutdated):
            await pipeline.approval.approve(two.id, two.revision, by="ann")
        await pipeline.imports.retry(two.id, by="ann")
        await pipeline.run_next()
        two = await pipeline.imports.get(two.id)
        rows = await pipeline.rows(two.id)
        assert two.previous == one.id
        assert (rows["get_two"].title, rows["get_two"].change) == ("Edited", "added")
        assert rows["get_one"].change == "removed"
        await pipeline.approval.approve(two.id, two.revision, by="ann")
        assert "get_one" not in pipeline.tools.names


class TestNames:
    async def test_two_apis_with_the_same_names(self, pipeline: ImportPipeline) -> None:
        """The second API's tools are told apart by its name; the first keeps its own."""
        await pipeline.approved()
        other = await pipeline.approved(document(title="Bolt Orders"))
        assert {"get_order", f"{other.api_name}_get_order"} <= set(pipeline.tools.names)

    async def test_a_name_that_was_taken_during_the_review(self, pipeline: ImportPipeline) -> None:
        """Two APIs reviewed side by side get different names, whichever is approved first."""
        one = await pipeline.imported(document(), name="one")
        two = await pipeline.imported(document(), name="two")
        await pipeline.set(two, "cancel_order", twin="get_order")
        two = await pipeline.imports.get(two.id)
        await pipeline.approval.approve(one.id, one.revision, by="ann")
        await pipeline.approval.approve(two.id, two.revision, by="ann")
        assert {"get_order", "two_get_order"} <= set(pipeline.tools.names)
        assert pipeline.tools.get("two_cancel_order").spec.twin == "two_get_order"

    async def test_the_built_in_tools_keep_their_names(self, pipeline: ImportPipeline) -> None:
        """An API cannot take the name of a tool that is not an API's."""
        job = await pipeline.approved(document({"/h": {"get": operation("hand_over")}}))
        assert f"{job.api_name}_hand_over" in pipeline.tools.names


class TestDelete:
    async def test_an_api_goes_with_its_tools(self, pipeline: ImportPipeline) -> None:
        """A deleted API has no tools and no agents any more, and what waits for consent to its tools expires."""
        job = await pipeline.approved()
        await pipeline.approval.delete_api(job.api_id, by="bob")
        assert "get_order" not in pipeline.tools.names
        assert [agent.name for agent in pipeline.swapped[-1].agents] == ["general"]
        assert set(await withdrawn(pipeline)) == {"list_orders", "get_order", "delete_order", "cancel_order"}
        with pytest.raises(ApiUnknown):
            await pipeline.approval.delete_api(job.api_id, by="bob")

    async def test_who_did_it_is_written_down(self, pipeline: ImportPipeline) -> None:
        """The log outlives the API."""
        job = await pipeline.approved()
        await pipeline.approval.delete_api(job.api_id, by="bob")
        async with pipeline.pool.acquire() as connection:
            line = await connection.fetchrow("SELECT by, api_name FROM review_log WHERE what = 'api_deleted'")
        assert tuple(line) == ("bob", job.api_name)


class TestWithdrawn:
    async def test_the_worker_lets_approvals_expire(self, pipeline: ImportPipeline, pg_url: str) -> None:
        """What waits for consent to changed tools expires once, also where the replica that approved has died."""
        async with pipeline.pool.acquire() as connection:
            await live_set.withdraw(connection, names=["cancel_order"])
        expired = asyncio.Event()

        async def expire(names: Any) -> None:
            pipeline.expired.append(list(names))
            expired.set()

        pipeline.worker._expire = expire
        async with pipeline.working(pg_url), asyncio.timeout(60):
            await expired.wait()
        assert pipeline.expired == [["cancel_order"]]


class TestReplicas:
    async def test_another_replica_follows(self, pipeline: ImportPipeline) -> None:
        """What one replica approves, another one loads, tools and agents alike."""
        other = ImportPipeline(pipeline.pool, pipeline.http)
        await pipeline.approved()
        await other.live.reload()
        assert set(other.tools.names) == set(pipeline.tools.names)
        assert other.swapped[-1] == pipeline.swapped[-1]

    async def test_what_did_not_change_is_not_made_again(self, pipeline: ImportPipeline) -> None:
        """A change of one API leaves the tools of the others as they are."""
        await pipeline.approved()
        tool = pipeline.tools.get("get_order")
        await pipeline.approved(document({"/b": {"get": operation("get_b")}}, title="Bolt"))
        assert pipeline.tools.get("get_order") is tool

    async def test_a_broken_api_does_not_stop_the_others(self, pipeline: ImportPipeline) -> None:
        """An API that cannot be loaded has no tools and says why; the others are live."""
        broken = await pipeline.approved()
        await pipeline.approved(document({"/b": {"get": operation("get_b")}}, title="Bolt"))
        async with pipeline.pool.acquire() as connection:
            await connection.execute("UPDATE operations SET definition = '{}' WHERE import_id = $1", broken.id)
        other = ImportPipeline(pipeline.pool, pipeline.http)
        await other.live.reload()
        assert "get_b" in other.tools.names
        assert "get_order" not in other.tools.names
        async with pipeline.pool.acquire() as connection:
            api = await apis.get(connection, api_id=broken.api_id)
        assert api is not None
        assert api.fault

    async def test_a_name_that_the_file_has_taken_since(self, pipeline: ImportPipeline) -> None:
        """A tool whose name agents.yaml has taken since its approval goes by a prefixed name, and its agent has it."""
        job = await pipeline.approved()
        other = ImportPipeline(pipeline.pool, pipeline.http)
        other.live._fixed |= {"get_order"}
        await other.live.reload()
        renamed = f"{job.api_name}_get_order"
        assert renamed in other.tools.names
        assert any(renamed in agent.tools for agent in other.swapped[-1].agents)


class TestKeys:
    SCHEMES: ClassVar[dict[str, Any]] = {
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        "security": [{"key": []}],
    }

    async def test_a_changed_secret_is_said(self, pipeline: ImportPipeline) -> None:
        """Where SECRET_KEY is another one, the API says that its credentials have to be entered again."""
        job = await pipeline.approved(document(**self.SCHEMES))
        async with pipeline.pool.acquire() as connection:
            await apis.describe(
                connection,
                api_id=job.api_id,
                title="Acme",
                servers=job.servers,
                schemes=[
                    {
                        "name": "key",
                        "kind": "apiKey",
                        "place": "header",
                        "parameter": "X-Key",
                        "token_url": "",
                        "scopes": [],
                        "description": "",
                    }
                ],
            )
        await pipeline.keyring.keep(job.api_id, "key", {"value": "secret-value"}, by="ann")
        other = ImportPipeline(pipeline.pool, pipeline.http, secret=SECRET[::-1])
        await other.live.reload()
        async with pipeline.pool.acquire() as connection:
            api = await apis.get(connection, api_id=job.api_id)
        assert api is not None
        assert "SECRET_KEY" in (api.fault or "")
        assert "get_order" in other.tools.names
        pipeline.live._version = -1
        await pipeline.live.reload()
        async with pipeline.pool.acquire() as connection:
            api = await apis.get(connection, api_id=job.api_id)
        assert api is not None
        assert api.fault is None


async def test_an_operation_with_a_server_of_its_own(pipeline: ImportPipeline) -> None:
    """Operations that the document places elsewhere stay there; the others are where the API is."""
    paths = {
        "/a/{id}": {
            "get": operation("get_a", parameters=[argument("id")]),
            "servers": [{"url": "https://files.acme.example"}],
        },
        "/b": {"get": operation("get_b")},
    }
    await pipeline.approved(document(paths), base_url="https://here.example")
    there, here = (pipeline.tools.get(name).preview(args) for name, args in (("get_a", {"id": "1"}), ("get_b", {})))
    assert there is not None
    assert here is not None
    assert here.url == "https://here.example/b"
