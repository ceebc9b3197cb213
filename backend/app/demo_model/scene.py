"""Scene of the demo model: the request, what was said before, what its calls brought, and what it may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.agents.routing.router import Turn
from app.demo_model.describe import Result
from app.demo_model.tools import Offer
from app.language.tokens import join_words

HAND_OVER: Final = "hand_over"
END: Final = "end_conversation"
ASKS: Final = "Please tell me"  # every question for a missing value has it, and is recognised by it later
OFFERS: Final = "Shall I?"  # every offer ends with it, and is recognised by it later
MAX_REPLIES: Final = 4  # questions in a row about one request; then it starts afresh
MAX_EXAMPLES: Final = 4  # as many as one reads in a sentence


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool to call."""

    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Calls to make, or else words to say."""

    text: str = ""
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that the demo model looks at."""

    request: str
    before: tuple[Turn, ...] = ()
    results: tuple[Result, ...] = ()
    offers: tuple[Offer, ...] = ()
    knowledge: str = ""
    greeting: str = ""
    examples: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def offer(self, name: str) -> Offer | None:
        """Return the tool of that name; None where it is not offered."""
        return next((offer for offer in self.offers if offer.name == name), None)

    @property
    def real(self) -> list[Offer]:
        """Return the tools that act on something outside the conversation."""
        return [offer for offer in self.offers if offer.name not in {HAND_OVER, END}]

    @property
    def reads(self) -> list[Offer]:
        """Return the tools that only look something up."""
        return [offer for offer in self.real if offer.reads]


def newest_words(before: Sequence[Turn]) -> list[Turn]:
    """Return what agents have said since the customer's last words; several may have answered one message."""
    place = max((place for place, turn in enumerate(before) if turn.customer), default=-1)
    return list(before[place + 1 :])


def asked(before: Sequence[Turn]) -> bool:
    """Say whether an agent waits for a value that it has asked for."""
    return any(ASKS in turn.text for turn in newest_words(before))


def offered(before: Sequence[Turn]) -> bool:
    """Say whether an agent waits for a yes to what it has offered."""
    return any(OFFERS in turn.text for turn in newest_words(before))


def questioned(before: Sequence[Turn]) -> tuple[list[str], Sequence[Turn]]:
    """Return the request that an agent has asked about with the replies so far, and what was said before it."""
    said: list[str] = []
    left = list(before)
    while (asked(left) or offered(left)) and len(said) <= MAX_REPLIES:
        answered = len(left) - len(newest_words(left))
        if not answered:
            break
        said.insert(0, left[answered - 1].text)
        left = left[: answered - 1]
    return said, left


def help_text(scene: Scene) -> str:
    """Say what can be asked here, and offer a person where one can be had."""
    said = []
    titles = [offer.title for offer in scene.real[:MAX_EXAMPLES] if offer.title]
    if scene.examples:
        quoted = [f"“{one}”" for one in scene.examples[:MAX_EXAMPLES]]
        said.append(f"You can ask me for example: {join_words(quoted, last='or')}.")
    elif titles:
        said.append(f"Here is what I can do: {'; '.join(titles)}.")
    if scene.offer(HAND_OVER) is not None:
        said.append("If you would rather talk to a person, just say so.")
    return " ".join(said)
