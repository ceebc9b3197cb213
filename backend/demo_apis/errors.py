"""Errors of the demo services, and their shape on the wire."""

from __future__ import annotations

import json
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger("demo_apis")


class Refusal(Exception):
    """A request that was understood and refused: an HTTP status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @property
    def text(self) -> str:
        """The body of the answer, as JSON."""
        return json.dumps({"error": {"code": self.code, "message": self.message}})

    def answer(self) -> web.Response:
        """The answer that says so."""
        return web.Response(status=self.status, text=self.text, content_type="application/json")


def bad_request(message: str) -> Refusal:
    """A parameter is missing or malformed, or the body isn't JSON (400)."""
    return Refusal(400, "bad_request", message)


def not_found(message: str) -> Refusal:
    """There is nothing with this number or name (404)."""
    return Refusal(404, "not_found", message)


def conflict(code: str, message: str) -> Refusal:
    """It can't be done in the present state (409)."""
    return Refusal(409, code, message)


def unprocessable(message: str) -> Refusal:
    """The body is JSON but holds a value that isn't allowed (422)."""
    return Refusal(422, "invalid_value", message)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure leaves as `{"error": {"code", "message"}}`; a stranger is logged in full and says little."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.answer()
    except web.HTTPException as error:
        code = error.reason.lower().replace(" ", "_")
        return Refusal(error.status, code, f"{request.method} {request.path}: {error.reason}.").answer()
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return Refusal(500, "internal_error", "The service failed. Please try again.").answer()
