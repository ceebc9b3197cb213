"""Routing without a model: each clause goes to the agent whose tools its words speak of. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from app.agents.routing.router import Guess, Routing, Turn, decided, turns_of
from app.demo_model.knowledge import answer_from
from app.demo_model.matching import Match, Offer, offer_of, rank
from app.demo_model.referents import with_referent
from app.demo_model.requests import REMEMBERED_TURNS, is_general, read_by_value
from app.demo_model.scene import ASKS, OFFERS, newest_words
from app.demo_model.slots import SEARCH_WORDS
from app.demo_model.speech import Act, act_of, clauses_of, tells
from app.language.synonyms import GENERIC_ACTIONS, READS, concepts_of
from app.tools.base import Access, ToolSpec

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

    from app.agents.config import AgentConfig, AgentSpec

CERTAIN: Final = 0.95
LIKELY: Final = 0.75
POSSIBLE: Final = 0.55  # a question that no agent knows of: the fallback agent says so honestly
UNLIKELY: Final = 0.2
HALF_SCORE: Final = 1.0  # the score at which a match is as likely chance as meaning
DESCRIPTION_WEIGHT: Final = 0.25  # an agent's own words decide between agents that share a tool
WHOLLY: Final = 0.99
BY_VALUE_SCORE: Final = 2.0  # an id of the right form speaks about as clearly as a noun
SHORT_REPLY_WORDS: Final = 6  # "the one from last week, please"


class DemoRouter:
    """The router of the demo model: by words, without a model."""

    async def route(
        self,
        *,
        text: str,
        history: Sequence[BaseMessage],
        config: AgentConfig,
        tools_of: Mapping[str, Sequence[ToolSpec]],
        run_config: RunnableConfig | None = None,
    ) -> Routing:
        """Decide who answers a message, by the words of the agents and of their tools."""
        del run_config  # no model is called
        return decided(guess_by_words(text, turns_of(history), config, tools_of), config=config, by="words")


def guess_by_words(
    text: str, turns: Sequence[Turn], config: AgentConfig, tools_of: Mapping[str, Sequence[ToolSpec]]
) -> list[Guess]:
    """Split a message into clauses and name the agent for each, in order."""
    desk = _Desk(config, tools_of)
    if (whole := _about_the_conversation(text, turns, desk)) is not None:
        return [whole]
    guesses: list[Guess] = []
    said_before: list[str] = []
    led_in: list[str] = []
    for clause in clauses_of(text):
        act = act_of(clause)
        if act in {Act.GREETING, Act.THANKS, Act.GOODBYE, Act.YES, Act.NO, Act.HELP}:
            continue
        request = with_referent(clause, said_before)
        said_before.append(clause)
        guess = _continued(request, act, turns, desk) or desk.best(request, act)
        if guess.confidence <= POSSIBLE and act is Act.QUESTION:
            meant = with_referent(request, [turn.text for turn in turns[-REMEMBERED_TURNS:]])
            guess = _with(desk.best(meant, act), request=request) if meant != request else guess
        asks_nothing = act is Act.STATEMENT and guess.confidence < POSSIBLE and (tells(clause) or bool(guesses))
        if asks_nothing and guesses:
            last = guesses.pop()
            guesses.append(_with(last, request=f"{last.request} {clause}"))
        elif asks_nothing:
            led_in.append(clause)
        else:
            guesses.append(_with(guess, request=" ".join([*led_in, guess.request])))
            led_in = []
    return guesses or [desk.best(clause, Act.STATEMENT) for clause in led_in[:1]]


def _about_the_conversation(text: str, turns: Sequence[Turn], desk: _Desk) -> Guess | None:
    """Read what is about the conversation itself: greetings, thanks, agreement, the wish for a person."""
    act = act_of(text)
    last = desk.last_speaker(turns)
    if act is Act.PERSON:
        return Guess(agent=desk.fallback, request=text, confidence=CERTAIN, reason="asks for a person")
    if act in {Act.YES, Act.NO} and last:
        return Guess(agent=last, request=text, confidence=CERTAIN, reason="answers what this agent said")
    if act in {Act.GREETING, Act.THANKS, Act.GOODBYE, Act.NO, Act.YES, Act.HELP}:
        return Guess(agent=desk.fallback, request=text, confidence=LIKELY, reason=f"a {act.value}, nothing else")
    return None


def _continued(request: str, act: Act, turns: Sequence[Turn], desk: _Desk) -> Guess | None:
    """Send an answer to the agent that asked for it: "1042" after "which order?"."""
    for turn in reversed(newest_words(turns)):
        agent = desk.name_of(turn)
        needs_value = ASKS in turn.text
        if not agent or not (needs_value or OFFERS in turn.text or turn.text.rstrip().endswith("?")):
            continue
        short = len(request.split()) <= SHORT_REPLY_WORDS
        new = act in {Act.ORDER, Act.QUESTION} and desk.matches(request, act)
        if (needs_value or short) and not new:
            return Guess(agent=agent, request=request, confidence=CERTAIN, reason="answers this agent's question")
    return None


class _Desk:
    """The agents and their tools as words."""

    def __init__(self, config: AgentConfig, tools_of: Mapping[str, Sequence[ToolSpec]]) -> None:
        self.fallback = config.fallback
        self._agents = {agent.name: agent for agent in config.agents}
        self._offers: dict[str, Offer] = {}
        self._owners: dict[str, list[str]] = {}
        for agent in config.agents:
            for tool in tools_of.get(agent.name, ()):
                if tool.effect is None:
                    reads = tool.access is Access.READ
                    self._offers.setdefault(
                        tool.name, offer_of(tool.name, tool.description, tool.parameters, title=tool.title, reads=reads)
                    )
                    self._owners.setdefault(tool.name, []).append(agent.name)

    def last_speaker(self, turns: Sequence[Turn]) -> str:
        """Return the agent that spoke last, one that asked or offered something first; empty where none did."""
        newest = newest_words(turns)
        waiting = [turn for turn in newest if ASKS in turn.text or OFFERS in turn.text]
        return next((name for turn in [*waiting, *reversed(newest)] if (name := self.name_of(turn))), "")

    def name_of(self, turn: Turn) -> str:
        """Return which agent said something; empty where it is no agent, or one that is no more."""
        return turn.agent if turn.agent in self._agents else ""

    def matches(self, clause: str, act: Act) -> list[Match]:
        """Return the tools that a clause speaks of; a question speaks of writes only by asking whether."""
        core = without_reason(clause)
        asks_whether = re.search(r"\b(?:can|could|may) i\b", clause, re.IGNORECASE) is not None
        return rank(core, self._offers.values(), writes=act is not Act.QUESTION or asks_whether)

    def best(self, clause: str, act: Act) -> Guess:  # noqa: PLR0911 - one for each way to know
        """Name the agent for a clause."""
        matches = self.matches(clause, act)
        known = self._knowing(clause)
        if known is not None and is_general(clause) and not self._lists_just_that(clause, matches):
            return known
        if matches:
            return self._by_tool(clause, matches)
        if (offer := read_by_value(clause, self._offers.values())) is not None:
            guess = self._by_tool(clause, [Match(offer=offer, score=BY_VALUE_SCORE, share=1.0)])
            return Guess(
                agent=guess.agent, request=clause, confidence=LIKELY, reason=f"names what {offer.name} looks up"
            )
        if known is not None:
            return known
        if (described := self._by_description(clause)) is not None:
            return described
        if act is Act.QUESTION:
            return Guess(
                agent=self.fallback, request=clause, confidence=POSSIBLE, reason="a question no agent has tools for"
            )
        return Guess(agent=self.fallback, request=clause, confidence=UNLIKELY, reason="no agent's tools fit")

    @staticmethod
    def _lists_just_that(clause: str, matches: Sequence[Match]) -> bool:
        """Say whether a read that needs no values speaks of all that the clause does: "which plans are there"."""
        best = matches[0] if matches else None
        return best is not None and best.offer.reads and not best.offer.required and _share(best, clause) >= WHOLLY

    def _knowing(self, clause: str) -> Guess | None:
        """Name the agent whose knowledge answers the clause best."""
        found = [
            (answer.score, agent.name)
            for agent in self._agents.values()
            if (answer := answer_from(agent.knowledge, clause)) is not None
        ]
        if not found:
            return None
        score, name = max(found, key=lambda one: (one[0], one[1] == self.fallback))
        confidence = min(CERTAIN, POSSIBLE + score * 0.4)
        return Guess(agent=name, request=clause, confidence=confidence, reason="its knowledge speaks of this")

    def _by_tool(self, clause: str, matches: Sequence[Match]) -> Guess:
        guesses: dict[str, Guess] = {}
        for match in matches:
            for name in sorted(
                self._owners[match.offer.name], key=lambda owner: self._preference(owner, match.offer, clause)
            ):
                guesses.setdefault(name, self._guess(name, match, clause))
        first, *others = guesses.values()
        return _with(first, others=tuple(others[:2]))

    def _guess(self, agent: str, match: Match, clause: str) -> Guess:
        score = match.score + DESCRIPTION_WEIGHT * self._described(self._agents[agent], clause)
        confidence = score / (score + HALF_SCORE) * (0.5 + 0.5 * _share(match, clause))
        return Guess(
            agent=agent, request=clause, confidence=min(confidence, CERTAIN), reason=f"speaks of {match.offer.name}"
        )

    def _preference(self, owner: str, offer: Offer, clause: str) -> tuple[bool, float]:
        """Put an agent that only reads first for a read, then the one that describes itself so."""
        agent = self._agents[owner]
        return (offer.reads and agent.permission != "read", -self._described(agent, clause))

    def _described(self, agent: AgentSpec, clause: str) -> float:
        own = set(concepts_of(f"{agent.name.replace('_', ' ')} {agent.description}"))
        return float(len(own & set(concepts_of(clause))))

    def _by_description(self, clause: str) -> Guess | None:
        """Name the one agent whose description and examples speak of the clause."""
        said = set(concepts_of(clause)) - GENERIC_ACTIONS - READS
        scores = {
            agent.name: len(said & set(concepts_of(f"{agent.description} {' '.join(agent.examples)}")))
            / max(len(said), 1)
            for agent in self._agents.values()
        }
        best = max(scores.values(), default=0.0)
        leading = [name for name, score in scores.items() if score == best]
        if best <= 0.5 or len(leading) > 1:  # noqa: PLR2004 - more than half of what was said
            return None
        return Guess(agent=leading[0], request=clause, confidence=POSSIBLE, reason="its description speaks of this")


def _with(guess: Guess, *, request: str | None = None, others: tuple[Guess, ...] | None = None) -> Guess:
    return Guess(
        agent=guess.agent,
        request=guess.request if request is None else request,
        confidence=guess.confidence,
        reason=guess.reason,
        others=guess.others if others is None else others,
    )


def _share(match: Match, clause: str) -> float:
    """Return the part of the clause that the tool explains; names, which are written large, need no explaining."""
    names = set(concepts_of(" ".join(re.findall(r"(?<!^)(?<![.!?] )\b[A-Z]\w+", clause))))
    said = [one for one in concepts_of(without_reason(clause)) if one not in names]
    if not said:
        return 1.0
    offer = match.offer
    if offer.reads and SEARCH_WORDS & set(offer.parameters.get("properties", {})):
        return 1.0  # what it does not know is what to search for
    own = {*offer.name_concepts, *offer.title_concepts, *offer.detail_concepts, *offer.parameter_concepts, *_UNITS}
    return sum(one in own for one in said) / len(said)


_UNITS: Final = frozenset({"euro", "dollar", "pound", "percent", "get", "create", "change", "list", "help"})
_REASON_START: Final = re.compile(
    r"\b(?:because|since|due to|as (?:it|i|the|we|my)\b)|,\s*(?:it|they|the|one|my|i|we)\b", re.IGNORECASE
)


def without_reason(clause: str) -> str:
    """Cut off why something is wanted: the reason speaks of the past, not of what to do."""
    match = _REASON_START.search(clause)
    kept = clause[: match.start()] if match else clause
    return kept if concepts_of(kept) else clause
