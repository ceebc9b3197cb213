"""Things, values and deeds in plain words: `order number`, `25 November 2026`, `order 1 has been cancelled`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.demo_model.matching import Offer
from app.demo_model.slots import ID_WORDS
from app.language.synonyms import concept, is_action
from app.language.tokens import name_words

MAX_TEXT_CHARS: Final = 300  # of one value: a paragraph
DATE: Final = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?$")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

IRREGULAR: Final = {
    "send": "sent", "resend": "resent", "set": "set", "reset": "reset", "pay": "paid", "freeze": "frozen",
    "unfreeze": "unfrozen",
    "put": "put", "buy": "bought", "make": "made", "give": "given", "withdraw": "withdrawn", "submit": "submitted",
    "take": "taken", "hold": "held", "begin": "begun", "split": "split", "cut": "cut", "write": "written",
    "cancel": "cancelled",
    "transfer": "transferred", "stop": "stopped", "swap": "swapped", "ship": "shipped", "refer": "referred",
    "drop": "dropped",
}  # fmt: skip


def plain(key: str) -> str:
    """Return a key in plain words: order_id → order number, deliveredOn → delivered on."""
    words = name_words(key)
    if words[-1:] in (["id"], ["no"], ["nr"]):
        words = [*words[:-1], "number"]
    return " ".join(words) or key


def plain_value(value: Any) -> str:
    """Return a value as a person says it: dates with their month, true as yes, label_sent as label sent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}" if not value.is_integer() else str(int(value))
    text = str(value)
    if (match := DATE.match(text)) and 1 <= int(match[2]) <= len(MONTHS):
        day = f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"
        return f"{day}, {match[4]}" if match[4] else day
    if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", text):
        return text.replace("_", " ")
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def plural(noun: str) -> str:
    """Return a noun in its plural."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def capital(text: str) -> str:
    """Return the text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


# --- deeds ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a tool does, in three forms: `cancel order 1`, `order 1 has been cancelled`, `order 1 was not cancelled`."""

    infinitive: str
    done: str
    not_done: str


def deed_of(offer: Offer, args: Mapping[str, Any]) -> Deed:
    """Put a call into words."""
    words = name_words(offer.name)
    places = [place for place, word in enumerate(words) if is_action(concept(word)) or word in IRREGULAR]
    verb = words[places[0]] if places else None
    rest = [word for place, word in enumerate(words) if verb is None or place > places[0]]
    if verb is None or not rest:
        title = offer.title[:1].lower() + offer.title[1:] or offer.name
        return Deed(
            infinitive=f"do this: {title}", done=f"this was done: {title}", not_done=f"this was not done: {title}"
        )
    noun = " ".join(rest)
    owner = thing_in(args, offer.nouns)
    creates = concept(verb) == "create"
    if owner and owner.startswith(f"{noun} "):
        thing = owner
    elif owner:
        thing = f"a {noun} for {owner}" if creates else f"the {noun} of {owner}"
    else:
        thing = f"a {noun}" if creates else f"the {noun}"
    said = participle(verb)
    return Deed(infinitive=f"{verb} {thing}", done=f"{thing} has been {said}", not_done=f"{thing} was not {said}")


def participle(verb: str) -> str:
    """Return the past participle: cancel → cancelled, change → changed, send → sent."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"


def thing_in(args: Mapping[str, Any], nouns: Sequence[str] = ()) -> str:
    """Name what a set of arguments is about: `order 1042`; empty where no argument names one thing."""
    for key, value in args.items():
        words = name_words(key)
        if isinstance(value, bool | list | dict) or value is None:
            continue
        if set(words) & ID_WORDS or key in {"card", "account", "feature"}:
            own = [word for word in words if word not in ID_WORDS] or list(nouns[:1]) or ["number"]
            return f"{' '.join(own)} {plain_value(value)}"
    return ""
