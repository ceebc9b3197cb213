import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.provider.sse import MAX_EVENT_BYTES, EventDecoder
from app.errors import ModelUnavailable

STREAMS = [
    (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
    (b"data:a\r\n\r\ndata:b\r\n\r\n", [b"a", b"b"]),
    (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
    (b": keep-alive\n\ndata: a\n\n: ping\n", [b"a"]),
    (b"event: message\nid: 7\nretry: 10\ndata: a\n\n", [b"a"]),
    (b"data:\n\ndata: a\n\n\n\n", [b"a"]),
    (b"data: a\ndata: b\n\n", [b"a\nb"]),
    (b'data: {"a": 1}\ndata: {"b": 2}\ndata: [DONE]\n\n', [b'{"a": 1}', b'{"b": 2}', b"[DONE]"]),
    (b'data: {\ndata: "a": {}\ndata: }\n\n', [b'{\n"a": {}\n}']),
    (b"data: a", [b"a"]),
    (b"data: a\n", [b"a"]),
    (b"data\n\n", []),
    (b"", []),
]


def decoded(pieces: list[bytes]) -> list[bytes]:
    events = EventDecoder()
    return [*(data for piece in pieces for data in events.feed(piece)), *events.flush()]


@pytest.mark.parametrize(("stream", "events"), STREAMS)
def test_events_are_read_as_servers_send_them(stream: bytes, events: list[bytes]) -> None:
    """Comments, empty events, every kind of line's end and an unfinished last event are understood."""
    assert decoded([stream]) == events
    assert decoded([bytes([byte]) for byte in stream]) == events


@given(st.sampled_from(STREAMS), st.lists(st.integers(min_value=0, max_value=40), max_size=6))
def test_how_the_bytes_are_torn_does_not_matter(stream: tuple[bytes, list[bytes]], cuts: list[int]) -> None:
    """Any split of the same bytes gives the same events."""
    text, events = stream
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    assert decoded([text[start:end] for start, end in itertools.pairwise(places)]) == events


def test_an_event_without_end_is_given_up() -> None:
    """A server that never ends an event does not fill memory."""
    events = EventDecoder()
    assert events.feed(b"data: " + b"x" * (MAX_EVENT_BYTES - 6)) == []
    with pytest.raises(ModelUnavailable):
        events.feed(b"x")


def test_comments_do_not_count() -> None:
    """A server that only keeps the connection open may do so for hours."""
    events = EventDecoder()
    for _ in range(5):
        assert events.feed(b": " + b"x" * (MAX_EVENT_BYTES // 2) + b"\n") == []
    assert events.feed(b"data: a\n\n") == [b"a"]
