from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.errors import ModelUnavailable
from app.openapi_import.classify.second_opinion import refiner
from tests.integration.openapi_import.import_pipeline import ImportPipeline

pytestmark = pytest.mark.integration
Rows = Sequence[Mapping[str, Any]]


async def test_a_model_makes_a_label_safer(pipeline: ImportPipeline) -> None:
    """What a model finds more dangerous than the rules is proposed as that."""

    async def ask(operations: Rows) -> Rows:
        return [{"id": one["id"], "access": "destructive", "reason": "It looks bad."} for one in operations]

    pipeline.worker._refine = refiner(ask)
    job = await pipeline.imported()
    rows = await pipeline.rows(job.id)
    assert {row.access for row in rows.values()} == {"destructive"}
    assert all(row.consent != "nobody" for row in rows.values())
    assert any("looks bad" in one["text"] for one in rows["get_order"].classification["evidence"])


async def test_a_model_makes_nothing_riskier(pipeline: ImportPipeline) -> None:
    """What a model finds harmless stays what the rules say."""

    async def ask(operations: Rows) -> Rows:
        return [{"id": one["id"], "access": "read", "reason": "Harmless."} for one in operations]

    pipeline.worker._refine = refiner(ask)
    job = await pipeline.imported()
    assert (await pipeline.rows(job.id))["delete_order"].access == "destructive"


async def test_a_model_that_fails(pipeline: ImportPipeline) -> None:
    """Without the model's answer the rules' labels stand, and the import goes on."""

    async def ask(operations: Rows) -> Rows:
        raise ModelUnavailable

    pipeline.worker._refine = refiner(ask)
    job = await pipeline.imported()
    assert job.status == "review"
    assert (await pipeline.rows(job.id))["get_order"].access == "read"
