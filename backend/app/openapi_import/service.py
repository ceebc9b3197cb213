"""Import service: begins imports, starts them over and throws them away; `read/worker.py` carries them out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from app.db import apis, imports, review_log
from app.errors import ApiUnknown, NameTaken, NotInReview, QueueFull
from app.openapi_import.read.bundle import pack, read_upload
from app.openapi_import.review.audit import plain_address
from app.openapi_import.unique_names import free, name_of_source

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.db.apis import ApiRow
    from app.db.imports import ImportRow
    from app.db.pool import Connection, Pool

MAX_WAITING: Final = 50  # imports that wait or are worked on: people paste one at a time, so more is a loop
NAMINGS: Final = 20  # attempts at a name that is free, while others begin imports from the same place
MAX_SOURCE_NAME_CHARS: Final = 300


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What somebody wants imported: an address, or the content of a file or of a text field; or neither, to re-read."""

    url: str | None = None
    content: bytes | None = None
    kind: str = "text"
    filename: str = ""
    name: str | None = None
    base_url: str | None = None
    api_id: UUID | None = None


class ImportService:
    """Begins imports, lets them start over, throws them away."""

    def __init__(self, *, pool: Pool, max_bytes: int, taken: Collection[str] = ()) -> None:
        """`max_bytes` limits one document; `taken` are names that other sources of tools have."""
        self._pool = pool
        self._max_bytes = max_bytes
        self._taken = frozenset(taken)

    async def begin(self, given: ImportRequest, *, by: str) -> ImportRow:
        """Write an import down, to be carried out by a worker of any replica.

        Raises `UploadRefused` for what cannot be a document, `NameTaken` and `ApiUnknown`.
        """
        packed = None
        if given.content is not None:
            packed = await asyncio.to_thread(self._packed, given.filename or "document", given.content)
        job_id = uuid4()
        async with self._pool.acquire() as connection, connection.transaction():
            await self._refuse_too_many(connection)
            api, source = await self._api(connection, given)
            if packed is None and source["kind"] != "url":
                packed = await self._newest_document(connection, api)
            await imports.add(
                connection,
                job_id=job_id,
                api_id=api.id,
                source=source,
                document=packed,
                previous=api.live_job,
                by=by,
            )
            await review_log.record(
                connection,
                by=by,
                what="import_begun",
                api_id=api.id,
                api_name=api.name,
                import_id=job_id,
                details={**_origin(source), "again": given.api_id is not None},
            )
        return await self.get(job_id)

    async def get(self, job_id: UUID) -> ImportRow:
        """Read an import; raises `ImportUnknown`."""
        async with self._pool.acquire() as connection:
            return await imports.require(connection, job_id=job_id)

    async def retry(self, job_id: UUID, *, by: str) -> ImportRow:
        """Let an import that failed, or that is in review, start over and be compared with what is live now.

        What people edited of one in review is kept. Raises `NotInReview` for one at work or approved.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            job = await imports.require(connection, job_id=job_id, lock=True)
            if job.status not in {"failed", "review"}:
                raise NotInReview("Only an import that failed or is in review can start over.", status=job.status)
            api = await apis.get(connection, api_id=job.api_id)
            await imports.restart(connection, job_id=job_id, previous=api.live_job if api else None)
            await review_log.record(
                connection, by=by, what="import_retried", api_id=job.api_id, api_name=job.api_name, import_id=job_id
            )
        return await self.get(job_id)

    async def throw_away(self, job_id: UUID, *, by: str) -> None:
        """Delete an import that was not approved, also while it runs, and its API where that has nothing else."""
        async with self._pool.acquire() as connection, connection.transaction():
            job = await imports.require(connection, job_id=job_id, lock=True)
            if job.status == "approved":
                raise NotInReview("This import was approved: its tools may be live. Delete the API instead.")
            await imports.delete(connection, job_id=job_id)
            api = await apis.get(connection, api_id=job.api_id, lock=True)
            others = await imports.page(connection, limit=1, api_id=job.api_id)
            with_api = api is not None and api.live_job is None and not others
            if with_api:
                await apis.delete(connection, api_id=job.api_id)
            await review_log.record(
                connection,
                by=by,
                what="import_thrown_away",
                api_id=job.api_id,
                api_name=job.api_name,
                import_id=job_id,
                details={"with_api": with_api},
            )

    def _packed(self, name: str, content: bytes) -> bytes:
        return pack(read_upload(name, content, max_bytes=self._max_bytes))

    async def _refuse_too_many(self, connection: Connection) -> None:
        if await imports.waiting(connection) >= MAX_WAITING:
            raise QueueFull("Many imports wait already. Please try again when some of them are done.")

    async def _api(self, connection: Connection, given: ImportRequest) -> tuple[ApiRow, dict[str, Any]]:
        """Find the API that is imported again, or write a new one down, and say where its document comes from."""
        if given.api_id is not None:
            api = await apis.get(connection, api_id=given.api_id, lock=True)
            if api is None:
                raise ApiUnknown
            return api, _source_of(given, before=api.source)
        source = _source_of(given, before={})
        for _ in range(NAMINGS):
            taken = {*await apis.names(connection), *self._taken}
            if given.name in taken:
                # One that could not be read left nothing but its name, which the next attempt may have.
                left = await apis.never_read(connection, name=given.name or "")
                api = await apis.get(connection, api_id=left, lock=True) if left else None
                if api is None:
                    break
                return api, source
            api_id = uuid4()
            name = given.name or free(name_of_source(source["kind"], source["name"]), taken)
            await apis.add(
                connection, api_id=api_id, name=name, title=name, base_url=given.base_url or "", source=source
            )
            if (api := await apis.get(connection, api_id=api_id)) is not None:
                return api, source
        raise NameTaken(f"There is an API named {given.name or name} already. Choose another name, or import it again.")

    async def _newest_document(self, connection: Connection, api: ApiRow) -> bytes | None:
        """Return the document that the API was last read from."""
        newest = await imports.page(connection, limit=1, api_id=api.id)
        job_id = api.live_job or (newest[0].id if newest else None)
        return await imports.document(connection, job_id=job_id) if job_id else None


def _source_of(given: ImportRequest, *, before: Mapping[str, Any]) -> dict[str, Any]:
    """Say where a document comes from; `named` is whether a person chose the API's name."""
    chosen = {"base_url": given.base_url or before.get("base_url"), "named": bool(given.name) or "named" in before}
    if given.url is not None:
        return {"kind": "url", "name": given.url[:MAX_SOURCE_NAME_CHARS], "url": given.url, **chosen}
    if given.content is not None:
        return {"kind": given.kind, "name": (given.filename or "pasted text")[:MAX_SOURCE_NAME_CHARS], **chosen}
    return {**{name: value for name, value in before.items() if name not in {"root", "final_url"}}, **chosen}


def _origin(source: Mapping[str, Any]) -> dict[str, Any]:
    """Say for the log where a document came from, and where its API is if a person said so."""
    name = plain_address(source["name"]) if source["kind"] == "url" else source["name"]
    return {
        "source": {"kind": source["kind"], "name": name},
        "base_url": plain_address(source.get("base_url") or ""),
    }
