"""The session as the chat page, and the page of agents, are told it."""

from __future__ import annotations

import pytest

from app import __version__
from tests.api_client import ApiClient

pytestmark = pytest.mark.integration


class TestSession:
    async def test_describes_the_product(self, bare: ApiClient) -> None:
        """The chat page learns who speaks, which model answers, and what to ask."""
        assert await bare.get("/api/v1/session") == {
            "product": "Acme Support",
            "version": __version__,
            "greeting": "Hello from Acme!",
            "model": "demo model",
            "demo": True,
            "agents": [
                {"name": "orders", "description": "Looks orders up and cancels them."},
                {"name": "help", "description": "Answers everything else."},
            ],
            "examples": ["Where is order 1042?", "What is your refund policy?", "Cancel order 1042"],
            "staff": False,
            "identified": False,
        }

    async def test_keeps_the_visitor(self, bare: ApiClient) -> None:
        """Opening the page again is the same visitor."""
        assert await bare.visitor() == await bare.visitor()

    async def test_says_nothing_of_tools(self, bare: ApiClient) -> None:
        """What agents may do inside is not for customers."""
        response = await bare.client.get("/api/v1/session")
        assert "cancel_" not in await response.text()


class TestAgents:
    async def test_staff_see_them(self, api: ApiClient) -> None:
        """Staff see every agent with its tools, permission, voice and model."""
        await api.sign_in()
        orders, fallback = (await api.get("/api/v1/agents"))["items"]
        assert orders == {
            "name": "orders",
            "description": "Looks orders up and cancels them.",
            "permission": "write",
            "tools": ["get_order", "cancel_*"],
            "model": None,
            "personality": {
                "tone": "friendly, brief and clear",
                "greeting": "",
                "escalation_message": "I am handing you over to a person, who will take it from here.",
            },
            "instructions": "",
            "max_steps": None,
            "examples": ["Where is order 1042?", "Cancel order 1042"],
            "fallback": False,
            "off": False,
            "source": "file",
            "version": 0,
        }
        assert (fallback["fallback"], fallback["model"]) == (True, "a-small-model")
