"""Verdict on the answer to a write: what its body says goes before a status of success."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.outgoing.message import HttpResponse
from app.tools.response_content import parsed
from app.tools.verdict import Verdict, verdict


def judged(body: Any, kind: str = "application/json") -> Verdict:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    answer = HttpResponse(
        status=200, headers={"Content-Type": kind}, body=raw, content_type=kind, duration_ms=1, defect=None
    )
    return verdict(answer, parsed(answer))


@pytest.mark.parametrize(
    "body",
    [
        {"success": False},
        {"success": "false", "message": "No such order"},
        {"Success": False, "Data": None},
        {"ok": False, "error": "channel_not_found"},
        {"isSuccess": False},
        {"error": "It has been shipped."},
        {"error": {"code": "shipped", "message": "It has been shipped."}},
        {"error": True, "message": "It has been shipped."},
        {"errors": [{"message": "It has been shipped."}]},
        {"errors": {"reason": ["is too long"]}},
        {"data": None, "errors": [{"message": "It has been shipped."}]},  # GraphQL
        {"data": {}, "errors": [{"message": "It has been shipped."}]},
        {"status": "error", "message": "It has been shipped."},
        {"status": "FAILED"},
        {"code": 40001, "msg": "It has been shipped."},
        {"code": -1, "message": "It has been shipped.", "data": None},
        [{"success": False}, {"error": "It has been shipped."}],
    ],
)
def test_what_says_that_it_failed_has_failed(body: Any) -> None:
    """Whatever the status says; these are the shapes that APIs use."""
    assert judged(body) is Verdict.NOT_DONE


@pytest.mark.parametrize(
    "body",
    [
        "",
        "OK",
        "null",
        [],
        {},
        {"success": True, "errors": [], "error": None},
        {"success": True, "error": {"code": 0, "message": ""}},
        {"ok": True},
        {"status": "cancelled", "order_id": 1042},
        {"status": "rejected"},  # rejecting was what was asked for
        {"code": "SUMMER10", "percent": 10},
        {"code": 40001, "name": "a thing with a code of its own"},
        {"code": 0, "msg": "ok", "data": {}},
        {"code": 200, "message": "Order cancelled"},
        {"code": 1, "msg": "success"},
        {"order": {"error": "the last delivery failed"}},  # about the thing, not about this call
        [{"id": 1, "error": None}, {"id": 2}],
        [{"success": False}, {"success": True}],
    ],
)
def test_where_a_body_says_nothing_the_status_stands(body: Any) -> None:
    """What a thing has among its own fields is no answer about this call."""
    assert judged(body) is Verdict.DONE


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<!DOCTYPE html><html><title>Sign in</title>", "text/html"),
        ("\n  <html lang=en><body>Please sign in", "text/html; charset=utf-8"),
        ("<!doctype html><p>Gateway", "application/json"),
        ({"data": {"cancelOrder": {"id": 7}}, "errors": [{"message": "refund: timeout"}]}, "application/json"),
    ],
)
def test_a_page_or_half_an_answer_is_unclear(body: Any, kind: str) -> None:
    """Nobody is told that it was done, or that it was not."""
    assert judged(body, kind) is Verdict.UNCLEAR


def test_a_word_under_the_wrong_name_is_an_answer() -> None:
    """Some servers call every answer a page."""
    assert judged("OK", "text/html") is Verdict.DONE
