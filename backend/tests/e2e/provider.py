"""Provider of models for whole turns: how a server is told of it, and what its router answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.server import PATIENCE
from tests.openai_server import Reply, text

if TYPE_CHECKING:
    from tests.openai_server import OpenAIServer


def routes(*agents: str, confidence: float = 0.9, request: str = "as asked") -> Reply:
    """The router's answer."""
    intents = [{"agent": agent, "request": request, "confidence": confidence, "reason": "scripted"} for agent in agents]
    return text(json.dumps({"intents": intents}), words=False)


def speaking(model: OpenAIServer, *, patience: float = PATIENCE) -> dict[str, str]:
    """The settings of a server that speaks with that provider, and waits so many seconds for it."""
    return {
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": "a-key-that-is-secret",
        "LLM_MODEL": "test-model",
        "LLM_TIMEOUT_SECONDS": str(patience),
        "CLAIM_CHECK_MODEL": "off",  # what is scripted is what router and agents say; a test that is judged says so
    }
