"""Says whether a text claims that something was done which no record shows. Pure, and English.

It is careful not to cry wolf: questions, offers, plans, refusals and facts that a tool has reported are no claims.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.language.synonyms import actions_in, concept, is_action
from app.language.tokens import name_words, words_of
from app.tools.base import ToolSpec

# "send" and "change" have participles that do not end in -ed; the rest follows the rule.
_PARTICIPLE: Final = r"(?:\w+ed|sent|resent|set|reset|paid|frozen|unfrozen|put|made|given|withdrawn|taken)"
_ADVERBS: Final = (
    r"(?:(?:now|just|already|successfully|also|both|all|hereby|fully|since|immediately|"
    r"gone\s+ahead\s+and|went\s+ahead\s+and)\s+)*"
)
_FIRST_PERSON: Final = re.compile(rf"\b(?:i|we)(?:'ve|\s+have)?\s+{_ADVERBS}(?P<verb>{_PARTICIPLE})\b", re.IGNORECASE)
_PASSIVE: Final = re.compile(
    rf"\b(?:has|have|was|were|is|are|it's|been|got)\s+{_ADVERBS}(?:been\s+{_ADVERBS})?(?P<verb>{_PARTICIPLE})\b",
    re.IGNORECASE,
)
_CURT: Final = re.compile(
    rf"^\W*+(?:[\w#'-]++\s++){{1,5}}(?:successfully\s+)?(?P<verb>{_PARTICIPLE})(?:\s+successfully)?\W*$", re.IGNORECASE
)
_JUST_DONE: Final = re.compile(r"^\W*(?:done|all set|all done|it is done|it's done|consider it done)\b", re.IGNORECASE)
_NO_CLAIM: Final = re.compile(
    r"\b(?:not|no|never|nothing|none|cannot|can|could|will|would|may|might|shall|should|must|if|unless|until|once|when|whether|"
    r"before|after|wants?|need(?:s|ed)? to|to be|going to|about to|try|tried|unable|"
    r"failed|fail|please|let me|yet|without|instead of|"
    r"wait(?:s|ing)?|pending|hope|requested|asked|sorry|unfortunately|declined|cancell?able|refundable|usually|normally|"
    r"always|generally|every|any|within|only)\b|n't\b|'ll\b|'d\b",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    r"(?<=[.!?;])\s++|\n++|(?:,|(?<![\s,]))\s++(?:but|however|although|though)\b\s++|(?<!\s)\s++[\u2013\u2014]\s++"
)
_ID: Final = re.compile(r"(?<![\d.,€$£-])#?(\d{3,})(?![\d%]|[.,]\d|-\d)")
_QUOTED: Final = re.compile(r"[“\"][^”\"]*[”\"]")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement that something was done; `own` where the speaker says to have done it."""

    action: str
    own: bool
    ids: frozenset[str]


def unsupported_claim(text: str, write_tools: Sequence[ToolSpec], succeeded: set[str], *, read_text: str = "") -> bool:
    """Say whether the text claims an action although none of that kind succeeded and no tool reported it.

    `succeeded` names the tools that succeeded in this run; `read_text` holds the results' texts, one a line.
    """
    done = _done_by(write_tools, succeeded)
    facts, numbers = _facts(read_text)
    for claim in claims_in(text):
        if claim.action == ANYTHING:
            if not succeeded:
                return True
            continue
        known = not numbers or claim.ids <= numbers
        # An answer need not repeat what it was asked about; one that names one thing of two says that it did one.
        if claim.action in done and (known or not claim.ids & numbers):
            continue
        if not claim.own and claim.action in facts and known:
            continue
        return True
    return False


ANYTHING: Final = "done"  # the action of a claim that does not say what was done


def claims_in(text: str) -> Iterator[Claim]:
    """Yield every statement in a text that something was done."""
    for sentence in _CUT.split(_QUOTED.sub(" ", text.replace("\u2019", "'"))):
        if sentence.rstrip().endswith("?") or _NO_CLAIM.search(sentence):
            continue
        ids = frozenset(_ID.findall(sentence))
        if _JUST_DONE.search(sentence):
            yield Claim(action=ANYTHING, own=True, ids=ids)
        found = list(_actions(_FIRST_PERSON, sentence))
        for action in found:
            yield Claim(action=action, own=True, ids=ids)
        passive = [*_actions(_PASSIVE, sentence), *_actions(_CURT, sentence)]
        for action in dict.fromkeys(passive):
            if action not in found:
                yield Claim(action=action, own=False, ids=ids)


def _actions(pattern: re.Pattern[str], sentence: str) -> Iterator[str]:
    for match in pattern.finditer(sentence):
        verbs = [match["verb"]]
        follow = re.match(rf"\s*+(?:,|and)\s++(?P<verb>{_PARTICIPLE})\b", sentence[match.end() :], re.IGNORECASE)
        if follow is not None:
            verbs.append(follow["verb"])
        for verb in verbs:
            action = _action_of(verb)
            if action is not None:
                yield action


def _action_of(verb: str) -> str | None:
    """Return the action that a participle names; None for those that change nothing, such as found or checked."""
    found = concept(_IRREGULAR.get(verb.lower(), verb))
    return found if is_action(found) and verb.lower() not in _NO_ACTION else None


_IRREGULAR: Final = {
    "sent": "send", "resent": "send", "paid": "pay", "frozen": "freeze", "unfrozen": "unfreeze", "made": "make",
    "put": "set",     "given": "give", "withdrawn": "withdraw",
}  # fmt: skip
_NO_ACTION: Final = frozenset(
    {"applied", "booked", "completed", "confirmed", "shipped", "scheduled", "closed", "opened", "made", "put", "asked"}
)


def _done_by(write_tools: Iterable[ToolSpec], succeeded: set[str]) -> set[str]:
    """Return the actions that what succeeded stands for: those of its name and of its description."""
    described = {tool.name: f"{tool.title} {tool.description}" for tool in write_tools}
    done: set[str] = set()
    for name in succeeded:
        done.update(concept(word) for word in name_words(name))
        done.update(actions_in(described.get(name, "")))
    return done


# --- what the tools reported -----------------------------------------------------------------------------------


def _facts(read_text: str) -> tuple[set[str], set[str]]:
    """Return the actions that the results report as facts, and the numbers that stand in them."""
    facts: set[str] = set()
    numbers: set[str] = set()
    for line in read_text.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            value = line
        numbers.update(_ID.findall(line))
        for said in _said(value):
            if len(words_of(said)) == 1:
                facts.add(concept(said))
            facts.update(claim.action for claim in claims_in(said))
    return facts, numbers


def _said(value: Any) -> Iterator[str]:
    """Yield the texts in a value; a key such as cancelled_on counts where it has a date."""
    if isinstance(value, dict):
        for key, inner in value.items():
            words = name_words(str(key))
            if inner and words[-1:] in (["on"], ["at"], ["date"]):
                yield words[0]
            yield from _said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner)
    elif isinstance(value, str):
        yield value
