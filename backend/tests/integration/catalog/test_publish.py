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
from tests.integration.openapi_import.workshop import ORDERS, SECRET, Workshop, argument, document, operation

pytestmark = pytest.mark.integration


async def withdrawn(shop: Workshop) -> list[str]:
    async with shop.pool.acquire() as connection, connection.transaction():
        return await live_set.withdrawn(connection)


class TestApprove:
    async def test_operations_become_tools_as_reviewed(self, shop: Workshop) -> None:
        """What was reviewed is what the agents can do, at once: access, consent and what is bound included."""
        job = await shop.imported()
        await shop.set(job, "get_order", bound={"id": "sub"}, title="Find an order")
        await shop.set(job, "cancel_order", consent="both")
        await shop.set(job, "delete_order", enabled=False)
        job = await shop.imports.get(job.id)
        approved = await shop.approval.approve(job.id, job.revision, by="ann")
        assert (approved.status, approved.approved_by) == ("approved", "ann")
        spec = shop.tools.get("get_order").spec
        assert (spec.access, spec.title, spec.bound) == (Access.READ, "Find an order", {"id": "sub"})
        assert "id" not in spec.parameters["properties"]
        assert "id" in spec.schema["properties"]
        assert shop.tools.get("cancel_order").spec.consent is ConsentRule.BOTH
        with pytest.raises(ToolUnknown):
            shop.tools.get("delete_order")

    async def test_agents_get_them(self, shop: Workshop) -> None:
        """The agents that were reviewed answer from then on, beside those of the file."""
        job = await shop.imported()
        name = (await shop.rows(job.id))["get_order"].agent
        await shop.review.edit_agent(job.id, name, {"new_name": "clerk", "instructions": "Be exact."}, by="bob")
        job = await shop.imports.get(job.id)
        await shop.approval.approve(job.id, job.revision, by="ann")
        config = shop.swapped[-1]
        clerk = config.agent("clerk")
        assert {agent.name for agent in config.agents} >= {"general", "clerk"}
        assert (clerk.permission, clerk.instructions) == ("write", "Be exact.")
        assert {"get_order", "hand_over"} <= set(clerk.tools)
        async with shop.pool.acquire() as connection:
            version = (await agents.newest(connection))["clerk"]
        assert (version.version, version.import_id, version.created_by) == (1, job.id, "ann")

    async def test_an_agent_of_the_file_gets_more_tools(self, shop: Workshop) -> None:
        """Operations can be given to an agent of agents.yaml; it keeps what it had, and nobody else gets them."""
        job = await shop.imported()
        for tool in await shop.rows(job.id):
            await shop.set(job, tool, agent="general")
        job = await shop.imports.get(job.id)
        await shop.approval.approve(job.id, job.revision, by="ann")
        general = shop.swapped[-1].agent("general")
        assert (general.description, general.permission) == ("Answers everything else.", "write")
        assert set(general.tools) == {"hand_over", "list_orders", "get_order", "delete_order", "cancel_order"}
        assert len(shop.swapped[-1].agents) == 1

    async def test_requests_go_where_the_api_is(self, shop: Workshop) -> None:
        """An address that a person gave is used in place of the document's."""
        await shop.approved(document(), base_url="https://orders.acme.example")
        request = shop.tools.get("get_order").preview({"id": "7"})
        assert request is not None
        assert request.url == "https://orders.acme.example/orders/7"

    async def test_a_second_click_changes_nothing(self, shop: Workshop) -> None:
        """Approved twice, at once or later, it is approved once."""
        job = await shop.imported()
        first, second = await asyncio.gather(
            *(shop.approval.approve(job.id, job.revision, by=who) for who in ("ann", "bob"))
        )
        third = await shop.approval.approve(job.id, job.revision, by="eve")
        assert first.approved_by == second.approved_by == third.approved_by
        async with shop.pool.acquire() as connection:
            count = await connection.fetchval("SELECT count(*) FROM review_log WHERE what = 'import_approved'")
        assert count == 1

    async def test_only_what_was_seen(self, shop: Workshop) -> None:
        """Whoever approves something that was changed meanwhile is told, and nothing is live."""
        job = await shop.imported()
        await shop.set(job, "get_order", title="x")
        with pytest.raises(EditedMeanwhile):
            await shop.approval.approve(job.id, job.revision, by="ann")
        assert "get_order" not in shop.tools.names

    async def test_an_edit_and_an_approval_at_once(self, shop: Workshop) -> None:
        """Either the edit is approved with the rest, or one of the two is told."""
        job = await shop.imported()
        edit, approval = await asyncio.gather(
            shop.set(job, "get_order", title="Edited"),
            shop.approval.approve(job.id, job.revision, by="ann"),
            return_exceptions=True,
        )
        assert isinstance(edit, NotInReview) != isinstance(approval, EditedMeanwhile)

    async def test_an_address_is_needed(self, shop: Workshop) -> None:
        """An API that is nowhere cannot be called, so it cannot be live."""
        job = await shop.imported(document(servers=[]))
        with pytest.raises(BaseUrlMissing):
            await shop.approval.approve(job.id, job.revision, by="ann")

    async def test_agents_are_limited(self, shop: Workshop) -> None:
        """More agents than can be told apart are refused."""
        many = {f"/a{at}": {"get": operation(f"get_a{at}")} for at in range(MAX_AGENTS)}
        job = await shop.imported(document(many))
        for at in range(MAX_AGENTS):
            await shop.set(job, f"get_a{at}", agent=f"agent{at}")
        job = await shop.imports.get(job.id)
        with pytest.raises(TooManyAgents):
            await shop.approval.approve(job.id, job.revision, by="ann")

    async def test_the_first_of_two_imports_of_an_api(self, shop: Workshop) -> None:
        """Of two imports of one API at once the second is compared anew before it can be live; its edits are kept."""
        job = await shop.approved()
        one = await shop.again(job, document({**ORDERS, "/one": {"get": operation("get_one")}}))
        two = await shop.again(job, document({**ORDERS, "/two": {"get": operation("get_two")}}))
        await shop.set(two, "get_two", title="Edited")
        await shop.approval.approve(one.id, one.revision, by="ann")
        two = await shop.imports.get(two.id)
        with pytest.raises(ImportOutdated):
            await shop.approval.approve(two.id, two.revision, by="ann")
        await shop.imports.retry(two.id, by="ann")
        await shop.carry_out()
        two = await shop.imports.get(two.id)
        rows = await shop.rows(two.id)
        assert two.previous == one.id
        assert (rows["get_two"].title, rows["get_two"].change) == ("Edited", "added")
        assert rows["get_one"].change == "removed"
        await shop.approval.approve(two.id, two.revision, by="ann")
        assert "get_one" not in shop.tools.names


class TestNames:
    async def test_two_apis_with_the_same_names(self, shop: Workshop) -> None:
        """The second API's tools are told apart by its name; the first keeps its own."""
        await shop.approved()
        other = await shop.approved(document(title="Bolt Orders"))
        assert {"get_order", f"{other.api_name}_get_order"} <= set(shop.tools.names)

    async def test_a_name_that_was_taken_during_the_review(self, shop: Workshop) -> None:
        """Two APIs reviewed side by side get different names, whichever is approved first."""
        one = await shop.imported(document(), name="one")
        two = await shop.imported(document(), name="two")
        await shop.set(two, "cancel_order", twin="get_order")
        two = await shop.imports.get(two.id)
        await shop.approval.approve(one.id, one.revision, by="ann")
        await shop.approval.approve(two.id, two.revision, by="ann")
        assert {"get_order", "two_get_order"} <= set(shop.tools.names)
        assert shop.tools.get("two_cancel_order").spec.twin == "two_get_order"

    async def test_the_built_in_tools_keep_their_names(self, shop: Workshop) -> None:
        """An API cannot take the name of a tool that is not an API's."""
        job = await shop.approved(document({"/h": {"get": operation("hand_over")}}))
        assert f"{job.api_name}_hand_over" in shop.tools.names


class TestDelete:
    async def test_an_api_goes_with_its_tools(self, shop: Workshop) -> None:
        """A deleted API has no tools and no agents any more, and what waits for consent to its tools expires."""
        job = await shop.approved()
        await shop.approval.delete_api(job.api_id, by="bob")
        assert "get_order" not in shop.tools.names
        assert [agent.name for agent in shop.swapped[-1].agents] == ["general"]
        assert set(await withdrawn(shop)) == {"list_orders", "get_order", "delete_order", "cancel_order"}
        with pytest.raises(ApiUnknown):
            await shop.approval.delete_api(job.api_id, by="bob")

    async def test_who_did_it_is_written_down(self, shop: Workshop) -> None:
        """The log outlives the API."""
        job = await shop.approved()
        await shop.approval.delete_api(job.api_id, by="bob")
        async with shop.pool.acquire() as connection:
            line = await connection.fetchrow("SELECT by, api_name FROM review_log WHERE what = 'api_deleted'")
        assert tuple(line) == ("bob", job.api_name)


class TestWithdrawn:
    async def test_the_worker_lets_approvals_expire(self, shop: Workshop, pg_url: str) -> None:
        """What waits for consent to changed tools expires once, also where the replica that approved has died."""
        async with shop.pool.acquire() as connection:
            await live_set.withdraw(connection, names=["cancel_order"])
        expired = asyncio.Event()

        async def expire(names: Any) -> None:
            shop.expired.append(list(names))
            expired.set()

        shop.worker._expire = expire
        async with shop.working(pg_url), asyncio.timeout(60):
            await expired.wait()
        assert shop.expired == [["cancel_order"]]


class TestReplicas:
    async def test_another_replica_follows(self, shop: Workshop) -> None:
        """What one replica approves, another one loads, tools and agents alike."""
        other = Workshop(shop.pool, shop.http)
        await shop.approved()
        await other.live.reload()
        assert set(other.tools.names) == set(shop.tools.names)
        assert other.swapped[-1] == shop.swapped[-1]

    async def test_what_did_not_change_is_not_made_again(self, shop: Workshop) -> None:
        """A change of one API leaves the tools of the others as they are."""
        await shop.approved()
        tool = shop.tools.get("get_order")
        await shop.approved(document({"/b": {"get": operation("get_b")}}, title="Bolt"))
        assert shop.tools.get("get_order") is tool

    async def test_a_broken_api_does_not_stop_the_others(self, shop: Workshop) -> None:
        """An API that cannot be loaded has no tools and says why; the others are live."""
        broken = await shop.approved()
        await shop.approved(document({"/b": {"get": operation("get_b")}}, title="Bolt"))
        async with shop.pool.acquire() as connection:
            await connection.execute("UPDATE operations SET definition = '{}' WHERE import_id = $1", broken.id)
        other = Workshop(shop.pool, shop.http)
        await other.live.reload()
        assert "get_b" in other.tools.names
        assert "get_order" not in other.tools.names
        async with shop.pool.acquire() as connection:
            api = await apis.get(connection, api_id=broken.api_id)
        assert api is not None
        assert api.fault

    async def test_a_name_that_the_file_has_taken_since(self, shop: Workshop) -> None:
        """A tool whose name agents.yaml has taken since its approval goes by a prefixed name, and its agent has it."""
        job = await shop.approved()
        other = Workshop(shop.pool, shop.http)
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

    async def test_a_changed_secret_is_said(self, shop: Workshop) -> None:
        """Where SECRET_KEY is another one, the API says that its credentials have to be entered again."""
        job = await shop.approved(document(**self.SCHEMES))
        async with shop.pool.acquire() as connection:
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
        await shop.keyring.keep(job.api_id, "key", {"value": "secret-value"}, by="ann")
        other = Workshop(shop.pool, shop.http, secret=SECRET[::-1])
        await other.live.reload()
        async with shop.pool.acquire() as connection:
            api = await apis.get(connection, api_id=job.api_id)
        assert api is not None
        assert "SECRET_KEY" in (api.fault or "")
        assert "get_order" in other.tools.names
        shop.live._version = -1
        await shop.live.reload()
        async with shop.pool.acquire() as connection:
            api = await apis.get(connection, api_id=job.api_id)
        assert api is not None
        assert api.fault is None


async def test_an_operation_with_a_server_of_its_own(shop: Workshop) -> None:
    """Operations that the document places elsewhere stay there; the others are where the API is."""
    paths = {
        "/a/{id}": {
            "get": operation("get_a", parameters=[argument("id")]),
            "servers": [{"url": "https://files.acme.example"}],
        },
        "/b": {"get": operation("get_b")},
    }
    await shop.approved(document(paths), base_url="https://here.example")
    there, here = (shop.tools.get(name).preview(args) for name, args in (("get_a", {"id": "1"}), ("get_b", {})))
    assert there is not None
    assert here is not None
    assert here.url == "https://here.example/b"
