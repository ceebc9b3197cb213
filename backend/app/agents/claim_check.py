"""Check of an agent's words against the record, by a short structured question to a model, in any language.

It runs after the words were shown and before their turn ends, and only where they could be untrue. Its failure is
logged and shown to nobody: the receipt stands beside the words in any case.
"""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langgraph.constants import TAG_NOSTREAM

from app.agents.models import Models, explain_model_error
from app.agents.prompts import claim_check_prompt
from app.agents.structured_output import request_structured, values_in

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel

FUNCTION: Final = "claim_check"
OFF: Final = "off"  # in the place of a model's name
MAX_REPLY_CHARS: Final = 6_000  # what an agent says in one turn; the end of a longer text is what it comes to
MAX_KNOWLEDGE_CHARS: Final = 4_000  # about 1,000 tokens: a page of rules
MAX_LOOKUP_CHARS: Final = 1_500  # of each answer: an order with its lines
MAX_LINES: Final = 12  # of each list, the newest: what the words of one turn can be about
MAX_TITLES: Final = 40  # of the tools that change something

# The marks of a question, as they are written in Latin, Chinese and Japanese, and Arabic; and what ends a clause.
_QUESTION_MARKS: Final = "?\uff1f\u061f"
_CLAUSE_ENDS: Final = ".!,;:\u3001\uff0c\u3002\uff01\uff1b\uff1a\u060c\u2013\u2014\n"
_ONE_CLAUSE_QUESTION: Final = re.compile(
    rf"(?<![^{re.escape(_CLAUSE_ENDS + _QUESTION_MARKS)}])[^{re.escape(_CLAUSE_ENDS + _QUESTION_MARKS)}]*+"
    rf"[{re.escape(_QUESTION_MARKS)}][\s\"')\u201d\u2019\u00bb]*"
)

log = structlog.get_logger(__name__)

SCHEMA: Final[dict[str, Any]] = {
    "title": FUNCTION,
    "description": "The reply's statements that something was changed or done, each with what shows that it is true.",
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "quote": {"type": "string"},
                    "basis": {"type": "string", "enum": ["record", "lookup", "knowledge", "customer", "nothing"]},
                },
                "required": ["quote", "basis"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What an agent could have changed, by the tools' titles, and what it knows without looking."""

    writes: tuple[str, ...] = ()
    knowledge: str = ""
    instructions: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What an agent's words are held against.

    `record` says how each change of this run stands, `earlier` what the conversation's record held before, `lookups`
    what tools answered in this turn; one line each.
    """

    customer: str
    brief: Brief
    record: Sequence[str] = ()
    lookups: Sequence[str] = ()
    earlier: Sequence[str] = ()


class ClaimCheck:
    """A judge of what agents say."""

    def __init__(self, model: BaseChatModel, *, seconds: float) -> None:
        """Ask this model, and wait for its answer no longer than this."""
        self._model = model
        self._seconds = seconds

    async def false_claims(
        self, reply: str, evidence: Evidence, *, callbacks: Sequence[BaseCallbackHandler] = ()
    ) -> list[str]:
        """Return the parts of a reply that claim what nothing shows, word for word; none where it cannot be known."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._ask(reply[-MAX_REPLY_CHARS:], evidence, list(callbacks))
        except TimeoutError:
            log.warning("claim_check_too_slow", seconds=self._seconds)
        except Exception as error:  # noqa: BLE001 - the words are out already, and the receipt stands beside them
            log.warning("claim_check_failed", code=explain_model_error(error).code, reason=str(error))
        return []

    async def _ask(self, reply: str, evidence: Evidence, callbacks: list[BaseCallbackHandler]) -> list[str]:
        config: Any = {"tags": [TAG_NOSTREAM, FUNCTION], "run_name": FUNCTION, "callbacks": callbacks}
        answers = request_structured(
            self._model, messages_of(reply, evidence), name=FUNCTION, schema=SCHEMA, config=config
        )
        async with aclosing(answers):
            async for answer in answers:
                rows = _rows(answer)
                if rows is not None:
                    return _false(rows, reply, evidence)
        log.warning("claim_check_unusable")
        return []


def make_claim_check(models: Models, name: str | None, seconds: float) -> ClaimCheck | None:
    """Make the check by the model of that name; None where it is off, or with the demo model, which needs none."""
    return None if models.is_demo or name == OFF else ClaimCheck(models.get(name), seconds=seconds)


def can_claim(text: str) -> bool:
    """Say whether a text could say that something was done: it says something, and is not one plain question."""
    text = text.strip()
    return any(char.isalnum() for char in text) and not _ONE_CLAUSE_QUESTION.fullmatch(text)


def messages_of(reply: str, evidence: Evidence) -> list[BaseMessage]:
    """Write the question about a reply."""
    knowledge = "\n".join(filter(None, (evidence.brief.knowledge.strip(), evidence.brief.instructions.strip())))
    data = {
        "customer": evidence.customer[:MAX_LOOKUP_CHARS],
        "can_change": list(evidence.brief.writes[:MAX_TITLES]),
        "record": list(evidence.record[-MAX_LINES:]) or ["nothing was changed, nothing was asked for"],
        "lookups": [one[:MAX_LOOKUP_CHARS] for one in evidence.lookups[-MAX_LINES:]],
        "earlier": list(evidence.earlier[-MAX_LINES:]),
        "knowledge": knowledge[:MAX_KNOWLEDGE_CHARS],
        "reply": reply,
    }
    return [
        SystemMessage(claim_check_prompt()),
        HumanMessage(f"Data, as JSON:\n{json.dumps(data, ensure_ascii=False, indent=1)}"),
    ]


def _rows(answer: BaseMessage) -> list[Mapping[str, Any]] | None:
    """Read the statements from an answer; None where it holds none in any form."""
    for value in values_in(answer):
        listed = value.get("statements") if isinstance(value, Mapping) else value
        if isinstance(listed, list):
            return [row for row in listed if isinstance(row, Mapping)]
    return None


def _false(rows: Sequence[Mapping[str, Any]], reply: str, evidence: Evidence) -> list[str]:
    """Keep the statements that nothing shows. A quote that does not stand in the reply is the judge's own invention."""
    found = []
    for row in rows:
        quote = _found(str(row.get("quote") or ""), reply)
        basis = str(row.get("basis") or "").strip().lower()
        empty = basis == "record" and not evidence.record and not evidence.earlier
        if quote and can_claim(quote) and (basis == "nothing" or empty) and quote not in found:
            found.append(quote)
    return found


def _found(quote: str, reply: str) -> str:
    """Find a quote in a reply whatever its spaces, marks and capitals; empty where it does not stand there."""
    words = re.findall(r"\w+", _plain(quote))
    if not words:
        return ""
    pattern = r"\W+".join(map(re.escape, words)) + rf"[{re.escape(_QUESTION_MARKS)}]?"  # a question is none without
    match = re.search(pattern, _plain(reply), re.IGNORECASE)
    return _plain(reply)[match.start() : match.end()] if match else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)
