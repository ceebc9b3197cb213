"""Check of a model by a few small requests: address, key, name, streaming, tools and structured output.

Each finding is a sentence with its next step. Nothing is remembered, and the first thing that fails for good ends the
check, since everything after it would fail for the same reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import aiohttp
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from app.agents.models import NO_KEY, OPENAI_URL, Models, explain_model_error
from app.agents.provider.adaptations import NOTED, STRUCTURED_OUTPUT, Refused
from app.agents.provider.provider_error import ProviderError
from app.agents.provider.transport import Transport
from app.agents.refusals import EXPLANATIONS, without_password
from app.agents.structured_output import request_structured, values_in
from app.errors import ModelBusy, ModelError, ModelNotFound, ModelTimeout, ModelUnavailable

Verdict = Literal["ok", "note", "broken"]

LIST_SECONDS: Final = 10.0  # a list of models is one small answer
HELD_SECONDS: Final = 1.0  # an answer that comes whole within it may have been written so fast
MAX_NAMES: Final = 8  # of a server's models in a sentence; some have hundreds
NO_KEY_STATUSES: Final = (401, 403)
NOT_FOUND: Final = 404
TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "Look up an order by its number.",
        "parameters": {
            "type": "object",
            "properties": {"order_id": {"type": "integer", "description": "The order's number."}},
            "required": ["order_id"],
            "additionalProperties": False,
        },
    },
}
FORM: Final[dict[str, Any]] = {
    "title": "choose",
    "description": "Which department a message is for.",
    "type": "object",
    "properties": {"department": {"type": "string", "enum": ["orders", "billing"]}},
    "required": ["department"],
    "additionalProperties": False,
}
FAILURES: Final[Mapping[type[ModelError], str]] = {
    ModelTimeout: "It does not answer in time. Use a faster model or machine, or raise LLM_TIMEOUT_SECONDS.",
    ModelBusy: "The provider limits the rate, or still loads the model. Wait a moment, or raise the account's limit.",
    ModelUnavailable: "It breaks off, or answers what no such server should. Look into the log of the model's server.",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check has found: `broken` is what a customer would notice, a `note` is worth knowing."""

    what: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Where models are asked, and how long they may take."""

    api_key: str | None
    base_url: str | None
    timeout_seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the API's address, without a name and a password."""
        return without_password(self.base_url or OPENAI_URL)


async def check_address(provider: Provider) -> tuple[Finding, list[str]]:
    """Ask for the list of models: what is found of the address and the key, and the names where there is a list."""
    base = provider.base_url or OPENAI_URL
    try:
        async with asyncio.timeout(LIST_SECONDS):
            names = await _names(base, provider)
    except ProviderError as error:
        if error.status in NO_KEY_STATUSES:
            return _broken(
                "model key", f"{provider.address} refuses the key ({error.status}). Check OPENAI_API_KEY."
            ), []
        if error.status == NOT_FOUND and await _is_below(base, provider):
            better = f"{provider.address.rstrip('/')}/v1"
            return _broken("model address", f"The API is one step further: set OPENAI_BASE_URL={better}."), []
        names = []  # some servers have no list
    except (aiohttp.ClientError, OSError):
        advice = f"Nothing answers at {provider.address}. Check OPENAI_BASE_URL, and that the model's server runs."
        return _broken("model address", advice), []
    except ValueError:
        names = []  # or one that is none
    return Finding(what="model address", verdict="ok", sentence=f"{provider.address} answers."), names


async def check_model(provider: Provider, name: str, names: Sequence[str]) -> AsyncIterator[Finding]:
    """Yield what is found of one model, as it is found; `names` are those that the provider lists."""
    refused = Refused()
    models = Models(
        api_key=provider.api_key,
        base_url=provider.base_url or OPENAI_URL,
        default_model=name,
        timeout_seconds=provider.timeout_seconds,
        headers=provider.headers,
        refused=lambda _: refused,
    )
    checks: dict[str, Callable[[BaseChatModel], Awaitable[tuple[Verdict, str]]]] = {
        "answers": _speak,
        "tools": _call,
        "structured output": lambda model: _fill_in(model, refused),
    }
    try:
        for what, check in checks.items():
            verdict, sentence = await _carried_out(check, models.get(None), name, names)
            yield Finding(what=f"{name}: {what}", verdict=verdict, sentence=sentence)
            if verdict == "broken" and what == "answers":
                return  # the others would fail for the same reason
        for feature in sorted(set(refused.features) - {*NOTED}):
            yield Finding(what=f"{name}: {feature}", verdict="note", sentence=EXPLANATIONS[feature])
    finally:
        await models.aclose()


async def _carried_out(
    check: Callable[[BaseChatModel], Awaitable[tuple[Verdict, str]]],
    model: BaseChatModel,
    name: str,
    names: Sequence[str],
) -> tuple[Verdict, str]:
    """Carry one check out; a failure is a finding too."""
    try:
        return await check(model)
    except Exception as error:  # noqa: BLE001 - whatever broke becomes a sentence with its next step
        fact = explain_model_error(error)
    if isinstance(fact, ModelNotFound) and names and name not in names:
        known = ", ".join(names[:MAX_NAMES]) + (" and others" if len(names) > MAX_NAMES else "")
        return "broken", f"The provider has no model of that name. It has {known}: set LLM_MODEL to one of them."
    told = next((text for kind, text in FAILURES.items() if isinstance(fact, kind)), None)
    return "broken", told or (fact.for_staff if isinstance(fact, ModelError) else "") or fact.message


async def _names(base: str, provider: Provider) -> list[str]:
    transport = Transport(
        base, api_key=provider.api_key or NO_KEY, connect_seconds=LIST_SECONDS, headers=provider.headers
    )
    try:
        return await transport.model_names()
    finally:
        await transport.aclose()


async def _is_below(base: str, provider: Provider) -> bool:
    """Say whether the API is at `/v1` below an address, which is easily left out."""
    with suppress(ProviderError, aiohttp.ClientError, OSError, ValueError):
        async with asyncio.timeout(LIST_SECONDS):
            return bool(await _names(f"{base.rstrip('/')}/v1", provider))
    return False


def _broken(what: str, sentence: str) -> Finding:
    return Finding(what=what, verdict="broken", sentence=sentence)


async def _speak(model: BaseChatModel) -> tuple[Verdict, str]:
    """See that it answers, and that its answer comes in pieces."""
    now = asyncio.get_running_loop().time
    began = now()
    pieces = [
        chunk.text async for chunk in model.astream([HumanMessage("Count from one to ten, in words.")]) if chunk.text
    ]
    if not "".join(pieces).strip():
        return "broken", "It answers nothing. Look into the log of the model's server."
    if len(pieces) == 1 and now() - began > HELD_SECONDS:
        return "note", "Its answer comes all at once: a proxy in front may hold it back. Switch its buffering off."
    return "ok", "It answers, as it is written."


async def _call(model: BaseChatModel) -> tuple[Verdict, str]:
    """See that it calls a tool where it should, by itself or where a call is required."""
    question = [HumanMessage("Where is order 1042? Look it up with the tool.")]
    for options in ({}, {"tool_choice": "required"}):
        answer = await model.bind_tools([TOOL], **options).ainvoke(question)
        if any(call["name"] == "get_order" for call in answer.tool_calls):
            return "ok", "It calls tools." if not options else "It calls tools, where a call is required."
    return "broken", "It was given a tool and did not call it. Use a model that is made for calling tools."


async def _fill_in(model: BaseChatModel, refused: Refused) -> tuple[Verdict, str]:
    """See that a form is filled in, whichever way of asking the server takes."""
    question = HumanMessage('Which department is this for, "orders" or "billing"? Answer as JSON. "My parcel is late."')
    answers = request_structured(model, [question], name="choose", schema=FORM, config=None)
    async with aclosing(answers):
        async for answer in answers:
            if any(isinstance(value, Mapping) and value.get("department") for value in values_in(answer)):
                if STRUCTURED_OUTPUT in refused.features:
                    return "note", EXPLANATIONS[STRUCTURED_OUTPUT]
                return "ok", "It fills in a form."
    return "note", "It does not fill in a form, so a router has to guess. Use a larger model, or a single agent."
