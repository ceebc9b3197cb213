"""Routing that asks nobody: a follow-up stays with the agent that has the conversation. Pure.

The agent hands over what is not its job (`handover`). A router is asked for a conversation's first message, after a
question of its own, and where a message may be for others: it has a word of another agent's description, or
several parts of which words do not tell whose they are. Words only ever ask the router; they choose no agent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.agents.routing.router import Intent, Routing
from app.language.tokens import SMALL_WORDS, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.agents.config import AgentConfig, AgentSpec
    from app.agents.routing.router import RoutedBy

MIN_PART_WORDS: Final = 4  # "Yes, please." and "Thanks a lot!" ask for nothing of their own
MIN_PART_LETTERS: Final = 8  # of a part that is written without spaces
MIN_WORD_LETTERS: Final = 4  # shorter ones join sentences, in most languages
STEM_LETTERS: Final = 6  # a word's beginning stands for all its forms, in most languages: invoice, invoices, invoicing
KEPT_CONFIGS: Final = 4  # the present agents, and those before a reload that is under way

_PART_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n+")  # noqa: RUF001 - full-width signs end parts too
_SPACELESS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ASKING: Final = frozenset({"what", "which", "where", "when"})


def without_asking(text: str, *, active: str, config: AgentConfig) -> Routing | None:
    """Return who takes a message without any router being asked, or None where one is needed.

    `active` names the agent that spoke or acted last; empty where none has, or where the router has asked something.
    """
    names = [agent.name for agent in config.agents]
    if len(names) == 1:
        return _to(names[0], text, by="single", reason="the only agent there is")
    if config.routing == "when_needed" and active in names and not may_concern_others(text, active, config.agents):
        return _to(active, text, by="active", reason="has the conversation")
    return None


def may_concern_others(text: str, active: str, agents: tuple[AgentSpec, ...]) -> bool:
    """Say whether a message has another agent's word, or several parts that are not all known to be for `active`."""
    own, others = _words_by_agent(agents)[active], _words_by_agent(agents)
    if any(stem not in own and any(stem in words for words in others.values()) for stem in stems_of(text)):
        return True
    parts = parts_of(text)
    return len(parts) > 1 and not all(own & stems_of(part) for part in parts)


@lru_cache(maxsize=KEPT_CONFIGS)
def _words_by_agent(agents: tuple[AgentSpec, ...]) -> Mapping[str, frozenset[str]]:
    """Return the words by which each agent describes its job; its examples have too many that fit any job."""
    return {agent.name: stems_of(f"{agent.name.replace('_', ' ')} {agent.description}") for agent in agents}


def stems_of(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that can say what it is about."""
    words = (word for word in words_of(text) if len(word) >= MIN_WORD_LETTERS)
    return frozenset(word[:STEM_LETTERS] for word in words if word not in SMALL_WORDS and word not in _ASKING)


def parts_of(text: str) -> list[str]:
    """Return the sentences and lines of a text that are long enough to ask for something."""
    return [part for part in _PART_ENDS.split(text) if _is_substantial(part)]


def _is_substantial(part: str) -> bool:
    return len(part.split()) >= MIN_PART_WORDS or len(_SPACELESS.findall(part)) >= MIN_PART_LETTERS


def _to(agent: str, text: str, *, by: RoutedBy, reason: str) -> Routing:
    intent = Intent(agent=agent, request=text, confidence=1.0, reason=reason)
    return Routing(intents=(intent,), candidates=(intent,), by=by)
