"""Fetching an OpenAPI document from an admin's address; whatever stands there is named when it is no document."""

from __future__ import annotations

import json

import pytest

from app.errors import ToolUnavailable
from app.openapi.document import DocumentMistake
from app.openapi.fetch import fetch_document
from app.outgoing.client import OutgoingClient
from tests.integration.tools.shop_tools import DOCUMENT
from tests.raw_http_server import Script, answers, closes, ok, raw_server

pytestmark = pytest.mark.integration


async def test_a_document_is_fetched(http: OutgoingClient) -> None:
    """From where an admin says."""
    async with raw_server(ok(json.dumps(DOCUMENT).encode())) as server:
        assert await fetch_document(f"{server.url}/openapi.json", http=http) == DOCUMENT


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (answers("404 Not Found"), "answered 404"),
        (ok(b"<html>"), "OpenAPI document|deep"),
        (ok(b"[1]"), "OpenAPI document|deep"),
        (ok(b"[" * 200_000), "OpenAPI document|deep"),
    ],
)
async def test_what_is_no_document_is_said(http: OutgoingClient, script: Script, says: str) -> None:
    """With the address, so that it can be corrected."""
    async with raw_server(script) as server:
        with pytest.raises(DocumentMistake, match=says):
            await fetch_document(server.url, http=http)


async def test_a_document_that_is_too_large_is_said(http: OutgoingClient) -> None:
    """It is not read to its end."""
    async with raw_server(ok(b" " * 10_000_001)) as server:
        with pytest.raises(DocumentMistake, match="larger than 10 MB"):
            await fetch_document(server.url, http=http)


async def test_a_document_that_cannot_be_reached_is_a_failure_of_its_own(http: OutgoingClient) -> None:
    """Nobody is told that the document is wrong."""
    async with raw_server(closes) as server:
        url = server.url
    with pytest.raises(ToolUnavailable):
        await fetch_document(url, http=http)
