"""Search among many tools for those a message may be about, over names, titles and descriptions (BM25). Pure.

A model pays for every tool that it is shown, and chooses worse among hundreds. This finds the few that a request can
be about; how well, benchmarks/classification.py measures (recall@k in docs/openapi-import.md).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from app.language.synonyms import related, terms_of
from app.language.tokens import is_question
from app.tools.base import Access, ToolSpec

# Okapi BM25's usual values: how soon a word that repeats stops counting, and how much long texts are held back.
SATURATION: Final = 1.2
LENGTH_SHARE: Final = 0.4  # less than the usual 0.75: a long description is no fault of a tool's
# What a word is worth by where it stands. A title is written for people, a name is its operation's path or id.
TITLE: Final = 3.0
NAME: Final = 2.0
DESCRIPTION: Final = 0.6
PARAMETER: Final = 0.4
RELATED: Final = 0.6  # a word that means nearly the same counts less than the word itself
FITTING: Final = 1.3  # a question leans to reads, an order to writes


class ToolIndex:
    """A set of tools, searchable by what somebody says."""

    def __init__(self, specs: Sequence[ToolSpec]) -> None:
        """Index these tools."""
        self._specs = tuple(specs)
        weighed = [_weigh(spec) for spec in self._specs]
        lengths = [sum(words.values()) for words in weighed]
        average = sum(lengths) / len(lengths) if lengths else 1.0
        self._places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, (words, length) in enumerate(zip(weighed, lengths, strict=True)):
            hold = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / (average or 1.0))
            for word, weight in words.items():
                self._places[word].append((place, weight * (SATURATION + 1) / (weight + hold)))

    def best(self, text: str, limit: int) -> list[ToolSpec]:
        """Return at most `limit` tools, the likeliest first.

        Where fewer have anything to do with the text, others follow in their own order: a message such as "yes,
        please" says nothing of its subject, and leaves the model with tools all the same.
        """
        scores = self._scores(text)
        asks = is_question(text)
        for place, spec in enumerate(self._specs):
            if scores[place] and (spec.access is Access.READ) == asks:
                scores[place] *= FITTING
        ranked = sorted(range(len(self._specs)), key=lambda place: (-scores[place], place))
        return [self._specs[place] for place in ranked[:limit]]

    def _scores(self, text: str) -> list[float]:
        scores = [0.0] * len(self._specs)
        for word, share in _wanted(text).items():
            found = self._places.get(word, ())
            rarity = math.log(1 + (len(self._specs) - len(found) + 0.5) / (len(found) + 0.5))
            for place, weight in found:
                scores[place] += share * rarity * weight
        return scores


def _wanted(text: str) -> Mapping[str, float]:
    """Return the words that are looked for, and those that mean nearly the same, each with what it is worth."""
    wanted: dict[str, float] = {}
    said = terms_of(text)
    for word in said:
        wanted[word] = 1.0
    for word in said:
        for other in related(word):
            wanted[other] = max(wanted.get(other, 0.0), RELATED)
    return wanted


def _weigh(spec: ToolSpec) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    names = " ".join(spec.parameters.get("properties", {}))
    for text, worth in (
        (spec.title, TITLE),
        (spec.name, NAME),
        (spec.description.removeprefix(spec.title), DESCRIPTION),
        (names, PARAMETER),
    ):
        for word in set(terms_of(text)):  # saying it twice in one place makes no tool fit better
            weights[word] += worth
    return weights
