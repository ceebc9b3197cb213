"""API client: one API that tools act upon, with its credentials, its limits, and one way to send a request to it.

What waits for a slot or for its turn longer than `queue_seconds` is not sent.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, NotSent, OutgoingRequest
from app.tools.credentials import Authoriser, Needs
from app.tools.masking import Mask
from app.tools.throttle import Throttle

READ_SECONDS: Final = 10.0  # a look-up that takes longer has failed; there is time to try again
WRITE_SECONDS: Final = 15.0  # longer, because giving up on a write leaves it unknown
CONCURRENCY: Final = 10  # at once to one API; support tools are often small
MAX_CONCURRENCY: Final = 100  # more is an API of one's own, which needs no limit here
MAX_PER_SECOND: Final = 1_000.0
PER_SECOND: Final = 20.0  # on average to one API; many public ones allow about that
QUEUE_SECONDS: Final = 10.0  # somebody waits in a chat; after this it is better to say so

_UNAUTHORIZED: Final = 401
_PARAMETER: Final = re.compile(r'(?<![\w-])([\w-]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^\s,"]++)')


@dataclass(frozen=True, kw_only=True)
class ApiLimits:
    """How long one request to an API may take, how many run at once, how many begin in a second (a replica)."""

    read_seconds: float = READ_SECONDS
    write_seconds: float = WRITE_SECONDS
    concurrency: int = CONCURRENCY
    per_second: float = PER_SECOND


class ApiClient:
    """Sends requests to one API, with its credentials and within its limits; shared by all tools of the API."""

    def __init__(
        self,
        *,
        name: str,
        http: OutgoingClient,
        authoriser: Authoriser | None = None,
        limits: ApiLimits | None = None,
        queue_seconds: float = QUEUE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take how requests are sent and who authorises them; the clock and the pauses can be handed in."""
        self.name = name
        self.limits = limits or ApiLimits()
        self._http = http
        self._authoriser = authoriser
        self._queue_seconds = queue_seconds
        self._clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(self.limits.concurrency)
        self._throttle = Throttle(self.limits.per_second)

    async def send(
        self, request: OutgoingRequest, *, needs: Needs = (), is_write: bool, repeatable: bool | None = None
    ) -> HttpResponse:
        """Send it with what it needs and return the answer, whatever its status; NotSent or NoAnswer otherwise.

        An answer of 401 gets one new token, if there is one to be had. The request is then sent once more where that
        cannot do anything twice: it is `repeatable` (by default: a read), or the target says that it refused the
        token itself, which it does before it does anything else (RFC 6750, 3.1). Any other write stays refused, and
        the new token serves the next one.
        """
        seconds = self.limits.write_seconds if is_write else self.limits.read_seconds
        async with self._turn():
            if self._authoriser is None:
                return await self._http.send(request, timeout_seconds=seconds)
            sent = await self._authoriser.authorise(request, needs)
            answer = await self._http.send(sent, timeout_seconds=seconds)
            if answer.status != _UNAUTHORIZED:
                return answer
            renewed = await self._renewed(self._authoriser, request, needs, sent)
            once_more = not is_write if repeatable is None else repeatable
            if renewed == sent or not (once_more or refuses_token(answer)):
                return answer
            return await self._http.send(renewed, timeout_seconds=seconds)

    def mask(self) -> Mask:
        """Return what hides this API's secrets, the present tokens included."""
        return Mask(self._authoriser.secrets() if self._authoriser else ())

    @staticmethod
    async def _renewed(
        authoriser: Authoriser, request: OutgoingRequest, needs: Needs, sent: OutgoingRequest
    ) -> OutgoingRequest:
        try:
            return await authoriser.authorise(request, needs, refused=sent)
        except NotSent:
            return sent  # the 401 stands: that is what the target said to the request that it got

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a slot and for its turn; NotSent where that takes too long."""
        asked = self._clock()
        try:
            async with asyncio.timeout(self._queue_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise self._busy() from None
        try:
            now = self._clock()
            pause = self._throttle.reserve(now, patience=self._queue_seconds - (now - asked))
            if pause is None:
                raise self._busy()
            if pause:
                await self._sleep(pause)
            yield
        finally:
            self._slots.release()

    def _busy(self) -> NotSent:
        return NotSent(f"Too many requests to {self.name} wait already, so this one was not sent. Try again later.")


def refuses_token(answer: HttpResponse) -> bool:
    """Say whether a 401 says that the token itself was refused (RFC 6750), rather than anything else."""
    challenge = answer.headers.get("WWW-Authenticate", "")
    parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(challenge)}
    return challenge.lstrip().lower().startswith("bearer ") and parameters.get("error") == "invalid_token"
