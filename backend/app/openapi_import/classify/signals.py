"""Signals for and against an operation being a read: one function per place where they stand. English; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.language.stem import singular
from app.openapi.operation import OperationDefinition
from app.openapi_import.classify import vocabulary as words
from app.openapi_import.classify.tokens import IdWords, PathWords, Segment, read_id, read_path, words_of

MAX_HINT_DEPTH: Final = 3  # of extensions in each other: x-mcp.annotations.readOnlyHint
OWN_HINT: Final = "x-access"  # what this product documents for whoever writes a document for it
MAX_TEXT_CHARS: Final = 400  # of a description; what it does, it says first

_ENDINGS: Final = (
    (words.OVERWRITES, words.HOLDS),
    (words.ENDS, words.AGREED),
    (words.MOVES, words.MONEY),
    (words.USES_UP, words.USED_UP),
)
_PARTICLES: Final = frozenset({"up", "out", "off", "down", "on", "over", "in", "back", "away"})
_SHORTEST_VERB: Final = 3  # a shorter word before an object is none that acts
_THIN: Final = frozenset({"success", "ok", "status", "message", "result", "code", "error", "errors", "detail"})
_FOREVER: Final = re.compile(
    r"(?:can ?not|can't|cannot) be (?:undone|reversed|reverted|recovered|restored)|irreversib|"
    r"permanent(?:ly)? (?:delet|remov|eras|destroy)|\bno (?:way to )?undo\b|\bfor good\b|"
    r"\b(?:data|contents?|everything|it holds) (?:is|are|will be|gets?) (?:lost|erased|wiped|deleted|destroyed)",
    re.IGNORECASE,
)
_LISTED: Final = words.word_set("""
    items data results hits records values entries list rows content matches documents objects elements resources docs
    members nodes suggestions _embedded
""")
_PAGED: Final = words.word_set("total count next cursor page limit offset pagination paging more previous took")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An operation with its words taken apart once. `has_read` says whether GET has the same path."""

    operation: OperationDefinition
    method: str
    path: PathWords
    id: IdWords
    summary: tuple[str, ...]
    described: tuple[str, ...]
    has_read: bool = False

    @property
    def argument_words(self) -> frozenset[str]:
        """Return the words of all arguments' names."""
        return frozenset(word for one in self.operation.arguments for word in words_of(one.wire_name))


def facts_of(operation: OperationDefinition, *, has_read: bool) -> Facts:
    """Take an operation's words apart; `has_read` says whether GET has the same path."""
    text = operation.description
    if operation.summary and text.startswith(operation.summary):
        text = text[len(operation.summary) :]
    return Facts(
        operation=operation,
        method=operation.method.upper(),
        path=read_path(operation.path),
        id=read_id(operation.operation_id, method=operation.method, path=operation.path),
        summary=sentence_words(operation.summary),
        described=sentence_words(text.lstrip(" .…")),
        has_read=has_read,
    )


def sentence_words(text: str) -> tuple[str, ...]:
    """Return the words of a text's first sentence, in small letters."""
    first = re.split(r"[.!?\n]", text[:MAX_TEXT_CHARS], maxsplit=1)[0]
    return tuple(word.lower() for word in re.findall(r"[A-Za-z]+(?:-[a-z]+)*", first))


@lru_cache(maxsize=8_192)  # the first words of some large APIs' texts
def base_form(word: str) -> str:
    """Return an imperative for what may be a third person: deletes → delete, applies → apply, publishes → publish."""
    for form in _forms(word):
        if form in words.ACTS or form in words.MAY_ACT or form in words.READ_VERBS or form in words.DESTROYS:
            return form
    return word


def _forms(word: str) -> Iterator[str]:
    yield word
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]


# --- the path ----------------------------------------------------------------------------------------------------


def acting_segment(path: PathWords) -> Segment | None:
    """Return the segment that orders something done: /orders/{id}/cancel, /send/{n}, /delete/user, chat.delete."""
    segments = path.segments
    for place, segment in enumerate(segments):
        if segment.is_parameter or not _orders(segment):
            continue
        after = segments[place + 1] if place + 1 < len(segments) else None
        if after is None or after.is_parameter:
            later = [one for one in segments[place + 1 :] if not one.is_parameter and one.words]
            if not later:
                return segment
        elif after.words and not set(after.words) & words.READ_NOUNS:
            return segment
    return None


def _orders(segment: Segment) -> bool:
    """Say whether a segment is an imperative. A noun that describes its head is none: /update-history."""
    found = segment.words
    if not found or found[:2] in {("add", "on"), ("add", "ons")}:
        return False
    if found[0] in words.ACTS:
        return len(found) == 1 or found[-1] not in words.READ_NOUNS or segment.is_procedure
    made = found[0] == "make" and len(found) > 1  # make_admin, but a car's make
    return found[-1] in words.ACTS or made or goes_in_or_out(found) or found in {("on",), ("off",)}


def goes_in_or_out(found: tuple[str, ...]) -> bool:
    """Say whether words begin as sign-out, log in, check-in or "Logs the user out" do."""
    if not found or not {found[0], found[0].removesuffix("s")} & words.GOES_IN_OR_OUT:
        return False
    return bool(set(found[1:4]) & words.IN_OR_OUT)


def ambiguous_tail(path: PathWords) -> Segment | None:
    """Return a last segment that may be verb or thing: /orders/{id}/refund, but neither /refunds nor /refund/{id}."""
    tail = path.tail
    if tail is None or path.ends_in_parameter or len(tail.words) != 1 or tail.words[0] not in words.MAY_ACT:
        return None
    return tail


def look_up_strength(path: PathWords) -> int:
    """Say how surely a path ends in a look-up: 2 for /search, 1 for /validate, 0 for anything else."""
    tail = path.tail
    if tail is None or path.ends_in_parameter or not tail.words or set(tail.words) & words.NOT_A_LOOK_UP:
        return 0
    if any(segment.words and set(segment.words) & {"saved", "jobs", "async"} for segment in path.literals):
        return 0
    first, last = tail.words[0], tail.words[-1]
    if last in words.LOOKS_UP or (first in words.LOOKS_UP and first not in {"count", "facets"}):
        return 2
    if first in words.MANY and len(tail.words) > 1:
        first = tail.words[1]
    if any(set(segment.words) & words.SECRETS for segment in path.literals):  # getting a token makes one
        return 0
    return int(last in words.MAY_LOOK_UP or first in words.MAY_LOOK_UP_VERBS)


def is_open_door(path: PathWords) -> bool:
    """Say whether what an operation does is in the text that is sent: /graphql, /sql, /rpc, /_bulk."""
    tail = path.tail
    return tail is not None and bool(tail.words) and tail.words[-1] in words.OPEN_DOORS


# --- ids and texts -----------------------------------------------------------------------------------------------


def acting_verb(found: IdWords) -> str:
    """Return the verb of an id that acts; empty where none does or the first plainly reads."""
    if found.is_generated:
        return ""
    if goes_in_or_out(found.words) or goes_in_or_out(found.words[-2:]):
        return " ".join(found.words)
    if found.verbs[0] in words.READ_VERBS:
        return ""
    return next((verb for verb in found.verbs if verb in words.ACTS), "")


def reading_verb(found: IdWords) -> str:
    """Return the verb of an id that reads, where no other word of it acts."""
    if set(found.words) & (words.ACTS | words.DESTROYS):
        return ""
    return next((verb for verb in found.verbs[:1] if verb in words.READ_VERBS), "")


def acting_text(sentence: tuple[str, ...]) -> str:
    """Return the verb with which a text begins where it acts: "Cancels the order", not "Update history"."""
    if not sentence:
        return ""
    if goes_in_or_out(sentence):
        return sentence[0]
    verb = base_form(sentence[0])
    rest = sentence[2:] if sentence[1:2] and sentence[1] in _PARTICLES else sentence[1:]  # "Hands out the next job"
    has_object = bool(rest) and rest[0] in words.DETERMINERS
    if then := _second_verb(sentence):
        return then
    if verb not in words.ACTS:
        return verb if has_object and not _tells(sentence[0]) else ""
    if has_object:  # "Revoke the customer's token": only a verb has an object, whatever noun ends the sentence
        return verb
    is_plural = sentence[0] != verb and sentence[1:2] == ("of",)  # "Moves of stock"
    is_noun = sentence[0] == verb and (
        len(sentence) == 1 or bool({sentence[1], sentence[-1]} & words.READ_NOUNS) or sentence[1] in {"for", "and"}
    )
    return "" if is_noun or is_plural else verb


def _second_verb(sentence: tuple[str, ...]) -> str:
    """Return what a text says that is done besides: "Gives the next job and marks it as taken"."""
    for place, word in enumerate(sentence[:-2]):
        if word in {"and", "then"} and sentence[place + 2] in words.DETERMINERS | {"them", "him", "what"}:
            verb = base_form(sentence[place + 1])
            if verb in words.ACTS and verb != sentence[place + 1]:
                return verb
    return ""


def _tells(word: str) -> bool:
    """Say whether a word before an object only tells: "Returns the", "Whether the"; any other is a verb that acts."""
    known = words.TELLS | words.TELLS_IN_TEXT | words.READ_VERBS
    return len(word) < _SHORTEST_VERB or word in words.SMALL_WORDS or any(form in known for form in _forms(word))


def destroying_text(facts: Facts) -> str:
    """Return the words of a text that say something is lost or paid for good."""
    for sentence in (facts.summary, facts.described):
        if sentence and (verb := base_form(sentence[0])) in words.DESTROYS_IN_TEXT:
            return verb
        if sentence and (ending := ends_something(sentence)) in set(_forms(sentence[0])):
            return ending
    found = _FOREVER.search(facts.operation.description)
    return found[0].lower() if found else ""


def ends_something(found: tuple[str, ...]) -> str:
    """Return the verb that something is lost, ended or paid with, by what it is done to; empty where none is."""
    things = {singular(word) for word in found}
    for verbs, objects in _ENDINGS:
        verb = next((form for word in found for form in _forms(word) if form in verbs), "")
        if verb and things & objects:
            return verb
    return ""


# --- shapes ------------------------------------------------------------------------------------------------------


def answers_list(response: Mapping[str, Any] | None) -> bool:
    """Say whether an answer is a list or a page of one."""
    if response is None:
        return False
    if _is_array(response):
        return True
    properties = response.get("properties")
    if not isinstance(properties, Mapping):
        return False
    lists = [name for name, part in properties.items() if isinstance(part, Mapping) and _is_array(part)]
    pages = _PAGED & {word for name in properties for word in words_of(name)}
    return any(name.lower() in _LISTED for name in lists) or bool(lists and pages)


def _is_array(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return kind == "array" or (isinstance(kind, list) and "array" in kind) or "items" in schema


def hands_out_secret(path: PathWords, found: IdWords) -> bool:
    """Say whether an operation gives what opens a door: GET /auth/token mints one, GET /tokens/{id} looks at one."""
    if path.ends_in_parameter:
        return False
    in_path = path.tail is not None and bool(set(path.tail.words[-1:]) & words.MINTED)
    named = {word for segment in path.literals for word in segment.words} | set(found.words)
    if named & {"credential", "credentials"} and named & {"temporary", "session", "sts", "guest", "anonymous"}:
        return True
    return in_path or (not found.is_generated and bool(set(found.words[-1:]) & words.MINTED))


def answers_thing(response: Mapping[str, Any] | None) -> bool:
    """Say whether an answer holds more than that it worked."""
    if response is None:
        return False
    properties = response.get("properties")
    if isinstance(properties, Mapping):
        return bool({name.lower() for name in properties} - _THIN)
    return _is_array(response) or "anyOf" in response


# --- hints and scopes --------------------------------------------------------------------------------------------

_CAUTIONS: Final = words.word_set("""
    requireconfirmation requiresconfirmation confirmationrequired needsconfirmation openaiisconsequential
    isconsequential consequential dangerous isdangerous sideeffects sideeffect hassideeffects requiresapproval
    approvalrequired humanintheloop mutating ismutation mutation iswrite
""")
_DESTRUCTIONS: Final = words.word_set("destructive isdestructive destructivehint irreversible")
_READS: Final = words.word_set("readonly isreadonly readonlyhint safe issafe sideeffectfree nullipotent")
_ACCESSES: Final = frozenset({"access", "accesstype", "operationtype", "effect", "mode", "risk", "risklevel", "kind"})
_ACCESS_VALUES: Final[Mapping[str, str]] = {
    "read": "read", "readonly": "read", "safe": "read", "query": "read",
    "write": "write", "readwrite": "write", "mutation": "write", "update": "write", "create": "write", "high": "write",
    "destructive": "destructive", "delete": "destructive", "dangerous": "destructive", "critical": "destructive",
    "admin": "write",
}  # fmt: skip


def hints(extensions: Mapping[str, Any], depth: int = MAX_HINT_DEPTH) -> Iterator[tuple[str, str]]:
    """Yield what extensions say: the name of the hint, and read, write or destructive."""
    for name, value in extensions.items():
        key = re.sub(r"[^a-z]", "", name.lower().removeprefix("x-"))
        if isinstance(value, Mapping) and depth > 1:
            yield from hints(value, depth - 1)
            continue
        points_to = _points_to(key, value)
        if not points_to and name.lower() == OWN_HINT and isinstance(value, str) and value.strip():
            points_to = "write"  # whatever it means, it does not say that it reads
        if points_to:
            yield name, points_to


def _points_to(key: str, value: Any) -> str:
    truth = _truth(value)
    if truth is None:
        word = re.sub(r"[^a-z]", "", value.lower()) if isinstance(value, str) else ""
        return _ACCESS_VALUES.get(word, "") if _ends(key, _ACCESSES) else ""
    if _ends(key, _DESTRUCTIONS):
        return "destructive" if truth else ""
    if _ends(key, _READS):
        return "read" if truth else "write"
    if _ends(key, _CAUTIONS):
        return "write" if truth else "read"
    return ""


def _ends(key: str, names: frozenset[str]) -> bool:
    """Match a hint with a vendor's name before it: x-acme-readOnly."""
    return key in names or any(len(name) > 5 and key.endswith(name) for name in names)  # noqa: PLR2004 - not "mode"


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False, "yes": True, "no": False}.get(value.lower()) if isinstance(value, str) else None
    )


_READ_SCOPES: Final = frozenset({"read", "readonly", "view", "viewer", "reader", "list", "get", "search", "query"})
_WRITE_SCOPES: Final = frozenset(
    {"write", "manage", "edit", "create", "update", "delete", "modify", "send", "admin", "writer"}
)


def scopes_say(operation: OperationDefinition) -> str:
    """Return read or write where every way to be allowed says the same; empty otherwise."""
    kinds = {
        _scopes(tuple(scope for need in alternative for scope in need.scopes)) for alternative in operation.security
    }
    return kinds.pop() if len(kinds) == 1 else ""


def _scopes(scopes: tuple[str, ...]) -> str:
    kinds = set()
    for scope in scopes:
        found = set(words_of(scope.rpartition("/")[2]))
        joined = "".join(words_of(scope.rpartition("/")[2]))
        if found & _READ_SCOPES or joined.endswith("readonly"):
            kinds.add("read")
        elif found & _WRITE_SCOPES:
            kinds.add("write")
        else:
            kinds.add("")
    return kinds.pop() if len(kinds) == 1 else ""


def head_nouns(path: PathWords) -> tuple[str, ...]:
    """Return what each literal segment is, singular: ("customer", "address")."""
    return tuple(singular(segment.words[-1]) for segment in path.literals if segment.words)
