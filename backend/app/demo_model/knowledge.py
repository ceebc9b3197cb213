"""Answers from an agent's knowledge: the sentences that speak of what was asked, word for word. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from app.demo_model.script import script
from app.language.synonyms import concepts_of

ENOUGH: Final = 0.4  # of what the question speaks of; with less the sentence is about something else
ALSO_FITS: Final = 0.75  # of the best sentence's score, for a second and third sentence
MAX_SENTENCES: Final = 3
SUBJECT_WORDS: Final = 4  # a sentence says first what it is about
AFTERTHOUGHT_SHARE: Final = 0.7  # of what a word weighs that comes later
NAME_SHARE: Final = 0.4  # of an unknown word, for a country: "do you ship to Norway?" is answered by where we ship
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])|\n+")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the knowledge says; `score` is the part of the question that it covers."""

    text: str
    score: float


def answer_from(knowledge: str, question: str) -> Answer | None:
    """Return the sentences that best fit the question, in their own order, or None where none fits."""
    sentences = [line.lstrip(" -*").rstrip() for line in _SENTENCE.split(knowledge) if line.strip(" -*")]
    said = [list(dict.fromkeys(concepts_of(sentence))) for sentence in sentences]
    asked = [
        one for one in dict.fromkeys(concepts_of(script().meant(question))) if one not in script().words("says_nothing")
    ]
    if not asked or not sentences:
        return None
    counts = Counter(one for topics in said for one in topics)  # a word weighs more where fewer sentences have it
    weights = {one: math.log(1 + len(said) / count) for one, count in counts.items()}
    unknown = math.log(1 + len(said))
    total = sum(weights.get(one, unknown * (NAME_SHARE if _is_country(one) else 1)) for one in asked)
    scores = [
        sum(
            weights[one] * (1 if place < SUBJECT_WORDS else AFTERTHOUGHT_SHARE)
            for place, one in enumerate(topics)
            if one in asked
        )
        / total
        for topics in said
    ]
    best = max(scores)
    if best < ENOUGH:
        return None
    fitting = sorted(range(len(sentences)), key=lambda place: (-scores[place], place))[:MAX_SENTENCES]
    chosen = sorted(place for place in fitting if scores[place] >= best * ALSO_FITS)
    return Answer(text=" ".join(_ended(sentences[place]) for place in chosen), score=best)


def _is_country(word: str) -> bool:
    return any(pattern.match(word) for pattern in script().kinds["country"].values.values())


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else sentence + "."
