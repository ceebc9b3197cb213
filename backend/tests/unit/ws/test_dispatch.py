"""One frame in, one method called; every failure out as a frame that names what can be sent again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import AppError, ApprovalExpired, InvalidJson, ModelUnavailable, RateLimited
from app.protocol import ErrorFrame
from app.ws.dispatch import dispatch, failure
from app.ws.writer import wire

if TYPE_CHECKING:
    from app.protocol import Cancel, ClientFrame, Feedback, InterruptResponse, Message, Resume


@dataclass
class FakeTurns:
    """Keeps what it is asked, or breaks as it is told to."""

    asked: list[tuple[str, ClientFrame]] = field(default_factory=list)
    error: Exception | None = None

    async def message(self, frame: Message, /) -> None:
        self._ask("message", frame)

    async def answer(self, frame: InterruptResponse, /) -> None:
        self._ask("answer", frame)

    async def resume(self, frame: Resume, /) -> None:
        self._ask("resume", frame)

    async def cancel(self, frame: Cancel, /) -> None:
        self._ask("cancel", frame)

    async def feedback(self, frame: Feedback, /) -> None:
        self._ask("feedback", frame)

    def _ask(self, method: str, frame: ClientFrame) -> None:
        self.asked.append((method, frame))
        if self.error:
            raise self.error


def raw(**fields: Any) -> str:
    return json.dumps({"type": "message", "thread_id": "t1", "content": "Hello", "message_id": "a", **fields})


async def refused(text: str, error: Exception | None = None) -> dict[str, Any]:
    """Dispatch a frame that fails, and return what its sender gets."""
    frame = await dispatch(text, FakeTurns(error=error))
    assert frame is not None
    return wire(frame)


@pytest.mark.parametrize(
    ("fields", "method"),
    [
        ({}, "message"),
        ({"type": "interrupt_response", "approved": True}, "answer"),
        ({"type": "resume"}, "resume"),
        ({"type": "cancel"}, "cancel"),
        ({"type": "feedback", "rating": 5}, "feedback"),
    ],
)
async def test_each_type_has_its_method(fields: dict[str, Any], method: str) -> None:
    """And nothing is answered where nothing goes wrong."""
    turns = FakeTurns()
    assert await dispatch(json.dumps({**json.loads(raw()), **fields}), turns) is None
    assert [name for name, _ in turns.asked] == [method]


async def test_a_frame_that_cannot_be_read_is_answered() -> None:
    """Its conversation is named where that can be told, and nothing is asked of the turns."""
    assert (await refused("{"))["code"] == "invalid_json"
    blank = await refused(raw(content=" "))
    assert (blank["code"], blank["thread_id"]) == ("invalid_frame", "t1")
    assert "message_id" not in blank


async def test_a_refusal_names_what_can_be_sent_again() -> None:
    """A message by its id, an answer by its approval's."""
    message = await refused(raw(), ModelUnavailable())
    assert (message["code"], message["thread_id"], message["message_id"]) == ("model_unavailable", "t1", "a")
    answer = json.dumps({"type": "interrupt_response", "thread_id": "t1", "approved": True, "interrupt_id": "i"})
    assert (await refused(answer, ModelUnavailable()))["interrupt_id"] == "i"


async def test_a_limit_is_looked_at_before_anything_happens() -> None:
    """A frame that comes too soon says how long to wait."""
    turns = FakeTurns()

    def admit(_: ClientFrame) -> None:
        raise RateLimited(retry_after_seconds=3.5)

    answer = await dispatch(raw(), turns, admit=admit)
    assert turns.asked == []
    assert isinstance(answer, ErrorFrame)
    assert answer.retry_after_seconds == 3.5


async def test_a_stranger_is_a_plain_sentence() -> None:
    """What broke is logged, not told."""
    broken = await refused(raw(), LookupError("secret detail"))
    assert broken["code"] == "internal_error"
    assert "secret" not in broken["message"]


async def test_an_expired_approval_has_a_frame_of_its_own() -> None:
    """It names the approval and offers to try again."""
    expired = await refused(raw(), ApprovalExpired("The approval for it has expired.", interrupt_id="i"))
    assert (expired["type"], expired["interrupt_id"]) == ("interrupt_expired", "i")


@pytest.mark.parametrize("error", [InvalidJson(), ApprovalExpired()])
def test_a_failure_of_no_conversation_is_an_error(error: AppError) -> None:
    """There is nothing to name."""
    assert failure(error).thread_id is None
    assert failure(error).type == "error"
