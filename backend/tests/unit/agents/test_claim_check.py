"""Claim check: what the judge finds is believed only where it stands in the reply, and its failure harms nobody."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from app.agents.claim_check import Brief, ClaimCheck, Evidence, can_claim, messages_of

REPLY = "Ich habe Ihre Bestellung storniert. Kann ich sonst noch helfen?"
EVIDENCE = Evidence(customer="Bitte stornieren", brief=Brief(writes=("Cancel an order",), knowledge="Open all day."))


class Judge(BaseChatModel):
    """A model that gives a scripted answer, or none."""

    answer: str = ""
    error: Any = None
    silent: bool = False
    asked: list[Any] = []  # noqa: RUF012 - pydantic copies it for each instance

    @property
    def _llm_type(self) -> str:
        return "judge"

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        return self

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise AssertionError("the check asks with ainvoke")

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        self.asked.append(messages)
        if self.silent:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.answer))])


def says(*rows: tuple[str, str]) -> Judge:
    """A judge that lists these statements."""
    return Judge(answer=json.dumps({"statements": [{"quote": quote, "basis": basis} for quote, basis in rows]}))


async def found(judge: Judge, *, evidence: Evidence = EVIDENCE, seconds: float = 5.0) -> list[str]:
    """What is found false in the reply."""
    return await ClaimCheck(judge, seconds=seconds).false_claims(REPLY, evidence)


async def test_what_nothing_shows_is_found_word_for_word() -> None:
    """Capitals, spaces and marks of the quote do not matter; what is returned stands in the reply."""
    assert await found(says((" ich habe  ihre Bestellung storniert!", "nothing"))) == [
        "Ich habe Ihre Bestellung storniert"
    ]


@pytest.mark.parametrize("basis", ["lookup", "knowledge", "customer"])
async def test_what_something_shows_is_true(basis: str) -> None:
    """A fact that was read, a rule, and the customer's own words are no lies."""
    assert await found(says(("Ich habe Ihre Bestellung storniert", basis))) == []


async def test_a_record_that_is_empty_shows_nothing() -> None:
    """A judge that names the record where there is none is mistaken."""
    judge = says(("Ich habe Ihre Bestellung storniert", "record"))
    assert await found(judge) == ["Ich habe Ihre Bestellung storniert"]
    kept = Evidence(customer="", brief=Brief(), record=["Cancel an order: succeeded"])
    assert await found(judge, evidence=kept) == []


@pytest.mark.parametrize("quote", ["Your order was cancelled", "", "!!", "Kann ich sonst noch helfen?"])
async def test_what_the_judge_invents_is_passed_over(quote: str) -> None:
    """A quote that does not stand in the reply, or is a plain question, corrects nothing."""
    assert await found(says((quote, "nothing"))) == []


@pytest.mark.parametrize("answer", ["", "No.", '{"verdict": 1}', '{"statements": "none"}', '{"statements": []}'])
async def test_an_answer_without_statements_corrects_nothing(answer: str) -> None:
    """Whatever a model writes instead."""
    assert await found(Judge(answer=answer)) == []


async def test_a_failure_is_nobody_elses() -> None:
    """The words are out and the receipt stands beside them; the turn ends as it would have."""
    assert await found(Judge(error=RuntimeError("down"))) == []


async def test_it_does_not_wait_for_ever() -> None:
    """A judge that says nothing in time has said nothing."""
    assert await found(Judge(silent=True), seconds=0.01) == []


def test_the_question_holds_what_can_show_it() -> None:
    """The judge reads what the agent could know: record, answers, rules; and that nothing is on record."""
    text = str(messages_of(REPLY, EVIDENCE)[1].content)
    for part in ("Cancel an order", "Open all day.", "nothing was changed", "Bestellung storniert"):
        assert part in text


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Which order do you mean?", False),
        ("Welche Bestellung meinen Sie?", False),
        ("どの注文ですか\uff1f", False),
        ("", False),
        ("…", False),
        ("I've cancelled it, anything else?", True),
        ("Done. Anything else?", True),
        ("キャンセルしました。", True),
    ],
)
def test_a_plain_question_cannot_claim(text: str, claims: bool) -> None:
    """One clause that asks; a question with something before it may claim."""
    assert can_claim(text) is claims
