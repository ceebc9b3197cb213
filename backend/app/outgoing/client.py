"""HTTP client for every address that a person or a document supplied.

Two promises. An address that nobody allowed is never connected to: what was checked is the very address that the
socket connects to. And each failure says which it is: `NotSent`, where the target surely saw nothing, or `NoAnswer`,
where it may have acted.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from app.errors import FetchMistake, FetchRefused, FetchStatus, FetchTooLarge
from app.outgoing.message import HttpResponse, NoAnswer, NotSent, OutgoingRequest, TargetRefused, encode, read_body
from app.outgoing.ssrf import REDIRECTS, AllowList, GuardedResolver, carried_headers, checked_url, next_address

CONNECT_SECONDS: Final = 5.0  # name, TCP and TLS together; a healthy target needs a tenth of it
TOTAL_SECONDS: Final = 20.0  # as long as a person waits in a chat without giving up
MAX_ANSWER_BYTES: Final = 1_000_000  # far more than a model can read; counted after decompression
MAX_FETCH_BYTES: Final = 10_000_000  # the largest public documents are about as large; counted while reading
FETCH_SECONDS: Final = 30.0  # for everything together, redirects included; somebody watches the progress
USER_AGENT: Final = "smart-support"  # who calls; which versions run here is nobody's business
MAX_CONNECTIONS: Final = 100  # open at once, for all targets together


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What stands at an address; `url` is where it was found in the end."""

    url: str
    body: bytes
    content_type: str


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
                resolver=GuardedResolver(self._allowed, lookup),
                use_dns_cache=False,
                force_close=True,
                limit=MAX_CONNECTIONS,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_trace_connections()],
            middlewares=(_never_again,),
            trust_env=False,
            headers={"User-Agent": USER_AGENT},
            skip_auto_headers=("Content-Type",),  # a request without a body has none: some targets refuse it
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
    ) -> HttpResponse:
        """Send it once and return the answer, whatever its status.

        Raises `TargetRefused` or another `NotSent` where nothing reached the target, `NoAnswer` where a connection
        was made and no whole answer came.
        """
        if self._session is None:
            raise RuntimeError("OutgoingClient is used as `async with OutgoingClient() as http`.")
        url = checked_url(request.url, allowed=self._allowed)
        headers, data = encode(request)
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
                body, defect = await read_body(response, max_bytes)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Not `from error`: the library's error holds the request's headers, and a log would show its address.
            raise passage.failure(url, error) from None
        return HttpResponse(
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
                here = checked_url(seen[-1], allowed=self._allowed)
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
        checked = checked_url(url, allowed=self._allowed)
        return self._allowed.holds(checked.raw_host or "", checked.port or 0)


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 0.001)  # aiohttp takes 0 for no limit at all


def _fetched(answer: HttpResponse, url: URL, max_bytes: int) -> Fetched:
    if not 200 <= answer.status < 300:  # noqa: PLR2004  # what HTTP calls success
        raise FetchStatus(f"{url.raw_host} answered {answer.status} instead of a document. Check the address.")
    if answer.defect == "too_large":
        raise FetchTooLarge(f"What stands there is larger than {max_bytes / 1_000_000:g} MB, the limit.")
    if answer.defect:
        raise FetchMistake(f"What {url.raw_host} sent could not be unpacked.")
    return Fetched(url=str(url), body=answer.body, content_type=answer.content_type)


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
