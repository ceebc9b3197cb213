"""The labelled messages of the routing benchmark, and the graph under a model that is always right."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from app.agents.config import load_agents
from benchmarks.perfect_model import PerfectModel
from benchmarks.routing import BACKEND, LANGUAGES, SERVICES, Desk, messages, play

if TYPE_CHECKING:
    from app.agents.models import ModelSource

MIN_MESSAGES = 200
KINDS_KEPT = {"follow-up", "answer", "negation"}


def test_there_are_enough_messages_in_each_language() -> None:
    """At least two hundred, as many in each language, over every template, each written once."""
    found = list(messages())
    assert len(found) >= MIN_MESSAGES
    assert set(Counter(one.language for one in found).values()) == {len(found) // len(LANGUAGES)}
    assert {one.template for one in found} == set(SERVICES)
    assert Counter((one.text, one.before) for one in found).most_common(1)[0][1] == 1


def test_they_are_for_agents_that_there_are() -> None:
    """Every label names agents of its template."""
    for template in SERVICES:
        path = BACKEND / f"config/templates/{template}.yaml"
        names = {agent.name for agent in load_agents(path, variables={"DEMO_APIS_URL": "http://127.0.0.1:9"}).agents}
        for one in (one for one in messages() if one.template == template):
            assert set().union(*one.wants) <= names
            assert one.active in {"", *names}


@pytest.mark.parametrize("template", SERVICES)
async def test_a_model_that_is_right_is_obeyed(template: str) -> None:
    """Every message reaches the agents that it is for, in order; a follow-up hardly ever after another call."""
    model = PerfectModel()
    desk = Desk(template, cast("ModelSource", SimpleNamespace(get=lambda _: model)))
    kept = []
    for one in (one for one in messages() if one.template == template):
        model.ask_for([sorted(want) for want in one.wants])
        played = await play("after", desk, one)
        assert played.is_right, (one.text, played.agents)
        assert played.calls_before <= 1
        kept += [played.calls_before] if one.kind in KINDS_KEPT else []
    assert sum(kept) <= len(kept) * 0.1
