from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from app.db import operations
from app.errors import (
    AgentUnknown,
    EditedMeanwhile,
    EditRefused,
    ImportUnknown,
    NameTaken,
    NotInReview,
    OperationUnknown,
)
from tests.integration.openapi_import.import_pipeline import ImportPipeline, document

pytestmark = pytest.mark.integration


class TestOne:
    async def test_an_edit_is_kept_with_who_and_from_what(self, pipeline: ImportPipeline) -> None:
        """A person may make an operation less safe than it was proposed; who did, when, and from what is kept."""
        job = await pipeline.imported()
        before = (await pipeline.rows(job.id))["cancel_order"]
        await pipeline.set(job, "cancel_order", access="read", consent="nobody")
        row = (await pipeline.rows(job.id))["cancel_order"]
        assert (row.access, row.consent, row.revision, row.edited_by) == ("read", "nobody", 1, "bob")
        assert row.edited["access"]["from"] == before.access
        assert row.edited["access"]["by"] == "bob"
        assert row.classification["access"] == before.access

    async def test_the_import_counts_it(self, pipeline: ImportPipeline) -> None:
        """Each edit raises the import's revision, so that an approval covers only what was seen."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", title="Find an order")
        assert (await pipeline.imports.get(job.id)).revision == job.revision + 1

    async def test_an_edit_that_changes_nothing(self, pipeline: ImportPipeline) -> None:
        """What is set to what it is counts as nothing."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", access="read")
        assert (await pipeline.imports.get(job.id)).revision == job.revision
        assert (await pipeline.rows(job.id))["get_order"].edited == {}

    async def test_two_edits_within_a_second(self, pipeline: ImportPipeline) -> None:
        """A person may change their mind at once: the second edit of a field counts like the first."""
        job = await pipeline.imported()
        for consent in ("customer", "operator", "both"):
            assert (await pipeline.set(job, "cancel_order", consent=consent)).consent == consent
            assert (await pipeline.rows(job.id))["cancel_order"].consent == consent

    async def test_another_access_brings_its_consent(self, pipeline: ImportPipeline) -> None:
        """What becomes a write asks the customer, unless a person has chosen who is asked."""
        job = await pipeline.imported()
        assert (await pipeline.set(job, "get_order", access="write")).consent == "customer"
        await pipeline.set(job, "list_orders", consent="operator")
        assert (await pipeline.set(job, "list_orders", access="write")).consent == "operator"

    async def test_the_second_of_two_editors_is_told(self, pipeline: ImportPipeline) -> None:
        """Of two people who edit the same operation at once, one wins, and the other sees what it is now."""
        job = await pipeline.imported()
        row = (await pipeline.rows(job.id))["get_order"]

        async def edit(title: str) -> str:
            changed, refused = await pipeline.review.edit(job.id, {row.idx: row.revision}, {"title": title}, by=title)
            if changed:
                return changed[0].title
            assert isinstance(refused[0].error, EditedMeanwhile)
            assert refused[0].current is not None
            return f"told of {refused[0].current.title}"

        ended = await asyncio.gather(edit("Ann's"), edit("Bob's"))
        winner = next(one for one in ended if not one.startswith("told"))
        assert sorted(ended) == sorted([winner, f"told of {winner}"])

    async def test_what_is_not_there(self, pipeline: ImportPipeline) -> None:
        """An operation, or an import, that is not there cannot be edited."""
        job = await pipeline.imported()
        _, refused = await pipeline.review.edit(job.id, {99: 0}, {"title": "x"}, by="bob")
        assert isinstance(refused[0].error, OperationUnknown)
        with pytest.raises(ImportUnknown):
            await pipeline.review.edit(uuid4(), {0: 0}, {"title": "x"}, by="bob")

    async def test_only_in_review(self, pipeline: ImportPipeline) -> None:
        """What was approved is no longer edited; nor is what is still being read."""
        job = await pipeline.approved()
        with pytest.raises(NotInReview):
            await pipeline.set(job, "get_order", title="x")

    async def test_every_edit_is_in_the_log(self, pipeline: ImportPipeline) -> None:
        """The log says who set what of which operations, and what it was; what changes nothing is not in it."""
        job = await pipeline.imported()
        await pipeline.set(job, "delete_order", enabled=False, by="eve")
        await pipeline.set(job, "delete_order", enabled=False, by="eve")
        async with pipeline.pool.acquire() as connection:
            lines = await connection.fetch("SELECT by, details FROM review_log WHERE what = 'operations_edited'")
        assert [line["by"] for line in lines] == ["eve"]
        assert lines[0]["details"]["edits"] == [
            {
                "operations": [{"key": "DELETE /orders/{id}", "name": "delete_order"}],
                "changes": [{"field": "enabled", "was": True, "now": False}],
            }
        ]


class TestFit:
    async def test_arguments_that_are_not_there(self, pipeline: ImportPipeline) -> None:
        """Only arguments that the operation has can be bound or asked for."""
        job = await pipeline.imported()
        for wanted in ({"bound": {"customer": "sub"}}, {"customer_params": ["customer"]}):
            with pytest.raises(EditRefused, match="no argument customer"):
                await pipeline.set(job, "get_order", **wanted)

    async def test_a_bound_argument_is_not_asked_for(self, pipeline: ImportPipeline) -> None:
        """What is filled from the verified customer is taken off what the customer is asked for."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", customer_params=["id"])
        row = await pipeline.set(job, "get_order", bound={"id": "sub"})
        assert (row.bound, row.customer_params) == ({"id": "sub"}, [])
        with pytest.raises(EditRefused, match="not asked"):
            await pipeline.set(job, "get_order", customer_params=["id"])

    @pytest.mark.parametrize("claim", ["two words", "", "x" * 101])
    async def test_claims_have_names(self, pipeline: ImportPipeline, claim: str) -> None:
        """A claim's name is one word."""
        job = await pipeline.imported()
        with pytest.raises(EditRefused):
            await pipeline.set(job, "get_order", bound={"id": claim})

    async def test_a_twin_is_another_read(self, pipeline: ImportPipeline) -> None:
        """What a write would change is shown by a read of the same import."""
        job = await pipeline.imported()
        assert (await pipeline.set(job, "cancel_order", twin="get_order")).twin == "get_order"
        assert (await pipeline.set(job, "cancel_order", twin=None)).twin is None
        for twin in ("delete_order", "nothing"):
            with pytest.raises(EditRefused, match="no read"):
                await pipeline.set(job, "cancel_order", twin=twin)

    @pytest.mark.parametrize("name", ["router", "Two Words", "tools"])
    async def test_agents_have_legal_names(self, pipeline: ImportPipeline, name: str) -> None:
        """An agent's name is a word that the graph can use."""
        job = await pipeline.imported()
        with pytest.raises(EditRefused):
            await pipeline.set(job, "get_order", agent=name)


class TestMany:
    async def test_all_that_fit_are_edited(self, pipeline: ImportPipeline) -> None:
        """One edit of many is made for those that can have it; the others are named with their reason."""
        job = await pipeline.imported()
        rows = await pipeline.rows(job.id)
        seen = {row.idx: row.revision for row in rows.values()} | {99: 0}
        seen[rows["list_orders"].idx] = 7
        changed, refused = await pipeline.review.edit(job.id, seen, {"bound": {"id": "sub"}}, by="bob")
        assert {row.name for row in changed} == {"get_order", "delete_order", "cancel_order"}
        assert {one.error.code for one in refused} == {"edited_meanwhile", "operation_unknown"}

    async def test_a_thousand_at_once(self, pipeline: ImportPipeline) -> None:
        """An edit of a whole large API is one change of its import."""
        paths = {
            f"/things{at}/{{id}}": {"get": {"operationId": f"get_thing{at}", "responses": {}}} for at in range(300)
        }
        job = await pipeline.imported(document(paths))
        seen = {row.idx: row.revision for row in (await pipeline.rows(job.id)).values()}
        changed, refused = await pipeline.review.edit(job.id, seen, {"agent": "stuff"}, by="bob")
        assert (len(changed), refused) == (300, [])
        assert (await pipeline.imports.get(job.id)).revision == job.revision + 1


class TestAgents:
    async def test_a_new_agent_comes_with_its_first_operation(self, pipeline: ImportPipeline) -> None:
        """An operation that is given to an agent that nobody has proposed brings it into being."""
        job = await pipeline.imported()
        await pipeline.set(job, "cancel_order", agent="cancellations")
        async with pipeline.pool.acquire() as connection:
            agents = {agent.name: agent for agent in await operations.agents(connection, import_id=job.id)}
        assert (agents["cancellations"].operations, agents["cancellations"].writes) == (1, 1)

    async def test_an_agent_is_renamed_with_its_operations(self, pipeline: ImportPipeline) -> None:
        """A new name takes the operations along, and counts as a change of the import."""
        job = await pipeline.imported()
        old = (await pipeline.rows(job.id))["get_order"].agent
        wanted = {"new_name": "clerk", "description": "Knows all orders.", "instructions": "Be exact."}
        agents = await pipeline.review.edit_agent(job.id, old, wanted, by="bob")
        clerk = next(agent for agent in agents if agent.name == "clerk")
        assert (clerk.description, clerk.instructions) == ("Knows all orders.", "Be exact.")
        assert {row.agent for row in (await pipeline.rows(job.id)).values()} >= {"clerk"}
        assert (await pipeline.imports.get(job.id)).revision == job.revision + 1

    async def test_an_edit_that_changes_nothing(self, pipeline: ImportPipeline) -> None:
        """An agent that is set to what it is counts as nothing, as an operation does."""
        job = await pipeline.imported()
        async with pipeline.pool.acquire() as connection:
            agent = (await operations.agents(connection, import_id=job.id))[0]
        await pipeline.review.edit_agent(job.id, agent.name, {"title": agent.title}, by="bob")
        assert (await pipeline.imports.get(job.id)).revision == job.revision
        async with pipeline.pool.acquire() as connection:
            assert not await connection.fetchval("SELECT count(*) FROM review_log WHERE what = 'agent_edited'")

    async def test_names_are_unique_and_legal(self, pipeline: ImportPipeline) -> None:
        """Two agents of an import cannot have one name; and none can be called as the graph's own nodes."""
        job = await pipeline.imported()
        name = (await pipeline.rows(job.id))["get_order"].agent
        await pipeline.set(job, "cancel_order", agent="cancellations")
        with pytest.raises(NameTaken):
            await pipeline.review.edit_agent(job.id, name, {"new_name": "cancellations"}, by="bob")
        with pytest.raises(EditRefused):
            await pipeline.review.edit_agent(job.id, name, {"new_name": "router"}, by="bob")
        with pytest.raises(AgentUnknown):
            await pipeline.review.edit_agent(job.id, "nobody", {"title": "x"}, by="bob")
