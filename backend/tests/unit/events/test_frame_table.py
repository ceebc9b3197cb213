"""Every place that treats events by their type knows every type: a new one cannot be dropped silently."""

from __future__ import annotations

from typing import Any

import pytest

from app.agents.state import history_of
from app.analytics.conversation_fold import HANDLERS
from app.events.frame_table import FRAMES, HISTORY_TYPES, _checked
from app.protocol import CustomerEvent, Resumed, ServerFrame, Token, members
from app.records import LoggedFrame, Record
from tests.frames import filled

KINDS: list[Any] = list(members(LoggedFrame))


def type_of(kind: Any) -> str:
    name: str = kind.model_fields["type"].default
    return name


def test_the_unions_are_made_of_each_other() -> None:
    """What customers see of the log and what staff see are all of it; one frame is live only."""
    assert members(ServerFrame) == (*members(CustomerEvent), Resumed)
    assert members(LoggedFrame) == (*members(CustomerEvent), *members(Record))


def test_every_type_has_a_row() -> None:
    assert list(FRAMES) == [type_of(kind) for kind in KINDS]


def test_a_type_without_a_row_is_refused() -> None:
    table = {kind: FRAMES[type_of(kind)] for kind in KINDS}
    del table[Token]
    with pytest.raises(TypeError, match="Token"):
        _checked(table)


def test_a_field_that_the_type_lacks_is_refused() -> None:
    table = {kind: FRAMES[type_of(kind)] for kind in KINDS}
    table[Token] = FRAMES["routed"]
    with pytest.raises(TypeError, match=r"Token names fields that it lacks: \['by'"):
        _checked(table)


def test_the_fold_handles_exactly_what_is_counted() -> None:
    assert set(HANDLERS) == {name for name, row in FRAMES.items() if row.counted is not None}


@pytest.mark.parametrize("kind", KINDS, ids=type_of)
def test_what_has_a_column_is_lifted_into_it(kind: Any) -> None:
    """The log is searched by agent and summed by duration, whatever the type."""
    columns = FRAMES[type_of(kind)].columns
    assert {name for name in ("agent", "duration_ms") if name in kind.model_fields} <= set(columns)


@pytest.mark.parametrize("name", HISTORY_TYPES)
def test_the_history_tells_the_model_of_each_of_its_types(name: str) -> None:
    """A call is told with its result, an answer with what was asked."""
    frames = [filled(kind) for kind in KINDS if type_of(kind) in {name, "tool_result", "interrupt"}]
    without = history_of([frame for frame in frames if frame["type"] != name])
    assert history_of(frames) != without
