"""Messages that are hard to read: they are answered like any other, and nobody else waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

LONG = 10_000  # the longest message that is taken


@pytest.mark.parametrize(
    "text",
    [
        "cancel" + " " * 9_990 + "x",
        "'" * 9_990 + " bye",
        ("a" * 30 + "'") * 300,
        "because " + "1," * 4_990,
        "(" * 9_990,
        "a@" * 4_990,
        "ship it to " + "A b " * 2_400,
    ],
    ids=lambda text: text[:12].strip(),
)
async def test_a_hard_message_is_answered(deployment: Deployment, text: str) -> None:
    """It is answered, an ordinary message after it too, and the server still stops when it is told to."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        await chat.ask(text[:LONG])
        await chat.ask("Where is order 1042?")
    await deployment.backend.stop()
