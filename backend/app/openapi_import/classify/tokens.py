"""Tokenizer of an API's paths and operation ids, whatever their spelling: camelCase, snake_case, kebab-case, RPC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.language.stem import singular
from app.language.tokens import name_words

WORD_CACHE: Final = 16_384  # the segments, names and ids of some large APIs

_CALLED_WITH: Final = re.compile(r"(?<![\w.-])([A-Za-z][\w.-]*+)\(")  # /Orders({id}), as OData writes it
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_VERSION: Final = re.compile(r"v?\d+(?:[._-]\d+)*(?:alpha|beta|rc|preview)?\d*", re.IGNORECASE)
_FORMAT: Final = re.compile(
    r"\.(?:json|xml|ya?ml|csv|tsv|txt|pdf|png|jpe?g|gif|svg|webp|html?|md|rss|atom|ics|geojson|kml|gpx|zip|t?gz|tar|js|css"
    r"|m3u8|mp[34]|wav|proto|php|aspx?|jsp|do|cgi|ashx|action)$",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(r"\.(?:io|com|org|net|dev|local)$")  # /apis/batch.example.io names a group, no procedure
_FRAMEWORK_SUFFIX: Final = re.compile(r"Using(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)(?:_\d+)?$")
_NAMESPACES: Final = re.compile(
    r"[./:#]|__|_(?=[A-Z])|(?<=[Cc]ontroller)_|(?<=[Ss]ervice)_|(?<=[Rr]esource)_|(?<=Api)_"
)
# Of a query or fragment that is part of the path, what names the procedure: /?Action=DeleteQueue, /rpc?method=x.
_SELECTORS: Final = frozenset({"action", "act", "method", "cmd", "command", "op", "operation", "do", "func", "function",
                               "task", "x-amz-target", "request", "call"})  # fmt: skip
# What stands before the verb and says only how it is done.
_BEFORE_THE_VERB: Final = frozenset(
    {
        "bulk",
        "batch",
        "mass",
        "multi",
        "async",
        "try",
        "re",
        "deprecated",
        "do",
        "admin",
        "api",
        "my",
        "begin",
        "perform",
    }
)


@lru_cache(maxsize=WORD_CACHE)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters: getOrder, get_order, Get-Order_2 alike, without lone letters."""
    return tuple(word for word in name_words(name) if len(word) > 1)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One part of a path: its text, its words, and whether it is filled in, names a version, or calls a procedure."""

    text: str
    words: tuple[str, ...]
    is_parameter: bool = False
    is_procedure: bool = False

    @property
    def head(self) -> str:
        """Return the word that says what it is, singular: price-lists → list."""
        return singular(self.words[-1]) if self.words else ""


@dataclass(frozen=True, kw_only=True)
class PathWords:
    """A path as its segments, without versions and file endings."""

    segments: tuple[Segment, ...]

    @property
    def literals(self) -> tuple[Segment, ...]:
        """Return the segments that stand as they are."""
        return tuple(segment for segment in self.segments if not segment.is_parameter and segment.words)

    @property
    def tail(self) -> Segment | None:
        """Return the last literal segment, where there is one."""
        return next(reversed(self.literals), None)

    @property
    def ends_in_parameter(self) -> bool:
        """Say whether the path names one thing: /orders/{id}."""
        return bool(self.segments) and self.segments[-1].is_parameter

    @property
    def words(self) -> tuple[str, ...]:
        """Return all words of it, names of parameters included."""
        return tuple(word for segment in self.segments for word in segment.words)


@lru_cache(maxsize=WORD_CACHE)
def read_path(path: str) -> PathWords:
    """Take a path apart; what a query or a fragment in it calls is its last segment."""
    plain, *rest = re.split(r"[?#]", path)
    segments = [segment for text in plain.split("/") if text for segment in _segments(text)]
    for part in rest:
        segments.extend(_called(part))
    return PathWords(segments=tuple(segments))


def _segments(text: str) -> Iterator[Segment]:
    """Yield what one segment holds: {id}:cancel names a thing and calls a procedure on it."""
    bare = _FORMAT.sub("", text)
    literal = _PARAMETER.sub("", bare).strip("()'\"-_.,;=@$")
    named = "".join(_PARAMETER.findall(text))
    called = _CALLED_WITH.match(bare)
    if called:
        yield _literal(called[1], is_procedure=False)
    if literal != bare and named:
        yield Segment(text=text, words=words_of(named), is_parameter=True)
    if called or _VERSION.fullmatch(literal):
        return
    if literal and (literal == bare.strip("()'\"-_.,;=@$") or ":" in literal):
        thing, colon, procedure = literal.rpartition(":")
        if colon and thing:
            yield Segment(text=thing, words=words_of(thing))
        yield _literal(procedure if colon else literal, is_procedure=bool(colon))


def _literal(text: str, *, is_procedure: bool) -> Segment:
    name = text.rpartition(".")[2]
    dotted = "." in text.strip(".") and bool(words_of(name)) and not _DOMAIN.search(text)
    words = words_of(name if dotted else text)
    return Segment(text=text, words=words, is_procedure=is_procedure or dotted)


def _called(part: str) -> Iterator[Segment]:
    for pair in part.split("&"):
        key, _, value = pair.partition("=")
        is_switch = value.lower() in {"on", "off"}
        if (key.lower() in _SELECTORS or is_switch) and value and "{" not in value:
            yield _literal(value, is_procedure=True)


@dataclass(frozen=True, kw_only=True)
class IdWords:
    """What an operation id says. Any of `verbs` may be its verb; a generated one repeats method and path."""

    words: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    is_generated: bool = True


def read_id(operation_id: str, *, method: str, path: str) -> IdWords:
    """Find the words of an operation id, and those that may be its verb: users.list, listUsers, Users_list."""
    verb = method.lower()
    name = _FRAMEWORK_SUFFIX.sub("", operation_id)
    own = words_of(name)
    in_path = words_of(_PARAMETER.sub(lambda match: match[0].replace("{", "_"), path))
    if in_path and own[-len(in_path) - 1 :] == (*in_path, verb):  # function, path and method in one
        own = own[: -1 - len(in_path)]
        name = "_".join(own)
    rest = own[1:] if own[:1] == (verb,) else own
    if not rest or (rest is not own and set(rest) <= set(in_path)):
        return IdWords(words=own)
    parts = [words for part in _NAMESPACES.split(name) if (words := words_of(part))]
    last = parts[-1] if parts else own
    return IdWords(words=own, verbs=_verbs(last, own, verb), is_generated=False)


def _verbs(last: tuple[str, ...], own: tuple[str, ...], method: str) -> tuple[str, ...]:
    """Return what may be the verb: the first word of the name, and the last, as in charges_create."""
    found = []
    for words in dict.fromkeys((last, own)):
        rest = list(words)
        while len(rest) > 1 and (rest[0] in _BEFORE_THE_VERB or (rest[0] == method and method != "get")):
            rest.pop(0)
        found.append(rest[0])
    return tuple(dict.fromkeys((*found, own[-1])))
