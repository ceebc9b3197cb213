"""Arguments of a tool, taken from what the customer said: nothing is invented, what is missing is named. Pure.

What an argument may hold is told by its schema and by the words of its name; how people write such values stands in
the script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.demo_model.script import NUMBER, script
from app.demo_model.slots import Slot, fits, resolve, slots_of
from app.demo_model.understand import CODE
from app.language.stem import singular, stem
from app.language.synonyms import concept, is_action, straight
from app.language.tokens import SMALL_WORDS, name_words, words_of

MAX_CALLS: Final = 5  # "cancel orders 1, 2, 3 ...": more at a time than a person would check one by one
MIN_SHOUTED_CHARS: Final = 3  # OK and US are words; ABC may be a code
ID_FORM: Final = r"[A-Za-z0-9][\w-]*"
SMALL_NUMBERS: Final = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_SHOUTED: Final = re.compile(r"(?<![\w@.-])[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)*(?![\w@-])")
_BARE_NUMBER: Final = re.compile(
    rf"(?<![\w.,#%€$£-])#?({NUMBER})(?![\w%€$£]|\s?(?:%|percent|eur|usd|dollar|€|-\d))", re.IGNORECASE
)
_DIRECTIONS: Final = (("from|out of", {"from", "source", "sender"}), ("to|into", {"to", "target", "destination"}))


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
    known: Collection[str] = (),
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
        if len(found) > 1 and slot.type != "array" and slot.identifies and several is None:
            several = (slot.name, found[:MAX_CALLS])
        if found:
            args[slot.name] = found if slot.type == "array" else found[0]
        elif slot.required and "default" not in slot.schema:
            missing.append(slot)
    calls = [{**args, several[0]: one} for one in several[1]] if several else [args]
    return Filled(calls=tuple(calls), missing=tuple(missing), choices=choices)


def spelled(text: str) -> str:
    """Write small numbers that stand before a noun in digits: two months → 2 months."""
    pattern = rf"\b({'|'.join(SMALL_NUMBERS)})(?=\s+(?!of\b|day\b|time\b|more\b|is\b|was\b)[a-z]+s\b)"
    digits = lambda match: str(SMALL_NUMBERS.index(match[1].lower()) + 1)  # noqa: E731
    return re.sub(pattern, digits, straight(text), flags=re.IGNORECASE)


# --- one value ---------------------------------------------------------------------------------------------------


def _values(  # noqa: PLR0911 - one for each type
    slot: Slot, text: str, slots: Sequence[Slot], known: Collection[str]
) -> list[Any]:
    """Return what the text says for one slot, in its order; empty where it says nothing for sure."""
    schema = slot.schema
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return _enumerated(slot, text)
    match slot.type:
        case "integer" | "number":
            return _fitting(_numbers(slot, text, slots), schema, whole=slot.type == "integer")
        case "boolean":
            return _boolean(slot, text)
        case "array":
            items = resolve(schema.get("items", {}), {})
            one = Slot(name=slot.name.removesuffix("s"), schema=items, required=True, nouns=slot.nouns)
            return _values(one, text, slots, known)
        case "object":
            inner = fill(schema, text)
            return [inner.calls[0]] if inner.calls[0] and not inner.missing else []
    return [one for one in _texts(slot, text, slots, known) if fits(one, schema)]


def _enumerated(slot: Slot, text: str) -> list[Any]:
    allowed = [one for one in slot.schema["enum"] if one is not None]
    if len(allowed) == 1 and slot.required:
        return allowed
    for prepositions, marks in _DIRECTIONS:
        if slot.words & marks:
            end = r"(?=\s+(?:to|into|from|out)\b|[,.;!?]|$)"
            behind = re.search(rf"\b(?:{prepositions})\s+(?:my |the |our )?([\w ]+?){end}", text, re.IGNORECASE)
            return named_of(behind[1], allowed) if behind else []
    found = named_of(text, allowed)
    return found if len(found) == 1 or slot.identifies else found[-1:]


def named_of(text: str, allowed: Iterable[object]) -> list[object]:
    """Return the allowed values that a text names: all of a value's words must be there, in any form."""
    expanded = re.sub(r"n't\b", " not", straight(text).replace("'s ", " ")).lower()
    said = {stem(word) for word in words_of(expanded)} | set(re.findall(r"\b\d+\b", expanded))
    found: list[tuple[int, object]] = []
    for value in allowed:
        words = [*name_words(str(value)), *re.findall(r"\d+", str(value))]
        wanted = [word for word in words if word not in {"the", "a", "of", "my", "does", "do", "did"}]
        if wanted and all(word in said or stem(word) in said for word in wanted):
            found.append((len(name_words(str(value))), value))
    longest = max((length for length, _ in found), default=0)
    return [value for length, value in found if length == longest]


def _numbers(slot: Slot, text: str, slots: Sequence[Slot]) -> list[float]:
    if slot.holds("percent") or "percent" in slot.described:
        return _of_kind("percent", text) or _named_number(slot, text)
    counts_rows = slot.name in {"limit", "page_limit", "max_results"} or "how many" in slot.described
    if (slot.holds("money") and not counts_rows) or re.search("euro|dollar", slot.described):
        cents = "cents" in {*slot.words, *slot.described.split()} and "two decimals" not in slot.described
        amounts = _of_kind("money", text) or _named_number(slot, text) or _lone_amount(slot, text, slots)
        return [round(amount * 100) if cents else amount for amount in amounts]
    if slot.identifies:
        near = [_number(one) for one in beside(text, slot.nouns, NUMBER)]
        return list(dict.fromkeys(near or (_lone(text, slots) if slot.required else [])))
    return _named_number(slot, text)


def _of_kind(kind: str, text: str) -> list[float]:
    return [_number(one) for one in script().kinds[kind].found_in(text)]


def _number(text: str) -> float:
    """Read a number as people write it: 1,042 and 12.50 alike; whole numbers come back whole."""
    value = float(text.replace(",", ""))
    return int(value) if value.is_integer() else value


def _named_number(slot: Slot, text: str) -> list[float]:
    """Return the number that stands beside the slot's own name: 15 seats, seats to 15, limit of 500."""
    noun = rf"{re.escape(singular((name_words(slot.name) or [slot.name])[-1]))}(?:e?s)?"
    before = rf"(?<![\w.,-])({NUMBER})\s+(?:\w+\s+)?{noun}\b"
    after = rf"\b{noun}\b(?:[^\d.!?]{{0,30}}?\b(?:to|of|is|at|be|=)|\s*[:=]?)\s*[€$£]?({NUMBER})(?![\w.-])"
    found = re.search(before, text, re.IGNORECASE) or re.search(after, text, re.IGNORECASE)
    return [_number(found[1])] if found else []


def bare_numbers(text: str) -> list[float]:
    """Return the bare numbers of a text: no percentages, amounts of money, dates or parts of codes."""
    hidden = (script().pattern("address"), *script().kinds["email"].finds, *script().kinds["date"].finds)
    for pattern in hidden:
        text = pattern.sub(" ", text)
    return [_number(match[1]) for match in _BARE_NUMBER.finditer(text)]


def _lone(text: str, slots: Sequence[Slot]) -> list[float]:
    """Return the numbers of a text that can only be this id: it is the one id that is asked for."""
    rivals = [slot for slot in slots if slot.type in {"integer", "number"} and slot.required and slot.identifies]
    counted = [number for slot in slots if not slot.identifies for number in _named_number(slot, text)]
    return [] if len(rivals) > 1 else [number for number in bare_numbers(text) if number not in counted]


def _lone_amount(slot: Slot, text: str, slots: Sequence[Slot]) -> list[float]:
    """Return the one bare number of a text as an amount where nothing else could take it."""
    numbers = bare_numbers(text)
    rivals = [one for one in slots if one is not slot and one.type in {"integer", "number"} and one.required]
    return numbers if slot.required and len(numbers) == 1 and not rivals else []


def _fitting(numbers: Iterable[float], schema: Mapping[str, Any], *, whole: bool) -> list[Any]:
    low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return [number for number in numbers if low <= number <= high and (not whole or float(number).is_integer())]


def _boolean(slot: Slot, text: str) -> list[Any]:
    if slot.words & {"enabled", "active", "on", "enable"}:
        said = re.search(r"\b(?:(disable|deactivate|off)|enable|activate|on)\b", text, re.IGNORECASE)
        return [not said[1]] if said else []
    own = [re.escape(word) for word in name_words(slot.name) if len(word) > 3]  # noqa: PLR2004 - is, to, has
    if not own or not all(re.search(rf"\b{word}", text, re.IGNORECASE) for word in own):
        return []
    return [re.search(rf"\b(?:not|no|without|don't|never)\s+(?:\w+\s+)?{own[0]}", text, re.IGNORECASE) is None]


# --- texts -------------------------------------------------------------------------------------------------------


def _texts(  # noqa: PLR0911 - one for each kind
    slot: Slot, text: str, slots: Sequence[Slot], known: Collection[str]
) -> list[str]:
    """Return the texts that could be meant by a slot of type string."""
    kinds = script().kinds
    for name in ("email", "date", "phone", "iban", "currency"):
        if slot.holds(name) or slot.schema.get("format") in kinds[name].names:
            return kinds[name].found_in(text)
    if "@" in str(slot.schema.get("pattern", "")):
        return kinds["email"].found_in(text)
    if (part := _address_part(slot, text, slots)) is not None:
        return part
    if slot.holds("search"):
        wants = slot.required or not any(one.required for one in slots)
        return [found] if wants and (found := search_words(text, known)) else []
    if slot.identifies or "pattern" in slot.schema:
        return _identifiers(slot, text)
    for name in ("reason", "name"):
        if slot.holds(name):
            return kinds[name].found_in(text)[:1]
    return quoted_in(text) or beside(text, slot.nouns, r"\"[^\"]+\"|[A-Z][\w-]*")


def quoted_in(text: str) -> list[str]:
    """Return what stands in quotes."""
    return [
        (match[1] or match[2]).strip() for match in re.finditer(r"\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)", straight(text))
    ]


def search_words(text: str, known: Collection[str]) -> str | None:
    """Return the words to search for: what is left once the words of the tool itself and small words are gone."""
    if quoted := quoted_in(text):
        return quoted[0]
    dull = {*known, "get", "list", "search", "stock", "price", "sell", "something", "anything", "left", "much", "order"}
    words = [word for word in words_of(text) if word not in SMALL_WORDS | {"sells", "looking"}]
    left = [singular(word) for word in words if concept(word) not in dull and not is_action(concept(word))]
    return " ".join(word for word in left if word not in dull) or None


def _identifiers(slot: Slot, text: str) -> list[str]:
    """Return ids: what stands beside the noun, else the codes of the text that have the required form."""
    near = [one for one in beside(text, slot.nouns, ID_FORM) if looks_like_code(one)]
    candidates = near or (codes_in(text) + list(map(str, bare_numbers(text))) if slot.required else [])
    if "pattern" in slot.schema:
        ending = re.findall(r"\bend(?:s|ing)(?: in| with)? (\d+)\b", text, re.IGNORECASE)
        words = [word for word in re.findall(ID_FORM, text) if looks_like_code(word)]
        candidates = [*near, *ending, *codes_in(text), *words, *map(str, bare_numbers(text))]
    unique: dict[str, str] = {}
    for form in (form for one in candidates for form in (one, one.upper()) if fits(form, slot.schema)):
        unique.setdefault(form.upper(), form)
    return list(unique.values())[: None if near or "pattern" in slot.schema else 1]


def codes_in(text: str) -> list[str]:
    """Return the words that look like an id or a code: letters with digits, or SHOUTED."""
    plain = script().kinds["email"].finds[0].sub(" ", text)
    found = [one for one in CODE.findall(plain) if not re.fullmatch(r"\d+(?:st|nd|rd|th|x)", one)]
    return list(dict.fromkeys([*found, *(one for one in _SHOUTED.findall(plain) if looks_like_code(one))]))


def looks_like_code(word: str) -> bool:
    """Say whether a word is an id rather than a word of the language: it has a digit, or is SHOUTED."""
    return any(char.isdigit() for char in word) or (word.isupper() and len(word) >= MIN_SHOUTED_CHARS)


def beside(text: str, nouns: Iterable[str], value: str) -> list[str]:
    """Return the values that directly follow one of the nouns: order 1042, order no. 1042, orders #1 and #2."""
    heads = "|".join(rf"{re.escape(word)}(?:e?s)?" for word in sorted(nouns))
    if not heads:
        return []
    between = r"(?:\s+(?:number|no\.?|nr\.?|id|code|is|with|the|called))*\s*[:#]?\s*#?"
    one = rf"(?:{value})(?![\w%€$£]|\.\d)"
    listed = rf"\b(?:{heads})\b{between}((?:{one})(?:\s*(?:,|and|or|&|,\s*and)\s*#?(?:{one}))*)"
    lists = re.finditer(listed, text, re.IGNORECASE)
    return [found[0] for match in lists for found in re.finditer(one, match[1], re.IGNORECASE)]


def _address_part(slot: Slot, text: str, slots: Sequence[Slot]) -> list[str] | None:
    """Return one part of a postal address, where the tool asks for the whole of one; None where it doesn't."""
    address = script().written["address"]
    parts = {name: part for part, names in address["parts"].items() for name in names.split()}
    if slot.name not in parts or not {"street", "city"} <= {parts.get(one.name) for one in slots}:
        return None
    found = script().find("address", text)
    part = parts[slot.name]
    value = "" if found is None else (found.groupdict().get(part) or found.groupdict().get(f"{part}2") or "").strip()
    return [country_of(value) or value] if part == "country" and value else [value] if value else []


def country_of(text: str) -> str | None:
    """Return the two letters of a country that is named or already abbreviated."""
    bare = text.strip(" .")
    return bare if re.fullmatch(r"[A-Z]{2}", bare) else next(iter(script().kinds["country"].found_in(bare)), None)


# --- replies and history -----------------------------------------------------------------------------------------


def _whole_answer(slot: Slot, text: str) -> list[Any]:
    """Take a whole reply as the value that was asked for, where any text will do."""
    bare = text.strip().strip(".!\"'")
    if slot.type in {"integer", "number"}:
        numbers = bare_numbers(bare) or _of_kind("money", bare) or _of_kind("percent", bare)
        return _fitting(numbers, slot.schema, whole=slot.type == "integer")
    if slot.type == "boolean":
        said = re.match(r"(?i)(?:(y(?:es)?|on|true)|no?|off|false)\b", bare)
        return [bool(said[1])] if said else []
    if slot.type != "string" or "enum" in slot.schema or not bare:
        return []
    country = country_of(bare) if slot.holds("country") else None
    return [one for one in (country or bare,) if fits(one, slot.schema)]


def _from_history(slot: Slot, history: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """Return the value that the conversation last spoke of, or all of them where it spoke of several at once."""
    for said in reversed(history):
        found = list(dict.fromkeys(_spoken_of(slot, said)))
        if found:
            return (found, []) if len(found) == 1 else ([], found)
    return [], []


def _spoken_of(slot: Slot, said: str) -> list[Any]:
    """Return the values that a text gives for a slot beside the slot's own noun; a lone number is not enough."""
    if slot.type in {"integer", "number"}:
        numbers = [_number(one) for one in beside(said, slot.nouns, NUMBER)]
        return _fitting(numbers, slot.schema, whole=slot.type == "integer")
    if "enum" in slot.schema:
        return named_of(said, slot.schema["enum"])
    if slot.type != "string":
        return []
    if slot.holds("email") or slot.schema.get("format") == "email":
        return script().kinds["email"].found_in(said)
    near = [one for one in beside(said, slot.nouns, ID_FORM) if looks_like_code(one)]
    return [one for one in [*near, *(codes_in(said) if "pattern" in slot.schema else [])] if fits(one, slot.schema)]
