"""The arguments of a tool, taken from what the customer said: nothing is invented, what is missing is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.agents import demo_values as values
from app.agents.words import name_words, normal, singular

MAX_CALLS: Final = 5  # "cancel orders 1, 2, 3 ...": more at a time than a person would check one by one
MAX_DEPTH: Final = 4  # of nested objects; deeper ones are asked for as a whole
ID_WORDS: Final = frozenset(
    {"id", "ids", "number", "no", "nr", "code", "key", "sku", "uuid", "guid", "reference", "ref", "token"}
)
MONEY_WORDS: Final = frozenset({"amount", "price", "sum", "cost", "fee", "balance", "limit", "value", "total"})
PERCENT_WORDS: Final = frozenset({"percent", "percentage", "pct", "discount", "rate"})
SEARCH_WORDS: Final = frozenset({"query", "search", "q", "keyword", "keywords", "term", "text"})
REASON_WORDS: Final = frozenset(
    {"reason", "comment", "note", "notes", "message", "description", "explanation", "why", "cause", "feedback"}
)
NAME_WORDS: Final = frozenset({"name", "title", "label", "subject", "nickname"})
DATE_WORDS: Final = frozenset({"date", "day", "deadline"})
SMALL_NUMBERS: Final = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that a tool takes."""

    name: str
    schema: Mapping[str, Any]
    required: bool
    nouns: frozenset[str] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of its name."""
        return tuple(name_words(self.name))

    @property
    def kind(self) -> str:
        """Return its JSON type; the first that is not null where there are several."""
        found = self.schema.get("type", "object" if "properties" in self.schema else "string")
        if isinstance(found, list):
            found = next((one for one in found if one != "null"), "string")
        return str(found)

    @property
    def identifies(self) -> bool:
        """Say whether the value names one thing among many."""
        return bool(ID_WORDS & set(self.words)) or self.name in {
            "card",
            "account",
            "order",
            "customer",
            "user",
            "email",
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
            found, offered = _from_history(slot, history, slots)
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


def slots_of(parameters: Mapping[str, Any], nouns: Sequence[str] = ()) -> list[Slot]:
    """Return the values that a tool takes, the required first."""
    required = set(parameters.get("required", ()))
    slots = [
        Slot(
            name=name,
            schema=resolve(schema, parameters),
            required=name in required,
            nouns=_nouns_of(name, nouns, resolve(schema, parameters)),
        )
        for name, schema in dict(parameters.get("properties", {})).items()
    ]
    return sorted(slots, key=lambda slot: not slot.required)


def resolve(schema: Any, root: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """Follow a local reference and take the first real one of several alternatives."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: Any = root
        for part in reference[2:].split("/"):
            target = target.get(part, {}) if isinstance(target, Mapping) else {}
        return resolve(target, root, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(key, ()):
            found = resolve(one, root, depth + 1)
            if found and found.get("type") != "null":
                return {**found, **{name: value for name, value in schema.items() if name != key}}
    return schema


def _nouns_of(name: str, nouns: Sequence[str], schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the words beside which the value stands: order_id stands beside order, id beside what the tool is for."""
    own = [word for word in name_words(name) if word not in ID_WORDS - {"code", "key", "sku", "reference"}]
    if not own or own == ["code"]:
        own = [*own, *nouns]
    described = re.match(r"The (\w+)'s ", str(schema.get("description", "")))
    return frozenset(own) | (frozenset({described[1].lower()}) if described else frozenset())


def spelled(text: str) -> str:
    """Write small numbers that stand before a noun in digits: two months → 2 months."""
    pattern = rf"\b({'|'.join(SMALL_NUMBERS)})(?=\s+(?!of\b|day\b|time\b|more\b|is\b|was\b)[a-z]+s\b)"
    return re.sub(pattern, lambda match: SMALL_NUMBERS[match[1].lower()], normal(text), flags=re.IGNORECASE)


# --- one value -------------------------------------------------------------------------------------------------


def _values(slot: Slot, text: str, slots: Sequence[Slot], known: Iterable[str]) -> list[Any]:
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
    return [one for one in _texts(slot, text, slots, known) if _text_fits(one, schema)]


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
        return list(dict.fromkeys(near or _lone(text, slots)))
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


# --- text ------------------------------------------------------------------------------------------------------


def _texts(slot: Slot, text: str, slots: Sequence[Slot], known: Iterable[str]) -> list[str]:
    """Return the texts that could be meant by a slot of kind string."""
    words = set(slot.words)
    form = slot.schema.get("format")
    if form == "email" or words & {"email", "mail"} or "@" in str(slot.schema.get("pattern", "")):
        return [match[0] for match in values.EMAIL.finditer(text)]
    if form in {"date", "date-time"} or words & DATE_WORDS:
        return values.dates_in(text)
    if words & {"phone", "telephone", "mobile"}:
        return [match[0].strip() for match in values.PHONE.finditer(text)]
    if "iban" in words:
        return [match[0].replace(" ", "") for match in values.IBAN.finditer(text)]
    if words & {"currency"}:
        return [one] if (one := values.currency_in(text)) else []
    if (part := _address_part(slot, text, slots)) is not None:
        return part
    if words & SEARCH_WORDS:
        found = values.search_words(text, known) if slot.required or _wants_search(slots) else None
        return [found] if found else []
    if words & REASON_WORDS:
        return [one] if (one := values.reason_in(text)) else []
    if slot.identifies or "pattern" in slot.schema:
        return _identifiers(slot, text)
    if words & NAME_WORDS:
        return [one] if (one := values.named_in(text)) else []
    near = values.near_noun(text, slot.nouns, r"\"[^\"]+\"|[A-Z][\w-]*")
    return values.quoted_in(text) or near


def _wants_search(slots: Sequence[Slot]) -> bool:
    """Say whether searching is what the tool is for: nothing else is required."""
    return not any(slot.required for slot in slots)


def _identifiers(slot: Slot, text: str) -> list[str]:
    """Return ids: what stands beside the noun, else the codes of the text that have the required form."""
    pattern = slot.schema.get("pattern")
    near = values.near_noun(text, slot.nouns, r"[A-Za-z0-9][\w-]*\d[\w-]*|[A-Z][A-Z0-9_-]{2,}|\d+(?:(?= )|\b)")
    ending = re.findall(r"\bend(?:s|ing)(?: in| with)? (\d+)\b", text, re.IGNORECASE)
    candidates = [*near, *ending, *values.codes_in(text), *(str(number) for number in values.numbers_in(text))]
    if pattern is None:
        candidates = near or [one for one in candidates if slot.required]
    found = [form for one in candidates for form in (one, one.upper()) if _text_fits(form, slot.schema)]
    unique: dict[str, str] = {}
    for one in found:
        unique.setdefault(one.upper(), one)
    if pattern is None and not near and len(unique) > 1:
        return list(unique.values())[:1]
    return list(unique.values())


def _address_part(slot: Slot, text: str, slots: Sequence[Slot]) -> list[str] | None:
    """Return one part of a postal address, where the tool asks for the whole of one; None where it doesn't."""
    names = {one.name for one in slots}
    if not names & {"street", "address1", "address_1", "line1", "address_line1"} or "city" not in names:
        return None
    address = values.address_in(text)
    parts = {
        "name": address.name,
        "full_name": address.name,
        "recipient": address.name,
        "city": address.city,
        "postal_code": address.postal_code,
        "postcode": address.postal_code,
        "zip": address.postal_code,
        "country": address.country,
        "country_code": address.country,
    }
    street = {"street", "address1", "address_1", "line1", "address_line1"}
    if slot.name not in parts and slot.name not in street:
        return None
    value = address.street if slot.name in street else parts[slot.name]
    return [value] if value else []


def _text_fits(text: str, schema: Mapping[str, Any]) -> bool:
    """Say whether a text has the form that the schema wants; a pattern that can't be read decides nothing."""
    if len(text) > schema.get("maxLength", len(text)) or len(text) < schema.get("minLength", 0):
        return False
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN_CHARS or len(text) > MAX_MATCHED_CHARS:
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


MAX_PATTERN_CHARS: Final = 200  # a longer pattern of an imported document could take for ever
MAX_MATCHED_CHARS: Final = 200  # the same


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
    return [one for one in (country or bare,) if _text_fits(one, slot.schema)]


def _from_history(slot: Slot, history: Sequence[str], slots: Sequence[Slot]) -> tuple[list[Any], list[Any]]:
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
    near = values.near_noun(said, slot.nouns, r"[A-Za-z0-9][\w-]*\d[\w-]*|[A-Z][A-Z0-9_-]{2,}|\d+")
    codes = values.codes_in(said) if "pattern" in slot.schema else []
    return [one for one in [*near, *codes] if _text_fits(one, slot.schema)]
