"""Staff at the API of imports, and everything that imports behind it."""

from __future__ import annotations

import json
from typing import Any

from app.api import keys
from app.outgoing.client import SafeHttp
from tests.api_door import Api, MakeClient, Parts, opened
from tests.integration.openapi_import.workshop import Workshop, document

JOBS = "/api/v1/openapi/jobs"


class Desk:
    """Staff at the API, with everything that imports behind it."""

    def __init__(self, api: Api, shop: Workshop) -> None:
        self.api = api
        self.shop = shop

    @classmethod
    async def opened(cls, parts: Parts, http: SafeHttp, make_client: MakeClient) -> Desk:
        """Sign in at an application that imports."""
        assert parts.pool is not None
        shop = Workshop(parts.pool, http)
        app = parts.application()
        app[keys.AGENTS] = shop.live
        app[keys.IMPORTS] = shop.imports
        app[keys.IMPORT_NEWS] = shop.news
        app[keys.REVIEW] = shop.review
        app[keys.APPROVAL] = shop.approval
        app[keys.TRIAL] = shop.trial
        app[keys.KEYRING] = shop.keyring
        app[keys.SETTINGS] = parts.settings.model_copy(update={"import_max_bytes": 50_000})
        api = Api(client=await make_client(app), parts=parts)
        await api.sign_in()
        return cls(api, shop)

    async def imported(self, **more: Any) -> dict[str, Any]:
        """Import a document up to its review."""
        job = await self.api.post("/api/v1/openapi/import", {"text": json.dumps(document()), **more}, status=202)
        await self.shop.carry_out()
        shown: dict[str, Any] = await self.api.get(f"{JOBS}/{job['id']}")
        assert shown["status"] == "review", shown
        return shown

    async def put(self, path: str, body: Any, *, status: int = 200) -> Any:
        """Put JSON."""
        return await opened(await self.api.client.put(path, json=body), status)

    async def delete(self, path: str, *, status: int = 200) -> Any:
        """Delete."""
        return await opened(await self.api.client.delete(path), status)
