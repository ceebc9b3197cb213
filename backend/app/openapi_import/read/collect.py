"""Collector: fetches a document and the files of the same origin that it refers to, a bounded number of them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

from app.errors import AppError, FetchStatus
from app.openapi.other_formats import GRAPHQL, PAGE
from app.openapi_import.read.bundle import ARCHIVE_SIGNS, GZIP_SIGN, MAX_FILES, MAX_UNPACKED_FACTOR, read_upload
from app.openapi_import.read.document_page import is_document, is_page, named_documents, scripts, usual_places
from app.outgoing.client import Fetched, OutgoingClient

FILE_SECONDS: Final = 30.0  # for one file: what a slow documentation server needs for the largest
ALL_SECONDS: Final = 180.0  # for all of them together
AT_ONCE: Final = 6  # as a browser does; more looks like an attack to some servers
ACCEPT: Final = "application/json, application/yaml, text/yaml, */*;q=0.5"
_REFERENCE: Final = re.compile(rb"""\$ref["']?\s*:\s*["']?([^"'\s#{}\[\],]+)""")

Report = Callable[[int, int, str], Awaitable[None]]


class TooMuchFetched(AppError):
    """The files that a document refers to are too many or too large."""

    code = "fetch_too_large"
    status = 413
    sentence = "The document refers to more than can be fetched. Upload it as one file or as a zip archive."


class PageGiven(AppError):
    """A web page instead of a document, and none was found behind it."""

    code = "no_openapi_document"
    status = 422
    sentence = PAGE


async def collect(http: OutgoingClient, url: str, *, max_bytes: int, report: Report) -> tuple[str, dict[str, bytes]]:
    """Fetch the document at `url` with its references; return its final address and every file by its address.

    Only files of the origin that the document itself came from are fetched. A reference that cannot be fetched is
    left out: what needs it is skipped when the document is read. An archive is opened as an uploaded one is.
    """
    await report(0, 0, f"Fetching {url[:200]}")
    try:
        first = await http.fetch(url, max_bytes=max_bytes, timeout_seconds=FILE_SECONDS, headers={"Accept": ACCEPT})
    except FetchStatus:
        if urlsplit(url).path.rstrip("/").endswith("graphql"):
            raise PageGiven(GRAPHQL) from None
        raise
    if first.body.startswith(GZIP_SIGN):
        name = first.url.removesuffix(".gz")
        return "", await asyncio.to_thread(read_upload, name, first.body, max_bytes=max_bytes)
    if first.body.startswith(ARCHIVE_SIGNS):
        opened = await asyncio.to_thread(read_upload, first.url, first.body, max_bytes=max_bytes)
        return "", opened
    if is_page(first.body):
        first = await _document_of(http, first, max_bytes=max_bytes, report=report)
    files = {first.url: first.body}
    waiting = await asyncio.to_thread(references, first.url, first.body)
    room, until = max_bytes * MAX_UNPACKED_FACTOR - len(first.body), time.monotonic() + ALL_SECONDS
    seen = {first.url, *waiting}
    while waiting:
        if len(seen) > MAX_FILES or room < 0 or time.monotonic() > until:
            raise TooMuchFetched
        await report(len(files), len(seen), f"Fetching {waiting[0][:200]}")
        batch, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        for address, body in await _fetch_all(http, batch, max_bytes=max_bytes):
            files[address] = body
            room -= len(body)
            more = [one for one in await asyncio.to_thread(references, address, body) if one not in seen]
            seen.update(more)
            waiting.extend(more)
    return first.url, files


async def _document_of(http: OutgoingClient, page: Fetched, *, max_bytes: int, report: Report) -> Fetched:
    """Find the document that a page shows, on the same server; raises `PageGiven` with where to look otherwise."""
    await report(0, 0, "Looking for the document behind the page")
    text = page.body.decode("utf-8", "replace")
    named = named_documents(page.url, text)
    for script in scripts(page.url, text):
        if _origin(script) == _origin(page.url) and (found := await _fetched(http, script, max_bytes=max_bytes)):
            named += named_documents(script, found.body.decode("utf-8", "replace"))
    if re.search(r"(?i)graphiql|graphql-playground|apollo-?server", text):
        raise PageGiven(GRAPHQL)
    elsewhere = [one for one in named if _origin(one) != _origin(page.url)]
    for address in dict.fromkeys((*named, *usual_places(page.url))):
        if _origin(address) == _origin(page.url):
            found = await _fetched(http, address, max_bytes=max_bytes)
            if found and is_document(found.body):
                return found
    raise PageGiven(
        f"This is a web page that shows the document at {elsewhere[0][:300]}. Import that address."
        if elsewhere
        else None
    )


async def _fetched(http: OutgoingClient, address: str, *, max_bytes: int) -> Fetched | None:
    try:
        return await http.fetch(address, max_bytes=max_bytes, timeout_seconds=FILE_SECONDS, headers={"Accept": ACCEPT})
    except AppError:
        return None


async def _fetch_all(http: OutgoingClient, addresses: list[str], *, max_bytes: int) -> list[tuple[str, bytes]]:
    found = await asyncio.gather(
        *(_fetch(http, address, max_bytes=max_bytes) for address in addresses), return_exceptions=True
    )
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, AppError):
            raise one
    return [(address, one) for address, one in zip(addresses, found, strict=True) if isinstance(one, bytes)]


async def _fetch(http: OutgoingClient, address: str, *, max_bytes: int) -> bytes:
    fetched: Any = await http.fetch(
        address, max_bytes=max_bytes, timeout_seconds=FILE_SECONDS, headers={"Accept": ACCEPT}
    )
    body: bytes = fetched.body
    return body


def references(base: str, body: bytes) -> list[str]:
    """Name the files of the same origin that a document refers to, each once. Reads the text, not its meaning."""
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(body):
        try:
            address = urldefrag(urljoin(base, match[1].decode()))[0]
            same = _origin(address) == _origin(base)
        except ValueError:
            continue
        if same and address != base:
            found[address] = None
    return list(found)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port
