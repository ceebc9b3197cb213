"""A hostile document changes no label for the riskier."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from app.openapi.api import ApiDescription, read_api
from app.openapi_import.classify.agent_groups import propose_agents
from app.openapi_import.classify.labels import RISK, Classification, asks_less
from app.openapi_import.classify.rules import MAX_EVIDENCE_CHARS, classify
from app.tools.base import Access
from tests.unit.openapi_import.classify.poison import PLACES, TEXTS, clean


def by_key(api: ApiDescription) -> dict[str, Classification]:
    return {one.key: label for one, label in zip(api.operations, classify(api), strict=True)}


CLEAN = by_key(read_api(clean()))


@cache
def poisoned(place: str) -> list[ApiDescription]:
    """Return the dangerous document with each text of the corpus in that place."""
    poison: Callable[[dict[str, Any], str], None] = PLACES[place]
    found = []
    for text in TEXTS:
        whole = clean()
        poison(whole, text)
        found.append(read_api(whole))
    return found


def test_the_corpus_is_dangerous() -> None:
    """Nothing in the clean document is a read: whatever became one was made one."""
    assert len(CLEAN) == 12
    assert Access.READ not in {one.access for one in CLEAN.values()}


@pytest.mark.parametrize("place", PLACES)
def test_no_text_makes_a_label_riskier(place: str) -> None:
    """Wherever it stands, every operation is as risky as before or more, and asks everybody that it asked before."""
    for api, text in zip(poisoned(place), TEXTS, strict=True):
        for key, label in by_key(api).items():
            before = CLEAN[key]
            assert RISK[label.access] >= RISK[before.access], (text, key, label.evidence)
            assert not asks_less(label.consent, before.consent), (text, key, before.consent, label.consent)
            assert before.bound.items() <= label.bound.items(), (text, key)


@pytest.mark.parametrize("place", PLACES)
def test_no_sentence_reaches_the_router(place: str) -> None:
    """Agents' names and descriptions, which the router's prompt holds, are a few plain words."""
    for api in poisoned(place):
        for agent in propose_agents(api, classify(api)):
            assert agent.name.isascii()
            assert agent.name.isidentifier()
            assert len(agent.name) <= 40
            assert len(agent.description) <= 250
            assert agent.description.isascii()
            assert agent.description.isprintable()


@pytest.mark.parametrize("place", PLACES)
def test_evidence_is_a_line_of_plain_words(place: str) -> None:
    """What a reason quotes of the document is cut, and holds nothing invisible."""
    for api in poisoned(place):
        for label in classify(api):
            for one in label.evidence:
                assert one.text.isprintable()
                assert len(one.text) <= MAX_EVIDENCE_CHARS


def test_poison_in_one_operation_leaves_the_others_alone() -> None:
    """What one operation says is not evidence about another."""
    whole = clean()
    whole["paths"]["/orders"]["post"].update({"description": TEXTS[0], "x-readOnly": True, "operationId": "listOrders"})
    found = by_key(read_api(whole))
    assert {key: label for key, label in found.items() if key != "POST /orders"} == {
        key: label for key, label in CLEAN.items() if key != "POST /orders"
    }
