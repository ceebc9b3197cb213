"""One way from an operation to a tool: named in agents.yaml or imported, a document makes the same tools.

The demo's documents are compared always, and every other one in a folder with `--specs FOLDER`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import yaml_api
from app.errors import AppError
from app.openapi.parse import parse_text

if TYPE_CHECKING:
    from tests.integration.openapi_import.import_pipeline import ImportPipeline

pytestmark = pytest.mark.integration
DEMO = Path(__file__).parents[3] / "demo_apis"
BASE_URL = "https://api.acme.example/v1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test every document that there is."""
    specs: Path | None = metafunc.config.getoption("--specs")
    found = sorted(one for one in specs.rglob("*") if one.suffix in {".json", ".yaml", ".yml"}) if specs else []
    documents = [*sorted(DEMO.glob("*/openapi.json")), *found]
    metafunc.parametrize("path", documents, ids=["/".join(one.parts[-2:]) for one in documents])


async def test_both_make_the_same_tools(pipeline: ImportPipeline, path: Path) -> None:
    """Whole specifications are equal: name, access, consent, schema, what is bound, twin, version and the rest."""
    raw = path.read_bytes()
    job = await pipeline.imported(raw, name="acme", base_url=BASE_URL)
    api = ApiSpec(name="acme", document=path.name, base_url=BASE_URL)
    if job.error:
        with pytest.raises(AppError) as refused:
            yaml_api(api, parse_text(raw), http=pipeline.http)
        assert refused.value.message == job.error["message"]
        return
    await pipeline.approval.approve(job.id, job.revision, by="ann")
    named = yaml_api(api, parse_text(raw), http=pipeline.http)
    assert [tool.spec for tool in named.tools] == [tool.spec for tool in pipeline.tools.select(["acme.*"])]
    assert named.less_safe == ()
