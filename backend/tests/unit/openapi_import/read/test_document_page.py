"""Pages that show a document: where it stands, read from the page and its script."""

from __future__ import annotations

import pytest

from app.openapi_import.read.document_page import is_document, is_page, named_documents, scripts, usual_places

HERE = "https://api.example.com/docs/index.html"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<redoc spec-url="/openapi.yaml"></redoc>', "https://api.example.com/openapi.yaml"),
        ("SwaggerUIBundle({ url: 'v1.json', dom_id: '#x' })", "https://api.example.com/docs/v1.json"),
        ('<script id="api-reference" data-url="../spec.json"></script>', "https://api.example.com/spec.json"),
        ('urls: [{"url": "https://api.example.com/a.json", "name": "A"}]', "https://api.example.com/a.json"),
        ('<elements-api apiDescriptionUrl="a&amp;b.yaml">', "https://api.example.com/docs/a&b.yaml"),
        ('<a href="/files/openapi-2.json">Download</a>', "https://api.example.com/files/openapi-2.json"),
    ],
)
def test_a_page_names_its_document(page: str, found: str) -> None:
    """Swagger UI, Redoc, Scalar and Stoplight each say it in their own way."""
    assert named_documents(HERE, page)[0] == found


def test_newer_pages_say_it_in_a_script() -> None:
    """Only the scripts that set the page up are looked at, not the library."""
    page = (
        '<script src="./swagger-ui-bundle.js"></script><script src="./swagger-initializer.js" charset="UTF-8"></script>'
    )
    assert scripts(HERE, page) == ["https://api.example.com/docs/swagger-initializer.js"]


def test_pages_and_documents_are_told_apart() -> None:
    """A page that speaks of OpenAPI is none; the usual places are those of the same server."""
    assert is_page(b"\n <!DOCTYPE html><title>openapi: 3.0</title>")
    assert not is_document(b"<html>openapi: 3.0.0</html>")
    assert is_document(b'{\n  "openapi": "3.0.0"}')
    assert is_document(b'swagger: "2.0"\n')
    assert not is_document(b'{"configUrl": "/v3/api-docs"}')
    assert all(one.startswith("https://api.example.com/") for one in usual_places(HERE))
