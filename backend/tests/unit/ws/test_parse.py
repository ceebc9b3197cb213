"""The door of the protocol: what is let in, what is refused and how that is told."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ContentTooLong, FrameTooLarge, InvalidFrame, InvalidJson, UnknownFrameType
from app.protocol import (
    CLIENT_TYPES,
    MAX_COMMENT_CHARS,
    MAX_CONTENT_CHARS,
    MAX_FRAME_BYTES,
    MAX_ID_CHARS,
    Cancel,
    Feedback,
    InterruptResponse,
    Message,
    Resume,
    utf16_length,
)
from app.ws.parse import parse_frame


def raw(**fields: Any) -> str:
    return json.dumps({"type": "message", "thread_id": "t1", "content": "Hello", **fields})


def answer(**fields: Any) -> str:
    return json.dumps({"type": "interrupt_response", "thread_id": "t1", "approved": True, **fields})


def rating(**fields: Any) -> str:
    return json.dumps({"type": "feedback", "thread_id": "t1", "rating": 5, **fields})


def resume(**fields: Any) -> str:
    return json.dumps({"type": "resume", "thread_id": "t1", **fields})


def refusal(text: str) -> InvalidFrame:
    with pytest.raises(InvalidFrame) as caught:
        parse_frame(text)
    return caught.value


class TestMessage:
    def test_is_read(self) -> None:
        """A message has a conversation and a text; the id is the client's own business."""
        assert parse_frame(raw()) == Message(thread_id="t1", content="Hello")
        assert parse_frame(raw(message_id="a")) == Message(thread_id="t1", content="Hello", message_id="a")

    def test_null_is_no_id(self) -> None:
        """A field that may be left out may be null."""
        assert parse_frame(raw(message_id=None)) == Message(thread_id="t1", content="Hello")

    @pytest.mark.parametrize("content", ["", " ", "\n\t", "\u00a0\u2003\u3000"])
    def test_blank_is_refused(self, content: str) -> None:
        """Nothing but space is not a message, in any script's spaces."""
        error = refusal(raw(content=content))
        assert (error.code, error.details["field"]) == ("invalid_frame", "content")

    def test_space_around_words_is_kept(self) -> None:
        """What the customer wrote is not changed."""
        frame = parse_frame(raw(content="  two\n lines "))
        assert isinstance(frame, Message)
        assert frame.content == "  two\n lines "

    def test_longest_is_taken(self) -> None:
        """Exactly the limit is within it."""
        frame = parse_frame(raw(content="a" * MAX_CONTENT_CHARS))
        assert isinstance(frame, Message)
        assert len(frame.content) == MAX_CONTENT_CHARS

    def test_longer_is_refused_by_name(self) -> None:
        """One character over the limit has a code of its own and names the limit."""
        with pytest.raises(ContentTooLong) as caught:
            parse_frame(raw(content="a" * (MAX_CONTENT_CHARS + 1)))
        assert "10,000" in caught.value.message

    def test_longest_fits_in_a_frame_in_common_scripts(self) -> None:
        """Ten thousand Chinese characters, sent as UTF-8, are within the frame's limit."""
        text = json.dumps(
            {"type": "message", "thread_id": "t1", "content": "字" * MAX_CONTENT_CHARS}, ensure_ascii=False
        )
        assert isinstance(parse_frame(text), Message)

    @pytest.mark.parametrize("content", [None, 7, True, [], {}, ["Hello"]])
    def test_text_must_be_text(self, content: Any) -> None:
        """Nothing is turned into text silently."""
        assert refusal(raw(content=content)).details["field"] == "content"

    @pytest.mark.parametrize("message_id", ["", "x" * (MAX_ID_CHARS + 1), 7, {}])
    def test_id_has_limits(self, message_id: Any) -> None:
        """An id is 1 to 128 characters of text."""
        assert refusal(raw(message_id=message_id)).details["field"] == "message_id"

    def test_longest_id_is_taken(self) -> None:
        """Exactly the limit is within it."""
        assert isinstance(parse_frame(raw(message_id="x" * MAX_ID_CHARS)), Message)


class TestThreadId:
    @pytest.mark.parametrize("thread_id", ["a", "A-z_0", "x" * 128, "-", "_", "0"])
    def test_legal(self, thread_id: str) -> None:
        """1 to 128 letters, digits, hyphens and underscores."""
        assert parse_frame(raw(thread_id=thread_id)).thread_id == thread_id

    @pytest.mark.parametrize(
        "thread_id", ["", "x" * 129, "a b", "a/b", "a.b", "ä", "t1\n", "\nt1", "t1\x00", "t\u0661", None, 7, ["t1"]]
    )
    def test_illegal(self, thread_id: Any) -> None:
        """Anything else is refused; a line break at the end does not slip through."""
        assert isinstance(refusal(raw(thread_id=thread_id)), InvalidFrame)

    def test_missing(self) -> None:
        """Every frame names its conversation."""
        for kind in CLIENT_TYPES:
            assert refusal(json.dumps({"type": kind})).code == "invalid_frame"


class TestAnswer:
    def test_is_read(self) -> None:
        """An answer may name the approval, carry edited values and a reason."""
        frame = parse_frame(answer(approved=False, interrupt_id="i", args={"a": [1, {"b": None}]}, comment="No."))
        assert frame == InterruptResponse(
            thread_id="t1", approved=False, interrupt_id="i", args={"a": [1, {"b": None}]}, comment="No."
        )

    @pytest.mark.parametrize("approved", [None, "yes", "true", 1, 0, "on", 1.0, [], {}])
    def test_only_true_is_consent(self, approved: Any) -> None:
        """Consent is the JSON value true; nothing that looks like it will do."""
        assert refusal(answer(approved=approved)).details["field"] == "approved"

    @pytest.mark.parametrize("args", [[], "x", 7, True])
    def test_values_are_an_object(self, args: Any) -> None:
        """Edited values come as one object."""
        assert refusal(answer(args=args)).details["field"] == "args"

    @pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "-Infinity"])
    def test_numbers_must_be_numbers(self, number: str) -> None:
        """A number that JSON or PostgreSQL cannot hold is refused at the door."""
        text = f'{{"type":"interrupt_response","thread_id":"t1","approved":true,"args":{{"amount":[{number}]}}}}'
        assert isinstance(refusal(text), InvalidFrame)

    def test_comment_has_a_limit(self) -> None:
        """A reason is not a letter."""
        assert isinstance(parse_frame(answer(comment="x" * MAX_COMMENT_CHARS)), InterruptResponse)
        assert refusal(answer(comment="x" * (MAX_COMMENT_CHARS + 1))).details["field"] == "comment"


class TestResume:
    def test_begins_at_the_beginning(self) -> None:
        """Without a number everything is missing."""
        assert parse_frame(resume()) == Resume(thread_id="t1", after=0)

    @pytest.mark.parametrize("after", [0, 1, 2**53])
    def test_numbers(self, after: int) -> None:
        """Any number that a browser can count to."""
        assert parse_frame(resume(after=after)) == Resume(thread_id="t1", after=after)

    @pytest.mark.parametrize("after", [-1, 2**53 + 1, 10**400, 1.5, True, "7", None, []])
    def test_what_is_no_such_number(self, after: Any) -> None:
        """Anything else is refused."""
        assert refusal(resume(after=after)).details["field"] == "after"


class TestFeedback:
    @pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
    def test_one_to_five(self, stars: int) -> None:
        """Ratings are whole numbers from 1 to 5."""
        assert parse_frame(rating(rating=stars)) == Feedback(thread_id="t1", rating=stars)

    @pytest.mark.parametrize("stars", [0, 6, -1, 4.5, True, "5", None])
    def test_nothing_else(self, stars: Any) -> None:
        """Anything else is refused, a true among it."""
        assert refusal(rating(rating=stars)).details["field"] == "rating"


class TestFrame:
    def test_cancel(self) -> None:
        """A stop needs nothing but the conversation."""
        assert parse_frame('{"type":"cancel","thread_id":"t1"}') == Cancel(thread_id="t1")

    def test_unknown_fields_are_ignored(self) -> None:
        """A newer client may say more than we understand."""
        assert parse_frame(raw(color="blue", seq=7)) == Message(thread_id="t1", content="Hello")

    @pytest.mark.parametrize("text", ["", " ", "{", "}", "nonsense", "[1,", '"', "{'a':1}", '{"type":}', "\ufeff{}"])
    def test_not_json(self, text: str) -> None:
        """What is not JSON is told so in plain words."""
        error = refusal(text)
        assert error.code == "invalid_json"
        assert "Invalid JSON" in error.message

    @pytest.mark.parametrize("text", ["[]", "7", '"message"', "null", "true", "[{}]"])
    def test_not_an_object(self, text: str) -> None:
        """A frame is one object."""
        assert isinstance(refusal(text), InvalidJson)

    @pytest.mark.parametrize("kind", [None, "", "Message", "token", "ping", 7, ["message"], {"a": 1}])
    def test_unknown_type(self, kind: Any) -> None:
        """A type that clients may not send is told along with those they may."""
        error = refusal(raw(type=kind))
        assert isinstance(error, UnknownFrameType)
        assert all(known in error.message for known in CLIENT_TYPES)

    def test_no_type(self) -> None:
        """An object without a type is of an unknown type."""
        assert isinstance(refusal("{}"), UnknownFrameType)

    def test_of_two_values_the_last_counts(self) -> None:
        """Duplicate keys mean what they mean to every JSON reader."""
        text = '{"type":"cancel","thread_id":"t1","thread_id":"t2"}'
        assert parse_frame(text).thread_id == "t2"

    def test_largest_is_taken(self) -> None:
        """Exactly the limit is within it, in bytes."""
        text = raw()
        assert isinstance(parse_frame(text + " " * (MAX_FRAME_BYTES - len(text))), Message)
        assert isinstance(refusal(text + " " * (MAX_FRAME_BYTES - len(text) + 1)), FrameTooLarge)

    def test_bytes_count_not_characters(self) -> None:
        """Four bytes a character: fewer characters than the limit can be too much."""
        assert isinstance(refusal(json.dumps({"x": "😀" * 8_200}, ensure_ascii=False)), FrameTooLarge)

    @pytest.mark.parametrize("depth", [10, 2_000, 16_000])
    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
    def test_depth_breaks_nothing(self, depth: int, opening: str, closing: str) -> None:
        """However deeply a frame nests, it is read or refused."""
        text = raw()[:-1] + ',"x":' + opening * depth + "1" + closing * depth + "}"
        try:
            assert isinstance(parse_frame(text), Message)
        except InvalidFrame:
            assert depth > 10

    def test_numbers_too_long_to_read_are_refused(self) -> None:
        """A number of many thousand digits is not worth the time that it takes."""
        assert isinstance(refusal(resume()[:-1] + ',"after":' + "9" * 10_000 + "}"), InvalidJson)


class TestText:
    @pytest.mark.parametrize("content", ["😀", "👩‍👩‍👧", "Ωß字", "\u202eabc", "e\u0301", "\u200b", "a\tb\nc", "\x7f"])
    def test_any_script_is_taken_as_it_is(self, content: str) -> None:
        """Emoji, joined emoji, right-to-left marks and accents come through unchanged."""
        for ascii_only in (True, False):
            text = json.dumps({"type": "message", "thread_id": "t1", "content": content}, ensure_ascii=ascii_only)
            frame = parse_frame(text)
            assert isinstance(frame, Message)
            assert frame.content == content

    @pytest.mark.parametrize("odd", ["\x00", "a\x00", "\ud800", "x\udfff", "\ude00\ud83d"])
    def test_what_cannot_be_stored_is_refused_wherever_it_stands(self, odd: str) -> None:
        """NUL and half characters are refused in texts, ids, keys and values."""
        for text in (
            raw(content=f"a{odd}"),
            raw(message_id=f"a{odd}"),
            answer(args={"a": [{"b": f"x{odd}"}]}),
            answer(args={f"key{odd}": 1}),
            answer(comment=odd),
            rating(comment=odd),
        ):
            assert refusal(text).code == "invalid_frame"

    def test_half_characters_sent_raw_are_refused(self) -> None:
        """A lone surrogate that is not even escaped breaks nothing."""
        assert isinstance(refusal('{"type":"message","thread_id":"t1","content":"\ud800"}'), InvalidFrame)

    @given(st.text())
    def test_offsets_count_as_browsers_do(self, text: str) -> None:
        """Characters beyond the basic plane count twice."""
        assert utf16_length(text) == sum(2 if ord(char) > 0xFFFF else 1 for char in text)


class TestConversationOfARefusedFrame:
    def test_is_named(self) -> None:
        """Whatever else is wrong, the conversation can often be told."""
        assert refusal(raw(content="")).details["thread_id"] == "t1"
        assert refusal('{"thread_id":"t1"}').details["thread_id"] == "t1"
        assert refusal('{"type":"x","thread_id":"t1","thread_id":"t2"}').details["thread_id"] == "t2"

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "7", "{}", '{"thread_id":7}', '{"thread_id":"a b"}', '{"thread_id":"\\ud800"}', "[" * 9_000],
    )
    def test_is_not_named_where_it_cannot_be_told(self, text: str) -> None:
        """No conversation is better than a wrong one."""
        assert refusal(text).details.get("thread_id") is None

    def test_is_not_looked_for_in_what_is_too_large(self) -> None:
        """A frame over the limit is not read at all."""
        assert refusal(raw(content="a" * MAX_FRAME_BYTES)).details.get("thread_id") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "type",
    "thread_id",
    "content",
    "message_id",
    "approved",
    "interrupt_id",
    "args",
    "comment",
    "after",
    "rating",
]
NEARLY = st.dictionaries(
    st.sampled_from(FIELDS), st.sampled_from([*CLIENT_TYPES, "t1", 1, True, None, 1e308]) | JSON, max_size=10
)

THREADS = st.from_regex(r"\A[A-Za-z0-9_-]{1,128}\Z")
STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)
IDS = STORABLE.filter(bool).map(lambda text: text[:MAX_ID_CHARS])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | STORABLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STORABLE, inner, max_size=3),
    max_leaves=8,
)
VALID = st.one_of(
    st.builds(Message, thread_id=THREADS, content=STORABLE.filter(str.strip), message_id=st.none() | IDS),
    st.builds(
        InterruptResponse,
        thread_id=THREADS,
        approved=st.booleans(),
        interrupt_id=st.none() | IDS,
        args=st.none() | st.dictionaries(STORABLE, VALUES, max_size=3),
        comment=st.none() | STORABLE,
    ),
    st.builds(Resume, thread_id=THREADS, after=st.integers(0, 2**53)),
    st.builds(Cancel, thread_id=THREADS),
    st.builds(Feedback, thread_id=THREADS, rating=st.integers(1, 5), comment=st.none() | STORABLE),
)


class TestAnything:
    @given(st.text())
    def test_text_is_read_or_refused(self, text: str) -> None:
        """Whatever text comes, the door answers with a frame or with the fact that refuses it."""
        with suppress(InvalidFrame):
            parse_frame(text)

    @given(JSON | NEARLY)
    def test_json_is_read_or_refused(self, value: Any) -> None:
        """Whatever JSON comes, the door answers with a frame or with the fact that refuses it."""
        with suppress(InvalidFrame):
            assert parse_frame(json.dumps(value)).thread_id == value["thread_id"]

    @given(VALID, st.booleans())
    def test_a_valid_frame_comes_through_unchanged(self, frame: Any, ascii_only: bool) -> None:
        """What a client means is what we read."""
        assert parse_frame(json.dumps(frame.model_dump(), ensure_ascii=ascii_only)) == frame
