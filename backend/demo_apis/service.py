"""One service: its document gives the routes, its functions do the work, each request is one transaction."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from demo_apis.document import Document, Operation
from demo_apis.errors import Refusal
from demo_apis.store import Clock, Store, StoredAnswer, recall, remember

# Called with the connection and the request's values by name; named as the operation that it carries out.
Work = Callable[..., dict[str, Any]]

# Far above any documented body; the services are reachable by whoever reaches the port.
BODY_LIMIT = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """A service before it is opened: its name, the folder of its files, and a function an operation."""

    name: str
    folder: Path
    work: tuple[Work, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a request: its answer, and whether it changed something or only repeated an answer."""

    status: int
    text: str
    applied: bool = False
    replayed: bool = False


OUTCOME = web.RequestKey("outcome", Outcome)
HONOUR_KEYS = web.RequestKey("honour_keys", bool)


class Service:
    """A blueprint with its data open; the document and the functions name the same operations."""

    def __init__(self, blueprint: Blueprint, *, data: Path, clock: Clock) -> None:
        self.name = blueprint.name
        self.document = Document(blueprint.folder / "openapi.json")
        self._work = {function.__name__: function for function in blueprint.work}
        if unmatched := self._work.keys() ^ self.document.operations.keys():
            raise ValueError(f"{self.name}: not both documented and built: {', '.join(sorted(unmatched))}")
        script = "".join((blueprint.folder / name).read_text() for name in ("schema.sql", "seed.sql"))
        self.store = Store(path=data / f"{self.name}.sqlite3", script=script, clock=clock)

    def add_routes(self, app: web.Application) -> None:
        """Serve the document, and every operation that it names."""
        app.router.add_get("/openapi.json", self._serve_document)
        for operation in self.document.operations.values():
            app.router.add_route(operation.method, operation.path, self._handler(operation), name=operation.id)

    def perform(self, operation: Operation, arguments: dict[str, Any], *, key: str | None) -> Outcome:
        """Carry the operation out, at most once a key; what was answered first is answered again."""
        # Synchronous on purpose: it takes well under a millisecond, and so requests never interleave.
        if key is None:
            return self._carry_out(operation, arguments, keep=lambda _db, _status, _text: None)
        fingerprint = _fingerprint(operation, arguments)
        with self.store.transaction() as db:
            stored = recall(db, key=key)
        if stored is not None:
            if stored.fingerprint != fingerprint:
                return _refused(_KEY_REUSED)
            return Outcome(status=stored.status, text=stored.body, replayed=True)

        def keep(db: sqlite3.Connection, status: int, text: str) -> None:
            remember(db, key=key, given=StoredAnswer(fingerprint=fingerprint, status=status, body=text))

        return self._carry_out(operation, arguments, keep=keep)

    def _carry_out(
        self,
        operation: Operation,
        arguments: dict[str, Any],
        *,
        keep: Callable[[sqlite3.Connection, int, str], None],
    ) -> Outcome:
        try:
            with self.store.transaction() as db:
                text = json.dumps(self._work[operation.id](db, **arguments))
                keep(db, operation.success, text)
        except Refusal as refusal:
            with self.store.transaction() as db:
                keep(db, refusal.status, refusal.text)
            return _refused(refusal)
        return Outcome(status=operation.success, text=text, applied=operation.is_write)

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            arguments = operation.arguments(
                path=request.match_info,
                query=request.query,
                headers=request.headers,
                body=await request.read(),
            )
            honoured = operation.is_write and request.get(HONOUR_KEYS, True)
            key = request.headers.get("Idempotency-Key") if honoured else None
            outcome = request[OUTCOME] = self.perform(operation, arguments, key=key)
            return web.Response(
                status=outcome.status,
                text=outcome.text,
                content_type="application/json",
                headers={"Idempotency-Replayed": "true"} if outcome.replayed else None,
            )

        return handle

    async def _serve_document(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=self.document.text, content_type="application/json")


_KEY_REUSED = Refusal(
    422,
    "idempotency_key_reused",
    "This Idempotency-Key was used before with other values. Use a new key for a new request.",
)


def _fingerprint(operation: Operation, arguments: dict[str, Any]) -> str:
    """Return the same text for the same operation with the same values, however they were written."""
    return hashlib.sha256(json.dumps([operation.id, arguments], sort_keys=True).encode()).hexdigest()


def _refused(refusal: Refusal) -> Outcome:
    return Outcome(status=refusal.status, text=refusal.text)
