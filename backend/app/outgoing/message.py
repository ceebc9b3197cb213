"""HTTP messages: one request as it will be sent, one response as it came, and the three ways to get none.

`NotSent` and its subclass `TargetRefused` promise that the target saw nothing; `NoAnswer` says that it may have acted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from app.errors import AddressRefused, ToolOutcomeUnknown, ToolUnavailable

MAX_SHOWN_CHARS: Final = 20_000  # of a body of text, on an approval card and in the record

# Hop-by-hop and framing headers are the connection's business; set from outside they smuggle requests.
FORBIDDEN_HEADERS: Final = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")


class NotSent(ToolUnavailable):
    """Nothing reached the target, surely: trying again cannot do anything twice."""


class TargetRefused(AddressRefused, NotSent):
    """The address is not one we connect to; trying again would not change that."""

    retryable = False


class NoAnswer(ToolOutcomeUnknown):
    """A connection was made and no whole answer came, so the request may have taken effect.

    `http_status` is the status where at least the head of an answer came.
    """

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        """Say what broke; `http_status` where it is known."""
        super().__init__(message)
        self.http_status = http_status


@dataclass(frozen=True, kw_only=True)
class OutgoingRequest:
    """One HTTP request as it will be sent. Credentials are added later and never stand here.

    `body` is sent as it is where it is bytes, as JSON otherwise, and not at all where it is None.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def shown(self) -> dict[str, Any]:
        """Return the request as people see it on an approval card and in the record."""
        shown: dict[str, Any] = {"method": self.method, "url": self.url}
        if self.headers:
            shown["headers"] = dict(self.headers)
        if self.body is not None:
            shown["body"] = _readable(self.body) if isinstance(self.body, bytes) else self.body
        return shown


def _readable(body: bytes) -> str:
    """Return a body of bytes as people can read it and a database can store it: its text, or its size and digest."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\x00"
    return (
        text[:MAX_SHOWN_CHARS]
        if "\x00" not in text
        else f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
    )


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """What the target answered; its status stands even where the body could not be used.

    `defect` is `too_large` (the body is cut at the limit) or `undecodable` (it is empty), and None for a whole body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    content_type: str
    duration_ms: int
    defect: str | None = None


def encode(request: OutgoingRequest) -> tuple[dict[str, str], bytes | None]:
    """Return the headers, checked, and the body in bytes; None for no body.

    Raises `TargetRefused` for a header that is not sent, or a value that JSON cannot carry.
    """
    headers = dict(request.headers)
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in FORBIDDEN_HEADERS:
            raise TargetRefused(f"A header named {name!r} is not sent.")
        if not _HEADER_VALUE.fullmatch(value):
            raise TargetRefused(f"The header {name} holds characters that a header cannot carry.")
    if request.body is None or isinstance(request.body, bytes):
        return headers, request.body
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    try:
        text = json.dumps(request.body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return headers, text.encode()
    except (TypeError, ValueError, RecursionError):
        raise TargetRefused("The body holds values that JSON cannot carry.") from None


async def read_body(response: aiohttp.ClientResponse, max_bytes: int) -> tuple[bytes, str | None]:
    """Read the body up to the limit, counted after decompression; the second value names its defect, None for none."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > max_bytes:
                response.close()
                return bytes(body[:max_bytes]), "too_large"
    except aiohttp.ClientPayloadError as error:
        if _is_undecodable(error):
            response.close()
            return b"", "undecodable"
        raise
    return bytes(body), None


def _is_undecodable(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ContentEncodingError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
