"""The arguments of a tool, taken from what the customer said: nothing is invented, what is missing is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.demo_model import values
from app.demo_model.slots import MONEY_WORDS, PERCENT_WORDS, Slot, resolve, slots_of
from app.demo_model.texts import ID_FORM, text_fits, texts_for
from app.language.stem import singular
from app.language.synonyms import normal

MAX_CALLS: Final = 5  # "cancel orders 1, 2, 3 ...": more at a time than a person would check one by one
SMALL_NUMBERS: Final = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What could be taken from the text: one set of arguments a call, and what is still missing.

    `choices` holds, for a missing value, the values that the conversation offers where it offers several.
    """

    calls: tuple[dict[str, Any], ...]
    missing: tuple[Slot, ...] = ()
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


def fill(
    parameters: Mapping[str, Any],
    text: str,
    *,
    nouns: Sequence[str] = (),
    known: Iterable[str] = (),
    history: Sequence[str] = (),
    asked_for: str | None = None,
    reply: str = "",
) -> Filled:
    """Fill a tool's parameters from a text; ids that it lacks are taken from the history, newest first.

    `nouns` is what the tool acts upon, `known` every word that the tool itself consists of, `asked_for` the one
    value that the customer was just asked for and `reply` what came in answer.
    """
    text = spelled(text)
    args: dict[str, Any] = {}
    missing: list[Slot] = []
    choices: dict[str, tuple[Any, ...]] = {}
    several: tuple[str, list[Any]] | None = None
    slots = slots_of(parameters, nouns)
    for slot in slots:
        found = _values(slot, text, slots, known)
        if not found and reply and asked_for == slot.name:
            found = _whole_answer(slot, reply)
        if not found and slot.required and slot.identifies:
            found, offered = _from_history(slot, history)
            if offered:
                choices[slot.name] = tuple(offered)
        if len(found) > 1 and slot.kind != "array" and slot.identifies and several is None:
            several = (slot.name, found[:MAX_CALLS])
        if found:
            args[slot.name] = found if slot.kind == "array" else found[0]
        elif slot.required and "default" not in slot.schema:
            missing.append(slot)
    calls = [{**args, several[0]: one} for one in several[1]] if several else [args]
    return Filled(calls=tuple(calls), missing=tuple(missing), choices=choices)


def spelled(text: str) -> str:
    """Write small numbers that stand before a noun in digits: two months → 2 months."""
    pattern = rf"\b({'|'.join(SMALL_NUMBERS)})(?=\s+(?!of\b|day\b|time\b|more\b|is\b|was\b)[a-z]+s\b)"
    return re.sub(pattern, lambda match: SMALL_NUMBERS[match[1].lower()], normal(text), flags=re.IGNORECASE)


# --- one value -------------------------------------------------------------------------------------------------


def _values(  # noqa: PLR0911 - one for each type
    slot: Slot, text: str, slots: Sequence[Slot], known: Iterable[str]
) -> list[Any]:
    """Return what the text says for one slot, in its order; empty where it says nothing for sure."""
    schema = slot.schema
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return _enumerated(slot, text)
    if slot.kind in {"integer", "number"}:
        return _fitting(_numbers(slot, text, slots), schema, whole=slot.kind == "integer")
    if slot.kind == "boolean":
        return _boolean(slot, text)
    if slot.kind == "array":
        items = resolve(schema.get("items", {}), {})
        return _values(Slot(name=_one(slot.name), schema=items, required=True, nouns=slot.nouns), text, slots, known)
    if slot.kind == "object":
        return _object(slot, text)
    return [one for one in texts_for(slot, text, slots, known) if text_fits(one, schema)]


def _one(name: str) -> str:
    return name.removesuffix("s")


def _enumerated(slot: Slot, text: str) -> list[Any]:
    allowed = [one for one in slot.schema["enum"] if one is not None]
    if len(allowed) == 1 and slot.required:
        return allowed
    words = set(slot.words)
    for prepositions, marks in (
        (r"from|out of", {"from", "source", "sender"}),
        (r"to|into", {"to", "target", "destination"}),
    ):
        if words & marks:
            behind = re.search(
                rf"\b(?:{prepositions})\s+(?:my |the |our )?([\w ]+?)(?=\s+(?:to|into|from|out)\b|[,.;!?]|$)",
                text,
                re.IGNORECASE,
            )
            return list(values.enum_in(behind[1], allowed)) if behind else []
    found = list(values.enum_in(text, allowed))
    return found if len(found) == 1 or slot.identifies else found[-1:]


def _numbers(slot: Slot, text: str, slots: Sequence[Slot]) -> list[float]:
    words = set(slot.words)
    described = str(slot.schema.get("description", "")).lower()
    if words & PERCENT_WORDS or "percent" in described:
        return values.percents_in(text) or _named_number(slot, text)
    if (words & MONEY_WORDS and not _counts(slot)) or "euro" in described or "dollar" in described:
        return [
            _minor(slot, amount)
            for amount in values.money_in(text) or _named_number(slot, text) or _lone_amount(slot, text, slots)
        ]
    near = [values.to_number(one) for one in values.near_noun(text, slot.nouns, values.NUMBER)]
    if slot.identifies:
        return list(dict.fromkeys(near or (_lone(text, slots) if slot.required else [])))
    return _named_number(slot, text)


def _counts(slot: Slot) -> bool:
    """Say whether a limit counts rows of an answer, not money."""
    return (
        slot.name in {"limit", "page_limit", "max_results"}
        or "how many" in str(slot.schema.get("description", "")).lower()
    )


def _minor(slot: Slot, amount: float) -> float:
    """Turn an amount into cents where the slot counts cents."""
    cents = "cents" in slot.words or "cents" in str(slot.schema.get("description", "")).lower().split()
    return round(amount * 100) if cents and "two decimals" not in str(slot.schema.get("description", "")) else amount


def _named_number(slot: Slot, text: str) -> list[float]:
    """Return the number that stands beside the slot's own name: 15 seats, seats to 15, limit of 500."""
    last = slot.words[-1] if slot.words else slot.name
    noun = rf"{re.escape(singular(last))}(?:e?s)?"
    before = re.search(rf"(?<![\w.,-])({values.NUMBER})\s+(?:\w+\s+)?{noun}\b", text, re.IGNORECASE)
    after = re.search(
        rf"\b{noun}\b(?:[^\d.!?]{{0,30}}?\b(?:to|of|is|at|be|=)|\s*[:=]?)\s*[€$£]?({values.NUMBER})(?![\w.-])",
        text,
        re.IGNORECASE,
    )
    match = before or after
    return [values.to_number(match[1])] if match else []


def _lone(text: str, slots: Sequence[Slot]) -> list[float]:
    """Return the numbers of a text that can only be this id: it is the one id that is asked for."""
    rivals = [slot for slot in slots if slot.kind in {"integer", "number"} and slot.required and slot.identifies]
    if len(rivals) > 1:
        return []
    counted = [number for slot in slots if not slot.identifies for number in _named_number(slot, text)]
    return [number for number in values.numbers_in(text) if number not in counted]


def _lone_amount(slot: Slot, text: str, slots: Sequence[Slot]) -> list[float]:
    """Return the one bare number of a text as an amount where nothing else could take it."""
    numbers = values.numbers_in(text)
    rivals = [one for one in slots if one is not slot and one.kind in {"integer", "number"} and one.required]
    return numbers if slot.required and len(numbers) == 1 and not rivals else []


def _fitting(numbers: Iterable[float], schema: Mapping[str, Any], *, whole: bool) -> list[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    return [
        number
        for number in numbers
        if (low is None or number >= low)
        and (high is None or number <= high)
        and (not whole or float(number).is_integer())
    ]


def _boolean(slot: Slot, text: str) -> list[Any]:
    words = set(slot.words)
    if words & {"enabled", "active", "on", "enable"}:
        if re.search(r"\b(?:disable|deactivate|off)\b", text, re.IGNORECASE):
            return [False]
        if re.search(r"\b(?:enable|activate|on)\b", text, re.IGNORECASE):
            return [True]
        return []
    own = [word for word in slot.words if len(word) > 3]  # noqa: PLR2004 - is, to, has say nothing
    if own and all(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in own):
        return [
            re.search(rf"\b(?:not|no|without|don't|never)\s+(?:\w+\s+)?{re.escape(own[0])}", text, re.IGNORECASE)
            is None
        ]
    return []


def _object(slot: Slot, text: str) -> list[Any]:
    inner = fill(slot.schema, text)
    return [inner.calls[0]] if inner.calls[0] and not inner.missing else []


def _whole_answer(slot: Slot, text: str) -> list[Any]:
    """Take a whole reply as the value that was asked for, where any text will do."""
    bare = text.strip().strip(".!\"'")
    if slot.kind in {"integer", "number"}:
        return _fitting(
            values.numbers_in(bare) or values.money_in(bare) or values.percents_in(bare),
            slot.schema,
            whole=slot.kind == "integer",
        )
    if slot.kind == "boolean":
        return (
            [True]
            if re.match(r"(?i)y(?:es)?\b|on\b|true\b", bare)
            else [False]
            if re.match(r"(?i)no?\b|off\b|false\b", bare)
            else []
        )
    if slot.kind != "string" or "enum" in slot.schema or not bare:
        return []
    country = values.country_of(bare) if "country" in slot.words else None
    return [one for one in (country or bare,) if text_fits(one, slot.schema)]


def _from_history(slot: Slot, history: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """Return the value that the conversation last spoke of, or all of them where it spoke of several at once."""
    for said in reversed(history):
        found = list(dict.fromkeys(_spoken_of(slot, said)))
        if len(found) == 1:
            return found, []
        if found:
            return [], found
    return [], []


def _spoken_of(slot: Slot, said: str) -> list[Any]:
    """Return the values that a text gives for a slot beside the slot's own noun; a lone number is not enough."""
    if slot.kind in {"integer", "number"}:
        numbers = [values.to_number(one) for one in values.near_noun(said, slot.nouns, values.NUMBER)]
        return _fitting(numbers, slot.schema, whole=slot.kind == "integer")
    if "enum" in slot.schema:
        return list(values.enum_in(said, slot.schema["enum"]))
    if slot.kind != "string":
        return []
    if "email" in slot.words or slot.schema.get("format") == "email":
        return [match[0] for match in values.EMAIL.finditer(said)]
    near = [one for one in values.near_noun(said, slot.nouns, ID_FORM) if values.looks_like_code(one)]
    codes = values.codes_in(said) if "pattern" in slot.schema else []
    return [one for one in [*near, *codes] if text_fits(one, slot.schema)]
