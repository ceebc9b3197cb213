"""Results put into sentences, honest about what was not done. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo_model.facts import changed_facts, describe
from app.demo_model.matching import Offer
from app.demo_model.phrases import Deed, capital, deed_of
from app.language.stem import singular
from app.language.synonyms import concept, is_action
from app.language.tokens import name_words


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one call ended: `outcome` as in the protocol, `data` what the target answered.

    `args` is what was carried out: a person may have edited what was `asked`.
    """

    tool: str
    args: Mapping[str, Any]
    asked: Mapping[str, Any] = field(default_factory=dict)
    outcome: str
    summary: str = ""
    data: Any = None


def read_result(tool: str, args: Mapping[str, Any], content: str) -> Result:
    """Read a tool message; text that is not our JSON counts as what a successful tool said."""
    try:
        value = json.loads(content)
    except ValueError:
        return Result(tool=tool, args=args, asked=args, outcome="succeeded", summary=content)
    if not isinstance(value, dict) or "outcome" not in value:
        return Result(tool=tool, args=args, asked=args, outcome="succeeded", data=value)
    edited = value.get("args")
    return Result(
        tool=tool,
        args=edited if isinstance(edited, dict) else args,
        asked=args,
        outcome=str(value["outcome"]),
        summary=str(value.get("summary") or ""),
        data=value.get("data"),
    )


def tell(result: Result, offer: Offer | None, request: str) -> str:  # noqa: PLR0911 - one for each outcome
    """Say in sentences what came of a call; it says done only where the outcome says so."""
    what = _deed(offer, result)
    if result.outcome == "succeeded":
        if offer is None or offer.reads:
            facts = describe(result.data, asked=request, noun=_noun(offer, result.tool))
            return facts or result.summary or "The answer was empty."
        return f"{capital(what.done)}. {changed_facts(result.data, asked=request)}".strip()
    if result.outcome == "rejected":
        return f"All right: nothing was changed. {capital(what.not_done)}."
    if result.outcome == "expired":
        return f"Nothing was changed: the approval ran out of time, so {what.not_done}. Ask again if you still want it."
    if result.outcome == "unknown":
        return (
            f"I could not confirm whether {what.done}. A person will check it and settle it. Please do not ask for it"
            " again until then, so that it does not happen twice."
        )
    if result.outcome == "skipped":
        return f"{capital(what.not_done)}, because what came before it was not done."
    return f"Sorry, I could not {what.infinitive}: {_reason(result)}"


def _reason(result: Result) -> str:
    data = result.data
    for key in ("error", "detail", "message"):
        if isinstance(data, Mapping) and key in data:
            data = data[key]
            if isinstance(data, Mapping) and isinstance(data.get("message"), str):
                data = data["message"]
    text = data if isinstance(data, str) and data else result.summary or "the system behind it did not accept it"
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


def _deed(offer: Offer | None, result: Result) -> Deed:
    return deed_of(offer or Offer(name=result.tool, title=result.tool.replace("_", " ")), result.args)


def _noun(offer: Offer | None, tool: str) -> str:
    """Name what a tool answers with: get_order → order, list_orders → order, track_parcel → parcel."""
    words = [
        word
        for word in name_words(tool)
        if not is_action(concept(word)) and concept(word) not in {"get", "list", "search", "track"}
    ]
    if not words and offer is not None:
        words = list(offer.nouns) or name_words(tool)[-1:]
    return singular(" ".join(words[:2]))
