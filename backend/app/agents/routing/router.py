"""Router: a customer's message as ordered intents, each with an agent, a confidence and a reason.

`Router` is what the graph needs of one; which one it is given is decided where the server is put together. In doubt the
routing is a question back to the customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from app.agents.config import AgentConfig
    from app.tools.base import ToolSpec

THRESHOLD: Final = 0.5  # below it a wrong agent is likelier than a right one, so it asks
MAX_OPTIONS: Final = 4  # as many as one takes in at a glance
MAX_INTENTS: Final = 6  # more in one message is a list, and the later ones depend on what happens first


RoutedBy = Literal["model", "words", "active", "agent", "single"]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Something said earlier: by the customer, or by an agent, which is named where it is known."""

    customer: bool
    text: str
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One part of a message and the agent that it seems to be for; `others` are those that came close."""

    agent: str
    request: str
    confidence: float
    reason: str
    others: tuple[Guess, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One thing the customer wants, and the agent for it; `confidence` is between 0 and 1."""

    agent: str
    request: str
    confidence: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Routing:
    """What was decided: either intents in the order asked, or a question back with options to choose from."""

    intents: tuple[Intent, ...] = ()
    candidates: tuple[Intent, ...] = ()
    question: str | None = None
    options: tuple[str, ...] = ()
    by: RoutedBy = "model"


class Router(Protocol):
    """Decides who answers.

    `asks_model` says whether that costs a model's call: such a router is asked only where it is needed.
    """

    asks_model: bool

    async def route(
        self,
        *,
        text: str,
        history: Sequence[BaseMessage],
        config: AgentConfig,
        tools_of: Mapping[str, Sequence[ToolSpec]],
        run_config: RunnableConfig | None = None,
    ) -> Routing:
        """Decide who answers a message; raises what a model's provider raises."""
        ...


def turns_of(history: Sequence[BaseMessage]) -> list[Turn]:
    """Return the conversation so far: who said what."""
    return [
        Turn(customer=isinstance(message, HumanMessage), text=message.text, agent=message.name or "")
        for message in history
        if isinstance(message, HumanMessage | AIMessage) and message.text.strip()
    ]


def decided(guesses: Sequence[Guess], *, config: AgentConfig, by: RoutedBy) -> Routing:
    """Return the intents of guesses, or a question back where one of them is in doubt or there are none."""
    intents = tuple(_intent(guess) for guess in merged(guesses)[:MAX_INTENTS])
    others = (_intent(other) for guess in guesses for other in guess.others)
    candidates = (*intents, *others)
    doubtful = [intent for intent in intents if intent.confidence < THRESHOLD]
    if not intents or doubtful:
        question = _question(intents, doubtful)
        return Routing(candidates=candidates, question=question, options=options_for(candidates, config), by=by)
    return Routing(intents=intents, candidates=candidates, by=by)


def _intent(guess: Guess) -> Intent:
    return Intent(
        agent=guess.agent,
        request=guess.request,
        confidence=round(min(max(guess.confidence, 0.0), 1.0), 2),
        reason=guess.reason,
    )


def merged(guesses: Sequence[Guess]) -> list[Guess]:
    """Join neighbours that go to the same agent; the pair is as sure as its less sure half."""
    kept: list[Guess] = []
    for guess in guesses:
        if kept and kept[-1].agent == guess.agent:
            last = kept.pop()
            joined = Guess(
                agent=last.agent,
                request=f"{last.request.rstrip(' .,;')} and {guess.request[:1].lower()}{guess.request[1:]}",
                confidence=min(last.confidence, guess.confidence),
                reason=last.reason if last.reason == guess.reason else f"{last.reason}; {guess.reason}",
                others=(*last.others, *guess.others),
            )
            kept.append(joined)
        else:
            kept.append(guess)
    return kept


def _question(intents: Sequence[Intent], doubtful: Sequence[Intent]) -> str:
    sure = [intent for intent in intents if intent not in doubtful]
    if sure and doubtful:
        unclear = "; ".join(f"“{intent.request}”" for intent in doubtful)
        return (
            f"I am not sure what you mean by {unclear}. Could you say that in other words?"
            " I have not begun with the rest."
        )
    return "I am not sure what you mean. Could you say it in other words, or choose one of these?"


def options_for(candidates: Sequence[Intent], config: AgentConfig) -> tuple[str, ...]:
    """Return requests that work, of the likeliest agents first."""
    ranked = {intent.agent for intent in candidates}
    agents = sorted(config.agents, key=lambda agent: agent.name not in ranked)
    first = [agent.examples[0] for agent in agents if agent.examples]
    return tuple(first[:MAX_OPTIONS]) or tuple(agent.description for agent in agents[:MAX_OPTIONS])
