"""The actions on record, and what a person found out about one whose outcome is unknown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from app.commands.pause import pause
from tests.api_client import ApiClient, seed_action, unknown_id

if TYPE_CHECKING:
    from app.db.actions import Status
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

EVERYTHING = {"kind": "actions", "why": "Refunds go wrong."}
FOUND = {"outcome": "succeeded", "note": "The shop shows it as cancelled."}


class TestList:
    async def test_unknown_ones_unless_asked(self, staff: ApiClient, pool: Pool) -> None:
        """Without a status staff see what needs a person: the outcomes that are unknown."""
        unknown = await seed_action(pool, status="unknown")
        await seed_action(pool, status="succeeded")
        page = await staff.get("/api/v1/actions")
        assert [item["id"] for item in page["items"]] == [str(unknown.id)]
        assert page["next"] is None

    async def test_shows_what_was_sent(self, staff: ApiClient, pool: Pool) -> None:
        """Each action comes with its tool, its values and the request."""
        action = await seed_action(pool, status="unknown")
        [item] = (await staff.get("/api/v1/actions"))["items"]
        assert (item["tool"], item["args"], item["request"]) == (action.tool, action.args, action.request)
        assert (item["status"], item["settled_by"], item["note"]) == ("unknown", None, None)
        assert "digest" not in item

    @pytest.mark.parametrize("status", ["pending", "rejected", "executing", "failed"])
    async def test_of_one_status(self, staff: ApiClient, pool: Pool, status: Status) -> None:
        """Every status can be asked for."""
        await seed_action(pool, status=status)
        await seed_action(pool, status="unknown")
        [item] = (await staff.get(f"/api/v1/actions?status={status}"))["items"]
        assert item["status"] == status

    async def test_in_pages(self, staff: ApiClient, pool: Pool) -> None:
        """Page by page every action comes once, oldest first."""
        ids = [str((await seed_action(pool, status="unknown")).id) for _ in range(3)]
        first = await staff.get("/api/v1/actions?limit=2")
        second = await staff.get(f"/api/v1/actions?limit=2&cursor={first['next']}")
        assert [item["id"] for item in first["items"] + second["items"]] == ids
        assert second["next"] is None

    async def test_no_such_status(self, staff: ApiClient) -> None:
        """A status that there is not is named as the mistake."""
        error = await staff.get("/api/v1/actions?status=lost", status=422)
        assert error["details"]["field"] == "status"


class TestSettle:
    async def test_once(self, staff: ApiClient, pool: Pool) -> None:
        """What a person found out is recorded; a second finding changes nothing."""
        action = await seed_action(pool, status="unknown")
        path = f"/api/v1/actions/{action.id}/settle"
        settled = await staff.post(path, FOUND)
        assert (settled["status"], settled["note"]) == ("succeeded", FOUND["note"])
        assert settled["settled_by"] == "operator"
        assert settled["settled_at"]
        error = await staff.post(path, {"outcome": "failed", "note": "No."}, status=409)
        assert error["code"] == "action_settled"
        assert error["details"] == {"status": "succeeded"}

    async def test_the_customer_is_told(self, staff: ApiClient, pool: Pool) -> None:
        """The finding is in the conversation, where the customer reads it."""
        action = await seed_action(pool, status="unknown", title="Cancel order 1042")
        await staff.post(f"/api/v1/actions/{action.id}/settle", {"outcome": "failed", "note": "It is still open."})
        frames = (await staff.get("/api/v1/conversations/t1/events"))["items"]
        assert "Cancel order 1042" in frames[-1]["content"]
        assert "not done" in frames[-1]["content"]
        assert "It is still open." in frames[-1]["content"]

    async def test_ten_people_at_once(self, staff: ApiClient, pool: Pool) -> None:
        """Only one finding is recorded, whoever else writes one."""
        action = await seed_action(pool, status="unknown")
        path = f"/api/v1/actions/{action.id}/settle"
        answers = await asyncio.gather(*(staff.client.post(path, json=FOUND) for _ in range(10)))
        assert sorted(answer.status for answer in answers) == [200] + [409] * 9

    @pytest.mark.parametrize("status", ["pending", "approved", "executing"])
    async def test_what_is_not_over(self, staff: ApiClient, pool: Pool, status: Status) -> None:
        """An action that is not over cannot be settled by hand, and the answer says to look again."""
        action = await seed_action(pool, status=status)
        error = await staff.post(f"/api/v1/actions/{action.id}/settle", FOUND, status=409)
        assert "not over yet" in error["message"]

    @pytest.mark.parametrize("status", ["succeeded", "failed", "rejected", "expired"])
    async def test_what_is_known(self, staff: ApiClient, pool: Pool, status: Status) -> None:
        """An outcome that is known stands."""
        action = await seed_action(pool, status=status)
        error = await staff.post(f"/api/v1/actions/{action.id}/settle", FOUND, status=409)
        assert "already been recorded" in error["message"]

    @pytest.mark.parametrize("action_id", [str(unknown_id()), "no-id"])
    async def test_no_such_action(self, staff: ApiClient, action_id: str) -> None:
        """An action that there is not cannot be settled."""
        error = await staff.post(f"/api/v1/actions/{action_id}/settle", FOUND, status=404)
        assert error["code"] == "not_found"

    @pytest.mark.parametrize(
        "body",
        [
            {"outcome": "succeeded"},
            {"outcome": "succeeded", "note": "   "},
            {"outcome": "unknown", "note": "I do not know."},
            {"outcome": "succeeded", "note": "x" * 2001},
        ],
    )
    async def test_a_wrong_form(self, staff: ApiClient, pool: Pool, body: dict[str, str]) -> None:
        """A finding has an outcome that is one, and says how it was found."""
        action = await seed_action(pool, status="unknown")
        await staff.post(f"/api/v1/actions/{action.id}/settle", body, status=422)


class TestPauses:
    async def test_all_actions_can_be_paused_and_resumed(self, staff: ApiClient) -> None:
        """The list says what, who and why; ended, it is empty again."""
        assert (await staff.get("/api/v1/pauses"))["can"][0] == {"kind": "actions", "name": ""}
        (shown,) = (await staff.post("/api/v1/pauses", EVERYTHING))["items"]
        assert (shown["kind"], shown["name"], shown["why"]) == ("actions", "", "Refunds go wrong.")
        assert shown["by"]
        assert (await staff.post("/api/v1/pauses/end", EVERYTHING))["items"] == []
        entries = (await staff.get("/api/v1/review-log"))["items"]
        assert [(one["what"], one["kind"], one["why"]) for one in entries] == [
            ("resumed", "actions", "Refunds go wrong."),
            ("paused", "actions", "Refunds go wrong."),
        ]

    async def test_a_name_that_is_not_live_is_refused(self, staff: ApiClient) -> None:
        """A slip of the pen must not pass for a pause."""
        error = await staff.post("/api/v1/pauses", {"kind": "api", "name": "shpo"}, status=404)
        assert "shpo" in error["message"]

    async def test_strangers_may_not(self, api: ApiClient) -> None:
        """Nobody but staff sees or makes a pause."""
        await api.post("/api/v1/pauses", EVERYTHING, status=401)

    async def test_a_pause_from_a_shell_is_seen_on_the_page(self, staff: ApiClient, pool: Pool) -> None:
        """The shell writes where every server reads; a name that no import has is told."""
        said = await pause(pool, "tool", "cancel_ordr", by="ada (shell)", why="")
        assert "check the spelling" in said[-1]
        (shown,) = (await staff.get("/api/v1/pauses"))["items"]
        assert (shown["kind"], shown["name"], shown["by"]) == ("tool", "cancel_ordr", "ada (shell)")
