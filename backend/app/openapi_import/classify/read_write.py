"""Access rules: whether an operation reads, writes or destroys. Doubt means write. Pure.

The HTTP method is where it begins. What moves an operation from there:

- everything may make it safer: path, id, texts, extensions, scopes, shapes;
- only structure can make a POST a read: its path or id says that it looks something up, nothing says that it acts, and
  (where the path alone is not plain) its id, what comes back or its scopes agree with that. What a document merely
  claims, in texts or extensions, never can: it makes a read surer that structure found;
- PUT, PATCH, DELETE and methods that are not known never become reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.db.operations import DOUBT
from app.openapi_import.classify import signals
from app.openapi_import.classify import vocabulary as words
from app.openapi_import.classify.choosers import chosen_actions, ending_choice
from app.openapi_import.classify.labels import Evidence, PointsTo
from app.openapi_import.classify.signals import Facts
from app.openapi_import.classify.tokens import read_path, words_of
from app.tools.base import Access

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "SEARCH", "PROPFIND", "TRACE"})
REMOVING_METHODS: Final = frozenset({"DELETE", "PURGE"})

# How often each kind of conclusion was right on the labelled operations, rounded down (see docs/openapi-import.md).
SURE: Final = 0.98
PLAIN: Final = 0.95
LIKELY: Final = 0.85
MIXED: Final = 0.7
GUESS: Final = 0.5

_LOOK_UP_NEEDS: Final = 2  # signs that a POST only looks something up; a plain path counts for both


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What an operation does, how sure that is, and why."""

    access: Access
    confidence: float
    evidence: tuple[Evidence, ...]

    @property
    def is_doubtful(self) -> bool:
        """Say whether a person should look at it first."""
        return self.confidence < DOUBT


@dataclass(frozen=True, kw_only=True)
class _Sign:
    """One piece of evidence, and how sure a label is that rests on it."""

    evidence: Evidence
    sure: float


def judge(facts: Facts) -> Judgement:
    """Judge one operation."""
    if facts.method in SAFE_METHODS:
        return _judge_safe(facts)
    if facts.method in REMOVING_METHODS:
        return _destructive(
            facts, _Sign(evidence=_method(facts, "is how things are removed", "destructive"), sure=SURE)
        )
    if facts.method == "POST":
        look_up = _judge_look_up(facts)
        if look_up is not None:
            return look_up
    return _judge_write(facts)


def _sign(kind: str, text: str, points_to: PointsTo, sure: float) -> _Sign:
    return _Sign(evidence=Evidence(kind=kind, text=text, points_to=points_to), sure=sure)


def _method(facts: Facts, text: str, points_to: PointsTo) -> Evidence:
    return Evidence(kind="method", text=f"{facts.method} {text}.", points_to=points_to)


# --- methods that should only read -------------------------------------------------------------------------------


def _judge_safe(facts: Facts) -> Judgement:
    verb = _method(facts, "is how things are looked up", "read")
    objections = list(_objections(facts))
    if not objections:
        support, confidence = _support(facts)
        return Judgement(access=Access.READ, confidence=confidence, evidence=(verb, *support))
    destroys = any(one.evidence.points_to == "destructive" for one in objections)
    return Judgement(
        access=Access.DESTRUCTIVE if destroys else Access.WRITE,
        confidence=max(one.sure for one in objections),
        evidence=(verb, *(one.evidence for one in objections)),
    )


def _objections(facts: Facts) -> Iterator[_Sign]:
    """Yield what says that a request which should only read acts."""
    segment = signals.acting_segment(facts.path)
    if segment is not None:
        yield _sign("path", f'The path says "{segment.text}", which is an order.', _kind(segment.words), LIKELY)
    else:
        yield from _unclear_path(facts)
    verb = signals.acting_verb(facts.id)
    if verb:
        text = f'The operation is named "{facts.operation.operation_id}": "{verb}" acts.'
        yield _sign("name", text, _kind((verb,)), LIKELY)
    elif rather := _rather_acts(facts):
        yield _sign("name", f'"{rather}" in its name may be what it does.', "write", GUESS)
    for sentence in (facts.summary, facts.described):
        if acting := signals.acting_text(sentence):
            yield _sign("text", f'Its text begins with "{acting}", which acts.', _kind((acting,)), GUESS)
            break
    yield from _actions_in_arguments(facts)
    yield from _cautions(facts)
    if signals.hands_out_secret(facts.path, facts.id):
        yield _sign("path", "It hands out what opens a door, so something can be done with it.", "write", GUESS)
    if signals.scopes_say(facts.operation) == "write":
        yield _sign("scopes", "It asks for a permission to write.", "write", GUESS)


def _rather_acts(facts: Facts) -> str:
    """Return the verb of a name such as transferFunds, where the path does not have it as a thing."""
    name = facts.id.words
    if facts.id.is_generated or len(name) < 2 or name[0] not in words.RATHER_ACTS:  # noqa: PLR2004 - verb and object
        return ""
    is_thing = name[-1] in words.READ_NOUNS | words.READ_VERBS or name[0] in signals.head_nouns(facts.path)
    return "" if is_thing else name[0]


def _unclear_path(facts: Facts) -> Iterator[_Sign]:
    tail = facts.path.tail
    if tail is None:
        return
    if facts.path.ends_in_parameter and set(tail.words) <= words.RATHER_ACTS and not _answers(facts):
        text = f'"/{tail.text}" is rather done than looked at, and nothing says that anything comes back.'
        yield _sign("path", text, "write", GUESS)
    elif tail.is_procedure and not facts.path.ends_in_parameter and not _names_a_read(tail.words):
        yield _sign("path", f'The path calls a procedure, "{tail.text}", that is not known to read.', "write", GUESS)
    elif signals.is_open_door(facts.path) and tail.words[-1] not in words.MANY:
        yield _sign("path", f'What "/{tail.text}" does is in what is sent to it.', "write", GUESS)
    elif (unclear := signals.ambiguous_tail(facts.path)) and not _is_looked_at(unclear.words[0], facts):
        text = f'"/{unclear.text}" may be a thing or an order, and too little says which.'
        yield _sign("path", text, "write", GUESS)


def _answers(facts: Facts) -> bool:
    return signals.answers_list(facts.operation.response) or signals.answers_thing(facts.operation.response)


def _is_looked_at(word: str, facts: Facts) -> bool:
    """Say whether what may be a thing is one: its name reads, or it comes back and belongs to something."""
    if facts.id.verbs[:1] and facts.id.verbs[0] in words.READ_VERBS:
        return True
    stands_alone = not any(segment.is_parameter for segment in facts.path.segments)
    return signals.answers_thing(facts.operation.response) and not (stands_alone and word in words.RATHER_ACTS)


def _names_a_read(name: tuple[str, ...]) -> bool:
    verb = name[1] if len(name) > 1 and name[0] in words.MANY else name[0]
    return (
        verb in words.READ_VERBS
        or name[-1] in words.READ_NOUNS
        or (name[-1].endswith("s") and not set(name) & (words.ACTS | words.MAY_ACT))
    )


def _actions_in_arguments(facts: Facts) -> Iterator[_Sign]:
    for name, choices in chosen_actions(facts.operation, signals.head_nouns(facts.path)):
        named = f' (such as "{choices[0]}")' if choices else ""
        found = tuple(word for one in choices for word in words_of(one))
        yield _sign("arguments", f'The argument "{name}" says what is done{named}.', _kind(found), GUESS)


def _cautions(facts: Facts) -> Iterator[_Sign]:
    for name, points_to in signals.hints(facts.operation.extensions):
        if points_to == "write":
            yield _sign("extension", f"{name} says that it changes something or must be asked for.", "write", LIKELY)
        elif points_to == "destructive":
            yield _sign("extension", f"{name} says that it cannot be taken back.", "destructive", LIKELY)


def _support(facts: Facts) -> tuple[list[Evidence], float]:
    """Return what agrees that an operation reads, and how sure that makes it."""
    found: list[Evidence] = []
    if facts.id.verbs[:1] and facts.id.verbs[0] in words.READ_VERBS:
        found.append(Evidence(kind="name", text=f'The name says "{facts.id.verbs[0]}".', points_to="read"))
    if signals.answers_list(facts.operation.response):
        found.append(Evidence(kind="answer", text="It answers with a list.", points_to="read"))
    elif signals.answers_thing(facts.operation.response):
        found.append(Evidence(kind="answer", text="It answers with what was asked for.", points_to="read"))
    found.extend(_agreeing(facts))
    if signals.ambiguous_tail(facts.path):
        return found, LIKELY if found else MIXED
    return found, SURE if found else PLAIN


def _agreeing(facts: Facts) -> Iterator[Evidence]:
    for name, points_to in signals.hints(facts.operation.extensions):
        if points_to == "read":
            yield Evidence(kind="extension", text=f"{name} says that it only reads.", points_to="read")
    if signals.scopes_say(facts.operation) == "read":
        yield Evidence(kind="scopes", text="A permission to read is enough for it.", points_to="read")


# --- a POST that only looks something up -------------------------------------------------------------------------


def _judge_look_up(facts: Facts) -> Judgement | None:
    """Judge a POST as a read where its structure says so and nothing speaks against it; None otherwise."""
    strength = signals.look_up_strength(facts.path)
    verb = signals.reading_verb(facts.id)
    if not strength and not verb:
        return None
    against = list(_against_look_up(facts, strength))
    for_it = list(_for_look_up(facts, strength, verb))
    signs = strength + len(for_it) - bool(strength)
    if not against and signs >= _LOOK_UP_NEEDS:
        claims = [one for one in _agreeing(facts) if one.kind == "extension"]
        confidence = PLAIN if strength and (signs > _LOOK_UP_NEEDS or claims) else LIKELY
        return Judgement(access=Access.READ, confidence=confidence, evidence=(*for_it, *claims))
    doubt = against or [
        Evidence(kind="doubt", text="It may only look something up, but too little says so.", points_to="write")
    ]
    written = _judge_write(facts)
    return Judgement(
        access=written.access,
        confidence=min(written.confidence, GUESS if strength else MIXED),
        evidence=(*written.evidence, *for_it, *doubt),
    )


def _for_look_up(facts: Facts, strength: int, verb: str) -> Iterator[Evidence]:
    """Yield the signs that it looks something up, the path's first where there is one."""
    tail = facts.path.tail
    if strength and tail is not None:
        yield Evidence(kind="path", text=f'The path ends in "{tail.text}", which looks something up.', points_to="read")
    lists = signals.answers_list(facts.operation.response)
    if lists:
        yield Evidence(kind="answer", text="It answers with a list.", points_to="read")
    if verb and (lists or strength == _LOOK_UP_NEEDS or (tail is not None and verb in tail.words)):
        yield Evidence(kind="name", text=f'The name says "{verb}".', points_to="read")
    if signals.scopes_say(facts.operation) == "read":
        yield Evidence(kind="scopes", text="A permission to read is enough for it.", points_to="read")


def _against_look_up(facts: Facts, strength: int) -> Iterator[Evidence]:
    """Yield what makes it a write all the same; one thing is enough."""
    for kind, found in (("path", _acts_in_path(facts)), ("name", _acts_in_name(facts))):
        if found:
            yield Evidence(kind=kind, text=f'"{found}" in its {kind} acts.', points_to="write")
    for text in (facts.summary, facts.described):
        if text and (acting := base_acting(text) or signals.acting_text(text)):
            yield Evidence(kind="text", text=f'Its text begins with "{acting}".', points_to="write")
            break
    if strength == 1 and _acts_on_one(facts):
        yield Evidence(kind="answer", text="It acts on one thing, and nothing says what it answers.", points_to="write")
    if not strength and facts.has_read:
        yield Evidence(kind="path", text="GET of the same path reads already.", points_to="write")
    used = facts.argument_words & words.SPENT
    if used:
        yield Evidence(
            kind="arguments", text=f'It takes a "{min(used)}", which may be used up by it.', points_to="write"
        )
    if signals.is_open_door(facts.path) or _takes_language(facts):
        yield Evidence(kind="arguments", text="What it does is in the text that is sent to it.", points_to="write")
    yield from _against_by_claims(facts, strength)


def _against_by_claims(facts: Facts, strength: int) -> Iterator[Evidence]:
    if facts.operation.plan.media_type.startswith("multipart/") and not strength:
        yield Evidence(kind="arguments", text="It takes a file.", points_to="write")
    yield from (one.evidence for one in _cautions(facts))
    if signals.scopes_say(facts.operation) == "write":
        yield Evidence(kind="scopes", text="It asks for a permission to write.", points_to="write")


def _acts_on_one(facts: Facts) -> bool:
    """Say whether it does something to one thing, /tickets/{id}/view, and does not say that anything comes back."""
    before = facts.path.segments[-2:-1]
    return bool(before) and before[0].is_parameter and not _answers(facts)


def _acts_in_path(facts: Facts) -> str:
    """Return a word of the path that acts: any of its last segment, or a whole segment before it."""
    tail = facts.path.tail
    if tail is not None and not facts.path.ends_in_parameter:
        acting = [word for word in tail.words if word in words.ACTS]
        if tail.words[-1] in words.MAY_ACT and tail.words[0] not in words.LOOKS_UP | words.MAY_LOOK_UP:
            acting.append(tail.words[-1])
        if acting:
            return acting[0]
    segment = signals.acting_segment(facts.path)
    return segment.text if segment is not None else ""


def _acts_in_name(facts: Facts) -> str:
    if facts.id.is_generated:
        return ""
    return next((word for word in facts.id.words if word in words.ACTS | words.DESTROYS), "")


def base_acting(sentence: tuple[str, ...]) -> str:
    """Return the verb that a text begins with where it acts, or where it may."""
    verb = signals.base_form(sentence[0])
    may = verb in words.MAY_ACT and verb not in {"return", "report", "request", "quote", "rate", "export", "post"}
    return verb if verb in words.ACTS or verb in words.DESTROYS or may else ""


def _takes_language(facts: Facts) -> bool:
    """Say whether it takes a text in a language that can change things, as /query with an SQL statement does."""
    fields = {one.wire_name.lower() for one in facts.operation.arguments if one.place in {"field", "body", "query"}}
    if fields & words.LANGUAGES:
        return True
    tail = facts.path.tail
    return tail is not None and tail.words[-1:] == ("query",) and bool(fields & {"query", "q", "variables"})


# --- writes ------------------------------------------------------------------------------------------------------


def _judge_write(facts: Facts) -> Judgement:
    destroying = next(_destroying(facts), None)
    if destroying is not None:
        return _destructive(facts, destroying)
    says = {"POST": "creates or does something", "PUT": "changes things", "PATCH": "changes things"}.get(facts.method)
    verb = _method(facts, says or "is not known to read, so it counts as a write", "write")
    support = [one.evidence for one in _cautions(facts)]
    acting = next((word for word in facts.id.verbs if word in words.ACTS | words.MAY_ACT), "") or _acts_in_path(facts)
    if acting:
        support.append(Evidence(kind="name", text=f'"{acting}" says that it acts.', points_to="write"))
    for text in (facts.summary, facts.described):
        if text and (found := base_acting(text)):
            support.append(Evidence(kind="text", text=f'Its text begins with "{found}".', points_to="write"))
            break
    if says is None or signals.is_open_door(facts.path):
        return Judgement(access=Access.WRITE, confidence=GUESS, evidence=(verb, *support))
    confidence = PLAIN if facts.method in {"PUT", "PATCH"} or support else LIKELY
    return Judgement(access=Access.WRITE, confidence=confidence, evidence=(verb, *support))


def _destructive(facts: Facts, sign: _Sign) -> Judgement:
    verb = () if sign.evidence.kind == "method" else (_method(facts, "changes something", "write"),)
    return Judgement(access=Access.DESTRUCTIVE, confidence=sign.sure, evidence=(*verb, sign.evidence))


def _destroying(facts: Facts) -> Iterator[_Sign]:
    """Yield what says that a write cannot be taken back, the surest first."""
    for name, points_to in signals.hints(facts.operation.extensions):
        if points_to == "destructive":
            yield _sign("extension", f"{name} says that it cannot be taken back.", "destructive", LIKELY)
    path = read_path(facts.operation.path)
    tail = path.tail
    if tail is not None and facts.method != "PATCH":
        yield from _destroying_tail(facts, tail.text, tail.words)
    verb = next((word for word in facts.id.verbs if word in words.DESTROYS), "")
    if verb:
        yield _sign("name", f'The operation is named "{facts.operation.operation_id}": "{verb}".', "destructive", PLAIN)
    fields = {one.wire_name.lower() for one in facts.operation.arguments if one.place in {"field", "body"}}
    if ending := ending_choice(facts.operation):
        yield _sign("arguments", f'The argument "{ending[0]}" may be "{ending[1]}".', "destructive", LIKELY)
    if found := fields & {"delete", "deletes", "deleted_ids", "to_delete"}:
        yield _sign("arguments", f'The argument "{min(found)}" names what is to be deleted.', "destructive", LIKELY)
    if text := signals.destroying_text(facts):
        yield _sign("text", f'Its text says "{text}".', "destructive", MIXED)


def _destroying_tail(facts: Facts, text: str, tail: tuple[str, ...]) -> Iterator[_Sign]:
    if set(tail) & words.DESTROYS and not facts.path.ends_in_parameter and tail[-1] not in words.READ_NOUNS:
        yield _sign("path", f'The path ends in "{text}".', "destructive", PLAIN)
    segment = signals.acting_segment(facts.path)
    if segment is not None and set(segment.words) & words.DESTROYS:
        yield _sign("path", f'The path says "{segment.text}".', "destructive", LIKELY)
    ended = signals.ends_something((*signals.head_nouns(facts.path), *tail))
    if ended and set(tail) & {ended} and not facts.path.ends_in_parameter:
        yield _sign("path", f'The path says "{text}" of what is lost or over by it.', "destructive", LIKELY)
    head = facts.path.tail.head if facts.path.tail else ""
    creates = facts.method == "POST" and not facts.path.ends_in_parameter
    if creates and head in words.DESTROYING_THINGS:
        yield _sign("path", f'It creates a "{head}", which cannot be taken back.', "destructive", LIKELY)


def _kind(found: tuple[str, ...]) -> PointsTo:
    return "destructive" if set(found) & words.DESTROYS else "write"
