"""Reading of a target's answer: done, not done and why, or not known; and whether to ask again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outgoing.message import HttpResponse, NoAnswer, NotSent, TargetRefused
from app.tools.response import (
    MAX_MODEL_CHARS,
    MAX_REASON_CHARS,
    Reply,
    again_after,
    failure,
    is_lost,
    is_success,
    plain_message,
    read,
    status_of,
    summary,
)
from app.tools.response_content import parsed

SILENCE = NoAnswer("It said nothing.")
DOWN = NotSent("It is down.")
REFUSED = TargetRefused("Not there.")


def answer(status: int, content: Any = None, *, defect: str | None = None, **headers: str) -> HttpResponse:
    body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    return HttpResponse(
        status=status, headers=headers, body=body, content_type="application/json", duration_ms=1, defect=defect
    )


def what_the_model_reads(reply: HttpResponse) -> Any:
    return read(reply)[0]


def message(content: Any) -> str:
    return plain_message(answer(400, content))


# --- whether to try again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply", [SILENCE, answer(408), answer(429), answer(500), answer(502), answer(503), answer(504)]
)
def test_what_cannot_be_done_twice_is_tried_again(reply: Reply) -> None:
    """A read, or a write with its key: everything that may pass."""
    assert again_after(reply, repeatable=True) == 0.0


@pytest.mark.parametrize(
    "reply", [SILENCE, answer(408), answer(429), answer(500), answer(502), answer(503), answer(504)]
)
def test_a_write_without_a_key_is_never_sent_twice(reply: Reply) -> None:
    """Whatever the target says, once it has the request."""
    assert again_after(reply, repeatable=False) is None


@pytest.mark.parametrize("repeatable", [True, False])
def test_what_was_not_sent_may_be_tried_again(repeatable: bool) -> None:
    """It cannot have done anything. A refused address stays refused."""
    assert again_after(DOWN, repeatable=repeatable) == 0.0
    assert again_after(REFUSED, repeatable=repeatable) is None


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 409, 422, 501])
def test_a_clear_answer_is_final(status: int) -> None:
    """Asking again would change nothing."""
    assert again_after(answer(status), repeatable=True) is None


def test_the_target_says_how_long_to_wait() -> None:
    """Retry-After is the least pause."""
    assert again_after(answer(429, **{"Retry-After": "7"}), repeatable=True) == 7.0


# --- what is known ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "lost"),
    [
        (SILENCE, True),
        (NoAnswer("cut", http_status=200), True),
        (NoAnswer("cut", http_status=500), True),
        (NoAnswer("cut", http_status=404), False),
        (answer(502), True),
        (answer(504), True),
        (answer(500), True),
        (answer(503), True),
        (answer(503, **{"Retry-After": "5"}), False),
        (answer(501), False),
        (answer(302), True),
        (answer(307), True),
        (answer(101), True),
        (answer(200), False),
        (answer(409), False),
        (DOWN, False),
        (REFUSED, False),
    ],
)
def test_an_answer_is_lost_where_the_target_may_have_acted_unheard(reply: Reply, lost: bool) -> None:
    """Silence, a cut, a redirect, any 5xx that does not say that nothing was begun; a refusal that was heard stands."""
    assert is_lost(reply) is lost


def test_success_is_what_http_calls_success() -> None:
    """200 to 299, and 303 after a POST: it says where the result can be seen."""
    assert [status for status in range(100, 600) if is_success(answer(status))] == list(range(200, 300))
    assert is_success(answer(303), method="POST")
    assert not is_success(answer(303), method="PUT")
    assert not is_success(answer(302), method="POST")
    assert not is_success(SILENCE)
    assert not is_success(DOWN)


def test_the_targets_status_is_not_ours() -> None:
    """Only what the target said counts as its status."""
    assert status_of(answer(404)) == 404
    assert status_of(NoAnswer("cut", http_status=200)) == 200
    assert status_of(SILENCE) is None
    assert status_of(DOWN) is None


@pytest.mark.parametrize(
    ("reply", "is_write", "code", "retryable"),
    [
        (answer(400), False, "tool_invalid_input", False),
        (answer(404), True, "tool_invalid_input", False),
        (answer(422), True, "tool_invalid_input", False),
        (answer(401), True, "tool_not_permitted", False),
        (answer(403), False, "tool_not_permitted", False),
        (answer(409), True, "tool_failed", False),
        (answer(410), False, "tool_failed", False),
        (answer(302), True, "tool_failed", False),
        (answer(408), True, "tool_transient", True),
        (answer(429), True, "tool_transient", True),
        (answer(503), True, "tool_transient", True),
        (answer(500), True, "tool_failed", False),
        (answer(501), True, "tool_failed", False),
        (answer(500), False, "tool_transient", True),
        (answer(502), False, "tool_transient", True),
        (answer(200, defect="undecodable"), False, "tool_failed", False),
        (SILENCE, False, "tool_unavailable", True),
        (DOWN, True, "tool_unavailable", True),
        (REFUSED, False, "address_refused", False),
    ],
)
def test_failures_have_their_place_in_the_taxonomy(reply: Reply, is_write: bool, code: str, retryable: bool) -> None:
    """Transient, invalid input, not permitted, unavailable, or simply failed."""
    error = failure(reply, is_write=is_write)
    assert (error.code, error.retryable) == (code, retryable)
    assert error.message


def test_a_failure_speaks_in_the_targets_words() -> None:
    """The target knows best why it does not do it; without a word of its own its status is said."""
    said = {"error": {"code": "shipped", "message": "Order 1042 has been shipped."}}
    assert failure(answer(409, said), is_write=True).message == "Order 1042 has been shipped."
    assert failure(answer(418), is_write=True).message == "The system answered 418."


# --- the target's own sentence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"error": {"code": "x", "message": "Too late."}},
        {"error": "Too late."},
        {"error": "invalid_grant", "error_description": "Too late."},
        {"message": "Too late."},
        {"detail": "Too late."},
        {"detail": [{"loc": ["body"], "msg": "Too late.", "type": "x"}]},
        {"type": "about:blank", "title": "Conflict", "status": 409, "detail": "Too late."},
        {"type": "about:blank", "title": "Too late."},
        {"errors": [{"message": "Too late."}]},
        {"errors": ["Too late."]},
        {"data": None, "success": False, "error": {"message": " Too\n late. "}},
        "Too late.",
        [{"message": "Too late."}],
        b"Too late.",
    ],
)
def test_the_sentence_is_found_in_every_common_shape(content: Any) -> None:
    """Wherever targets put it."""
    assert message(content) == "Too late."


@pytest.mark.parametrize(
    "content", [None, {}, [], 7, {"error": {}}, {"error": 5}, b"<html><h1>Error</h1>", b"\xff\xfe", {"code": "x"}]
)
def test_where_there_is_no_sentence_nothing_is_made_up(content: Any) -> None:
    """An empty body, a web page, a bare code."""
    assert message(content) == ""


def test_several_complaints_are_listed() -> None:
    """The first few."""
    assert message({"errors": [{"message": f"Bad {n}."} for n in range(9)]}) == "Bad 0.; Bad 1.; Bad 2."


def test_a_sentence_cannot_misbehave() -> None:
    """It is one short line without control or direction characters, however hostile the target is."""
    made = message({"message": "a\r\nb\x1b[31m\u202ec\x00" + "d" * 9_000})
    assert made.startswith("a b [31m c")
    assert len(made) <= MAX_REASON_CHARS


# --- what the model reads --------------------------------------------------------------------------------------


def test_a_small_answer_is_read_whole() -> None:
    """As the target sent it."""
    content = {"order_id": 1042, "items": [{"sku": "A", "price": 1.5}], "note": None, "open": True}
    assert what_the_model_reads(answer(200, content)) == content


@pytest.mark.parametrize(
    ("content", "read"), [(b"", None), (b"plain", "plain"), (b"{broken", "{broken"), (b"[1]", [1])]
)
def test_an_answer_need_not_be_json(content: bytes, read: Any) -> None:
    """Text is text, nothing is nothing."""
    assert what_the_model_reads(answer(200, content)) == read


def test_binary_answers_are_described() -> None:
    """A model cannot read a picture."""
    assert parsed(answer(200, b"\xff\xd8\xff")) == {"note": "An answer of type application/json with 3 bytes."}


@pytest.mark.parametrize(
    "content",
    [
        [{"id": n, "name": f"Order {n}", "text": "x" * 50} for n in range(5_000)],
        {"text": "x" * 100_000},
        {f"key_{n}": "v" * 500 for n in range(1_000)},
        [[[[["x" * 100] * 20] * 20] * 20]],
        {"k" * 50_000: "k" * 50_000},
    ],
)
def test_a_large_answer_is_shown_in_part_and_says_so(content: Any) -> None:
    """The beginning of each list and text, within what a model can read."""
    made = what_the_model_reads(answer(200, content))
    assert made["note"].startswith("The answer was too long and is shown in part.")
    assert made["answer"]
    assert len(json.dumps(made)) <= MAX_MODEL_CHARS + 200


def test_as_much_as_fits_is_kept() -> None:
    """A long list keeps its first entries whole."""
    made = what_the_model_reads(answer(200, [{"id": n, "status": "open"} for n in range(2_000)]))
    assert made["answer"][:2] == [{"id": 0, "status": "open"}, {"id": 1, "status": "open"}]
    assert len(made["answer"]) >= 100


def test_an_answer_that_was_cut_or_could_not_be_read_says_so() -> None:
    """The model must not take a part for the whole."""
    assert "in part" in what_the_model_reads(answer(200, b'{"a": ', defect="too_large"))["note"]
    assert "could not be read" in what_the_model_reads(answer(200, defect="undecodable"))["note"]


def test_only_what_can_be_stored_is_kept() -> None:
    """PostgreSQL takes neither NUL nor lone surrogates nor infinity."""
    raw = b'{"a\\u0000": "b\\u0000\\ud800", "n": NaN, "i": 1e999}'
    assert what_the_model_reads(answer(200, raw)) == {"a": "b", "n": None, "i": None}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=40,
)


@given(json_values)
def test_every_answer_can_be_stored_and_read(content: Any) -> None:
    """Whatever a target sends."""
    made = what_the_model_reads(answer(200, content))
    text = json.dumps(made, allow_nan=False)
    assert "\\u0000" not in text
    assert len(json.dumps(made, ensure_ascii=False)) <= MAX_MODEL_CHARS + 200
    made_text = json.dumps(made, ensure_ascii=False)
    assert made_text.encode()


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange(body: bytes) -> None:
    """Neither for the model nor for the message."""
    what_the_model_reads(answer(200, body))
    assert len(plain_message(answer(400, body))) <= MAX_REASON_CHARS


def test_deep_nesting_ends() -> None:
    """A body of ten thousand brackets is no trouble."""
    json.dumps(what_the_model_reads(answer(200, b"[" * 900 + b"]" * 900)))
    json.dumps(what_the_model_reads(answer(200, b"[" * 100_000)))


# --- the sentence for people -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "is_write", "sentence"),
    [
        ({"id": 1042, "status": "sent", "items": [], "total": 5.5}, False, "Get: id 1042, status sent, total 5.5."),
        ({"order_id": 1042, "status": "cancelled"}, True, "Get: done (order id 1042, status cancelled)."),
        ({"orders": [1, 2, 3]}, False, "Get: 3 found."),
        ({"data": {"id": 7}}, False, "Get: id 7."),
        ([], False, "Get: 0 found."),
        (None, False, "Get: answered."),
        (None, True, "Get: done."),
        ("text", True, "Get: done."),
        ({"open": True, "note": "", "long": "x" * 500, "none": None}, False, "Get: open true."),
        ({"a": "x\ny"}, False, "Get: a x y."),
    ],
)  # fmt: skip
def test_a_summary_says_what_came_of_it(data: Any, is_write: bool, sentence: str) -> None:
    """The title, and a few values to recognise the thing by."""
    assert summary("Get.", data, is_write=is_write) == sentence
