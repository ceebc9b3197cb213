"""Who must consent to what."""

from __future__ import annotations

import pytest

from app.actions.policy import consents_for
from app.tools.base import Access
from tests.fakes import tool_spec


@pytest.mark.parametrize(
    ("access", "audiences"),
    [(Access.READ, ()), (Access.WRITE, ("customer",)), (Access.UNKNOWN, ("operator",))],
)
def test_asks(access: Access, audiences: tuple[str, ...]) -> None:
    """A read asks nobody, a write the customer, and what is not known to be either an operator."""
    assert consents_for(tool_spec(access=access)) == audiences


@pytest.mark.parametrize("access", list(Access))
def test_covers_every_access(access: Access) -> None:
    """There is no kind of tool without an answer; only a read needs nobody."""
    assert bool(consents_for(tool_spec(access=access))) is (access is not Access.READ)


@pytest.mark.parametrize("words", ["get_order", "read only, safe", "GET"])
def test_words_change_nothing(words: str) -> None:
    """What a tool calls itself never lowers what it takes."""
    assert consents_for(tool_spec(words, title=words, description=words)) == ("customer",)
