"""Client of the imports' routes, signed in as staff, with the whole import pipeline behind it."""

from __future__ import annotations

import json
from typing import Any

from app.outgoing.client import OutgoingClient
from tests.api_client import ApiClient, MakeClient, Parts, opened
from tests.integration.openapi_import.import_pipeline import ImportPipeline, document

JOBS = "/api/v1/openapi/jobs"


class ImportClient:
    """Staff at the API, with everything that imports behind it."""

    def __init__(self, api: ApiClient, pipeline: ImportPipeline) -> None:
        self.api = api
        self.pipeline = pipeline

    @classmethod
    async def opened(cls, parts: Parts, http: OutgoingClient, make_client: MakeClient) -> ImportClient:
        """Sign in at an application that imports."""
        assert parts.pool is not None
        pipeline = ImportPipeline(parts.pool, http)
        app = parts.application(
            live_config=pipeline.live,
            imports=pipeline.imports,
            imports_changed=pipeline.changed,
            review=pipeline.review,
            publish=pipeline.approval,
            operation_tester=pipeline.operation_tester,
            keyring=pipeline.keyring,
            settings=parts.settings.model_copy(update={"import_max_bytes": 50_000}),
        )
        api = ApiClient(client=await make_client(app), parts=parts)
        await api.sign_in()
        return cls(api, pipeline)

    async def imported(self, **more: Any) -> dict[str, Any]:
        """Import a document up to its review."""
        job = await self.api.post("/api/v1/openapi/import", {"text": json.dumps(document()), **more}, status=202)
        await self.pipeline.run_next()
        shown: dict[str, Any] = await self.api.get(f"{JOBS}/{job['id']}")
        assert shown["status"] == "review", shown
        return shown

    async def put(self, path: str, body: Any, *, status: int = 200) -> Any:
        """Put JSON."""
        return await opened(await self.api.client.put(path, json=body), status)

    async def delete(self, path: str, *, status: int = 200) -> Any:
        """Delete."""
        return await opened(await self.api.client.delete(path), status)
