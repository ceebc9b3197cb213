"""Results put into sentences, for any JSON: what matters first, and honest about what was not done. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.agents.demo_arguments import ID_WORDS, MONEY_WORDS, PERCENT_WORDS
from app.agents.matching import Offer
from app.agents.words import concept, concepts_of, is_action, join_words, name_words, singular

MAX_FACTS: Final = 6  # as many as one reads in a chat bubble without scrolling
MAX_ITEMS: Final = 5  # of a list; the rest is counted
MAX_TEXT_CHARS: Final = 300  # of one value: a paragraph
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
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
IRREGULAR: Final = {
    "send": "sent", "resend": "resent", "set": "set", "reset": "reset", "pay": "paid", "freeze": "frozen", "unfreeze": "unfrozen",
    "put": "put", "buy": "bought", "make": "made", "give": "given", "withdraw": "withdrawn", "submit": "submitted",
    "take": "taken", "hold": "held", "begin": "begun", "split": "split", "cut": "cut", "write": "written", "cancel": "cancelled",
    "transfer": "transferred", "stop": "stopped", "swap": "swapped", "ship": "shipped", "refer": "referred", "drop": "dropped",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one call ended: `outcome` as in the protocol, `data` what the target answered."""

    tool: str
    args: Mapping[str, Any]
    outcome: str
    summary: str = ""
    data: Any = None


def read_result(tool: str, args: Mapping[str, Any], content: str) -> Result:
    """Read a tool message; text that is not our JSON counts as what a successful tool said."""
    try:
        value = json.loads(content)
    except ValueError:
        return Result(tool=tool, args=args, outcome="succeeded", summary=content)
    if not isinstance(value, dict) or "outcome" not in value:
        return Result(tool=tool, args=args, outcome="succeeded", data=value)
    return Result(
        tool=tool,
        args=args,
        outcome=str(value["outcome"]),
        summary=str(value.get("summary") or ""),
        data=value.get("data"),
    )


def tell(result: Result, offer: Offer | None, request: str) -> str:
    """Say in sentences what came of a call; it says done only where the outcome says so."""
    what = _deed(offer, result)
    if result.outcome == "succeeded":
        facts = describe(result.data, asked=request, noun=_noun(offer, result.tool))
        if offer is None or offer.reads:
            return facts or result.summary or "The answer was empty."
        return f"{capital(what.done)}. {facts}".strip()
    if result.outcome == "rejected":
        return f"All right: nothing was changed. {capital(what.not_done)}."
    if result.outcome == "expired":
        return f"Nothing was changed: the approval ran out of time, so {what.not_done}. Ask again if you still want it."
    if result.outcome == "unknown":
        return (
            f"I could not confirm whether {what.done}. A person will check it and settle it. Please do not ask for it again"
            " until then, so that it does not happen twice."
        )
    if result.outcome == "skipped":
        return f"{capital(what.not_done)}, because what came before it was not done."
    return f"Sorry, I could not {what.infinitive}: {_reason(result)}"


def _reason(result: Result) -> str:
    data = result.data
    for key in ("error", "detail", "message"):
        if isinstance(data, Mapping) and key in data:
            data = data[key]
            if isinstance(data, Mapping) and isinstance(data.get("message"), str):
                data = data["message"]
    text = data if isinstance(data, str) and data else result.summary or "the system behind it did not accept it"
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


# --- deeds -----------------------------------------------------------------------------------------------------


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
    if owner and owner.rpartition(" ")[0] == noun:
        thing = owner
    elif owner:
        thing = f"a {noun} for {owner}" if creates else f"the {noun} of {owner}"
    else:
        thing = f"a {noun}" if creates else f"the {noun}"
    said = participle(verb)
    return Deed(infinitive=f"{verb} {thing}", done=f"{thing} has been {said}", not_done=f"{thing} was not {said}")


def _deed(offer: Offer | None, result: Result) -> Deed:
    return deed_of(offer or Offer(name=result.tool, title=result.tool.replace("_", " ")), result.args)


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


# --- data ------------------------------------------------------------------------------------------------------


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
        if isinstance(value, str) and _DATE.match(value):
            return 1
        if isinstance(value, list):
            return 2
        if set(words) & MONEY_KEYS:
            return 3
        return 5 if isinstance(value, Mapping) else 4

    return sorted(data, key=weight)


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


_DATE: Final = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2})[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?$")


def _fact(key: str, data: Mapping[str, Any]) -> str:
    """Return one value in words; empty where it says nothing."""
    value = data[key]
    if value is None or value in ("", [], {}):
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
    """Put a part of a thing in a few words: 2 × Blue mug."""
    if not isinstance(one, Mapping):
        return plain_value(one)
    name = next((one[key] for key in ("name", "title", "label", "description") if isinstance(one.get(key), str)), None)
    if name is None:
        return ", ".join(
            plain_value(value) for value in one.values() if value is not None and not isinstance(value, list | Mapping)
        )
    count = one.get("quantity")
    return f"{count} × {name}" if isinstance(count, int) and count != 1 else str(name)


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


# --- words -----------------------------------------------------------------------------------------------------


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
    if (match := _DATE.match(text)) and 1 <= int(match[2]) <= len(MONTHS):
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


def _noun(offer: Offer | None, tool: str) -> str:
    """Name what a tool answers with: get_order → order, list_orders → order, track_parcel → parcel."""
    words = [
        word
        for word in name_words(tool)
        if not is_action(concept(word)) and concept(word) not in {"get", "list", "search", "track"}
    ]
    if not words and offer is not None:
        words = list(offer.nouns) or name_words(tool)[-1:]
    return singular(" ".join(words[:2]))


def listed(parts: Sequence[str]) -> str:
    """Join as a sentence does, with or."""
    return join_words(parts, last="or")
