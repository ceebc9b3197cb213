"""The definitions of what travels and what is logged fit together."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from app import protocol, records
from app.protocol import CLIENT_FRAMES, CLIENT_TYPES, SERVER_FRAMES, Cancel, Frame, InterruptRequest, Token
from app.records import Record


def models() -> list[type[Any]]:
    """Every frame and record that is defined."""
    return [  # those that are in both modules are the same
        model
        for _, model in (*inspect.getmembers(protocol, inspect.isclass), *inspect.getmembers(records, inspect.isclass))
        if issubclass(model, Frame) and "type" in model.model_fields
    ]


def kinds_of(union: Any) -> set[str]:
    return {schema_type for model in union for schema_type in get_args(model.model_fields["type"].annotation)}


class TestDefinitions:
    def test_every_model_has_its_place(self) -> None:
        """A frame that is defined is in exactly one of the unions or the records."""
        client, server = get_args(get_args(protocol.ClientFrame)[0]), get_args(get_args(protocol.ServerFrame)[0])
        placed = [*client, *server, *get_args(Record)]
        assert {model.__name__ for model in models()} == {model.__name__ for model in placed}
        assert len(placed) == len(set(placed))

    def test_types_are_unique_on_each_side(self) -> None:
        """No two frames of one direction share a type, and no record takes a frame's."""
        server = get_args(get_args(protocol.ServerFrame)[0])
        assert len(kinds_of(server)) == len(server)
        assert not kinds_of(server) & kinds_of(get_args(Record))
        assert kinds_of(get_args(get_args(protocol.ClientFrame)[0])) == CLIENT_TYPES

    def test_every_field_of_a_frame_is_read_back(self) -> None:
        """A stored frame is the frame that was sent."""
        frame = InterruptRequest(
            thread_id="t1", interrupt_id="i", action="cancel", args={"a": 1}, expires_at=datetime.now(UTC), seq=3
        )
        assert SERVER_FRAMES.validate_python(frame.model_dump(mode="json")) == frame

    def test_frames_do_not_change(self) -> None:
        """A frame that was handed on is the same for everybody who holds it."""
        with pytest.raises(ValueError, match="frozen"):
            Token(thread_id="t1", agent="a", content="x").content = "y"  # type: ignore[misc]

    def test_client_frames_are_read_by_type_alone(self) -> None:
        """The union is told apart by `type`."""
        frame = CLIENT_FRAMES.validate_python({"type": "cancel", "thread_id": "t1", "content": "x"})
        assert isinstance(frame, Cancel)
