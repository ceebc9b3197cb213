"""Router with a language model: structured output where the provider has it, whatever it gives otherwise.

Where nothing usable comes, nobody guesses: the customer is asked what is meant, and the log says why
(`routing_unusable`). What the provider raises is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langgraph.constants import TAG_NOSTREAM

from app.agents.prompts import router_prompt
from app.agents.routing.router import Guess, Routing, Turn, decided, turns_of
from app.agents.structured_output import request_structured, values_in

if TYPE_CHECKING:
    from app.agents.config import AgentConfig
    from app.agents.models import ModelSource
    from app.tools.base import ToolSpec

MAX_TURNS: Final = 8  # enough to know what "it" is
MAX_TURN_CHARS: Final = 500  # of each: routing needs the subject, not the whole text
SILENT_CONFIDENCE: Final = 0.7  # a model that names an agent but no confidence means it
FUNCTION: Final = "route"
NUMBER: Final = re.compile(r"\d{2,}")
NO_ANSWER: Final = "no_answer"  # every way of asking was refused, or what came could not be read at all

log = structlog.get_logger(__name__)

SCHEMA: Final[dict[str, Any]] = {
    "title": FUNCTION,
    "description": "The things the customer's newest message asks for, in order, and the agent for each.",
    "type": "object",
    "properties": {
        "intents": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "agent": {"type": "string"},
                    "request": {"type": "string"},
                    "confidence": {"type": "number"},
                    "reason": {"type": "string"},
                },
                "required": ["agent", "request", "confidence", "reason"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["intents"],
    "additionalProperties": False,
}


class ModelRouter:
    """A router that asks the default model."""

    asks_model = True

    def __init__(self, models: ModelSource) -> None:
        """Ask the default one of these models."""
        self._models = models

    async def route(
        self,
        *,
        text: str,
        history: Sequence[BaseMessage],
        config: AgentConfig,
        tools_of: Mapping[str, Sequence[ToolSpec]],
        run_config: RunnableConfig | None = None,
    ) -> Routing:
        """Decide who answers a message.

        Raises what the provider raises where it refuses the key, limits the rate or cannot be reached.
        """
        del tools_of  # agents are described by what they are for; their tools would cost more than they tell
        turns, names = turns_of(history), [agent.name for agent in config.agents]
        unusable = NO_ANSWER
        answers = request_structured(
            self._models.get(None),
            _messages(text, turns, config),
            name=FUNCTION,
            schema=_schema(names),
            config=_quiet(run_config),
        )
        async with aclosing(answers):
            async for answer in answers:
                if guesses := read_answer(answer, text=text, turns=turns, names=names):
                    return decided(guesses, config=config, by="model")
                unusable = _why_unusable(answer)
        log.warning("routing_unusable", reason=unusable, agents=len(names))
        return decided([], config=config, by="model")


def _schema(names: Sequence[str]) -> dict[str, Any]:
    schema = cast("dict[str, Any]", json.loads(json.dumps(SCHEMA)))
    schema["properties"]["intents"]["items"]["properties"]["agent"]["enum"] = list(names)
    return schema


def _quiet(run_config: RunnableConfig | None) -> RunnableConfig:
    """Keep the router's words from the customer's stream; its tokens are still counted."""
    given: RunnableConfig = run_config or {}
    return {**given, "tags": [*given.get("tags", []), TAG_NOSTREAM, "router"], "run_name": "router"}


def _messages(text: str, turns: Sequence[Turn], config: AgentConfig) -> list[BaseMessage]:
    agents = [
        {"name": agent.name, "description": agent.description, "examples": list(agent.examples)}
        for agent in config.agents
    ]
    prompt = router_prompt(
        business=config.name, agents=json.dumps(agents, ensure_ascii=False, indent=1), fallback=config.fallback
    )
    said = [
        {"who": "customer" if turn.customer else turn.agent or "assistant", "said": turn.text[:MAX_TURN_CHARS]}
        for turn in turns[-MAX_TURNS:]
    ]
    data = {"conversation": said, "newest_message": text}
    return [SystemMessage(prompt), HumanMessage(f"Data, as JSON:\n{json.dumps(data, ensure_ascii=False)}")]


# --- reading the answer ----------------------------------------------------------------------------------------


def read_answer(answer: BaseMessage, *, text: str, turns: Sequence[Turn], names: Sequence[str]) -> list[Guess]:
    """Read the model's answer, from a call of the function or from JSON anywhere in its text."""
    for value in values_in(answer):
        rows = value.get("intents", value.get("intent")) if isinstance(value, Mapping) else value
        if isinstance(rows, Mapping):
            rows = [rows]
        if rows is None and isinstance(value, Mapping) and "agent" in value:
            rows = [value]
        if not isinstance(rows, list):
            continue
        said = " ".join([text, *(turn.text for turn in turns)])
        guesses = [guess for row in rows if (guess := _guess(row, text, said, names)) is not None]
        if guesses:
            return guesses
    return []


def _why_unusable(answer: BaseMessage) -> str:
    """Name what is wrong with an answer that has no intent for an agent that there is."""
    values = list(values_in(answer))
    if not values:
        return "no_json" if answer.text.strip() else "empty"
    return "unknown_agent" if '"agent"' in json.dumps(values) else "no_intents"


def _guess(row: Any, text: str, said: str, names: Sequence[str]) -> Guess | None:
    if not isinstance(row, Mapping):
        return None
    agent = str(row.get("agent", "")).strip()
    if agent not in names:
        return None
    request = row.get("request")
    if not isinstance(request, str) or not request.strip() or _invents(request, said):
        request = text
    return Guess(
        agent=agent,
        request=request.strip(),
        confidence=_confidence(row.get("confidence")),
        reason=str(row.get("reason") or "chosen by the model")[:MAX_TURN_CHARS],
    )


def _invents(request: str, said: str) -> bool:
    """Say whether a request names a number that nobody said."""
    return not set(NUMBER.findall(request)) <= set(NUMBER.findall(said))


def _confidence(value: Any) -> float:
    """Read a confidence as models write it: 0.9, "0.9", 90, "90%", "high"."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        try:
            value = float(word.removesuffix("%"))
        except ValueError:
            return SILENT_CONFIDENCE
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return SILENT_CONFIDENCE
    return float(value) / 100 if value > 1 else float(value)


_WORDS: Final = {"high": 0.9, "very high": 0.95, "medium": 0.6, "low": 0.3, "very low": 0.1}
