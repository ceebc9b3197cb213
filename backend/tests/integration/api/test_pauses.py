"""The kill switch over REST and from a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.commands.pause import pause
from tests.api_client import ApiClient

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

ALL = {"kind": "actions", "why": "Refunds go wrong."}


@pytest.fixture
async def staff(api: ApiClient) -> ApiClient:
    """A member of staff."""
    await api.sign_in()
    return api


async def test_it_can_be_paused_and_resumed(staff: ApiClient) -> None:
    """The list says what, who and why; ended, it is empty again."""
    assert (await staff.get("/api/v1/pauses"))["can"][0] == {"kind": "actions", "name": ""}
    (shown,) = (await staff.post("/api/v1/pauses", ALL))["items"]
    assert (shown["kind"], shown["name"], shown["why"]) == ("actions", "", "Refunds go wrong.")
    assert shown["by"]
    assert (await staff.post("/api/v1/pauses/end", ALL))["items"] == []
    entries = (await staff.get("/api/v1/review-log"))["items"]
    assert [(one["what"], one["kind"], one["why"]) for one in entries] == [
        ("resumed", "actions", "Refunds go wrong."),
        ("paused", "actions", "Refunds go wrong."),
    ]


async def test_a_name_that_is_not_live_is_refused(staff: ApiClient) -> None:
    """A slip of the pen must not pass for a pause."""
    error = await staff.post("/api/v1/pauses", {"kind": "api", "name": "shpo"}, status=404)
    assert "shpo" in error["message"]


async def test_strangers_may_not(api: ApiClient) -> None:
    """Nobody but staff sees or makes a pause."""
    await api.post("/api/v1/pauses", ALL, status=401)


async def test_a_pause_from_a_shell_is_seen_on_the_page(staff: ApiClient, pool: Pool) -> None:
    """The shell writes where every server reads; a name that no import has is told."""
    said = await pause(pool, "tool", "cancel_ordr", by="ada (shell)", why="")
    assert "check the spelling" in said[-1]
    (shown,) = (await staff.get("/api/v1/pauses"))["items"]
    assert (shown["kind"], shown["name"], shown["by"]) == ("tool", "cancel_ordr", "ada (shell)")
