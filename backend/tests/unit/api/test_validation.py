"""The door of the REST API: typed values, or an error that names the field."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.api.validation import (
    Form,
    PageQuery,
    View,
    answer,
    read_body,
    read_id,
    read_query,
    read_thread_id,
)
from app.errors import ApprovalUnknown, ConversationUnknown, InvalidRequest, RequestTooLarge


class Refund(Form):
    """A body, for these tests."""

    amount: int
    reason: str = Field(default="", max_length=5)


class Receipt(View):
    """An answer, for these tests."""

    amount: int
    note: str | None = None


class FakeRequest:
    """A request as far as reading its body goes."""

    def __init__(self, text: str | Exception, content_type: str = "application/json") -> None:
        self.content_type = content_type
        self._text = text

    async def text(self) -> str:
        if isinstance(self._text, Exception):
            raise self._text
        return self._text


async def read(text: str | Exception, content_type: str = "application/json") -> Refund:
    request: Any = FakeRequest(text, content_type)
    return await read_body(request, Refund)


class TestReadBody:
    async def test_a_good_body(self) -> None:
        """A body of the right form becomes its value."""
        assert await read('{"amount": 5, "reason": "late"}') == Refund(amount=5, reason="late")

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            ("{}", "amount"),
            ('{"amount": "many"}', "amount"),
            ('{"amount": 5, "reason": "far too long"}', "reason"),
            ('{"amount": 5, "colour": "red"}', "colour"),
            ("", "body"),
            ("{", "body"),
            ("[]", "body"),
            ("null", "body"),
            ('"text"', "body"),
            ('{"amount": NaN}', "body"),
            ('{"amount": Infinity}', "body"),
            ("[" * 100_000, "body"),
            ('{"amount": 5, "reason": "\\u0000"}', "body"),
            ('{"amount": 5, "reason": "\\ud800"}', "body"),
            ('{"amount": 5, "\\u0000": [{"deep": "\\u0000"}]}', "body"),
        ],
    )
    async def test_names_the_field(self, text: str, field: str) -> None:
        """A wrong body names the first wrong field, or `body` where it has no form at all."""
        with pytest.raises(InvalidRequest) as refused:
            await read(text)
        assert refused.value.details["field"] == field
        assert field in refused.value.message or field == "body"

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    async def test_takes_json_alone(self, content_type: str) -> None:
        """What a plain HTML form could send from another site is refused."""
        with pytest.raises(InvalidRequest, match="application/json"):
            await read('{"amount": 5}', content_type)

    @pytest.mark.parametrize("broken", [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), LookupError("utf-99")])
    async def test_an_unreadable_encoding(self, broken: Exception) -> None:
        """Bytes that are not text in the encoding they name are refused."""
        with pytest.raises(InvalidRequest, match="UTF-8"):
            await read(broken)

    async def test_too_large(self) -> None:
        """A body over the limit is told the limit."""
        with pytest.raises(RequestTooLarge) as refused:
            await read(web.HTTPRequestEntityTooLarge(max_size=1, actual_size=2))
        assert refused.value.details["limit_bytes"] > 0

    async def test_never_repeats_what_was_sent(self) -> None:
        """An error says what is wrong without repeating the value, which may be a secret."""
        with pytest.raises(InvalidRequest) as refused:
            await read('{"amount": "hunter2"}')
        assert "hunter2" not in refused.value.message + repr(refused.value.details)

    @given(text=st.text(max_size=100))
    async def test_nothing_else_comes_out(self, text: str) -> None:
        """Whatever is sent, a value or an `InvalidRequest` comes of it."""
        with suppress(InvalidRequest):
            assert isinstance(await read(text), Refund)


def query(text: str) -> PageQuery:
    return read_query(make_mocked_request("GET", f"/items?{text}"), PageQuery)


class TestReadQuery:
    def test_defaults(self) -> None:
        """Nothing given means the first page."""
        assert query("") == PageQuery(cursor=None, limit=50)

    def test_numbers_are_read(self) -> None:
        """A number in the query becomes one."""
        assert query("limit=7&cursor=abc") == PageQuery(cursor="abc", limit=7)

    @pytest.mark.parametrize("text", ["limit=0", "limit=201", "limit=many", "limit=", "limit=1&limit=2"])
    def test_names_the_parameter(self, text: str) -> None:
        """A wrong, or a doubled, parameter is named."""
        with pytest.raises(InvalidRequest, match=r"^limit: ") as refused:
            query(text)
        assert refused.value.details["field"] == "limit"

    def test_unknown_parameters_are_refused(self) -> None:
        """A misspelt parameter is told, not ignored."""
        with pytest.raises(InvalidRequest, match=r"^limmit: "):
            query("limmit=5")


class TestReadAddress:
    def test_an_id(self) -> None:
        """A UUID in the address is read."""
        text = "0b1f7f0e-6f8e-4ed8-9d0c-5a0f8f5f0c11"
        request = make_mocked_request("GET", "/", match_info={"interrupt_id": text})
        assert str(read_id(request, "interrupt_id", unknown=ApprovalUnknown)) == text

    @pytest.mark.parametrize("text", ["", "1", "'; drop table", "not-a-uuid"])
    def test_what_is_no_id_belongs_to_nothing(self, text: str) -> None:
        """Something else in its place is as good as unknown."""
        request = make_mocked_request("GET", "/", match_info={"interrupt_id": text})
        with pytest.raises(ApprovalUnknown):
            read_id(request, "interrupt_id", unknown=ApprovalUnknown)

    def test_a_thread(self) -> None:
        """A conversation's id is read."""
        request = make_mocked_request("GET", "/", match_info={"thread_id": "a-B_9"})
        assert read_thread_id(request, unknown=ConversationUnknown) == "a-B_9"

    @pytest.mark.parametrize("text", ["", "a b", "ä", "x" * 129, "a\x00", "a\n"])
    def test_what_is_no_thread_is_unknown(self, text: str) -> None:
        """What cannot be a conversation's id is as good as unknown."""
        request = make_mocked_request("GET", "/", match_info={"thread_id": text})
        with pytest.raises(ConversationUnknown):
            read_thread_id(request, unknown=ConversationUnknown)


class TestAnswer:
    def test_has_the_envelope(self) -> None:
        """Every answer is success, data and error."""
        response = answer(Receipt(amount=5))
        assert json.loads(response.text or "") == {
            "success": True,
            "data": {"amount": 5, "note": None},
            "error": None,
        }
        assert (response.status, response.content_type) == (200, "application/json")

    def test_may_leave_out_what_has_no_value(self) -> None:
        """Frames are sent as on the socket: fields without a value are left out."""
        response = answer(Receipt(amount=5), exclude_none=True)
        assert json.loads(response.text or "")["data"] == {"amount": 5}
