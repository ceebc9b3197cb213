"""Redaction: what is left of an event once a customer's words are taken out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.events.frame_row import REDACTED, REDACTED_THANKS
from app.language.confirmation import confirms
from app.protocol import members
from app.records import LOGGED_FRAMES, LoggedFrame
from app.replay.redaction import redact
from tests.frames import WORD, filled

KINDS: list[Any] = list(members(LoggedFrame))

# Names that our own parts give, and the words of staff: a customer's cannot come into them.
OURS = {
    "thread_id",
    "agent",
    "tool",
    "title",
    "call_id",
    "action",
    "target",
    "interrupt_id",
    "access",
    "turn_id",
    "model",
    "by",
    "name",
    "reason",
    "action_id",
    "status",
    "code",
    "error",
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_said_is_left(kind: Any) -> None:
    """Whatever kind of event it is, the customer's word is gone from every field that can hold it."""
    left = redact(filled(kind), confirms=confirms)
    if kind.__name__ != "Redacted":
        assert "reason" not in left or left["reason"] == REDACTED
    for name in ("message_id",) if left["type"] != "token" else ():
        assert not left.get(name)
    assert WORD not in json.dumps({name: value for name, value in left.items() if name not in OURS | {"message_id"}})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_is_still_a_frame(kind: Any) -> None:
    """Replay reads a redacted event as it reads any other."""
    left = redact(filled(kind), confirms=confirms)
    frame = LOGGED_FRAMES.validate_python(left)
    assert frame.type == kind.model_fields["type"].default
    assert frame.seq == 1


@pytest.mark.parametrize("kind", KINDS)
def test_again_it_changes_nothing(kind: Any) -> None:
    """What was redacted once stays as it is."""
    once = redact(filled(kind), confirms=confirms)
    assert redact(once, confirms=confirms) == once


def test_figures_stay() -> None:
    """Tokens, cost, times, outcomes and ratings are what they were."""
    for frame in map(filled, KINDS):
        left = redact(frame, confirms=confirms)
        for name in ("prompt_tokens", "completion_tokens", "cost_usd", "duration_ms", "outcome", "rating", "usage"):
            assert left.get(name) == frame.get(name)


@pytest.mark.parametrize("said", ["Thank you, that worked", "Where is order 1042?", "No thanks to you"])
def test_whether_the_customer_said_that_it_is_done_stays(said: str) -> None:
    """The outcome that is judged from the log is the same afterwards, also when the figures are made anew."""
    left = redact({"type": "message", "content": said}, confirms=confirms)
    assert confirms(left["content"]) == confirms(said)
    assert {confirms(REDACTED), confirms(REDACTED_THANKS)} == {False, True}


def test_a_kind_that_nobody_knows_keeps_nothing() -> None:
    """An event of a version to come, or of one long gone, is emptied."""
    assert redact({"type": "telepathy", "seq": 3, "thought": WORD}, confirms=confirms) == {
        "type": "telepathy",
        "seq": 3,
    }
