"""Values that stand in a text: numbers, money, dates, ids, quoted words, addresses, free reasons. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.language.stem import singular, stem
from app.language.synonyms import concept, is_action, normal
from app.language.tokens import SMALL_WORDS, name_words, words_of

NUMBER: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PHONE: Final = re.compile(r"(?<!\w)\+?\d[\d ()/-]{6,}\d(?!\w)")
UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
PERCENT: Final = re.compile(rf"({NUMBER})\s*(?:%|percent\b|per cent\b|pct\b)", re.IGNORECASE)
MONEY: Final = re.compile(
    rf"(?:[€$£]\s?({NUMBER})|({NUMBER})\s?(?:[€$£]|eur(?:os?)?\b|usd\b|gbp\b|dollars?\b|pounds?\b|bucks\b))",
    re.IGNORECASE,
)
ISO_DATE: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
DOTTED_DATE: Final = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_MONTH_NAMES: Final = """
january february march april may june july august september october november december
"""
MONTHS: Final = tuple(_MONTH_NAMES.split())
SPOKEN_DATE: Final = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<m1>[A-Z][a-z]{2,8})|"
    r"(?P<m2>[A-Z][a-z]{2,8}) (?P<d2>\d{1,2})(?:st|nd|rd|th)?),? "
    r"(?P<y>\d{4})\b"
)
QUOTED: Final = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)")
CODE: Final = re.compile(r"(?<![\w@.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*(?![\w@-])")
SHOUTED: Final = re.compile(r"(?<![\w@.-])[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)*(?![\w@-])")
BARE_NUMBER: Final = re.compile(
    rf"(?<![\w.,#%€$£-])#?({NUMBER})(?![\w%€$£]|\s?(?:%|percent|eur|usd|dollar|€|-\d))", re.IGNORECASE
)
CURRENCIES: Final = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "$": "USD", "usd": "USD", "dollar": "USD",
    "£": "GBP", "gbp": "GBP", "pound": "GBP",
}  # fmt: skip
COUNTRIES: Final = {
    "germany": "DE", "austria": "AT", "switzerland": "CH", "netherlands": "NL", "belgium": "BE", "france": "FR",
    "italy": "IT", "spain": "ES", "portugal": "PT", "poland": "PL", "denmark": "DK", "sweden": "SE", "norway": "NO",
    "finland": "FI", "ireland": "IE", "united kingdom": "GB", "uk": "GB", "united states": "US", "usa": "US",
    "canada": "CA", "luxembourg": "LU", "czechia": "CZ", "greece": "GR", "japan": "JP", "australia": "AU",
}  # fmt: skip
_REASON: Final = re.compile(
    r"\b(?:because(?: of)?|since|due to|reason(?: is)?:?|as (?=i|it|the|we|my|they)|"
    r"on account of|for being)\s+(?P<why>.+)",
    re.IGNORECASE | re.DOTALL,
)
_AFTERTHOUGHT: Final = re.compile(
    r"[,;.\u2013-]\s*((?:it|they|the|one|my|i|we|there|this|that)\b.+)$", re.IGNORECASE | re.DOTALL
)
_NAMED: Final = re.compile(r"\b(?:called|named|titled|name[d]?:?)\s+([A-Z][\w-]*(?:\s+[A-Z][\w-]*)*|\w[\w-]*)")


def numbers_in(text: str) -> list[float]:
    """Return the bare numbers of a text: no percentages, amounts of money, dates or parts of codes."""
    text = re.sub(ISO_DATE, " ", text)
    text = re.sub(DOTTED_DATE, " ", SPOKEN_DATE.sub(" ", EMAIL.sub(" ", text)))
    return [to_number(match[1]) for match in BARE_NUMBER.finditer(text)]


def to_number(text: str) -> float:
    """Read a number as people write it: 1,042 and 12.50 alike; whole numbers come back whole."""
    value = float(text.replace(",", ""))
    return int(value) if value.is_integer() else value


def percents_in(text: str) -> list[float]:
    """Return the percentages of a text."""
    return [to_number(match[1]) for match in PERCENT.finditer(text)]


def money_in(text: str) -> list[float]:
    """Return the amounts of money in a text."""
    return [to_number(match[1] or match[2]) for match in MONEY.finditer(text)]


def dates_in(text: str) -> list[str]:
    """Return the dates of a text as YYYY-MM-DD."""
    found = [match[0] for match in ISO_DATE.finditer(text)]
    found += [f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" for match in DOTTED_DATE.finditer(text)]
    for match in SPOKEN_DATE.finditer(text):
        month = (match["m1"] or match["m2"]).lower()
        for number, name in enumerate(MONTHS, start=1):
            if name.startswith(month):
                found.append(f"{match['y']}-{number:02}-{int(match['d1'] or match['d2']):02}")
    return found


def quoted_in(text: str) -> list[str]:
    """Return what stands in quotes."""
    return [(match[1] or match[2]).strip() for match in QUOTED.finditer(normal(text))]


def codes_in(text: str) -> list[str]:
    """Return the words that look like an id or a code: letters with digits, or SHOUTED."""
    plain = EMAIL.sub(" ", text)
    found = [match[0] for match in UUID.finditer(plain)]
    found += [
        match[0] for match in CODE.finditer(UUID.sub(" ", plain)) if not re.fullmatch(r"\d+(?:st|nd|rd|th|x)", match[0])
    ]
    found += [match[0] for match in SHOUTED.finditer(plain) if match[0] not in found and looks_like_code(match[0])]
    return list(dict.fromkeys(found))


def near_noun(text: str, nouns: Iterable[str], value: str) -> list[str]:
    """Return the values that directly follow one of the nouns: order 1042, order no. 1042, orders #1 and #2."""
    words = sorted(nouns)
    if not words:
        return []
    heads = "|".join(rf"{re.escape(word)}(?:e?s)?" for word in words)
    between = r"(?:\s+(?:number|no\.?|nr\.?|id|code|is|with|the|called))*\s*[:#]?\s*#?"
    one = rf"(?:{value})(?![\w%€$£]|\.\d)"
    pattern = re.compile(
        rf"\b(?:{heads})\b{between}((?:{one})(?:\s*(?:,|and|or|&|,\s*and)\s*#?(?:{one}))*)", re.IGNORECASE
    )
    return [found[0] for match in pattern.finditer(text) for found in re.finditer(one, match[1], re.IGNORECASE)]


def reason_in(text: str) -> str | None:
    """Return the reason that a text gives: what stands after because, or what it adds at its end."""
    match = _REASON.search(text)
    why = match["why"] if match else None
    if why is None and (after := _AFTERTHOUGHT.search(text)) is not None:
        why = after[1]
    why = (why or "").strip().rstrip(".!?")
    return why or None


def named_in(text: str) -> str | None:
    """Return what somebody gives as a name: called Blue, named "Blue"."""
    quoted = quoted_in(text)
    if quoted:
        return quoted[0]
    match = _NAMED.search(text)
    return match[1] if match else None


def search_words(text: str, known: Iterable[str]) -> str | None:
    """Return the words to search for: what is left once the words of the tool itself and small words are gone."""
    quoted = quoted_in(text)
    if quoted:
        return quoted[0]
    skipped = set(known)
    left = [
        singular(word)
        for word in words_of(normal(text))
        if word not in SMALL_WORDS
        and concept(word) not in skipped
        and not is_action(concept(word))
        and word not in _SEARCHING
    ]
    return " ".join(left) or None


_SEARCHING_WORDS: Final = """
stock inventory get show find search look looking see sell sells tell available price cost costs what which where
something
anything
"""
_SEARCHING: Final = frozenset(_SEARCHING_WORDS.split())


@dataclass(frozen=True, kw_only=True)
class PostalAddress:
    """The parts of an address that could be made out."""

    name: str | None = None
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None


_POSTAL_CITY: Final = re.compile(
    r"^(?P<code>(?:[A-Z]{1,2}-)?\d{4,6})\s+(?P<city>[^\d]+)$|^(?P<city2>[^\d]+?)\s+(?P<code2>\d{4,6})$"
)
_STREET: Final = re.compile(r"^(?:\d+\s?[a-z]?,?\s+\D.*|\D+\s+\d+\s?[a-zA-Z]?)$")
_ADDRESS_START: Final = re.compile(
    r"(?:\bto\b|\bis\b|\binto\b|:)\s+(?!change|cancel|get|the\b|my\b|a\b|another\b)(?P<address>.+)$",
    re.IGNORECASE | re.DOTALL,
)


def address_in(text: str) -> PostalAddress:
    """Return the postal address that a text gives, part by part, divided by commas or lines."""
    match = _ADDRESS_START.search(text)
    parts = [part.strip(" .") for part in re.split(r"[,\n;]", match["address"] if match else text) if part.strip(" .")]
    if len(parts) < 2:  # noqa: PLR2004 - one part alone could be anything
        return PostalAddress()
    found: dict[str, str] = {}
    loose: list[str] = []
    for part in parts:
        country = country_of(part)
        postal = _POSTAL_CITY.match(part)
        if country and "country" not in found:
            found["country"] = country
        elif (
            postal
            and "postal_code" not in found
            and not (
                "street" not in found and re.search(r"\b(?:street|st|road|lane|avenue|way)\b", part, re.IGNORECASE)
            )
        ):
            found["postal_code"] = postal["code"] or postal["code2"]
            found["city"] = (postal["city"] or postal["city2"]).strip()
        elif re.fullmatch(r"\d{4,6}", part):
            found["postal_code"] = part
        elif _STREET.match(part) and "street" not in found:
            found["street"] = part
        else:
            loose.append(part)
    if loose and "street" in found and parts.index(loose[0]) < parts.index(found["street"]):
        found["name"] = loose.pop(0)
    if loose and "city" not in found and "street" in found:
        found["city"] = loose.pop(0)
    return PostalAddress(**found)


def country_of(text: str) -> str | None:
    """Return the two letters of a country that is named or already abbreviated."""
    bare = text.strip(" .")
    if re.fullmatch(r"[A-Z]{2}", bare):
        return bare
    return COUNTRIES.get(bare.lower().removeprefix("the "))


def currency_in(text: str) -> str | None:
    """Return the currency that a text names, as three letters."""
    for sign in re.findall(r"[€$£]|\b(?:eur|euro|usd|dollar|gbp|pound)s?\b", text, re.IGNORECASE):
        return CURRENCIES[sign.lower().removesuffix("s")]
    return None


def looks_like_code(word: str) -> bool:
    """Say whether a word is an id rather than a word of the language: it has a digit, or is SHOUTED."""
    return any(char.isdigit() for char in word) or (word.isupper() and len(word) >= MIN_SHOUTED_CHARS)


MIN_SHOUTED_CHARS: Final = 3  # OK and US are words; ABC may be a code


def enum_in(text: str, values: Iterable[object]) -> list[object]:
    """Return the allowed values that a text names: all of a value's words must be there, in any form."""
    expanded = re.sub(r"n't\b", " not", normal(text).replace("'s ", " ")).lower()
    said = {stem(word) for word in words_of(expanded)}
    found = []
    for value in values:
        words = [*name_words(str(value)), *re.findall(r"\d+", str(value))]
        wanted = [word for word in words if word not in {"the", "a", "of", "my"}]
        if wanted and all(_is_said(word, said, expanded) for word in wanted):
            found.append(value)
    longest = max((len(name_words(str(value))) for value in found), default=0)
    return [value for value in found if len(name_words(str(value))) == longest]


def _is_said(word: str, said: set[str], text: str) -> bool:
    if word in {"does", "do", "did"}:
        return True
    if word.isdigit():
        return re.search(rf"\b{word}\b", text) is not None
    return stem(word) in said
