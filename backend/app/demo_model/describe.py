"""Sentences about results: what a call did, and any JSON as what it is, how it stands and what usually matters. Pure.

Done is said only where the outcome says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.demo_model.script import MONTHS, script
from app.demo_model.tools import Offer
from app.language.stem import plural, singular
from app.language.synonyms import concept, concepts_of, is_action
from app.language.tokens import name_words

MAX_FACTS: Final = 6  # as many as one reads in a chat bubble without scrolling
MAX_NEWS: Final = 4  # of a change: its effect is in the sentence before already
MAX_ITEMS: Final = 5  # of a list within a thing; the rest is counted
MAX_ROWS: Final = 10  # of a list; the rest is counted, and told when all of it is asked for
MAX_TEXT_CHARS: Final = 300  # of one value: a paragraph
DATE: Final = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?$")
NAMES: Final = ("name", "title", "label")
STATUS: Final = ("status", "state")


# --- how a call ended --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one call ended: `outcome` as in the protocol, `data` what the target answered.

    `args` is what was carried out: a person may have edited what was `asked`.
    """

    tool: str
    args: Mapping[str, Any]
    asked: Mapping[str, Any] = field(default_factory=dict)
    outcome: str
    summary: str = ""
    data: Any = None

    @property
    def succeeded(self) -> bool:
        """Say whether it was done, or found."""
        return self.outcome == "succeeded"


def read_result(tool: str, args: Mapping[str, Any], content: str) -> Result:
    """Return a tool message as a result; text that is not our JSON counts as what a successful tool said."""
    try:
        value = json.loads(content)
    except ValueError:
        return Result(tool=tool, args=args, asked=args, outcome="succeeded", summary=content)
    if not isinstance(value, dict) or "outcome" not in value:
        return Result(tool=tool, args=args, asked=args, outcome="succeeded", data=value)
    edited, summary = value.get("args"), str(value.get("summary") or "")
    done = edited if isinstance(edited, dict) else args
    return Result(
        tool=tool, args=done, asked=args, outcome=str(value["outcome"]), summary=summary, data=value.get("data")
    )


def tell(result: Result, offer: Offer | None, request: str) -> str:
    """Say in sentences what came of a call; it says done only where the outcome says so."""
    what = deed_of(offer or Offer(name=result.tool, title=result.tool.replace("_", " ")), result.args)
    reads = offer is None or offer.reads
    if result.outcome == "succeeded" and reads:
        facts = describe(result.data, asked=request, noun=_noun(offer, result.tool))
        return facts or result.summary or "The answer was empty."
    sentences = {
        "succeeded": f"{capital(what.done)}. {changed_facts(result.data, asked=request)}".strip(),
        "rejected": f"All right: nothing was changed. {capital(what.not_done)}.",
        "expired": f"Nothing was changed: the approval ran out of time, so {what.not_done}. "
        "Ask again if you still want it.",
        "unknown": f"I could not confirm whether {what.done}. A person will check it and settle it. Please do not ask "
        "for it again until then, so that it does not happen twice.",
        "skipped": f"{capital(what.not_done)}, because what came before it was not done.",
    }
    failed = "look that up" if reads and offer is not None else what.infinitive
    return sentences.get(result.outcome, f"Sorry, I could not {failed}: {_reason(result)}")


def _reason(result: Result) -> str:
    data = result.data
    for key in ("error", "detail", "message"):
        if isinstance(data, Mapping) and key in data:
            data = data[key]
    text = data if isinstance(data, str) and data else result.summary or "the system behind it did not accept it"
    return _ended(text.strip())


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def _noun(offer: Offer | None, tool: str) -> str:
    """Name what a tool answers with: get_order → order, list_orders → order, track_parcel → parcel."""
    looks = {"get", "list", "search", "track"}
    words = [word for word in name_words(tool) if not is_action(concept(word)) and concept(word) not in looks]
    if not words and offer is not None:
        words = list(offer.nouns) or name_words(tool)[-1:]
    return singular(" ".join(words[:2]))


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a tool does, in three forms: `cancel order 1`, `order 1 has been cancelled`, `order 1 was not cancelled`."""

    infinitive: str
    done: str
    not_done: str


def deed_of(offer: Offer, args: Mapping[str, Any]) -> Deed:
    """Return a call in words."""
    words = name_words(offer.name)
    place = next(
        (place for place, word in enumerate(words) if is_action(concept(word)) or word in script().irregular), None
    )
    rest = [] if place is None else words[place + 1 :]
    if place is None or not rest:
        title = offer.title[:1].lower() + offer.title[1:] or offer.name
        return Deed(
            infinitive=f"do this: {title}", done=f"this was done: {title}", not_done=f"this was not done: {title}"
        )
    verb, noun, owner = words[place], " ".join(rest), thing_in(args, offer.nouns)
    creates = concept(verb) == "create"
    thing = f"a {noun}" if creates else f"the {noun}"
    if owner:
        thing = owner if owner.startswith(f"{noun} ") else f"{thing} {'for' if creates else 'of'} {owner}"
    said = participle(verb)
    return Deed(infinitive=f"{verb} {thing}", done=f"{thing} has been {said}", not_done=f"{thing} was not {said}")


def participle(verb: str) -> str:
    """Return the past participle: cancel → cancelled, change → changed, send → sent."""
    regular = verb[:-1] + "i" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb.removesuffix("e")
    return script().irregular.get(verb, f"{regular}ed")


def thing_in(args: Mapping[str, Any], nouns: Sequence[str] = ()) -> str:
    """Name what a set of arguments is about: `order 1042`; empty where no argument names one thing."""
    for key, value in args.items():
        if isinstance(value, bool | list | dict) or value is None:
            continue
        if _id_words(key) or key in {"card", "account", "feature"}:
            return f"{' '.join(_own_words(key) or list(nouns[:1]) or ['number'])} {plain_value(value)}"
    return ""


# --- words -------------------------------------------------------------------------------------------------------


def plain(key: str) -> str:
    """Return a key in plain words: order_id → order number, deliveredOn → delivered on."""
    words = name_words(key)
    return " ".join([*words[:-1], "number"] if words[-1:] in (["id"], ["no"], ["nr"]) else words) or key


def plain_value(value: Any) -> str:
    """Return a value as a person says it: dates with their month, true as yes, label_sent as label sent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}" if not value.is_integer() else str(int(value))
    text = str(value)
    if (match := DATE.match(text)) and 1 <= int(match[2]) <= len(MONTHS):
        return f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}" + (f", {match[4]}" if match[4] else "")
    if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", text):
        return text.replace("_", " ")
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"


def capital(text: str) -> str:
    """Return the text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def _id_words(key: str) -> frozenset[str]:
    return script().kinds["id"].names.intersection(name_words(key))


def _own_words(key: str) -> list[str]:
    return [word for word in name_words(key) if word not in script().kinds["id"].names]


def _is_money(key: str) -> bool:
    return not script().words("money").isdisjoint(name_words(key))


# --- any JSON ----------------------------------------------------------------------------------------------------


def describe(data: Any, *, asked: str = "", noun: str = "") -> str:
    """Return any JSON in sentences: what it is, how it stands, then what was asked for and what usually matters."""
    data, noun = _unwrapped(data, noun)
    if data is None or data in ("", {}):
        return ""
    if isinstance(data, list):
        return _list(data, noun, asked)
    if not isinstance(data, Mapping):
        return f"{capital(noun) or 'Answer'}: {plain_value(data)}."
    rows = [key for key, value in data.items() if isinstance(value, list) and value and isinstance(value[0], Mapping)]
    scalars = {key for key, value in data.items() if not isinstance(value, list | Mapping) and value is not None}
    if len(rows) == 1 and scalars <= script().words("paging") and not any(_identifies(key) for key in scalars):
        return _list(data[rows[0]], singular(plain(rows[0])), asked)
    name, used = _headline(data, noun)
    status = next((key for key in STATUS if isinstance(data.get(key), str)), None)
    keys = [
        key
        for key in _by_weight(data, asked)
        if key not in used and key != status and key not in script().words("dull")
    ]
    said = [f"{capital(plain(key))}: {text}." for key in keys if (text := _fact(key, data))][:MAX_FACTS]
    if status is not None:
        return " ".join([f"{capital(name or noun or 'it')} is {plain_value(data[status])}.", *said])
    return " ".join([f"{capital(name)}:", *said] if name else said)


def changed_facts(data: Any, *, asked: str = "") -> str:
    """Say the few things that a change has brought about: a new code, an amount, a date; not what was so before."""
    data, _ = _unwrapped(data, "")
    if not isinstance(data, Mapping):
        return ""
    news = [
        key
        for key in _by_weight(data, f"{asked} {' '.join(sorted(script().words('news')))}")
        if _is_news(key) and key not in script().words("dull")
    ]
    facts = [f"{capital(plain(key))}: {text}." for key in news if (text := _fact(key, data))]
    return " ".join(facts[:MAX_NEWS])


def _is_news(key: str) -> bool:
    names_a_record = _identifies(key) and "code" not in name_words(key)
    return not names_a_record and not set(concepts_of(plain(key))).isdisjoint(map(concept, script().words("news")))


def _unwrapped(data: Any, noun: str) -> tuple[Any, str]:
    """Open envelopes such as {"data": {...}} and {"orders": [...]}."""
    while isinstance(data, Mapping) and len(data) == 1:
        key, value = next(iter(data.items()))
        if not isinstance(value, Mapping | list):
            break
        data, noun = value, noun if key in {"data", "result", "items", "results"} else singular(plain(key))
    return data, noun


def _headline(data: Mapping[str, Any], noun: str) -> tuple[str, set[str]]:
    """Name a thing by its id, its code or its name; also return the keys that this used up."""
    ids = [key for key in data if _identifies(key) and type(data[key]) in {str, int}]
    own = [key for key in ids if not _others_id(key, noun)]
    if own:
        return " ".join([*(_own_words(own[0]) or ([noun] if noun else [])), plain_value(data[own[0]])]), {own[0]}
    for key in NAMES:
        if isinstance(data.get(key), str):
            return str(data[key]), {key}
    if noun and isinstance(data.get(noun), str):
        return f"{noun} {data[noun]}", {noun}
    if ids and noun:
        return f"the {noun} of {' '.join(_own_words(ids[0]))} {plain_value(data[ids[0]])}", {ids[0]}
    return noun, set()


def _identifies(key: str) -> bool:
    words = set(name_words(key))
    return bool(words & {"id", "code", "number", "reference", "sku"}) and "tracking" not in key


def _others_id(key: str, noun: str) -> bool:
    """Say whether an id names something else than the thing described: the order_id of a coupon."""
    words = _own_words(key)
    return bool(words and noun) and concept(words[0]) not in {concept(word) for word in noun.split()}


def _by_weight(data: Mapping[str, Any], asked: str) -> list[str]:
    """Order the keys: what was asked for, dates, contents, money, the rest; as in the data among equals."""
    said = {*concepts_of(asked), *(concept(word) for word in script().implied_by(asked))}

    def weight(key: str) -> int:
        words, value = name_words(key), data[key]
        if said & {concept(word) for word in words}:
            return 0
        if isinstance(value, str) and DATE.match(value):
            return 1 if script().words("upcoming").intersection(words) else 4
        if isinstance(value, list):
            return 2
        return 3 if _is_money(key) else 5 if isinstance(value, Mapping) else 4

    return sorted(data, key=lambda key: (weight(key), _is_money(key) and "total" not in key))


def _fact(key: str, data: Mapping[str, Any]) -> str:
    """Return one value in words; empty where it says nothing."""
    value = data[key]
    if value is None or value in ("", [], {}) or (value == 0 and _is_money(key)):
        return ""
    if isinstance(value, list):
        more = len(value) - MAX_ITEMS
        return "; ".join([*map(_item, value[:MAX_ITEMS]), *([f"and {more} more"] if more > 0 else [])])
    return _flat(value) if isinstance(value, Mapping) else _measured(key, value, data)


def _flat(value: Mapping[str, Any]) -> str:
    return ", ".join(
        plain_value(one) for one in value.values() if one is not None and not isinstance(one, list | Mapping)
    )


def _measured(key: str, value: Any, data: Mapping[str, Any]) -> str:
    """Give a number its unit: money its currency, a percentage its sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain_value(value)
    if script().kinds["percent"].names.intersection(name_words(key)):
        return f"{value}%"
    currency = data.get("currency") or data.get("currency_code")
    if (_is_money(key) or "limit" in name_words(key)) and (isinstance(value, float) or isinstance(currency, str)):
        return f"{value:,.2f} {currency or ''}".strip()
    return plain_value(value)


def _item(one: Any) -> str:
    """Name a part of a thing in a few words: 2 × Blue mug."""  # noqa: RUF002 - the sign that people write
    if not isinstance(one, Mapping):
        return plain_value(one)
    name = next((one[key] for key in (*NAMES, "description") if isinstance(one.get(key), str)), None)
    count = one.get("quantity")
    if name is None:
        return _flat(one)
    return f"{count} \u00d7 {name}" if isinstance(count, int) and count != 1 else str(name)


def _list(rows: Sequence[Any], noun: str, asked: str) -> str:
    noun = singular(noun) or "result"
    if not rows:
        return f"I found no {plural(noun)}."
    kept = len(rows) if script().find("everything", asked) else MAX_ROWS
    more = [f"- and {len(rows) - kept} more"] if len(rows) > kept else []
    counted = f"one {noun}" if len(rows) == 1 else f"{len(rows)} {plural(noun)}"
    return "\n".join([f"I found {counted}:", *(f"- {_row(row, noun)}" for row in rows[:kept]), *more])


def _row(row: Any, noun: str) -> str:
    if not isinstance(row, Mapping):
        return plain_value(row)
    name, used = _headline(row, noun)
    spoken = next((str(row[key]) for key in (*NAMES, "party") if isinstance(row.get(key), str) and key not in used), "")
    keys = [key for key in row if key not in used and key not in script().words("dull") and str(row[key]) != spoken]
    facts = [fact for fact in (spoken, *(_short(key, row) for key in keys)) if fact]
    return f"{capital(name)}: {', '.join(facts[:4])}" if facts else capital(name)


def _short(key: str, row: Mapping[str, Any]) -> str:
    value = row[key]
    if isinstance(value, list | Mapping) or value is None:
        return ""
    if isinstance(value, bool):
        return plain(key) if value else f"not {plain(key)}"
    text = _measured(key, value, row)
    speaks = key in STATUS or {"description", "party"} & set(name_words(key)) or (_is_money(key) and not text.isdigit())
    return text if speaks else f"{plain(key)} {text}"
