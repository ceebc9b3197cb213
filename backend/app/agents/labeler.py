"""Labeler: asks a language model what operations of an API do, for the import to weigh.

A provider that fails raises a `ModelError`; an answer that cannot be read is no rows.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

import aiohttp
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langgraph.constants import TAG_NOSTREAM

from app.agents.models import Models, explain_model_error
from app.agents.prompts import classifier_prompt
from app.agents.provider.provider_error import ProviderError
from app.agents.structured_output import request_structured, values_in

FUNCTION: Final = "label"
MAX_ANSWER_CHARS: Final = 60_000  # a batch's labels, each with a reason

Ask = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]

SCHEMA: Final[dict[str, Any]] = {
    "title": FUNCTION,
    "description": "What each operation does to the system behind the API, by its id.",
    "type": "object",
    "properties": {
        "operations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "access": {"type": "string", "enum": ["read", "write", "destructive"]},
                    "reason": {"type": "string"},
                },
                "required": ["id", "access", "reason"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["operations"],
    "additionalProperties": False,
}


def make_asker(models: Models, model: str | None = None) -> Ask | None:
    """Return what asks the model of that name about operations; None with the demo model, which knows nothing of them.

    The asker raises a `ModelError` where the provider cannot answer, and returns only rows that are objects.
    """
    if models.is_demo:
        return None
    chosen = models.get(model)

    async def ask(operations: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        return await _ask(chosen, operations)

    return ask


async def _ask(model: BaseChatModel, operations: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    data = json.dumps({"operations": list(operations)}, ensure_ascii=False)
    messages = [SystemMessage(classifier_prompt()), HumanMessage(f"Data, as JSON:\n{data}")]
    quiet: Any = {"tags": [TAG_NOSTREAM, "classifier"], "run_name": "classifier"}
    try:
        answers = request_structured(model, messages, name=FUNCTION, schema=SCHEMA, config=quiet)
        async with aclosing(answers):
            async for answer in answers:
                if rows := list(_rows(answer)):
                    return rows
    except (ProviderError, aiohttp.ClientError, OSError) as error:
        raise explain_model_error(error) from error
    return ()


def _rows(answer: BaseMessage) -> Iterator[Mapping[str, Any]]:
    for value in values_in(answer, max_chars=MAX_ANSWER_CHARS):
        listed = value.get("operations") if isinstance(value, Mapping) else value
        if isinstance(listed, list):
            yield from (row for row in listed if isinstance(row, Mapping))
