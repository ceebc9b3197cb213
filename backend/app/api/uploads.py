"""Upload of a document: far larger than other bodies, so it is counted while it arrives and refused when too large."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiohttp import BodyPartReader, web

from app.api.import_views import ImportForm
from app.api.validation import refuse_unstorable, validated
from app.errors import InvalidRequest, UploadRefused, UploadTooLarge
from app.openapi_import.service import ImportRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FIELD_BYTES: Final = 8_000  # of a field that is no file: the longest is an address
MAX_PARTS: Final = 10  # a file and a few fields
JSON_ROOM: Final = 2  # a text in JSON takes up to twice its size, by its escapes
CHUNK_BYTES: Final = 64 * 1024


async def read_import(request: web.Request, *, max_bytes: int) -> ImportRequest:
    """Read what is to be imported: JSON, or multipart/form-data with a file; raises the error that names what is wrong.

    A file or text over `max_bytes` is refused as soon as that is seen.
    """
    if request.content_type == "multipart/form-data":
        return await _read_parts(request, max_bytes=max_bytes)
    if request.content_type != "application/json":
        raise InvalidRequest("Send JSON with url or text, or multipart/form-data with a file.", field="body")
    if (request.content_length or 0) > max_bytes * JSON_ROOM + FIELD_BYTES:
        raise UploadTooLarge(limit_bytes=max_bytes)
    raw = await _counted(request.content.iter_chunked(CHUNK_BYTES), max_bytes * JSON_ROOM + FIELD_BYTES, max_bytes)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is not valid JSON. Send one JSON object.", field="body") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The body has to be one JSON object.", field="body")
    given = _given(value)
    if given.content is not None and len(given.content) > max_bytes:
        raise UploadTooLarge(limit_bytes=max_bytes)
    return given


def _given(value: dict[str, Any]) -> ImportRequest:
    refuse_unstorable({name: one for name, one in value.items() if name != "text"})
    form = validated(ImportForm, value)
    return ImportRequest(
        url=form.url,
        content=None if form.text is None else form.text.encode("utf-8", "replace"),
        name=form.name,
        base_url=form.base_url,
        api_id=form.api_id,
    )


async def _read_parts(request: web.Request, *, max_bytes: int) -> ImportRequest:
    fields: dict[str, str] = {}
    filename, content = "", None
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader) or not part.name:
                raise InvalidRequest("The upload has parts within parts. Send one file.", field="file")
            if part.name == "file":
                filename, content = part.filename or "document", await _counted(_chunks(part), max_bytes, max_bytes)
            else:
                fields[part.name] = (await _counted(_chunks(part), FIELD_BYTES, FIELD_BYTES)).decode("utf-8", "replace")
    except ValueError as error:  # a boundary that is missing, a head that is none
        raise InvalidRequest("The upload is not valid multipart/form-data.", field="body") from error
    if content is None:
        raise UploadRefused("The upload has no part named file.")
    fields = {name: text for name, text in fields.items() if text.strip()}
    given = _given({**fields, "text": "-"})  # the other fields are checked as they are in JSON
    return replace(given, kind="file", filename=filename[:300], content=content)


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield part.decode(chunk)


async def _counted(chunks: AsyncIterator[bytes], most: int, limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise UploadTooLarge(limit_bytes=limit)
    return bytes(body)
