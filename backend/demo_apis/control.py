"""Test switches: make a service fail, wait, hang up or forget keys on purpose, and see all that arrived.

Served under `/{service}/_control`, only when the program is started with `--control`. Kept in memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from demo_apis.errors import Refusal, bad_request, unprocessable
from demo_apis.service import HONOUR_KEYS, OUTCOME, Service

When = Literal["before", "after"]

# A wait longer than this is a test that hangs; `hold` waits for as long as one likes.
MAX_DELAY_MS = 60_000

# More than any test sends; forgotten control must not fill the memory.
MAX_ENTRIES = 10_000


class Switches(BaseModel):
    """What goes wrong on purpose, `before` or `after` a request has its effect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fail_next: int = Field(default=0, ge=0)  # how many of the next requests fail
    fail_status: int = Field(default=500, ge=400, le=599)
    fail_when: When = "before"
    delay_ms: int = Field(default=0, ge=0, le=MAX_DELAY_MS)
    delay_when: When = "before"
    drop_connection: When | None = None  # hang up without an answer
    hold: bool = False  # requests wait until this is false again
    hold_when: When = "before"
    idempotency: bool = True  # whether an Idempotency-Key is honoured
    only: tuple[str, ...] = ()  # operations to fail, delay, drop or hold; none named: all


@dataclass(kw_only=True)
class Entry:
    """One request that arrived; `status` stays empty while it waits, and when it gets no answer."""

    number: int
    method: str
    path: str
    operation: str | None
    idempotency_key: str | None
    body: str
    applied: bool = False
    replayed: bool = False
    status: int | None = None


class HangUp(web.Response):
    """An answer that never leaves: the connection is closed instead."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        """Close the connection, as a server that died would."""
        # aiohttp takes this for a client that went away, and closes its end without a word.
        raise ConnectionResetError


class Control:
    """The switches of one service, and the list of what arrived."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._switches = Switches()
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._arrived = 0
        self._holding = 0
        # Notified whenever one of the above changes: a test waits for a fact, not for a time.
        self._changed = asyncio.Condition()

    def app(self) -> web.Application:
        """Return the control routes, an application of their own."""
        app = web.Application()
        app.router.add_get("", self._show)
        app.router.add_put("", self._set)
        app.router.add_get("/requests", self._show_requests)
        app.router.add_post("/reset", self._reset)
        return app

    @property
    def middleware(self) -> Middleware:
        """What the service runs each of its requests through."""

        @web.middleware
        async def disturb(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.endswith("/openapi.json"):
                return await handler(request)
            entry = await self._note(request)
            request[HONOUR_KEYS] = self._switches.idempotency
            if (wrong := await self._disturb("before", entry)) is not None:
                return wrong
            response = await handler(request)
            if (outcome := request.get(OUTCOME)) is not None:
                entry.applied, entry.replayed = outcome.applied, outcome.replayed
            if (wrong := await self._disturb("after", entry)) is not None:
                return wrong
            entry.status = response.status
            return response

        return disturb

    async def _note(self, request: web.Request) -> Entry:
        """Write down that the request arrived."""
        body = await request.read()
        self._arrived += 1
        entry = Entry(
            number=self._arrived,
            method=request.method,
            path=request.path_qs,
            operation=request.match_info.route.name,
            idempotency_key=request.headers.get("Idempotency-Key"),
            body=body.decode(errors="replace"),
        )
        self._entries.append(entry)
        await self._notify()
        return entry

    async def _disturb(self, when: When, entry: Entry) -> web.Response | None:
        """Do to the request what the switches say for this moment; what is returned is its answer."""
        if self._switches.only and entry.operation not in self._switches.only:
            return None
        if self._switches.hold and self._switches.hold_when == when:
            await self._hold()
        switches = self._switches
        if switches.delay_ms and switches.delay_when == when:
            await asyncio.sleep(switches.delay_ms / 1000)
        if switches.drop_connection == when:
            return HangUp()
        if switches.fail_next and switches.fail_when == when:
            self._switches = switches.model_copy(update={"fail_next": switches.fail_next - 1})
            entry.status = switches.fail_status
            return Refusal(switches.fail_status, "failed_on_purpose", "A test switch made this request fail.").answer()
        return None

    async def _hold(self) -> None:
        self._holding += 1
        await self._notify()
        try:
            await self._until(lambda: not self._switches.hold)
        finally:
            self._holding -= 1

    async def _show(self, request: web.Request) -> web.Response:
        """Show the switches and counters; with `?holding=n`, once so many requests are held."""
        at_least = _whole_number(request, "holding")
        await self._until(lambda: self._holding >= at_least)
        return web.json_response(self._state())

    async def _show_requests(self, request: web.Request) -> web.Response:
        """Show what arrived, oldest first; with `?at_least=n`, once so many requests have arrived."""
        at_least = _whole_number(request, "at_least")
        await self._until(lambda: self._arrived >= at_least)
        return web.json_response({"requests": [asdict(entry) for entry in self._entries]})

    async def _set(self, request: web.Request) -> web.Response:
        """Change the switches that are named and leave the others."""
        try:
            named = Switches.model_validate_json(await request.read()).model_dump(exclude_unset=True)
        except ValidationError as error:
            mistakes = "; ".join(f"{each['loc']}: {each['msg']}" for each in error.errors())
            raise unprocessable(mistakes) from error
        self._switches = self._switches.model_copy(update=named)
        await self._notify()
        return web.json_response(self._state())

    async def _reset(self, _request: web.Request) -> web.Response:
        """Let go of what is held; then switches, list and data are as at the first start."""
        self._switches = Switches()
        self._entries.clear()
        self._arrived = 0
        self._service.store.reset()
        await self._notify()
        return web.json_response(self._state())

    def _state(self) -> dict[str, Any]:
        return self._switches.model_dump() | {
            "arrived": self._arrived,
            "applied": sum(entry.applied for entry in self._entries),
            "holding": self._holding,
        }

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, fact: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(fact)


def _whole_number(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    if not text.isdecimal():
        raise bad_request(f"{name}: {text!r} is not a whole number.")
    return int(text)
