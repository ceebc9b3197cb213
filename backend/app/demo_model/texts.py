"""The texts that a tool takes, found in what a customer said. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from app.demo_model import values
from app.demo_model.slots import DATE_WORDS, NAME_WORDS, REASON_WORDS, SEARCH_WORDS, Slot

ID_FORM: Final = r"[A-Za-z0-9][\w-]*"


def texts_for(slot: Slot, text: str, slots: Sequence[Slot], known: Iterable[str]) -> list[str]:
    """Return the texts that could be meant by a slot of kind string."""
    words = set(slot.words)
    for named, find in _BY_WORD.items():
        if words & named or slot.schema.get("format") in named:
            return find(text)
    if "@" in str(slot.schema.get("pattern", "")):
        return _emails(text)
    if (part := _address_part(slot, text, slots)) is not None:
        return part
    if words & SEARCH_WORDS:
        return _some(values.search_words(text, known)) if slot.required or _wants_search(slots) else []
    return _identifiers(slot, text) if slot.identifies or "pattern" in slot.schema else _free(slot, text)


def _free(slot: Slot, text: str) -> list[str]:
    words = set(slot.words)
    if words & REASON_WORDS:
        return _some(values.reason_in(text))
    if words & NAME_WORDS:
        return _some(values.named_in(text))
    return values.quoted_in(text) or values.near_noun(text, slot.nouns, r"\"[^\"]+\"|[A-Z][\w-]*")


def _some(found: str | None) -> list[str]:
    return [found] if found else []


def _emails(text: str) -> list[str]:
    return [match[0] for match in values.EMAIL.finditer(text)]


def _phones(text: str) -> list[str]:
    return [match[0].strip() for match in values.PHONE.finditer(text)]


def _ibans(text: str) -> list[str]:
    return [match[0].replace(" ", "") for match in values.IBAN.finditer(text)]


def _currencies(text: str) -> list[str]:
    return _some(values.currency_in(text))


# What a value is called, or its format, and where such values are found.
_BY_WORD: Final[dict[frozenset[str], Callable[[str], list[str]]]] = {
    frozenset({"email", "mail"}): _emails,
    frozenset({*DATE_WORDS, "date-time"}): values.dates_in,
    frozenset({"phone", "telephone", "mobile"}): _phones,
    frozenset({"iban"}): _ibans,
    frozenset({"currency"}): _currencies,
}


def _wants_search(slots: Sequence[Slot]) -> bool:
    """Say whether searching is what the tool is for: nothing else is required."""
    return not any(slot.required for slot in slots)


def _identifiers(slot: Slot, text: str) -> list[str]:
    """Return ids: what stands beside the noun, else the codes of the text that have the required form."""
    pattern = slot.schema.get("pattern")
    near = [one for one in values.near_noun(text, slot.nouns, ID_FORM) if values.looks_like_code(one)]
    ending = re.findall(r"\bend(?:s|ing)(?: in| with)? (\d+)\b", text, re.IGNORECASE)
    candidates = [*near, *ending, *values.codes_in(text), *(str(number) for number in values.numbers_in(text))]
    if pattern is None:
        candidates = near or [one for one in candidates if slot.required]
    found = [form for one in candidates for form in (one, one.upper()) if text_fits(form, slot.schema)]
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


def text_fits(text: str, schema: Mapping[str, Any]) -> bool:
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
