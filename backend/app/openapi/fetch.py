"""Fetcher of the document that an agents' file names, from an address or a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.openapi.document import DocumentMistake
from app.openapi.parse import parse_text
from app.outgoing.client import OutgoingClient
from app.outgoing.message import OutgoingRequest

MAX_DOCUMENT_BYTES: Final = 10_000_000  # most public documents are smaller; one that is not can be imported


async def fetch_document(url: str, *, http: OutgoingClient) -> Mapping[str, Any]:
    """Fetch and parse a document; DocumentMistake where what is there is none, ToolError where nothing is."""
    answer = await http.send(OutgoingRequest(method="GET", url=url), max_bytes=MAX_DOCUMENT_BYTES)
    if answer.status != 200:  # noqa: PLR2004  # OK
        raise DocumentMistake(f"{url} answered {answer.status} instead of an OpenAPI document.")
    if answer.defect == "too_large":
        raise DocumentMistake(f"{url} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB.")
    return _parsed(answer.body, url)


def read_document(path: Path) -> Mapping[str, Any]:
    """Read and parse a document from a file; DocumentMistake where there is none."""
    try:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise DocumentMistake(f"{path} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB.")
        return _parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise DocumentMistake(f"{path} cannot be read: {error.strerror}. Name an address or a file.") from None


def _parsed(body: bytes, where: str) -> Mapping[str, Any]:
    try:
        return parse_text(body)
    except DocumentMistake as mistake:
        raise DocumentMistake(f"{where}: {mistake.message}") from None
