"""The whole product on one machine, as `make run` starts it: its own database, its own demo services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import Visitor, results
from tests.e2e.server import Backend

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.server import Prefork

pytestmark = pytest.mark.integration


async def test_killed_with_a_card_open(prefork: Prefork, tmp_path: Path) -> None:
    """The next life takes the database over that was left running; the card is there, and approving it acts once."""
    backend = Backend(prefork=prefork, folder=tmp_path, environment={})
    await backend.start()
    try:
        async with Visitor.opened(backend.url) as visitor:
            async with visitor.chat() as chat:
                card = await chat.card("Cancel order 1042")
                await backend.restart()
                await chat.closed()
            assert backend.logged("postgres_adopted")
            async with visitor.chat(chat.thread_id) as again:
                await again.resumed()
                assert [frame["interrupt_id"] for frame in again.of("interrupt")] == [card["interrupt_id"]]
                await again.answer(card, approved=True)
                await again.until("message_complete")
                assert results(again.frames) == ["succeeded"]
                await again.ask("Where is order 1042?")
                assert "cancelled" in again.text()
    finally:
        await backend.stop()
