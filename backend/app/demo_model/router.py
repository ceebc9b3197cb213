"""Router of the demo model: each clause goes to the agent whose tools or knowledge its words speak of. No model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.agents.routing.router import THRESHOLD, Guess, Routing, Turn, decided, turns_of
from app.demo_model.knowledge import Answer, answer_from
from app.demo_model.plan import REMEMBERED_TURNS, read_by_value
from app.demo_model.scene import ASKS, OFFERS, newest_words
from app.demo_model.script import script
from app.demo_model.tools import Match, Offer, offer_of, rank
from app.demo_model.understand import (
    Act,
    act_of,
    asks_nothing,
    clauses_of,
    corrected,
    in_full,
    is_general,
    readable,
    tells,
    with_referent,
)
from app.language.synonyms import GENERIC_ACTIONS, READS, concepts_of
from app.language.tokens import words_of
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
HALF: Final = 0.6  # of a clause; what a look-up explains less of may be known better than looked up
BY_VALUE_SCORE: Final = 2.0  # an id of the right form speaks about as clearly as a noun
SHORT_REPLY_WORDS: Final = 6  # "the one from last week, please"
_UNITS: Final = frozenset({"euro", "dollar", "pound", "percent", "get", "create", "change", "list", "help"})


class DemoRouter:
    """The router of the demo model: by words, without a model."""

    asks_model = False

    def __init__(self) -> None:
        """Read the script; raises `ConfigMistake` where it cannot be read."""
        script()

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
        routing = decided(guess_by_words(text, turns_of(history), config, tools_of), config=config, by="words")
        if routing.question is None:
            return routing
        return replace(routing, question=f"{routing.question} {script().answer('limits')}")


def guess_by_words(
    text: str, turns: Sequence[Turn], config: AgentConfig, tools_of: Mapping[str, Sequence[ToolSpec]]
) -> list[Guess]:
    """Split a message into clauses and name the agent for each, in order."""
    desk = _Desk(config, tools_of)
    turns = [replace(turn, text=readable(turn.text)) for turn in turns]
    text = in_full(corrected(readable(text), desk.words), turns)
    act = act_of(text)
    if asks_nothing(act):
        return [desk.about_the_conversation(text, act, turns)]
    guesses: list[Guess] = []
    said_before: list[str] = []
    led_in: list[str] = []
    for clause in clauses_of(text):
        act = act_of(clause)
        request = with_referent(clause, said_before)
        said_before.append(clause)
        if asks_nothing(act) and act is not Act.PERSON:
            continue
        guess = desk.continued(request, act, turns) or desk.best(request, act)
        if guess.confidence <= POSSIBLE and act is Act.QUESTION:
            meant = with_referent(request, [turn.text for turn in turns[-REMEMBERED_TURNS:]])
            guess = replace(desk.best(meant, act), request=request) if meant != request else guess
        says_nothing = act is Act.STATEMENT and guess.confidence < POSSIBLE and (tells(clause) or bool(guesses))
        if says_nothing and guesses:
            guesses[-1] = replace(guesses[-1], request=f"{guesses[-1].request} {clause}")
        elif says_nothing:
            led_in.append(clause)
        else:
            guesses.append(replace(guess, request=" ".join([*led_in, guess.request])))
            led_in = []
    return guesses or [desk.best(clause, Act.STATEMENT) for clause in led_in[:1]]


class _Desk:
    """The agents and their tools as words."""

    def __init__(self, config: AgentConfig, tools_of: Mapping[str, Sequence[ToolSpec]]) -> None:
        self._fallback = config.fallback
        self._agents = {agent.name: agent for agent in config.agents}
        self._offers: dict[str, Offer] = {}
        self._owners: dict[str, list[str]] = {}
        for agent in config.agents:
            for tool in (tool for tool in tools_of.get(agent.name, ()) if tool.effect is None):
                reads = tool.access is Access.READ
                self._owners.setdefault(tool.name, []).append(agent.name)
                if tool.name not in self._offers:
                    made = offer_of(tool.name, tool.description, tool.parameters, title=tool.title, reads=reads)
                    self._offers[tool.name] = made
        described = (tool.description for tools in tools_of.values() for tool in tools)
        own = (f"{one.description} {one.knowledge} {' '.join(one.examples)}" for one in config.agents)
        self.words = frozenset(word for text in (*described, *own) for word in words_of(text))

    def about_the_conversation(self, text: str, act: Act, turns: Sequence[Turn]) -> Guess:
        """Name the agent for greetings, agreement, the wish for a person: the one that spoke, or the fallback."""
        newest = newest_words(turns)
        waiting = [turn for turn in newest if ASKS in turn.text or OFFERS in turn.text]
        last = next((turn.agent for turn in [*waiting, *reversed(newest)] if turn.agent in self._agents), "")
        if act in {Act.YES, Act.NO} and last:
            return Guess(agent=last, request=text, confidence=CERTAIN, reason="answers what this agent said")
        if act is Act.PERSON:
            return Guess(agent=self._fallback, request=text, confidence=CERTAIN, reason="asks for a person")
        return Guess(agent=self._fallback, request=text, confidence=LIKELY, reason=f"a {act.value}, nothing else")

    def continued(self, request: str, act: Act, turns: Sequence[Turn]) -> Guess | None:
        """Name the agent that asked for what is an answer to it: "1042" after "which order?"."""
        for turn in reversed(newest_words(turns)):
            needs_value = ASKS in turn.text
            asks = needs_value or OFFERS in turn.text or turn.text.rstrip().endswith("?")
            short = len(request.split()) <= SHORT_REPLY_WORDS
            if turn.agent not in self._agents or not asks or not (needs_value or short):
                continue
            if act not in {Act.ORDER, Act.QUESTION} or not self._matches(request, act):
                return Guess(
                    agent=turn.agent, request=request, confidence=CERTAIN, reason="answers this agent's question"
                )
        return None

    def best(self, clause: str, act: Act) -> Guess:  # noqa: PLR0911 - one for each way to know
        """Name the agent for a clause."""
        matches = self._matches(clause, act)
        known = self._knowing(clause)
        if known is not None and is_general(clause) and not self._lists_just_that(clause, matches):
            return known[0]
        if matches:
            explains = _share(matches[0], clause)
            if known and act is Act.ORDER and matches[0].offer.reads and explains <= min(HALF, known[1].score):
                return known[0]
            if (guess := self._by_tool(clause, matches)).confidence >= THRESHOLD:
                return guess
        if (offer := read_by_value(clause, self._offers.values())) is not None:
            guess = self._by_tool(clause, [Match(offer=offer, score=BY_VALUE_SCORE, share=1.0)])
            return replace(guess, confidence=LIKELY, reason=f"names what {offer.name} looks up", others=())
        if matches:
            return self._by_tool(clause, matches)
        if known is not None:
            return known[0]
        if (described := self._by_description(clause)) is not None:
            return described
        if act is Act.QUESTION or script().find("upset", clause):
            reason = "a question no agent has tools for"
            return Guess(agent=self._fallback, request=clause, confidence=POSSIBLE, reason=reason)
        return Guess(agent=self._fallback, request=clause, confidence=UNLIKELY, reason="no agent's tools fit")

    def _matches(self, clause: str, act: Act) -> list[Match]:
        """Return the tools that a clause speaks of; a question speaks of writes only by asking whether."""
        asks_whether = re.search(r"\b(?:can|could|may) i\b", clause, re.IGNORECASE) is not None
        return rank(without_reason(clause), self._offers.values(), writes=act is not Act.QUESTION or asks_whether)

    @staticmethod
    def _lists_just_that(clause: str, matches: Sequence[Match]) -> bool:
        """Say whether a read that needs no values speaks of all that the clause does: "which plans are there"."""
        best = next(iter(matches), None)
        return best is not None and best.offer.reads and not best.offer.required and _share(best, clause) >= WHOLLY

    def _knowing(self, clause: str) -> tuple[Guess, Answer] | None:
        """Name the agent whose knowledge answers the clause best."""
        answers = {name: answer_from(agent.knowledge, clause) for name, agent in self._agents.items()}
        found = [(answer, name) for name, answer in answers.items() if answer is not None]
        if not found:
            return None
        answer, name = max(found, key=lambda one: (one[0].score, one[1] == self._fallback))
        confidence = min(CERTAIN, POSSIBLE + answer.score * 0.4)
        return Guess(agent=name, request=clause, confidence=confidence, reason="its knowledge speaks of this"), answer

    def _by_tool(self, clause: str, matches: Iterable[Match]) -> Guess:
        guesses: dict[str, Guess] = {}
        for match in matches:
            owners = self._owners[match.offer.name]
            for name in sorted(owners, key=lambda owner: self._preference(owner, match.offer, clause)):
                guesses.setdefault(name, self._guess(name, match, clause))
        first, *others = guesses.values()
        return replace(first, others=tuple(others[:2]))

    def _guess(self, agent: str, match: Match, clause: str) -> Guess:
        score = match.score + DESCRIPTION_WEIGHT * self._described(self._agents[agent], clause)
        confidence = min(score / (score + HALF_SCORE) * (0.5 + 0.5 * _share(match, clause)), CERTAIN)
        return Guess(agent=agent, request=clause, confidence=confidence, reason=f"speaks of {match.offer.name}")

    def _preference(self, owner: str, offer: Offer, clause: str) -> tuple[bool, float]:
        """Put an agent that only reads first for a read, then the one that describes itself so."""
        agent = self._agents[owner]
        return (offer.reads and agent.permission != "read", -self._described(agent, clause))

    def _described(self, agent: AgentSpec, clause: str) -> float:
        own = set(concepts_of(f"{agent.name.replace('_', ' ')} {agent.description}"))
        return float(len(own & set(concepts_of(clause))))

    def _by_description(self, clause: str) -> Guess | None:
        """Name the one agent whose description and examples speak of more than half of the clause."""
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


def _share(match: Match, clause: str) -> float:
    """Return the part of the clause that the tool explains; names, which are written large, need no explaining."""
    names = set(concepts_of(" ".join(re.findall(r"(?<!^)(?<![.!?] )\b[A-Z]\w+", clause))))
    said = [one for one in concepts_of(script().meant(without_reason(clause))) if one not in names | _UNITS]
    searches = script().kinds["search"].names.intersection(match.offer.parameters.get("properties", {}))
    if not said or (match.offer.reads and searches):
        return 1.0  # what a search does not know is what to search for
    return sum(one in match.offer.words for one in said) / len(said)


def without_reason(clause: str) -> str:
    """Cut off why something is wanted: the reason speaks of the past, not of what to do."""
    found = script().find("reason", clause)
    kept = clause[: found.start()] if found else clause
    return kept if concepts_of(kept) else clause
