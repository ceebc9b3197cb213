"""Page of a document: where the OpenAPI document stands that a Swagger UI, Redoc or Scalar page shows. Pure."""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

MAX_PAGE_BYTES: Final = 2_000_000  # what is looked at of a page; those that show documents have a hundredth
MAX_TRIED: Final = 20  # addresses; each is one request to the same server

_PAGE: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")
_NAMED: Final = re.compile(
    r"""(?ix) \b (?: spec-url | data-url | apiDescriptionUrl | spec_url | specUrl | openapi_url | configUrl | url )
    ["']? \s{0,9} [:=] \s{0,9} ["'] ([^"'\s<>]{1,500}) ["']"""
)
_LINKED: Final = re.compile(
    r"""(?i)["']([^"'\s<>]{0,400}(?:openapi|swagger|api-docs)[^"'\s<>]{0,100}\.(?:json|ya?ml))["']"""
)
_SCRIPT: Final = re.compile(r"""(?i)<script[^>]{0,300}\bsrc\s{0,9}=\s{0,9}["']([^"'\s<>]{1,500})["']""")
_SETTING_UP: Final = re.compile(r"(?i)(?:swagger-initializer|swagger-ui-init|swagger-config|redoc-init)[^/]{0,80}\.js$")
# Where frameworks put it: Spring, ASP.NET, FastAPI, NestJS, Django and Rails, by the page's own folder and the top.
_USUAL: Final = (
    "openapi.json", "swagger.json", "openapi.yaml", "/openapi.json", "/v3/api-docs", "/swagger/v1/swagger.json",
    "/swagger.json", "/openapi.yaml", "/api-docs", "/api/openapi.json", "/api/schema/", "/api-json", "/v2/api-docs",
)  # fmt: skip
_DOCUMENT: Final = re.compile(rb"""(?:^|[{\s,])["']?(?:openapi|swagger)["']?\s{0,9}:\s{0,9}["']?v?[23]""")


def is_page(body: bytes) -> bool:
    """Say whether this is a web page."""
    return body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE)


def is_document(body: bytes) -> bool:
    """Say whether this looks like an OpenAPI document at its top."""
    return not is_page(body) and bool(_DOCUMENT.search(body[:100_000]))


def named_documents(address: str, text: str) -> list[str]:
    """List the addresses that a page or its script names as its document, best first, absolute."""
    found = [match[1] for pattern in (_NAMED, _LINKED) for match in pattern.finditer(text[:MAX_PAGE_BYTES])]
    return _absolute(
        address, [one for one in found if not one.lower().endswith((".js", ".css", ".png", ".svg", ".ico"))]
    )


def scripts(address: str, text: str) -> list[str]:
    """List the scripts of a page that say which document it shows."""
    return _absolute(
        address, [match[1] for match in _SCRIPT.finditer(text[:MAX_PAGE_BYTES]) if _SETTING_UP.search(match[1])]
    )


def usual_places(address: str) -> list[str]:
    """List where frameworks put the document of such a page."""
    return _absolute(address, _USUAL)


def _absolute(address: str, found: list[str] | tuple[str, ...]) -> list[str]:
    made: dict[str, None] = {}
    for one in found:
        try:
            there = urldefrag(urljoin(address, unescape(one)))[0]
            if urlsplit(there).scheme in {"http", "https"} and there != address:
                made[there] = None
        except ValueError:
            continue
    return list(made)[:MAX_TRIED]
