"""Response judge: what is known after a reply, succeeded, failed (and why) or unknown; and whether to try again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.errors import (
    ToolError,
    ToolInvalidInput,
    ToolNotPermitted,
    ToolOutcomeUnknown,
    ToolTransient,
    ToolUnavailable,
)
from app.openapi.plain_text import cut
from app.outgoing.message import HttpResponse, NoAnswer, NotSent
from app.outgoing.retry import retry_after_seconds
from app.tools.masking import Mask
from app.tools.projection import FOR_REPLAY, project, storable
from app.tools.response_content import parsed

MAX_MODEL_CHARS: Final = 8_000  # of an answer as JSON: about 2,000 tokens, a long order with all its lines
MAX_FULL_CHARS: Final = 300_000  # of an answer as it is kept for replay: what a page of it can still show
MAX_REASON_CHARS: Final = 300  # of the target's own message
MAX_SUMMARY_FIELDS: Final = 3  # enough to recognise a thing
MAX_SUMMARY_CHARS: Final = 40  # of one value in a summary

Reply = HttpResponse | NotSent | NoAnswer

_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})  # may well be over in a moment
_NOT_DONE: Final = frozenset({408, 425, 429, 503})  # says that the request was not carried out
_NOT_IMPLEMENTED: Final = 501
_BUSY: Final = 503
_SEE_OTHER: Final = 303
_NOT_PERMITTED: Final = frozenset({401, 403, 407, 451})
_INVALID: Final = frozenset({400, 404, 405, 406, 411, 413, 414, 415, 416, 422})

NOTHING_HIDDEN: Final = Mask(())

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def is_success(reply: Reply, *, method: str = "GET") -> bool:
    """Say whether the target answered that it did what was asked.

    303 after a POST says that it was done and where its result can be seen (RFC 9110, 15.4.4).
    """
    if not isinstance(reply, HttpResponse):
        return False
    return 200 <= reply.status < 300 or (reply.status == _SEE_OTHER and method == "POST")  # noqa: PLR2004  # HTTP's


def status_of(reply: Reply) -> int | None:
    """Return the target's status, where one came."""
    if isinstance(reply, HttpResponse):
        return reply.status
    return reply.http_status if isinstance(reply, NoAnswer) else None


def in_short(reply: Reply) -> dict[str, Any]:
    """Return what came of one attempt: the target's status or, where it did not answer, the code of the failure."""
    status = status_of(reply)
    return {"http_status": status, "error": None if status is not None else failure(reply, is_write=False).code}


def is_lost(reply: Reply) -> bool:
    """Say whether the target may have acted without our hearing of it.

    It may where no whole answer came, and also where one came that is neither a success nor a refusal: a redirect, an
    upgrade, a 5xx. A program that acted and then failed while it wrote its answer says 500. Two of them say that
    nothing was begun: 501, and 503 that names a time to come back.
    """
    if isinstance(reply, NoAnswer):
        return reply.http_status is None or not 400 <= reply.http_status < 500  # noqa: PLR2004  # a refusal stands
    if not isinstance(reply, HttpResponse) or is_success(reply) or 400 <= reply.status < 500:  # noqa: PLR2004
        return False
    refused = reply.status == _BUSY and "Retry-After" in reply.headers
    return not refused and reply.status != _NOT_IMPLEMENTED


def again_after(reply: Reply, *, repeatable: bool) -> float | None:
    """Return the least pause before another attempt, None where there must be none.

    `repeatable` says that a second request cannot do a second thing: a read, or an idempotency key that is honoured.
    What was not sent may always be tried again.
    """
    if isinstance(reply, NotSent):
        return 0.0 if reply.retryable else None
    if not repeatable:
        return None
    if isinstance(reply, NoAnswer):
        return 0.0
    return retry_after_seconds(reply.headers.get("Retry-After")) if reply.status in _PASSING else None


def failure(reply: Reply, *, is_write: bool, mask: Mask = NOTHING_HIDDEN) -> ToolError:
    """Return what kind of failure a reply is, with the target's own words where it has any."""
    if isinstance(reply, NotSent):
        return reply
    if isinstance(reply, NoAnswer):
        return ToolUnavailable(f"{reply.message} Try again later.")
    if 300 <= reply.status < 400:  # noqa: PLR2004  # HTTP's redirects
        return ToolError("The system answered with another address instead of doing it.")
    if is_success(reply):
        said = plain_message(reply, mask) if is_write else ""
        return ToolError(said or "The system's answer could not be read.")
    kinds: tuple[tuple[frozenset[int], type[ToolError]], ...] = (
        (_NOT_PERMITTED, ToolNotPermitted),
        (_INVALID, ToolInvalidInput),
        (_NOT_DONE if is_write else _PASSING, ToolTransient),
    )
    kind = next((kind for statuses, kind in kinds if reply.status in statuses), ToolError)
    return kind(plain_message(reply, mask) or f"The system answered {reply.status}.")


def unknown(title: str) -> ToolOutcomeUnknown:
    """Return the failure of a write that was sent and got no answer that tells what became of it."""
    return ToolOutcomeUnknown(
        f"{title}: the request was sent, but no clear answer came. Whether it was done is not known yet; "
        f"the support team will check it. It is not tried again by itself."
    )


def plain_message(answer: HttpResponse, mask: Mask = NOTHING_HIDDEN) -> str:
    """Return the target's own sentence about a failure, from the shapes in use; empty where there is none."""
    content = mask(parsed(answer))
    if isinstance(content, str):
        return "" if "<" in content[:100] else _one_line(content)
    return _one_line(_sentence(content, 4))


def _sentence(content: Any, depth: int) -> str:
    """Find the sentence: `{error: {message}}`, `{message}`, `{detail}`, `{title}` (RFC 9457), `{errors: […]}`."""
    if isinstance(content, str):
        return content
    if depth == 0:
        return ""
    if isinstance(content, list):
        return "; ".join(filter(None, (_sentence(item, depth - 1) for item in content[:3])))
    if not isinstance(content, Mapping):
        return ""
    for key in ("message", "error_description", "detail", "msg", "reason", "title", "description", "error", "errors"):
        found = _sentence(content.get(key), depth - 1)
        if found:
            return found
    return ""


def _one_line(text: str) -> str:
    return cut(storable(_CONTROL.sub(" ", text)), MAX_REASON_CHARS)


def read(answer: HttpResponse, mask: Mask = NOTHING_HIDDEN) -> tuple[Any, Any]:
    """Return what the model reads of the answer and, where that is only a part, what is kept of it for replay.

    Both hold only values that can be stored, and no secret; the first says what is missing.
    """
    content = mask(parsed(answer))
    made = project(content, MAX_MODEL_CHARS)
    if made.complete and answer.defect is None:
        return made.kept, None
    if not answer.body:
        return {"note": "The answer could not be read.", "answer": None}, None
    shown = f" Shown: {', '.join(made.cuts)}." if made.cuts else ""
    note = f"The answer was too long and is shown in part.{shown}"
    return {"note": note, "answer": made.kept}, project(content, MAX_FULL_CHARS, FOR_REPLAY).kept


def summary(title: str, data: Any, *, is_write: bool) -> str:
    """Return a sentence for people: what was done and, where the answer tells, to what."""
    known = ", ".join(_facts(data))
    if is_write:
        return f"{_bare(title)}: done{f' ({known})' if known else ''}."
    return f"{_bare(title)}: {known or 'answered'}."


def _facts(data: Any) -> list[str]:
    if isinstance(data, list):
        return [f"{len(data)} found"]
    if not isinstance(data, Mapping):
        return []
    if len(data) == 1 and isinstance(next(iter(data.values())), list | Mapping):
        return _facts(next(iter(data.values())))
    scalars = [
        f"{key.replace('_', ' ')} {str(value).lower() if isinstance(value, bool) else value}"
        for key, value in data.items()
        if isinstance(value, str | int | float) and value != "" and len(str(value)) <= MAX_SUMMARY_CHARS
    ]
    return [_CONTROL.sub(" ", fact) for fact in scalars[:MAX_SUMMARY_FIELDS]]


def _bare(title: str) -> str:
    return title.rstrip(" .:")
