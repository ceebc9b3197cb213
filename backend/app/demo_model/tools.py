"""Tools as words: which one a clause speaks of, by its name, its title and its description. Pure.

A write is only matched where the clause names its action; a read may be matched by its noun alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.demo_model.script import script
from app.language.synonyms import (
    GENERIC_ACTIONS,
    READS,
    SPECIFIC_ACTIONS,
    actions_in,
    concept,
    concepts_of,
    is_action,
    specific_actions_in,
)
from app.language.tokens import SMALL_WORDS, name_words, words_of

# How much a word of the clause counts, by where the tool says it. A name is chosen with care, a description rambles.
NAME_WEIGHT: Final = 3.0
TITLE_WEIGHT: Final = 2.0
DETAIL_WEIGHT: Final = 1.0
PARAMETER_WEIGHT: Final = 0.6
GENERIC_SHARE: Final = 0.35  # get, create, change: nearly every tool has them, so they decide little
UNSAID_PENALTY: Final = 0.45  # for each word of the name that the clause does not say: get_order before get_order_notes
MIN_SCORE: Final = 1.2  # about one noun of the title; less is a coincidence
FAINT_SCORE: Final = 0.3  # a word of the description; enough where the agent has already been chosen
LOOKING: Final = frozenset({"get", "list", "search"})  # said of nearly every read
HTTP_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|\n")
_ASKS: Final = frozenset({"is", "has", "describe"})  # names that begin so read, though the words say little


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A tool as words: what it is called, what it says of itself, and what it takes."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    name_concepts: tuple[str, ...] = ()
    title_concepts: frozenset[str] = frozenset()
    detail_concepts: frozenset[str] = frozenset()
    parameter_concepts: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    reads: bool = True

    @property
    def nouns(self) -> tuple[str, ...]:
        """Return what the tool acts upon, as its name says it."""
        return tuple(one for one in self.name_concepts if not is_action(one) and one not in READS)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the names of the values that it can't do without."""
        return tuple(self.parameters.get("required", ()))

    @property
    def words(self) -> frozenset[str]:
        """Return all that the tool says of itself."""
        return frozenset({*self.name_concepts, *self.title_concepts, *self.detail_concepts, *self.parameter_concepts})


@dataclass(frozen=True, kw_only=True)
class Match:
    """How well a tool fits a clause; `share` is the part of the clause's words that it explains."""

    offer: Offer
    score: float
    share: float


def offer_of(
    name: str, description: str, parameters: Mapping[str, Any], *, title: str = "", reads: bool | None = None
) -> Offer:
    """Describe a tool in words; whether it only reads is told from its name where it isn't said."""
    first, _, rest = (description or "").partition("\n")
    sentences = SENTENCE_END.split(first, maxsplit=1)
    heading = title or sentences[0]
    detail = description if title else f"{' '.join(sentences[1:])} {rest}"
    called = [word for word in name_words(name) if word not in SMALL_WORDS - {"get"} and word not in {"post", "put"}]
    kept = tuple(dict.fromkeys(concept(word) for word in called if word != "patch"))
    only_reads = looks_like_read(name, description) if reads is None else reads
    return Offer(
        name=name,
        parameters=parameters,
        title=heading.strip().rstrip("."),
        name_concepts=kept,
        title_concepts=frozenset(concepts_of(heading)),
        detail_concepts=frozenset(concepts_of(detail)),
        parameter_concepts=_parameter_concepts(parameters),
        actions=frozenset() if only_reads else _actions_of(kept, heading, detail),
        reads=only_reads,
    )


def _actions_of(name: Sequence[str], title: str, detail: str) -> frozenset[str]:
    """Return what a write does: the actions of its name, and the specific ones that its title and synonyms add.

    In a name the first action counts and the last word does (create_return), not what stands between them
    (set_transfer_limit).
    """
    places = [place for place, one in enumerate(name) if is_action(one)]
    named = {name[place] for place in (places[:1] + [place for place in places if place == len(name) - 1])}
    first_sentence = SENTENCE_END.split(detail.strip(), maxsplit=1)[0]
    aliases = f"{first_sentence.partition(' ')[0]} {' '.join(re.findall(r'[(]([^()]*)[)]', first_sentence))}"
    added = specific_actions_in(title) | specific_actions_in(aliases)
    return frozenset(named | added) or frozenset(actions_in(title))


def _parameter_concepts(parameters: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for name, schema in dict(parameters.get("properties", {})).items():
        values = schema.get("enum", ()) if isinstance(schema, Mapping) else ()
        words = [word for one in (name, *map(str, values)) for word in name_words(one)]
        found.update(concept(word) for word in words if word not in SMALL_WORDS)
    return frozenset(found)


def looks_like_read(name: str, description: str) -> bool:
    """Guess from a tool's name whether it only reads; in doubt it does not."""
    words = name_words(name)
    if HTTP_WRITES.intersection(words):
        return False
    for word in words:
        if word in _ASKS or concept(word) in READS:
            return True
        if is_action(concept(word)):
            return False
    return any(concept(word) in READS for word in words_of(description)[:1])


def rank(clause: str, offers: Iterable[Offer], *, writes: bool = True, least: float = MIN_SCORE) -> list[Match]:
    """Return the tools that fit the clause, best first; `writes=False` looks at reads alone (for questions)."""
    offered = list(offers)
    meant = script().meant(clause)
    said, wanted = list(dict.fromkeys(concepts_of(meant))), actions_in(meant)
    rarity = _rarity(offered)
    fitting = [offer for offer in offered if offer.reads or (writes and _action_fits(offer, wanted, said))]
    matches = [_score(offer, said, wanted, rarity) for offer in fitting]
    found = [match for match in matches if match.score >= least]
    return sorted(found, key=lambda match: (-round(match.score, 6), not match.offer.reads, match.offer.name))


def _action_fits(offer: Offer, wanted: set[str], said: Sequence[str]) -> bool:
    """Say whether the clause names the write's action: its specific one where its name has one, else its noun too."""
    if offer.actions & wanted & SPECIFIC_ACTIONS:
        return True
    if not offer.actions & wanted or SPECIFIC_ACTIONS.intersection(offer.name_concepts[:1] + offer.name_concepts[-1:]):
        return False
    return not offer.nouns or bool(set(said) & {*offer.nouns, *offer.title_concepts, *offer.parameter_concepts})


def _rarity(offers: Sequence[Offer]) -> dict[str, float]:
    """Weigh each concept by how few tools have it in their name: in a shop, `order` says less than `coupon`."""
    counts = Counter(one for offer in offers for one in offer.name_concepts)
    total = max(len(offers), 1)
    return {one: 1.0 - 0.4 * math.log1p(count - 1) / math.log1p(total) for one, count in counts.items()}


def _score(offer: Offer, said: Sequence[str], wanted: set[str], rarity: Mapping[str, float]) -> Match:
    score, explained, possible = 0.0, 0.0, 0.0
    for one in (*said, *sorted(wanted - set(said))):
        value = GENERIC_SHARE if one in GENERIC_ACTIONS or one in LOOKING else 1.0
        weight = _weight(offer, one)
        score += weight * value * rarity.get(one, 1.0)
        possible += value
        explained += value if weight else 0.0
    unsaid = [one for one in offer.name_concepts if one not in said and one not in wanted]
    score -= sum(UNSAID_PENALTY * (GENERIC_SHARE if one in LOOKING else 1.0) for one in unsaid)
    return Match(offer=offer, score=score, share=explained / possible if possible else 0.0)


def _weight(offer: Offer, one: str) -> float:
    if one in offer.name_concepts:
        return NAME_WEIGHT
    if one in offer.title_concepts or one in offer.actions:
        return TITLE_WEIGHT
    return DETAIL_WEIGHT if one in offer.detail_concepts else PARAMETER_WEIGHT * (one in offer.parameter_concepts)
