"""Routing that asks nobody: a follow-up stays with the agent that has the conversation. Pure.

The agent hands over what is not its job (`handover`). A router is asked for a conversation's first message, after a
question of its own, and where a message is made of several parts, of which an agent might see only its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.agents.routing.router import Intent, Routing

if TYPE_CHECKING:
    from app.agents.config import AgentConfig
    from app.agents.routing.router import RoutedBy

MIN_PART_WORDS: Final = 4  # "Yes, please." and "Thanks a lot!" ask for nothing of their own
MIN_PART_LETTERS: Final = 8  # of a part that is written without spaces

_PART_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n+")  # noqa: RUF001 - full-width signs end parts too
_SPACELESS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


def without_asking(text: str, *, active: str, config: AgentConfig) -> Routing | None:
    """Return who takes a message without any router being asked, or None where one is needed.

    `active` names the agent that spoke or acted last; empty where none has, or where the router has asked something.
    """
    names = [agent.name for agent in config.agents]
    if len(names) == 1:
        return _to(names[0], text, by="single", reason="the only agent there is")
    if active in names and len(parts_of(text)) < 2:  # noqa: PLR2004 - one part is one wish, or for its agent to see
        return _to(active, text, by="active", reason="has the conversation")
    return None


def parts_of(text: str) -> list[str]:
    """Return the sentences and lines of a text that are long enough to ask for something."""
    return [part for part in _PART_ENDS.split(text) if _is_substantial(part)]


def _is_substantial(part: str) -> bool:
    return len(part.split()) >= MIN_PART_WORDS or len(_SPACELESS.findall(part)) >= MIN_PART_LETTERS


def _to(agent: str, text: str, *, by: RoutedBy, reason: str) -> Routing:
    intent = Intent(agent=agent, request=text, confidence=1.0, reason=reason)
    return Routing(intents=(intent,), candidates=(intent,), by=by)
