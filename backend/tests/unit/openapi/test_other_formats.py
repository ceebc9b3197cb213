"""What is given instead of an OpenAPI document is named, with what to do."""

from __future__ import annotations

import pytest

from app.openapi.api import parse_text, read_api
from app.openapi.document import DocumentMistake

OTHERS = {
    '{"info": {"_postman_id": "1", "name": "x"}, "item": []}': "Postman collection",
    '{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}': "Export as OpenAPI",
    "asyncapi: 3.0.0\ninfo: {title: x, version: '1'}": "AsyncAPI",
    '{"data": {"__schema": {"types": []}}}': "GraphQL",
    '{"errors": [{"message": "GET query missing."}]}': "GraphQL",
    "type Query {\n  orders(first: Int): [Order!]!\n}\n": "GraphQL",
    "# The shop\nschema {\n  query: Query\n}\n": "GraphQL",
    "#%RAML 1.0\ntitle: x": "RAML",
    "<!DOCTYPE html>\n<html><body>Docs</body></html>": "web page",
    '<?xml version="1.0"?>\n<wsdl:definitions name="x"></wsdl:definitions>': "WSDL",
    '{"log": {"version": "1.2", "entries": []}}': "HAR",
    "openapi: 3.1.0\npaths:\n\t/a: {}\n": "Line 3, column 1: it is indented with a tab",
}


@pytest.mark.parametrize(("text", "said"), OTHERS.items())
def test_each_is_named(text: str, said: str) -> None:
    """Nobody is told that a line is not YAML where the whole is something else."""
    with pytest.raises(DocumentMistake, match=said):
        read_api(parse_text(text))


def test_a_broken_document_is_said_to_be_broken() -> None:
    """What is meant as OpenAPI keeps its line and column."""
    with pytest.raises(DocumentMistake, match="Line 3"):
        parse_text("openapi: 3.1.0\ninfo: {title: x}\npaths: ]\n")
