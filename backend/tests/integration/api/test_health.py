"""Alive, ready, and the figures."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from app import __version__
from app.api import health
from app.api.services import Check
from tests.api_client import (
    ApiClient,
    MakeClient,
    Parts,
    holds,
    opened,
    seed_action,
    seed_approval,
    seed_conversation,
    unknown_id,
)

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def fails() -> bool:
    return False


async def breaks() -> bool:
    raise ConnectionError("the database is away")


async def hangs() -> bool:
    await asyncio.Event().wait()
    return True


class TestLive:
    async def test_lives(self, bare: ApiClient) -> None:
        """The server says that it lives and which version it is, whoever asks."""
        assert await bare.get("/api/health") == {"status": "ok", "version": __version__}

    async def test_lives_though_not_ready(self, bare: ApiClient) -> None:
        """A server whose database is away is alive: restarting it would help nobody."""
        bare.parts.readiness["database"] = breaks
        await bare.get("/api/health")

    async def test_a_probe_without_a_body(self, bare: ApiClient) -> None:
        """HEAD is answered too."""
        assert (await bare.client.head("/api/health")).status == 200


class TestReady:
    async def test_ready(self, bare: ApiClient) -> None:
        """Everything that is needed answers."""
        assert await bare.get("/api/health/ready") == {"checks": {"database": True, "model": True}}

    @pytest.mark.parametrize("check", [fails, breaks])
    async def test_says_what_is_missing(self, bare: ApiClient, check: Check) -> None:
        """503 names what does not answer, and what does."""
        bare.parts.readiness["migrations"] = check
        error = await bare.get("/api/health/ready", status=503)
        assert error["code"] == "not_ready"
        assert error["message"] == "Not ready: migrations."
        assert error["details"] == {"checks": {"database": True, "model": True, "migrations": False}}

    async def test_recovers(self, bare: ApiClient) -> None:
        """As soon as everything answers again the server is ready."""
        bare.parts.readiness["model"] = fails
        await bare.get("/api/health/ready", status=503)
        bare.parts.readiness["model"] = holds
        await bare.get("/api/health/ready")

    async def test_does_not_wait_for_ever(self, bare: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
        """A check that hangs does not hold; the others are still told."""
        monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
        bare.parts.readiness["model"] = hangs
        error = await bare.get("/api/health/ready", status=503)
        assert error["details"]["checks"] == {"database": True, "model": False}

    async def test_says_nothing_about_why(self, bare: ApiClient) -> None:
        """The reason is for the log; a stranger learns only the check's name."""
        bare.parts.readiness["database"] = breaks
        response = await bare.client.get("/api/health/ready")
        assert "away" not in await response.text()


class TestFigures:
    async def test_for_this_machine(self, bare: ApiClient) -> None:
        """A program on this machine reads the figures as Prometheus does."""
        response = await bare.client.get("/metrics")
        assert response.status == 200
        assert response.content_type == "text/plain"
        assert "smart_support_sockets" in await response.text()

    async def test_not_for_strangers(self, bare: ApiClient) -> None:
        """Somebody behind a proxy has to sign in as staff."""
        response = await bare.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (await opened(response, 401))["code"] == "sign_in_required"

    async def test_not_for_a_page_that_took_a_name(self, bare: ApiClient) -> None:
        """A foreign site that points its name at this machine reads nothing."""
        response = await bare.client.get("/metrics", headers={"Host": "evil.example"})
        assert response.status == 401

    async def test_for_staff(self, api: ApiClient) -> None:
        """Staff read the figures from anywhere."""
        await api.sign_in()
        response = await api.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert response.status == 200


class TestBacklog:
    async def test_what_waits_is_counted(self, api: ApiClient, pool: Pool) -> None:
        """When Prometheus asks: approvals, turns, unknown outcomes, as the database knows them."""
        await seed_conversation(pool)
        await seed_approval(pool, action=await seed_action(pool))
        await pool.execute("UPDATE interrupts SET created_at = now() - interval '10 minutes'")
        await pool.execute(
            "INSERT INTO turns (id, thread_id, run_id, kind) VALUES ($1, 't1', $1, 'message')", unknown_id()
        )
        told = await (await api.client.get("/metrics")).text()
        assert "smart_support_database_up 1.0" in told
        assert 'smart_support_approvals_waiting{audience="operator"} 1.0' in told
        assert 'smart_support_turns_waiting{state="queued"} 1.0' in told
        (age,) = re.findall(r"^smart_support_oldest_approval_seconds (\S+)", told, re.MULTILINE)
        assert 600 <= float(age) < 660

    async def test_requests_are_counted_by_route(self, bare: ApiClient) -> None:
        """Never by address: addresses hold ids, of which there is no end."""
        await bare.get("/api/v1/conversations/some-thread/events", status=401)
        await bare.client.get("/no/such/page")
        told = await (await bare.client.get("/metrics")).text()
        assert 'route="/api/v1/conversations/{thread_id}/events",status="401"} 1.0' in told
        assert "some-thread" not in told
        assert "such" not in told


async def test_checks_run_at_the_same_time(parts: Parts, aiohttp_client: MakeClient) -> None:
    """A slow check does not add up with the others."""
    met = asyncio.Barrier(2)

    async def meets() -> bool:
        await met.wait()
        return True

    parts.readiness.update(database=meets, model=meets)
    api = ApiClient(client=await aiohttp_client(parts.application()), parts=parts)
    await api.get("/api/health/ready")
