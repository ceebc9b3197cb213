"""Structured output of a model: a JSON schema where the provider takes one, else a tool call, else JSON in text.

A way of asking that the provider refuses is skipped, a schema from then on; where it refuses all of them, its last
refusal is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from app.agents.provider.adaptations import STRUCTURED_OUTPUT
from app.agents.provider.openai_model import StreamingModel
from app.agents.provider.provider_error import ProviderError

MAY_REFUSE_A_WAY: Final = frozenset({400, 422})  # and failures of the server, which small ones answer instead
SERVER_FAILED: Final = 500
MAX_JSON_CHARS: Final = 20_000  # of an answer that is searched for JSON


async def request_structured(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    name: str,
    schema: Mapping[str, Any],
    config: RunnableConfig | None,
) -> AsyncGenerator[BaseMessage]:
    """Yield the model's answers, one per way of asking, the strictest first; the caller stops at a good one.

    The prompt has to ask for JSON in any case. Raises what the provider raises where it refuses the key, limits the
    rate or cannot be reached, and where it refused every way.
    """
    refused: Exception | None = None
    for bound in _ways(model, name, schema):
        try:
            answer = await bound.ainvoke(list(messages), config)
        except ProviderError as error:
            if error.status not in MAY_REFUSE_A_WAY and error.status < SERVER_FAILED:
                raise
            refused = error  # this way of asking is not supported; another may be
            continue
        except ValueError:
            continue  # the answer could not be read at all
        refused = None
        yield answer
    if refused is not None:
        raise refused


def _ways(model: BaseChatModel, name: str, schema: Mapping[str, Any]) -> Iterator[Any]:
    if not (isinstance(model, StreamingModel) and STRUCTURED_OUTPUT in model.refused.features):
        yield model.bind(
            response_format={"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}}
        )
    yield model.bind_tools(
        [{"type": "function", "function": {"name": name, "description": schema["description"], "parameters": schema}}]
    )
    yield model


def values_in(answer: BaseMessage, *, max_chars: int = MAX_JSON_CHARS) -> Iterator[Any]:
    """Yield what an answer gives: the arguments of its calls, then JSON anywhere in its text."""
    if isinstance(answer, AIMessage):
        for call in answer.tool_calls:
            yield call["args"]
    yield from json_in(answer.text, max_chars=max_chars)


def json_in(text: str, *, max_chars: int = MAX_JSON_CHARS) -> Iterator[Any]:
    """Yield every JSON object or list that stands in a text, outermost only."""
    decoder = json.JSONDecoder()
    text = text[:max_chars]
    place = 0
    while (match := re.compile(r"[{\[]").search(text, place)) is not None:
        try:
            value, place = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            place = match.start() + 1
            continue
        yield value
