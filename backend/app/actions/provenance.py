"""Provenance check: which values of a write nobody has said, so that the model must have made them up. Pure.

Of what the schema does not require, every such value counts; of what it requires, only numbers, codes and the like,
since a required text is often said in other words. A value is known where the customer, a tool's answer or the agent's
knowledge has it, in any notation: 1.234,50 and 1234.5, 12 March and 2026-03-12, "two" and 2. What cannot be compared is
never marked: choices and switches, which are said in other words, days soon to come ("tomorrow"), and a text in another
script than everything that was said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.tools.base import ToolSpec

MAX_PATHS: Final = 20  # marked on one card: more say no more
MAX_SAID_CHARS: Final = 200_000  # of what was said and read, the newest: some milliseconds
SOON_DAYS: Final = 31  # "on Monday", "in two weeks", "at the end of the month" name such a day without its number
STEM_CHARS: Final = 4  # words that begin alike are one word: cancelled, cancelling; Bestellung, Bestellungen
MIN_WORD_CHARS: Final = 4  # shorter words are in every sentence
MIN_SENTENCE_WORDS: Final = 3  # from here on a text with a number in it is a sentence, not a code
KNOWN_SHARE: Final = 0.15  # of a sentence's words: a paraphrase keeps one of six, an invention none
MIN_ID_DIGITS: Final = 4  # of a number that names something; shorter and round ones are counted, or said as words
ROUND: Final = 100
COUNTED_WITHOUT_DIGITS: Final = frozenset({Decimal(0), Decimal(1)})  # "nothing", "a mug" in any language

_NUMERAL: Final = re.compile(r"\d(?:[\d.,'’\u00a0\u202f ]*\d)?")  # noqa: RUF001 - a separator in Swiss numbers
_RUN: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W_]+")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_TIME: Final = re.compile(r"(\d\d?):(\d\d)(?::\d\d)?")
_SPACELESS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_TENS: Final = """
    twenty zwanzig vingt veinte venti vinte dwadzieścia twintig 二十
    thirty dreißig trente treinta trenta trinta trzydzieści dertig 三十
    forty vierzig quarante cuarenta quaranta quarenta czterdzieści veertig 四十
    fifty fünfzig cinquante cincuenta cinquanta cinquenta pięćdziesiąt vijftig 五十
    """
_NUMBER_WORDS: Final = {
    word: Decimal(number)
    for number, words in enumerate(
        """
        two zwei deux dos due dois dwa twee 二 両 둘
        three drei trois tres tre três trzy drie 三 셋
        four vier quatre cuatro quattro quatro cztery 四 넷
        five fünf cinq cinco cinque pięć vijf 五 다섯
        six sechs seis sei sześć zes 六 여섯
        seven sieben sept siete sette sete siedem zeven 七 일곱
        eight acht huit ocho otto oito osiem 八 여덟
        nine neun neuf nueve nove dziewięć negen 九 아홉
        ten zehn dix diez dieci dez dziesięć tien 十 열
        eleven elf onze once undici jedenaście 十一
        twelve zwölf douze doce dodici doze dwanaście twaalf dozen dutzend douzaine docena dozzina 十二
        """.strip().splitlines(),
        start=2,
    )
    for word in words.split()
} | {
    word: Decimal(10 * number)
    for number, words in enumerate(_TENS.strip().splitlines(), start=2)
    for word in words.split()
}


def unsaid_arguments(args: Mapping[str, Any], spec: ToolSpec, said: Iterable[str], *, today: date) -> list[str]:
    """Return the paths (`reason`, `address.city`) of the values in `args` that nobody has said.

    `said` is what the customer, the tools and the agent's knowledge say, oldest first.
    """
    words = _Said("\n".join(said)[-MAX_SAID_CHARS:], frozenset(_stems(_plain(_own_words(spec)))))
    unknown = [
        path
        for path, value, form, optional in _values(args, spec.parameters, "")
        if (optional or _is_hard(value)) and not _is_given(form, value) and not _is_known(value, words, today)
    ]
    return list(dict.fromkeys(unknown))[:MAX_PATHS]


def unsaid_ids(args: Mapping[str, Any], spec: ToolSpec, said: Iterable[str]) -> list[str]:
    """Return the paths of the required numbers and codes in `args` that name something and that nobody has said.

    Sound only while nothing can have been computed: before anything was looked up.
    """
    words = _Said("\n".join(said)[-MAX_SAID_CHARS:])
    return [
        path
        for path, value, form, optional in _values(args, spec.parameters, "")
        if not optional and _is_id(value) and not _is_given(form, value) and not _is_known(value, words, date.max)
    ]


def still_unsaid(unsaid: Iterable[str], before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return those of the paths whose values a person has left as they were; what a person wrote has been said."""
    return [path for path in unsaid if (value := _at(now, path)) is not None and value == _at(before, path)]


def _at(args: Any, path: str) -> Any:
    for name in path.split("."):
        args = args.get(name) if isinstance(args, Mapping) else None
    return args


def _values(
    value: Any, schema: Any, path: str, *, optional: bool = False
) -> Iterator[tuple[str, Any, Mapping[str, Any], bool]]:
    """Yield the single values with their path, their schema, and whether the schema leaves them open."""
    form = schema if isinstance(schema, Mapping) else {}
    if isinstance(value, Mapping):
        known, required = form.get("properties", {}), form.get("required", ())
        for name, item in value.items():
            place = f"{path}.{name}" if path else str(name)
            yield from _values(item, known.get(name), place, optional=optional or name not in required)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, form.get("items"), path, optional=optional)
    else:
        yield path, value, form, optional


def _is_hard(value: Any) -> bool:
    """Say whether a value is more than a text: a number, a date, a code, an address, which nobody says otherwise."""
    return not isinstance(value, bool) and ("@" in str(value) or any(sign.isdigit() for sign in str(value)))


def _is_id(value: Any) -> bool:
    if isinstance(value, bool | float) or not isinstance(value, int | str) or _ISO_DATE.fullmatch(str(value)):
        return False
    if isinstance(value, int) and value % ROUND == 0:
        return False
    return len(str(value).split()) == 1 and sum(sign.isdigit() for sign in str(value)) >= MIN_ID_DIGITS


def _is_given(form: Mapping[str, Any], value: Any) -> bool:
    """Say whether the schema itself names the value."""
    choices = [*form.get("enum", ()), *(form[key] for key in ("default", "const") if key in form)]
    return value in choices


def _is_known(value: Any, said: _Said, today: date) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return said.has_number(Decimal(str(value)))
    text = str(value).strip()
    if (found := _ISO_DATE.fullmatch(text)) is not None:
        return said.has_date(found, today)
    if (found := _TIME.fullmatch(text)) is not None:
        hours = {int(found[1]), int(found[1]) + (found[2] == "30")}  # "half past two" is half of the third in German
        return not said.numbers.isdisjoint({Decimal(hour % turns) for hour in hours for turns in (12, 24)})
    return said.has_text(_plain(text))


def _own_words(spec: ToolSpec) -> str:
    """Return what a tool says of itself: its words say nothing about where a value comes from."""
    described = [form.get("description", "") for form in spec.parameters.get("properties", {}).values()]
    return " ".join([spec.name.replace("_", " "), spec.title, spec.description, *map(str, described)])


@dataclass(frozen=True)
class _Said:
    """Everything that was said and read, ready to be asked for values in any notation."""

    raw: str
    own_stems: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        return _plain(self.raw)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(_stems(self.text))

    @cached_property
    def digits(self) -> str:
        """All digits, those of one numeral or code together: 0171/123 45 is one, and so is 1042-A."""
        return " ".join(re.sub(r"\D", "", found) for found in re.findall(r"[\d][\d\s()/.+-]*", self.text))

    @cached_property
    def runs(self) -> frozenset[str]:
        """The digits that stand together: each is a reading of the numeral that it is part of."""
        return frozenset(_RUN.findall(self.text))

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        named = {number for word, number in _NUMBER_WORDS.items() if self._has_word(_plain(word))}
        read = {number for found in _NUMERAL.findall(self.text) for number in _readings(found)}
        return frozenset({*named, *read})

    def _has_word(self, word: str) -> bool:
        return word in (self.text if _SPACELESS.search(word) else self.words)

    def has_number(self, number: Decimal) -> bool:
        """Say whether the number was said: as it is, in cents, or in percent."""
        wanted = abs(number)
        if str(wanted) in self.runs:  # most are; all readings of a long conversation take milliseconds
            return True
        return wanted in COUNTED_WITHOUT_DIGITS or not self.numbers.isdisjoint({wanted, wanted * 100, wanted / 100})

    def has_date(self, found: re.Match[str], today: date) -> bool:
        """Say whether the day was said by its number, or is near enough to have been said by a word."""
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return False
        return abs((day - today).days) <= SOON_DAYS or Decimal(day.day) in self.numbers

    def has_text(self, plain: str) -> bool:
        """Say whether a text was said, by its digits where it is a code, else by its words."""
        if not plain or plain in self.text:
            return True
        if "@" in plain:
            return False
        is_sentence = len(set(_stems(plain))) >= MIN_SENTENCE_WORDS
        has_digits = any(sign.isdigit() for sign in plain)
        return self.has_digits(plain) if has_digits and not is_sentence else self.has_words(plain)

    def has_digits(self, plain: str) -> bool:
        """Say whether the words of a code, an address or a phone number that hold digits were said."""
        joined = re.sub(r"\D", "", plain)
        local = joined.lstrip("0")
        # A number for calling is written with and without its country; the rest of it is long enough to be told apart.
        if re.fullmatch(r"[\d\s()/.+-]+", plain) and len(local) >= MIN_PHONE_DIGITS:
            return local[-MIN_PHONE_DIGITS:] in self.digits
        parts = [word for word in _WORD.findall(plain) if any(sign.isdigit() for sign in word)]
        return any(part.strip("0") == "" or part.lstrip("0") in self.words or part in self.text for part in parts)

    def has_words(self, plain: str) -> bool:
        """Say whether enough of a sentence's words were said; True where the two cannot be compared."""
        wanted = set(_stems(plain)) - self.own_stems
        if not wanted or _scripts(plain).isdisjoint(_scripts(self.text)):
            return True
        return len(wanted & self.stems) / len(wanted) >= KNOWN_SHARE


MIN_PHONE_DIGITS: Final = 7  # the shortest that is still a number of its own


def _plain(text: str) -> str:
    """Return a text in small letters, without accents and in the usual width."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def _stems(plain: str) -> Iterator[str]:
    """Yield the beginnings of a text's words; of scripts without spaces, its pairs of signs."""
    for word in _WORD.findall(plain):
        if _SPACELESS.search(word):
            yield from (word[place : place + 2] for place in range(len(word) - 1))
        elif len(word) >= MIN_WORD_CHARS:
            yield word[:STEM_CHARS]


def _readings(numeral: str) -> Iterator[Decimal]:
    """Yield what a numeral may mean: a point and a comma are each a decimal sign in some countries."""
    bare = re.sub(r"[\s'’]", "", numeral)  # noqa: RUF001 - as above
    whole = {re.sub(r"[.,]", "", bare)}
    for sign in ".,":
        head, found, tail = bare.rpartition(sign)
        if found:
            whole.add(f"{re.sub(r'[.,]', '', head) or '0'}.{tail}")
    whole.update(re.findall(r"\d+", numeral))  # a list of numbers, or a date
    for text in whole:
        try:
            yield Decimal(text).normalize()
        except InvalidOperation:  # pragma: no cover - digits in scripts that Decimal reads otherwise
            continue


def _scripts(plain: str) -> set[str]:
    return {unicodedata.name(sign, "?").split()[0] for sign in plain if sign.isalpha()}
