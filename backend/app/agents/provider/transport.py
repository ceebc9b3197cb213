"""Transport to one provider: requests over one pool of connections, kept open between them.

What is sent is one JSON body; what comes back is the response, its bytes still to be read. Anything but a success
raises `ProviderError`; what happens on the way raises aiohttp's errors. Redirects are refusals, since a key must not
follow one. A proxy of the environment is used as it was found at the start.
"""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from yarl import URL

from app.agents.provider.provider_error import MAX_WORDS, ProviderError, error_of

MAX_CONNECTIONS: Final = 1_000  # open at once; a chat that streams has one
KEEP_ALIVE_SECONDS: Final = 30.0  # an idle connection is used again within it; servers close theirs after 5 to 75 s
MAX_ERROR_BYTES: Final = 4 * MAX_WORDS  # of an error's body, which is read for its words
MAX_RETRY_SECONDS: Final = 60.0  # a server that asks for more is tried at our own pace
USER_AGENT: Final = "smart-support"
AZURE: Final = (".azure.com", ".azure.us", ".azure.cn")  # hosts that take the key in a header of their own
COMPLETIONS: Final = "/chat/completions"
RETRIED: Final = frozenset({408, 409, 429})  # and every failure of the server
SERVER_FAILED: Final = 500
NO_SUCCESS: Final = 300


class Transport:
    """The way to one provider; its connections open with the first request and close with `aclose`."""

    def __init__(
        self, base_url: str, *, api_key: str, connect_seconds: float, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send to the API at this address; a query of it, such as Azure's `api-version`, goes with every request.

        `headers` are sent beside those that the protocol needs, and instead of them where the names are the same.
        """
        url = URL(base_url)
        self._base = url.with_user(None)
        self.completions = self._at(COMPLETIONS)
        self.headers = {**_authorization(url, api_key), "Accept": "application/json", **(headers or {})}
        self._connect_seconds = connect_seconds
        self._proxy = _proxy_to(self._base)
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def complete(self, payload: Mapping[str, Any]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for a completion; the response is open inside the block and let go of after it."""
        headers = {"Content-Type": "application/json"}
        request = self._client().post(
            self.completions, data=encoded(payload), headers=headers, allow_redirects=False, **self._proxy
        )
        async with request as response:
            if response.status >= NO_SUCCESS:
                raise await _error(response)
            yield response

    async def reach(self) -> int:
        """Ask for the list of models, and return the status of the answer."""
        request = self._client().get(self._at("/models"), allow_redirects=False, **self._proxy)
        async with request as response:
            return response.status

    async def model_names(self) -> list[str]:
        """Ask for the list of models, and return their names; none where the answer is no such list."""
        request = self._client().get(self._at("/models"), allow_redirects=False, **self._proxy)
        async with request as response:
            if response.status >= NO_SUCCESS:
                raise await _error(response)
            listed = await response.json(content_type=None)
        rows = listed.get("data") if isinstance(listed, dict) else None
        return [str(row.get("id")) for row in rows or () if isinstance(row, dict)]

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _at(self, path: str) -> URL:
        """Return where a part of the API is, also where somebody gave the address of completions itself."""
        base = self._base.raw_path.rstrip("/").removesuffix(COMPLETIONS)
        return self._base.with_path(base + path, encoded=True, keep_query=True)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS),
                timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_seconds),  # who reads limits reading
                cookie_jar=aiohttp.DummyCookieJar(),
                # A stream that a proxy compresses is a stream that it holds back.
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **self.headers},
            )
        return self._session


def encoded(payload: Mapping[str, Any]) -> bytes:
    """Encode a body, also where it holds half a character or a number of more than 64 bits."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        return json.dumps(payload).encode()


def _authorization(url: URL, api_key: str) -> dict[str, str]:
    if url.user:
        return {"Authorization": aiohttp.encode_basic_auth(url.user, url.password or "")}
    if (url.host or "").endswith(AZURE):
        return {"api-key": api_key}
    return {"Authorization": f"Bearer {api_key}"}


def _proxy_to(url: URL) -> dict[str, Any]:
    """Return the request's options for the proxy that the environment names; looked up once, since it asks files."""
    proxies = getproxies()
    address = proxies.get(url.scheme) or proxies.get("all")
    if not address or not url.host or proxy_bypass(url.host):
        return {}
    proxy = URL(address if "://" in address else f"http://{address}")
    if not proxy.user:
        return {"proxy": proxy}
    login = aiohttp.encode_basic_auth(proxy.user, proxy.password or "")
    # aiohttp moves it to Proxy-Authorization, of the tunnel or, without TLS, of the request.
    return {"proxy": proxy.with_user(None), "proxy_headers": {"Authorization": login}}


async def _error(response: aiohttp.ClientResponse) -> ProviderError:
    body = b""
    try:
        while len(body) < MAX_ERROR_BYTES and (piece := await response.content.read(MAX_ERROR_BYTES)):
            body += piece
    except aiohttp.ClientError:
        pass  # its status says enough
    if response.status < 400:  # noqa: PLR2004 - HTTP
        return error_of(response.status, body, retry_after=None, location=response.headers.get("Location", "nowhere"))
    return error_of(response.status, body, retry_after=_retry_after(response))


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Return how long a server wants us to wait; 0 where it does not say, None where trying again cannot help."""
    told = response.headers.get("x-should-retry")
    may = response.status in RETRIED or response.status >= SERVER_FAILED if told is None else told == "true"
    if not may:
        return None
    for name, seconds_per_unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        if (value := response.headers.get(name)) is not None and (wait := _seconds(value)) is not None:
            wait *= seconds_per_unit
            return wait if 0 < wait <= MAX_RETRY_SECONDS else 0.0
    return 0.0


def _seconds(value: str) -> float | None:
    """Read a number, or the date of HTTP."""
    try:
        return float(value)
    except ValueError:
        date = email.utils.parsedate_tz(value)
        return email.utils.mktime_tz(date) - time.time() if date else None
