"""Error of a provider: what a server answers instead of a completion, with its status, its code and its words.

The same for an error that comes with a status of its own and for one that stands in a body or a stream with status 200.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

MAX_WORDS: Final = 2_000  # characters of a body that are kept; a page of HTML says no more in all of its own
_STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "invalid_api_key": 401,
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
    "context_length_exceeded": 400,
    "invalid_request_error": 400,
    "BadRequestError": 400,
    "NotFoundError": 404,
    "model_not_found": 404,
}
_SERVER_FAILED: Final = 500  # an error that says nothing else is the server's


class ProviderError(Exception):
    """A provider's refusal or failure; as a text, all that its cause can be told by.

    `retry_after` are the seconds to wait before trying again: None where that cannot help, 0 where the server names
    none.
    """

    def __init__(self, status: int, words: str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"{status}: {words[:MAX_WORDS]}")
        self.status = status
        self.code = code
        self.retry_after = retry_after


def error_in(error: Any) -> ProviderError:
    """Read an error object that came with status 200; it is not tried again."""
    body = error if isinstance(error, Mapping) else {"message": str(error)}
    code = str(body.get("code") or body.get("type") or "")
    status = int(code) if code.isdecimal() and len(code) == 3 else _STATUS_OF_CODE.get(code, _SERVER_FAILED)  # noqa: PLR2004 - HTTP
    return ProviderError(max(status, 400), str(dict(body)), code=code or None)


def error_of(status: int, body: bytes, *, retry_after: float | None, location: str | None = None) -> ProviderError:
    """Read the body of an answer with an error's status, whatever it is."""
    if location is not None:
        return ProviderError(status, f"the address redirects to {location}: check OPENAI_BASE_URL")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ProviderError(status, body.decode(errors="replace"), retry_after=retry_after)
    error = value.get("error") if isinstance(value, Mapping) else None
    code = error.get("code") or error.get("type") if isinstance(error, Mapping) else None
    return ProviderError(status, str(value), code=str(code) if code else None, retry_after=retry_after)
