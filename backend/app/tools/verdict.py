"""Verdict on the answer to a write: a status of success whose body says that nothing was done is no success.

Shapes in use are recognised, none is guessed: where a body says nothing about it, its status stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from app.outgoing.message import HttpResponse

PAGE_BEGINNINGS: Final = (b"<!doctype html", b"<html")
BEGINNING_BYTES: Final = 200  # of a page, with what a template leaves before it

_FLAGS: Final = frozenset({"success", "succeeded", "ok", "is_success", "issuccess"})
_FAILED_STATUSES: Final = frozenset({"error", "failed", "failure", "fail"})
# The envelope whose number says how it went: {"code": 40001, "msg": "…"}. A code beside other fields is data.
_ENVELOPE: Final = frozenset({"code", "msg", "message", "data", "request_id", "requestid", "timestamp", "time"})
_FINE: Final = frozenset({"", "ok", "success", "successful", "succeeded", "done"})


class Verdict(StrEnum):
    """What a body says about the write that it answers."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNCLEAR = "unclear"


def verdict(answer: HttpResponse, content: Any) -> Verdict:
    """Say what an answer of success says in its body; `content` is the body, parsed.

    A page instead of an answer (a sign-in page, a proxy's notice) tells nothing of what was done, and neither does
    GraphQL that brings data and errors together.
    """
    if answer.body[:BEGINNING_BYTES].lstrip().lower().startswith(PAGE_BEGINNINGS):
        return Verdict.UNCLEAR
    if isinstance(content, list) and content and all(_has_failed(one) for one in content):
        return Verdict.NOT_DONE
    if not isinstance(content, Mapping):
        return Verdict.DONE
    if _says_something(content.get("errors")) and _says_something(content.get("data")):
        return Verdict.UNCLEAR
    return Verdict.NOT_DONE if _has_failed(content) else Verdict.DONE


def _has_failed(content: Any) -> bool:
    if not isinstance(content, Mapping):
        return False
    fields = {str(name).lower(): value for name, value in content.items()}
    if any(fields.get(flag) in (False, "false") and flag in fields for flag in _FLAGS):
        return True
    if any(_says_something(fields.get(name)) for name in ("error", "errors")):
        return True
    status = fields.get("status")
    if isinstance(status, str) and status.lower() in _FAILED_STATUSES:
        return True
    return _is_failed_envelope(fields)


def _says_something(error: Any) -> bool:
    """Say whether an error is one: some envelopes always have the field, empty or with a code of 0."""
    return any(error.values()) if isinstance(error, Mapping) else bool(error)


def _is_failed_envelope(fields: Mapping[str, Any]) -> bool:
    code = fields.get("code")
    if isinstance(code, bool) or not isinstance(code, int) or not fields.keys() <= _ENVELOPE:
        return False
    told = fields.get("msg", fields.get("message"))
    if not isinstance(told, str) or told.strip(" .!").lower() in _FINE:
        return False
    return code != 0 and not 200 <= code < 300  # noqa: PLR2004  # what HTTP calls success
