"""WebSocket client of a customer: it keeps its cookie, collects the frames, and waits for facts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Self
from uuid import uuid4

import aiohttp

from tests.e2e.server import ADMIN_KEY, PATIENCE

Frame = dict[str, Any]
LAST = ("message_complete", "interrupt", "error")  # how a turn may end


class Chat:
    """One socket in one conversation."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, thread_id: str) -> None:
        self.thread_id = thread_id
        self.frames: list[Frame] = []
        self._ws = ws
        self._seen = 0
        self._changed = asyncio.Condition()
        self._closed = False

    async def collect(self) -> None:
        """Take what comes, until the socket closes."""
        with suppress(aiohttp.ClientError, OSError):
            async for received in self._ws:
                await self._append(received.json())
        self._closed = True
        async with self._changed:
            self._changed.notify_all()

    async def _append(self, frame: Frame) -> None:
        self.frames.append(frame)
        async with self._changed:
            self._changed.notify_all()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a frame about this conversation."""
        await self._ws.send_json({"type": kind, "thread_id": self.thread_id, **fields})

    async def send_raw(self, raw: str) -> None:
        """Send any text."""
        await self._ws.send_str(raw)

    async def until_about(self, thread_id: str, kind: str) -> Frame:
        """Send a frame about another conversation, and return what comes of it."""
        await self._ws.send_json({"type": kind, "thread_id": thread_id})
        return await self.until("error", fact=lambda frame: frame.get("thread_id") == thread_id)

    async def say(self, content: str, **fields: Any) -> None:
        """Send a message."""
        await self.send("message", content=content, **fields)

    async def answer(self, card: Frame, *, approved: bool, **fields: Any) -> None:
        """Answer an approval."""
        await self.send("interrupt_response", interrupt_id=card["interrupt_id"], approved=approved, **fields)

    async def until(self, *kinds: str, fact: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """Return the next frame of one of these kinds of which the fact is true."""
        async with asyncio.timeout(PATIENCE), self._changed:
            while True:
                while self._seen < len(self.frames):
                    frame = self.frames[self._seen]
                    self._seen += 1
                    if frame["type"] in kinds and fact(frame):
                        return frame
                assert not self._closed, f"the socket closed before any of {kinds}: {self.frames[-3:]}"
                await self._changed.wait()

    async def closed(self) -> None:
        """Wait until the socket has closed."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._closed)

    async def ask(self, content: str, **fields: Any) -> Frame:
        """Send a message and return the frame with which its turn ends."""
        await self.say(content, **fields)
        return await self.until(*LAST)

    async def card(self, content: str, **fields: Any) -> Frame:
        """Send a message and return the approval that it leads to."""
        last = await self.ask(content, **fields)
        assert last["type"] == "interrupt", last
        return last

    async def resumed(self, after: int = 0) -> Frame:
        """Ask for everything after an event, and return the frame that says that it has come."""
        await self.send("resume", after=after)
        return await self.until("resumed")

    def of(self, *kinds: str) -> list[Frame]:
        """All frames of these kinds so far."""
        return [frame for frame in self.frames if frame["type"] in kinds]

    def text(self) -> str:
        """All that agents have said, piece by piece as it came live."""
        return "".join(frame["content"] for frame in self.of("token") if "seq" not in frame)


class Visitor:
    """One browser at one or more servers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator[Self]:
        """Open a browser that has never been here, for the length of the block."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0)) as session:
            visitor = cls(session, url)
            await visitor.get("/api/v1/session")
            yield visitor

    @asynccontextmanager
    async def chat(self, thread_id: str | None = None, *, url: str | None = None) -> AsyncIterator[Chat]:
        """Open a socket for the length of the block."""
        async with self.session.ws_connect(f"{url or self.url}/ws") as ws:
            chat = Chat(ws, thread_id or uuid4().hex)
            collecting = asyncio.create_task(chat.collect())
            try:
                yield chat
            finally:
                collecting.cancel()
                await asyncio.gather(collecting, return_exceptions=True)

    async def log(self, thread_id: str) -> list[Frame]:
        """Read the whole conversation as a page that has just been loaded does."""
        async with self.chat(thread_id) as chat:
            await chat.resumed()
            return chat.frames

    async def get(self, path: str, *, status: int = 200) -> Any:
        """Get from the API."""
        return await self._ask("GET", path, status)

    async def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """Post to the API."""
        return await self._ask("POST", path, status, json=body)

    async def sign_in(self) -> None:
        """Become staff."""
        await self.post("/api/v1/staff/sign-in", {"key": ADMIN_KEY})

    async def _ask(self, method: str, path: str, status: int, **more: Any) -> Any:
        async with self.session.request(method, self.url + path, **more) as answer:
            assert answer.status == status, await answer.text()
            told = await answer.json()
            return told["data"] if told["success"] else told["error"]


def results(frames: list[Frame]) -> list[str]:
    """How each call of a tool ended, in order; without the look-ups before consent was asked for."""
    ended: list[Frame] = []
    for frame in frames:
        if frame["type"] == "tool_result":
            ended.append(frame)
        elif frame["type"] == "interrupt":
            while ended and ended[-1]["tool"].startswith("get_") and not ended[-1].get("told"):
                ended.pop()
        elif frame["type"] == "message_complete":
            ended = [{**one, "told": True} for one in ended]
    return [frame["outcome"] for frame in ended]
