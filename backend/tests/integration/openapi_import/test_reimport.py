from __future__ import annotations

import copy
from typing import Any

import pytest

from app.db import live_set
from tests.integration.openapi_import.import_pipeline import ORDERS, ImportPipeline, argument, document, operation

pytestmark = pytest.mark.integration


def changed(**replaced: Any) -> dict[str, Any]:
    """The shop's document with some operations replaced; None takes one away."""
    paths = copy.deepcopy(ORDERS)
    by_name = {one["operationId"]: (path, verb) for path, verbs in ORDERS.items() for verb, one in verbs.items()}
    for name, new in replaced.items():
        path, verb = by_name[name]
        if new is None:
            del paths[path][verb]
        else:
            paths[path][verb] = new
    return document({path: verbs for path, verbs in paths.items() if verbs})


async def withdrawn(pipeline: ImportPipeline) -> list[str]:
    async with pipeline.pool.acquire() as connection, connection.transaction():
        return await live_set.withdrawn(connection)


class TestDiff:
    async def test_the_same_document(self, pipeline: ImportPipeline) -> None:
        """Nothing has changed: every operation keeps its approval as it was."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", title="Edited", agent="clerk")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        again = await pipeline.again(job, document())
        rows = await pipeline.rows(again.id)
        assert {row.change for row in rows.values()} == {"same"}
        assert (rows["get_order"].title, rows["get_order"].agent) == ("Edited", "clerk")
        assert rows["get_order"].edited["title"]["by"] == "bob"

    async def test_added_and_removed(self, pipeline: ImportPipeline) -> None:
        """What is new and what is gone is shown as that, and is so only once it was approved."""
        job = await pipeline.approved()
        new = changed(cancel_order=None)
        new["paths"]["/parcels"] = {"get": operation("list_parcels")}
        again = await pipeline.again(job, new)
        rows = await pipeline.rows(again.id)
        assert rows["list_parcels"].change == "added"
        assert (rows["cancel_order"].change, rows["cancel_order"].enabled) == ("removed", False)
        assert rows["cancel_order"].changes
        assert (again.counts["added"], again.counts["removed"], again.counts["operations"]) == (1, 1, 4)
        assert "list_parcels" not in pipeline.tools.names
        assert "cancel_order" in pipeline.tools.names
        await pipeline.approval.approve(again.id, again.revision, by="ann")
        assert "list_parcels" in pipeline.tools.names
        assert "cancel_order" not in pipeline.tools.names
        assert await withdrawn(pipeline) == ["cancel_order"]

    async def test_what_changed_is_said_in_sentences(self, pipeline: ImportPipeline) -> None:
        """A changed operation says what is other than before."""
        job = await pipeline.approved()
        new = operation(
            "get_order",
            summary="Look up an order",
            parameters=[argument("id", kind="integer"), argument("with_lines", place="query")],
        )
        again = await pipeline.again(job, changed(get_order=new))
        row = (await pipeline.rows(again.id))["get_order"]
        assert row.change == "changed"
        assert any("new optional argument, with_lines" in sentence for sentence in row.changes)
        assert any("argument id" in sentence for sentence in row.changes)

    async def test_riskier(self, pipeline: ImportPipeline) -> None:
        """What looks more dangerous than it did is proposed as that, whatever a person had set."""
        job = await pipeline.imported()
        await pipeline.set(job, "list_orders", access="read", consent="customer")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        again = await pipeline.again(
            job, changed(list_orders=operation("list_orders", summary="Deletes the orders for good"))
        )
        row = (await pipeline.rows(again.id))["list_orders"]
        assert (row.change, row.access) == ("riskier", row.classification["access"])
        assert row.access != "read"
        assert row.consent not in {"nobody", "customer"}
        assert "access" not in row.edited
        assert row.changes[0].startswith("It looks like a write")

    async def test_riskier_than_a_person_had_decided(self, pipeline: ImportPipeline) -> None:
        """A decision that the new document speaks against is not kept silently: it has to be made anew."""
        job = await pipeline.imported(document({"/orders": {"post": operation("act", summary="Update an order")}}))
        assert (await pipeline.rows(job.id))["act"].access == "write"
        await pipeline.set(job, "act", access="read", consent="nobody")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        again = await pipeline.again(job, document({"/orders": {"post": operation("act", summary="Refund an order")}}))
        row = (await pipeline.rows(again.id))["act"]
        assert (row.change, row.access) == ("riskier", "destructive")
        assert "bob had set it to read" in row.changes[0]

    async def test_the_riskier_come_with_their_count(self, pipeline: ImportPipeline) -> None:
        """The page can lead with them."""
        job = await pipeline.approved()
        again = await pipeline.again(
            job, changed(list_orders=operation("list_orders", summary="Deletes the orders for good"))
        )
        assert (again.counts["riskier"], again.counts["changed"]) == (1, 0)

    async def test_an_api_that_moves(self, pipeline: ImportPipeline) -> None:
        """Where the document says that the API is elsewhere, nothing changed but that, and a person decides."""
        job = await pipeline.approved()
        again = await pipeline.again(job, document(servers=[{"url": "https://evil.example"}]))
        assert {row.change for row in (await pipeline.rows(again.id)).values()} == {"same"}
        assert "https://evil.example" in again.warnings[0]["message"]
        await pipeline.approval.approve(again.id, again.revision, by="ann")
        request = pipeline.tools.get("get_order").preview({"id": "1"})
        assert request is not None
        assert request.url == "https://api.acme.example/v1/orders/1"


class TestEdits:
    async def test_a_persons_edits_of_a_changed_operation_are_kept(self, pipeline: ImportPipeline) -> None:
        """What a person set stays set where the operation changed in something else, as far as it still fits."""
        job = await pipeline.imported()
        await pipeline.set(job, "get_order", title="Edited", bound={"id": "sub"})
        await pipeline.set(job, "list_orders", enabled=False)
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        other = operation("get_order", summary="Look an order up, with more words", parameters=[argument("id")])
        same = operation("list_orders", summary="List all orders", parameters=[argument("status", place="query")])
        again = await pipeline.again(job, changed(get_order=other, list_orders=same))
        rows = await pipeline.rows(again.id)
        assert (rows["get_order"].change, rows["get_order"].title) == ("changed", "Edited")
        assert rows["get_order"].bound == {"id": "sub"}
        assert rows["list_orders"].enabled is False

    async def test_a_bound_argument_that_went(self, pipeline: ImportPipeline) -> None:
        """What is bound and no longer there is no longer bound."""
        job = await pipeline.imported()
        await pipeline.set(job, "list_orders", bound={"status": "sub"})
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        again = await pipeline.again(job, changed(list_orders=operation("list_orders", summary="List orders")))
        assert (await pipeline.rows(again.id))["list_orders"].bound == {}

    async def test_a_write_does_not_become_a_read_by_itself(self, pipeline: ImportPipeline) -> None:
        """What was approved as a write stays one, whatever the new document makes of it, until a person says else."""
        job = await pipeline.approved()
        harmless = operation("cancel_order", summary="Search for orders", parameters=[argument("id")])
        again = await pipeline.again(job, changed(cancel_order=harmless))
        row = (await pipeline.rows(again.id))["cancel_order"]
        assert row.access != "read"

    async def test_agents_keep_what_was_set(self, pipeline: ImportPipeline) -> None:
        """An agent that was named and instructed on the page is proposed as that again."""
        job = await pipeline.imported()
        name = (await pipeline.rows(job.id))["get_order"].agent
        await pipeline.review.edit_agent(job.id, name, {"instructions": "Be exact.", "title": "Clerk"}, by="bob")
        job = await pipeline.imports.get(job.id)
        await pipeline.approval.approve(job.id, job.revision, by="ann")
        again = await pipeline.again(job, document())
        agents = await pipeline.review.edit_agent(again.id, name, {"tone": "dry"}, by="bob")
        clerk = next(agent for agent in agents if agent.name == name)
        assert (clerk.title, clerk.instructions, clerk.tone) == ("Clerk", "Be exact.", "dry")


class TestNames:
    async def test_names_stay_whatever_is_added(self, pipeline: ImportPipeline) -> None:
        """A new operation with the name of an old one does not take it."""
        job = await pipeline.approved()
        new = document({"/a": {"get": operation("get_order")}, **ORDERS})
        again = await pipeline.again(job, new)
        rows = await pipeline.rows(again.id)
        assert rows["get_order"].key == "GET /orders/{id}"
        await pipeline.approval.approve(again.id, again.revision, by="ann")
        assert len(pipeline.tools.names) == len(set(pipeline.tools.names))

    async def test_an_operation_of_another_name_keeps_its_tools(self, pipeline: ImportPipeline) -> None:
        """What is the same method and path is the same tool, under whatever operationId."""
        job = await pipeline.approved()
        renamed = operation("fetchOrder", summary="Look up an order", parameters=[argument("id")])
        again = await pipeline.again(job, changed(get_order=renamed))
        assert (await pipeline.rows(again.id))["get_order"].key == "GET /orders/{id}"


class TestApprovals:
    async def test_only_what_changed_is_withdrawn(self, pipeline: ImportPipeline) -> None:
        """Approvals that wait on unchanged tools stay; those on changed and removed ones expire."""
        job = await pipeline.approved()
        same = await pipeline.again(job, document())
        await pipeline.approval.approve(same.id, same.revision, by="ann")
        assert await withdrawn(pipeline) == []
        other = operation("cancel_order", summary="Cancel an order", parameters=[argument("id", kind="integer")])
        again = await pipeline.again(job, changed(cancel_order=other, delete_order=None))
        await pipeline.approval.approve(again.id, again.revision, by="ann")
        assert set(await withdrawn(pipeline)) == {"cancel_order", "delete_order"}

    async def test_a_changed_rule_of_consent_counts(self, pipeline: ImportPipeline) -> None:
        """Who must consent is part of what was approved: where that changes, nothing that waits is valid."""
        job = await pipeline.approved()
        again = await pipeline.again(job, document())
        await pipeline.set(again, "list_orders", consent="operator")
        again = await pipeline.imports.get(again.id)
        await pipeline.approval.approve(again.id, again.revision, by="ann")
        assert await withdrawn(pipeline) == ["list_orders"]
