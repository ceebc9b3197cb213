"""Visitor session: what the chat page needs to know first, who speaks here and who is asking."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final

from aiohttp import web

from app import __version__
from app.api.request_keys import CALLER
from app.api.services import SERVICES
from app.api.validation import View, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.agents.config import AgentSpec

EXAMPLES: Final = 6  # what an empty chat shows on a phone without scrolling


class AgentCard(View):
    """An agent as customers know it."""

    name: str
    description: str


class Session(View):
    """Who speaks here, and who is asking."""

    product: str
    version: str
    greeting: str
    model: str
    """The model's name, or "demo model"."""
    demo: bool
    """Whether the built-in demo model answers, because no key is set."""
    agents: list[AgentCard]
    examples: list[str]
    """Things to ask that really work here."""
    staff: bool
    """Whether the caller is signed in as staff."""
    identified: bool
    """Whether it is known which customer the visitor is."""


async def show(request: web.Request) -> web.Response:
    """Describe the product; a stranger becomes a visitor by the cookie that comes along."""
    config, models = request.app[SERVICES].live_config.config, request.app[SERVICES].models
    return answer(
        Session(
            product=config.name,
            version=__version__,
            greeting=config.greeting,
            model=models.label,
            demo=models.is_demo,
            agents=[AgentCard(name=agent.name, description=agent.description) for agent in config.agents],
            examples=examples_of(config.agents),
            staff=request[CALLER].staff is not None,
            identified=await request.app[SERVICES].identity_of(request[CALLER].visitor_id or "") is not None,
        )
    )


def examples_of(agents: Sequence[AgentSpec]) -> list[str]:
    """Choose examples to show: each agent's first, then each one's second, and so on; none twice."""
    rounds = zip_longest(*(agent.examples for agent in agents))
    return list(dict.fromkeys(example for example in chain.from_iterable(rounds) if example))[:EXAMPLES]
