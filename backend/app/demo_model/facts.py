"""Any JSON in sentences: what it is, how it stands, then what was asked for and what usually matters. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.demo_model.phrases import DATE, capital, plain, plain_value, plural
from app.demo_model.slots import ID_WORDS, MONEY_WORDS, PERCENT_WORDS
from app.language.stem import singular
from app.language.synonyms import concept, concepts_of
from app.language.tokens import name_words

MAX_FACTS: Final = 6  # as many as one reads in a chat bubble without scrolling
MAX_NEWS: Final = 4  # of a change: its effect is in the sentence before already
MAX_ITEMS: Final = 5  # of a list; the rest is counted
MONEY_KEYS: Final = (MONEY_WORDS - {"limit", "value"}) | {
    "paid",
    "refunded",
    "refundable",
    "spent",
    "due",
    "debit",
    "credit",
    "subtotal",
    "tax",
}

STATUS_KEYS: Final = ("status", "state")

DULL_KEYS: Final = frozenset(
    {
        "created_at",
        "updated_at",
        "deleted_at",
        "metadata",
        "object",
        "links",
        "currency",
        "currency_code",
        "url",
        "self",
        "href",
    }
)


def describe(data: Any, *, asked: str = "", noun: str = "") -> str:
    """Put any JSON into sentences: what it is, how it stands, then what was asked for and what usually matters."""
    data, noun = _unwrapped(data, noun)
    if data is None or data in ("", {}):
        return ""
    if isinstance(data, list):
        return _describe_list(data, noun)
    if not isinstance(data, Mapping):
        return f"{capital(noun) or 'Answer'}: {plain_value(data)}."
    rows = [
        (key, value)
        for key, value in data.items()
        if isinstance(value, list) and value and isinstance(value[0], Mapping)
    ]
    scalars = [key for key, value in data.items() if not isinstance(value, list | Mapping) and value is not None]
    if len(rows) == 1 and not any(_identifies(key) for key in scalars) and len(scalars) <= len(_PAGING & set(scalars)):
        return _describe_list(rows[0][1], singular(plain(rows[0][0])))
    return _describe_one(data, asked, noun)


_PAGING: Final = frozenset({"count", "total", "limit", "offset", "page", "next", "has_more", "cursor", "total_count"})


def _unwrapped(data: Any, noun: str) -> tuple[Any, str]:
    """Open envelopes such as {"data": {...}} and {"orders": [...]}."""
    while isinstance(data, Mapping) and len(data) == 1:
        key, value = next(iter(data.items()))
        if not isinstance(value, Mapping | list):
            break
        data, noun = value, noun if key in {"data", "result", "items", "results"} else singular(plain(key))
    return data, noun


def changed_facts(data: Any, *, asked: str = "") -> str:
    """Say the few things that a change has brought about: a new code, an amount, a date; not what was so before."""
    data, _ = _unwrapped(data, "")
    if not isinstance(data, Mapping):
        return ""
    keys = [key for key in _by_weight(data, f"{asked} {NEWS}") if _is_news(key)]
    facts = [(key, text) for key in keys if key not in DULL_KEYS and (text := _fact(key, data))]
    return " ".join(f"{capital(plain(key))}: {text}." for key, text in facts[:MAX_NEWS])


def _is_news(key: str) -> bool:
    names_a_record = _identifies(key) and "code" not in name_words(key)
    return not names_a_record and bool(set(concepts_of(plain(key))) & set(concepts_of(NEWS)))


# What is new after a change, as APIs call it.
NEWS: Final = (
    "code refunded amount percent valid until arrives by label send renews ends resumes limit balance plan seats"
)


def _describe_one(data: Mapping[str, Any], asked: str, noun: str) -> str:
    name, used = _headline(data, noun)
    status = next((key for key in STATUS_KEYS if isinstance(data.get(key), str)), None)
    facts = [
        (key, text)
        for key in _by_weight(data, asked)
        if key not in used and key != status and (text := _fact(key, data)) and key not in DULL_KEYS
    ][:MAX_FACTS]
    said = [f"{capital(plain(key))}: {text}." for key, text in facts]
    if status is not None:
        said.insert(0, f"{capital(name or noun or 'it')} is {plain_value(data[status])}.")
    elif name:
        said.insert(0, f"{capital(name)}:")
    return " ".join(said)


def _headline(data: Mapping[str, Any], noun: str) -> tuple[str, set[str]]:
    """Name a thing by its id, its code or its name; also return the keys that this used up."""
    ids = [
        key for key in data if _identifies(key) and isinstance(data[key], str | int) and not isinstance(data[key], bool)
    ]
    own = [key for key in ids if not _others_id(key, noun)]
    if own:
        key = own[0]
        words = [word for word in name_words(key) if word not in ID_WORDS] or ([noun] if noun else [])
        return " ".join([*words, plain_value(data[key])]), {key}
    for key in ("name", "title", "label"):
        if isinstance(data.get(key), str):
            return str(data[key]), {key}
    if noun and noun in data and isinstance(data[noun], str):
        return f"{noun} {data[noun]}", {noun}
    if ids and noun:
        owner = " ".join(word for word in name_words(ids[0]) if word not in ID_WORDS)
        return f"the {noun} of {owner} {plain_value(data[ids[0]])}", {ids[0]}
    return noun, set()


def _identifies(key: str) -> bool:
    return bool(set(name_words(key)) & {"id", "code", "number", "reference", "sku"}) and "tracking" not in key


def _others_id(key: str, noun: str) -> bool:
    """Say whether an id names something else than the thing described: the order_id of a coupon."""
    words = [word for word in name_words(key) if word not in ID_WORDS]
    return bool(words and noun) and concept(words[0]) not in {concept(word) for word in noun.split()}


def _by_weight(data: Mapping[str, Any], asked: str) -> list[str]:
    """Order the keys: what was asked for, dates, contents, money, the rest; as in the data among equals."""
    said = set(concepts_of(asked)) | _implied(asked)

    def weight(key: str) -> int:
        words = name_words(key)
        value = data[key]
        if said & {concept(word) for word in words}:
            return 0
        if isinstance(value, str) and DATE.match(value):
            return 1 if set(words) & UPCOMING else 4
        if isinstance(value, list):
            return 2
        if set(words) & MONEY_KEYS:
            return 3
        return 5 if isinstance(value, Mapping) else 4

    return sorted(data, key=lambda key: (weight(key), bool(set(name_words(key)) & MONEY_KEYS) and "total" not in key))


UPCOMING: Final = frozenset(
    {"delivery", "delivered", "estimated", "arrives", "until", "by", "due", "renews", "ends", "expires", "decided"}
)


def _implied(asked: str) -> set[str]:
    """Return the keys that a question means without naming them: when → delivery, how much → total."""
    low, found = asked.lower(), set[str]()
    if "when" in low or "arrive" in low:
        found |= {concept("delivery"), concept("arrives"), concept("renews"), concept("until")}
    if "how much" in low or "cost" in low:
        found |= {concept("total"), concept("price"), concept("amount")}
    if "valid" in low or "still" in low:
        found |= {concept("usable"), concept("until"), concept("valid")}
    return found


def _fact(key: str, data: Mapping[str, Any]) -> str:
    """Return one value in words; empty where it says nothing."""
    value = data[key]
    if value is None or value in ("", [], {}) or (value == 0 and set(name_words(key)) & MONEY_KEYS):
        return ""
    if isinstance(value, list):
        shown = [_item(one) for one in value[:MAX_ITEMS]]
        more = len(value) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more else "")
    if isinstance(value, Mapping):
        return ", ".join(
            plain_value(one) for one in value.values() if one is not None and not isinstance(one, list | Mapping)
        )
    return _measured(key, value, data)


def _measured(key: str, value: Any, data: Mapping[str, Any]) -> str:
    """Give a number its unit: money its currency, a percentage its sign."""
    words = set(name_words(key))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain_value(value)
    if words & PERCENT_WORDS:
        return f"{value}%"
    currency = data.get("currency") or data.get("currency_code")
    if words & (MONEY_KEYS | {"limit"}) and (isinstance(value, float) or isinstance(currency, str)):
        return f"{value:,.2f} {currency or ''}".strip()
    return plain_value(value)


def _item(one: Any) -> str:
    """Put a part of a thing in a few words: 2 × Blue mug."""  # noqa: RUF002 - the sign that people write
    if not isinstance(one, Mapping):
        return plain_value(one)
    name = next((one[key] for key in ("name", "title", "label", "description") if isinstance(one.get(key), str)), None)
    if name is None:
        return ", ".join(
            plain_value(value) for value in one.values() if value is not None and not isinstance(value, list | Mapping)
        )
    count = one.get("quantity")
    return f"{count} \u00d7 {name}" if isinstance(count, int) and count != 1 else str(name)


def _describe_list(rows: Sequence[Any], noun: str) -> str:
    noun = singular(noun) or "result"
    if not rows:
        return f"I found no {plural(noun)}."
    shown = [f"- {_row(row, noun)}" for row in rows[:MAX_ITEMS]]
    more = len(rows) - len(shown)
    if more:
        shown.append(f"- and {more} more")
    counted = f"one {noun}" if len(rows) == 1 else f"{len(rows)} {plural(noun)}"
    return "\n".join([f"I found {counted}:", *shown])


def _row(row: Any, noun: str) -> str:
    if not isinstance(row, Mapping):
        return plain_value(row)
    name, used = _headline(row, noun)
    spoken = next(
        (
            str(row[key])
            for key in ("name", "title", "party", "label")
            if isinstance(row.get(key), str) and key not in used
        ),
        "",
    )
    facts = [_short(key, row) for key in row if key not in used and key not in DULL_KEYS and str(row[key]) != spoken]
    facts = [fact for fact in ([spoken, *facts] if spoken else facts) if fact]
    return f"{capital(name)}: {', '.join(facts[:4])}" if facts else capital(name)


def _short(key: str, row: Mapping[str, Any]) -> str:
    value = row[key]
    if isinstance(value, list | Mapping) or value is None:
        return ""
    if isinstance(value, bool):
        return plain(key) if value else f"not {plain(key)}"
    text = _measured(key, value, row)
    if key in STATUS_KEYS or set(name_words(key)) & {"description", "party"}:
        return text
    if set(name_words(key)) & MONEY_KEYS and not text.isdigit():
        return text
    return f"{plain(key)} {text}"
