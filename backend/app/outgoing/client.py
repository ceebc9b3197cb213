"""Every outgoing request to an address that a person or a document supplied.

Two promises. An address that nobody allowed is never connected to: what was checked is the very address that the
socket connects to, so a name that changes its answer gains nothing. And each failure says which it is: `NotSent`,
where the target surely saw nothing, or `NoAnswer`, where it may have acted.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from socket import AF_INET, AddressFamily
from types import SimpleNamespace
from typing import Any, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from app.errors import (
    AddressRefused,
    FetchMistake,
    FetchRefused,
    FetchStatus,
    FetchTooLarge,
    ToolOutcomeUnknown,
    ToolUnavailable,
)
from app.outgoing.redirects import REDIRECTS, carried_headers, next_address
from app.outgoing.ssrf import AllowList, literal_address, refusal

CONNECT_SECONDS: Final = 5.0  # name, TCP and TLS together; a healthy target needs a tenth of it
TOTAL_SECONDS: Final = 20.0  # as long as a person waits in a chat without giving up
MAX_ANSWER_BYTES: Final = 1_000_000  # far more than a model can read; counted after decompression
MAX_SHOWN_CHARS: Final = 20_000  # of a body of text, on an approval card and in the record
MAX_URL_CHARS: Final = 8_000  # what common servers accept in a request line
MAX_FETCH_BYTES: Final = 10_000_000  # the largest public documents are about as large; counted while reading
FETCH_SECONDS: Final = 30.0  # for everything together, redirects included; somebody watches the progress
MAX_CONNECTIONS: Final = 100  # open at once, for all targets together

# Hop-by-hop and framing headers are the connection's business; set from outside they smuggle requests.
FORBIDDEN_HEADERS: Final = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_URL: Final = re.compile(r"[\x21-\x7e]+")


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
class HttpAnswer:
    """What the target answered; its status stands even where the body could not be used.

    `defect` is `too_large` (the body is cut at the limit) or `undecodable` (it is empty), and None for a whole body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    content_type: str
    duration_ms: int
    defect: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What stands at an address; `url` is where it was found in the end."""

    url: str
    body: bytes
    content_type: str


class _GuardedResolver(AbstractResolver):
    """Looks a name up once and hands on the addresses only where every one of them may be connected to."""

    def __init__(self, allowed: AllowList, lookup: AbstractResolver) -> None:
        self._allowed = allowed
        self._lookup = lookup

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        found = await self._lookup.resolve(host, port, family)
        if not self._allowed.holds(host, port):
            for address in found:
                _refuse_address(address["host"], host, port)
        return found

    async def close(self) -> None:
        await self._lookup.close()


def _refuse_address(address: str, host: str, port: int) -> None:
    reason = refusal(address)
    if reason is not None:
        raise TargetRefused(
            f"Requests to {host}:{port} are not allowed: it is a {reason} address. "
            f"An admin can allow it by name in OUTGOING_ALLOW.",
            host=host,
            port=port,
        )


class OutgoingClient:
    """Sends requests only where they may go, once each, and says of each failure whether anything was sent.

    Redirects are answers, not followed. Proxies of the environment are not trusted. Each request has a fresh
    connection, so that what is checked is what is used and nothing is resent behind our back. A context manager.
    """

    def __init__(
        self,
        *,
        allow: Collection[str] = (),
        connect_seconds: float = CONNECT_SECONDS,
        lookup: AbstractResolver | None = None,
    ) -> None:
        """Take the hosts (`host` or `host:port`) that may be reached whatever their address is."""
        self._allowed = AllowList.of(allow)
        self._connect_seconds = connect_seconds
        self._lookup = lookup
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        lookup = self._lookup or aiohttp.ThreadedResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_GuardedResolver(self._allowed, lookup),
                use_dns_cache=False,
                force_close=True,
                limit=MAX_CONNECTIONS,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_trace_connections()],
            middlewares=(_never_again,),
            trust_env=False,
            auto_decompress=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self,
        request: OutgoingRequest,
        *,
        timeout_seconds: float = TOTAL_SECONDS,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer:
        """Send it once and return the answer, whatever its status.

        Raises `TargetRefused` or another `NotSent` where nothing reached the target, `NoAnswer` where a connection
        was made and no whole answer came.
        """
        if self._session is None:
            raise RuntimeError("OutgoingClient is used as `async with OutgoingClient() as http`.")
        url = self._checked(request.url)
        headers, data = _encoded(request)
        passage = _Passage()
        try:
            async with self._session.request(
                request.method,
                url,
                headers=headers,
                data=data,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout_seconds, connect=self._connect_seconds),
                trace_request_ctx=passage,
            ) as response:
                passage.status = response.status
                body, defect = await _read(response, max_bytes)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Not `from error`: the library's error holds the request's headers, and a log would show its address.
            raise passage.failure(url, error) from None
        return HttpAnswer(
            status=response.status,
            headers=response.headers,
            body=body,
            content_type=response.content_type,
            duration_ms=passage.elapsed_ms(),
            defect=defect,
        )

    async def fetch(
        self,
        url: str,
        *,
        max_bytes: int = MAX_FETCH_BYTES,
        timeout_seconds: float = FETCH_SECONDS,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """GET what stands at the address, following a few redirects; each is checked as if a person had given it.

        `headers` go to the first origin only. Raises `FetchRefused`, `FetchTooLarge`, `FetchStatus` or `FetchMistake`.
        """
        ends = time.monotonic() + timeout_seconds
        carried, seen = dict(headers or {}), [url]
        while True:
            request = OutgoingRequest(method="GET", url=seen[-1], headers=carried)
            try:
                here = self._checked(seen[-1])
                answer = await self.send(request, timeout_seconds=_left(ends), max_bytes=max_bytes)
            except TargetRefused as error:
                raise FetchRefused(error.message) from None
            except NotSent as error:
                raise FetchMistake(error.message) from None
            except NoAnswer:
                raise FetchMistake(f"{here.raw_host} did not send it all in time, or broke off. Try again.") from None
            if answer.status not in REDIRECTS:
                return _fetched(answer, here, max_bytes)
            there = next_address(here, answer.headers.get("Location"), seen=seen)
            carried = dict(carried_headers(carried, url=here, there=URL(there, encoded=True)))
            seen.append(there)

    def allows(self, url: str) -> bool:
        """Say whether an admin allowed this host by name; TargetRefused where it may not be reached at all."""
        checked = self._checked(url)
        return self._allowed.holds(checked.raw_host or "", checked.port or 0)

    def _checked(self, text: str) -> URL:
        """Parse the address and refuse every form of it that could be read in two ways."""
        if len(text) > MAX_URL_CHARS or not _URL.fullmatch(text):
            raise TargetRefused(f"The address is longer than {MAX_URL_CHARS} characters or not in plain ASCII.")
        try:
            url = URL(text, encoded=True)
            host, port = url.raw_host, url.port
        except ValueError:
            raise TargetRefused("The address is not a valid URL.") from None
        if url.scheme not in {"http", "https"} or not host or port is None:
            raise TargetRefused("The address is not a full http:// or https:// URL.")
        if url.raw_user is not None or url.raw_password is not None:
            raise TargetRefused("The address holds a name or password. Store credentials with the API instead.")
        try:
            address = literal_address(host)
        except ValueError as error:
            raise TargetRefused(str(error)) from None
        if address is not None and not self._allowed.holds(host, port):
            _refuse_address(address, host, port)
        return url.with_fragment(None)


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 0.001)  # aiohttp takes 0 for no limit at all


def _fetched(answer: HttpAnswer, url: URL, max_bytes: int) -> Fetched:
    if not 200 <= answer.status < 300:  # noqa: PLR2004  # what HTTP calls success
        raise FetchStatus(f"{url.raw_host} answered {answer.status} instead of a document. Check the address.")
    if answer.defect == "too_large":
        raise FetchTooLarge(f"What stands there is larger than {max_bytes / 1_000_000:g} MB, the limit.")
    if answer.defect:
        raise FetchMistake(f"What {url.raw_host} sent could not be unpacked.")
    return Fetched(url=str(url), body=answer.body, content_type=answer.content_type)


def _encoded(request: OutgoingRequest) -> tuple[dict[str, str], bytes | None]:
    """Return the headers, checked, and the body in bytes."""
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


@dataclass
class _Passage:
    """How far one request got."""

    connected: bool = False
    status: int | None = None
    started: float = field(default_factory=time.monotonic)

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)

    def failure(self, url: URL, error: Exception) -> NotSent | NoAnswer:
        """Turn the library's error into the one fact that matters: whether anything can have arrived."""
        target = f"{url.raw_host}:{url.port}"
        if not self.connected:
            late = isinstance(error, TimeoutError)
            return NotSent(
                f"{target} could not be reached{' in time' if late else ''}, so nothing was sent. Try again later.",
                cause=type(error).__name__,
            )
        if isinstance(error, TimeoutError):
            return NoAnswer(f"{target} took the request and did not answer in time.", http_status=self.status)
        return NoAnswer(f"The connection to {target} broke after the request was sent.", http_status=self.status)


def _trace_connections() -> aiohttp.TraceConfig:
    """Note on each request's passage that a connection (TLS included) stands: from here on bytes can arrive."""

    async def connected(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.connected = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace


class _Broken(aiohttp.ClientError):
    """A connection that broke after it stood; of a class that aiohttp does not send again."""


async def _never_again(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending PUT, DELETE and their like a second time when the connection breaks."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Broken(str(error)) from error


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> tuple[bytes, str | None]:
    """Read the body up to the limit; the second value names what is wrong with it."""
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
