"""A cursor comes back as it was written; anything else is refused by name."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.cursor import BY_MOMENT, CursorCodec, key, moment, number
from app.errors import InvalidRequest

PLACES = CursorCodec(number(9), moment, UUID)
THREADS = CursorCodec(moment, key)
ZONES = [UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5, minutes=30))]
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.sampled_from(ZONES))  # noqa: DTZ001  # bounds of any zone
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def encoded(text: str) -> str:
    """What a client could have made up."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_none_is_the_beginning() -> None:
    """Without a cursor a list starts at its beginning."""
    assert BY_MOMENT.read(None) is None


@given(risk=st.integers(0, 9), at=MOMENTS, row=st.uuids())
def test_comes_back_exactly(risk: int, at: datetime, row: UUID) -> None:
    """A cursor holds a moment to the microsecond, and needs no escaping in an address."""
    cursor = PLACES.write(risk, at, row)
    assert PLACES.read(cursor) == (risk, at, row)
    assert all(char.isalnum() or char in "-_" for char in cursor)


@given(text=st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    """A cursor that this API never wrote names the parameter."""
    with pytest.raises(InvalidRequest, match="cursor"):
        BY_MOMENT.read(text)


@pytest.mark.parametrize(
    "cursor",
    [
        BY_MOMENT.write(NOON.replace(tzinfo=None)),
        BY_MOMENT.write(NOON, "more"),
        encoded("[]"),
        encoded("7"),
        encoded("null"),
        encoded('"2026-03-15T12:00:00+00:00"'),
        encoded("2026-03-15T12:00:00+00:00"),
        encoded('["0001-01-01T00:00:00+14:00"]'),
        encoded('[{"a": 1}]'),
        encoded("[" * 5_000),
    ],
)
def test_what_only_looks_like_one_is_refused(cursor: str) -> None:
    """A moment that could be anywhere in the day, a part too many, what another version wrote."""
    with pytest.raises(InvalidRequest, match="cursor") as caught:
        BY_MOMENT.read(cursor)
    assert caught.value.details["field"] == "cursor"


@pytest.mark.parametrize("risk", ["-1", "10", "9" * 5_000, "x", ""])
def test_a_number_has_bounds(risk: str) -> None:
    """What the database cannot hold never comes to it."""
    with pytest.raises(InvalidRequest):
        PLACES.read(PLACES.write(risk, NOON, UUID(int=1)))


@pytest.mark.parametrize("thread_id", ["\x00", "\ud800", ""])
def test_a_key_can_be_stored(thread_id: str) -> None:
    """Neither NUL nor half a character is a row's name."""
    with pytest.raises(InvalidRequest):
        THREADS.read(THREADS.write(NOON, thread_id))
