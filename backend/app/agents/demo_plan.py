"""What the demo model does next: call tools, ask for what is missing, answer, or say what it can do. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.agents.demo_answers import Deed, Result, capital, deed_of, plain, plain_value, tell
from app.agents.demo_arguments import MAX_CALLS, Filled, Slot, fill
from app.agents.demo_knowledge import answer_from
from app.agents.matching import MIN_SCORE, Offer, rank
from app.agents.speech import Act, act_of, clauses_of, is_request_to_do
from app.agents.words import actions_in, concepts_of, join_words, words_of

HAND_OVER: Final = "hand_over"
END: Final = "end_conversation"
ASKS: Final = "Please tell me"  # every question for a missing value has it, and is recognised by it later
OFFERS: Final = "Shall I?"  # every offer ends with it, and is recognised by it later
CLOSE_SECOND: Final = 0.75  # of the best score: such a tool may be meant just as well
MAX_REPLIES: Final = 4  # questions in a row about one request; then it starts afresh
LONG_REASON_CHARS: Final = 300  # of a request, as the reason for a person; under the tool's own limit
DECLINED: Final = frozenset({"rejected", "expired", "unknown", "failed"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool to call."""

    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Calls to make, or else words to say."""

    text: str = ""
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Something said earlier: by the customer, or by an agent."""

    customer: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that the demo model looks at: the request, what was said before, what its calls brought, and who it is."""

    request: str
    before: tuple[Turn, ...] = ()
    results: tuple[Result, ...] = ()
    offers: tuple[Offer, ...] = ()
    knowledge: str = ""
    greeting: str = ""
    examples: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def offer(self, name: str) -> Offer | None:
        """Return the tool of that name, if it is offered."""
        return next((offer for offer in self.offers if offer.name == name), None)

    @property
    def real(self) -> list[Offer]:
        """Return the tools that act on something outside the conversation."""
        return [offer for offer in self.offers if offer.name not in {HAND_OVER, END}]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one clause comes to: calls, or words where no call is possible."""

    clause: str
    offer: Offer | None = None
    calls: tuple[Call, ...] = ()
    text: str = ""


def decide(scene: Scene) -> Decision:
    """Say what to do next. It makes each call once; when all are answered it only speaks."""
    if not scene.results and (at_once := _without_tools(scene)) is not None:
        return at_once
    steps = plan(scene)
    if not _stopped(scene):
        for group in _groups(steps):
            due = [call for call in group if not _made(call, scene.results)]
            if due:
                return Decision(calls=tuple(due[:MAX_CALLS]))
    return Decision(text=_closing_words(scene, steps))


def _closing_words(scene: Scene, steps: Sequence[Step]) -> str:
    said = [
        tell(result, scene.offer(result.tool), scene.request)
        for result in scene.results
        if result.tool not in {HAND_OVER, END}
    ]
    for step in steps:
        if step.text:
            said.append(step.text)
        elif step.offer is not None:
            left = [call for call in step.calls if not _made(call, scene.results)]
            skipped = (Result(tool=call.name, args=call.args, outcome="skipped") for call in left)
            said += [tell(result, step.offer, scene.request) for result in skipped]
    if any(result.tool == END for result in scene.results):
        said.append("You are welcome. Goodbye!")
    if any(result.tool == HAND_OVER and result.outcome == "succeeded" for result in scene.results):
        said.append("A person will take it from here.")
    unique = dict.fromkeys(text for text in said if text)
    return "\n\n".join(unique) if any("\n" in text for text in unique) else " ".join(unique) or help_text(scene)


def _stopped(scene: Scene) -> bool:
    """Say whether something was declined or failed: then nothing further is begun."""
    return any(
        result.outcome in DECLINED and (offer := scene.offer(result.tool)) is not None and not offer.reads
        for result in scene.results
    )


def _groups(steps: Sequence[Step]) -> list[list[Call]]:
    """Put calls together that may run at once: neighbouring reads, and the calls of one clause."""
    groups: list[list[Call]] = []
    reading = False
    for step in steps:
        if step.calls and step.offer is not None:
            if reading and step.offer.reads:
                groups[-1].extend(step.calls)
            else:
                groups.append(list(step.calls))
            reading = step.offer.reads
    return groups


def _made(call: Call, results: Sequence[Result]) -> bool:
    return any(result.tool == call.name and dict(result.args) == dict(call.args) for result in results)


# --- what needs no tool of an API ------------------------------------------------------------------------------


def _without_tools(scene: Scene) -> Decision | None:
    """Answer greetings, thanks and goodbyes, and hand over to a person who is asked for."""
    act = act_of(scene.request)
    if act is Act.PERSON:
        return _hand_over(scene)
    if act is Act.GOODBYE:
        if scene.offer(END) is not None:
            return Decision(calls=(Call(name=END, args={"reason": "The customer needs nothing more."}),))
        return Decision(text="You are welcome. Goodbye!")
    if act is Act.THANKS:
        return Decision(text="You are welcome. Is there anything else I can do for you?")
    if act is Act.GREETING:
        return Decision(text=f"{scene.greeting or 'Hello!'} {help_text(scene)}".strip())
    if act is Act.NO:
        return Decision(text="All right, I have changed nothing. Is there anything else I can do for you?")
    if act is Act.YES and not (_asked(scene) or _offered(scene)):
        return Decision(text=f"I am not sure what you agree to. {help_text(scene)}".strip())
    return None


def _hand_over(scene: Scene) -> Decision:
    if scene.offer(HAND_OVER) is not None:
        reason = f"The customer asked for a person: {scene.request[:LONG_REASON_CHARS]}"
        return Decision(calls=(Call(name=HAND_OVER, args={"reason": reason}),))
    return Decision(text="I cannot hand this conversation over from here. Please contact the support team directly.")


def help_text(scene: Scene) -> str:
    """Say what can be asked here, and offer a person where one can be had."""
    said = []
    if scene.examples:
        said.append(f"You can ask me for example: {join_words([f'“{one}”' for one in scene.examples[:4]], last='or')}.")
    elif scene.real:
        titles = [offer.title for offer in scene.real[:4] if offer.title]
        said.append(f"Here is what I can do: {'; '.join(titles)}." if titles else "")
    if scene.offer(HAND_OVER) is not None:
        said.append("If you would rather talk to a person, just say so.")
    return " ".join(part for part in said if part)


# --- what a request comes to -----------------------------------------------------------------------------------


def plan(scene: Scene) -> list[Step]:
    """Turn the request, clause by clause, into calls and words; a reply is read with the request it answers."""
    if (resumed := _resumed(scene)) is not None:
        return [resumed]
    steps = [_step(clause, scene) for clause in clauses_of(scene.request)]
    useful = [step for step in steps if step.calls or step.text]
    if useful:
        return _once_each(useful)
    return [Step(clause=scene.request, text=_at_a_loss(scene))]


def _once_each(steps: Sequence[Step]) -> list[Step]:
    kept: list[Step] = []
    for step in steps:
        if not any(step.calls == other.calls and step.text == other.text for other in kept):
            kept.append(step)
    return kept


def _at_a_loss(scene: Scene) -> str:
    return f"I am sorry, that is something I do not know or cannot do. {help_text(scene)}".strip()


def _asked(scene: Scene) -> bool:
    return bool(scene.before) and not scene.before[-1].customer and ASKS in scene.before[-1].text


def _offered(scene: Scene) -> bool:
    return bool(scene.before) and not scene.before[-1].customer and OFFERS in scene.before[-1].text


def _resumed(scene: Scene) -> Step | None:
    """Read a reply together with the request that it completes; None where it stands for itself."""
    earlier = _questioned_request(scene)
    if earlier is None:
        return None
    first, *replies = earlier
    if _offered(scene):
        if act_of(scene.request) is not Act.YES:
            return None
        return _order(first, scene, before=scene.before[:-2])
    if _stands_alone(scene):
        return None
    step = _order(first, scene, before=scene.before[: -2 * len(earlier)], replies=(*replies, scene.request))
    return step if step is not None and step.offer is not None else None


def _questioned_request(scene: Scene) -> list[str] | None:
    """Return the request that the agent last asked about, and the replies that it has had so far."""
    if not (_asked(scene) or _offered(scene)):
        return None
    said: list[str] = []
    turns = list(scene.before)
    while len(turns) > 1 and not turns[-1].customer and (ASKS in turns[-1].text or OFFERS in turns[-1].text):
        if not turns[-2].customer or len(said) > MAX_REPLIES:
            break
        said.insert(0, turns[-2].text)
        turns = turns[:-2]
    return said or None


def _stands_alone(scene: Scene) -> bool:
    """Say whether a text after a question is a new request rather than the answer."""
    act = act_of(scene.request)
    if act in {Act.YES, Act.STATEMENT}:
        return False
    return bool(rank(scene.request, scene.real, writes=act is Act.ORDER))


def _step(clause: str, scene: Scene) -> Step:
    act = act_of(clause)
    if act in {Act.GREETING, Act.THANKS, Act.GOODBYE, Act.YES, Act.NO}:
        return Step(clause=clause)
    if act is Act.PERSON:
        return Step(clause=clause, text="If you would like a person, just say so once more on its own.")
    if act is Act.QUESTION:
        return _question(clause, scene)
    ordered = _order(clause, scene, before=scene.before, statement=act is Act.STATEMENT)
    if ordered is not None:
        return ordered
    found = answer_from(scene.knowledge, clause)
    return Step(clause=clause, text=found.text if found else "")


def _question(clause: str, scene: Scene) -> Step:
    """Answer a question: by a read, by the knowledge, or by offering what it asks about. It never calls a write."""
    known = answer_from(scene.knowledge, clause)
    offered = _offer_of_write(clause, scene)
    read = _read(clause, scene, eager=known is None)
    asks_whether = re.search(r"\b(?:can|could|may|how (?:can|do)|is it possible)\b", clause, re.IGNORECASE) is not None
    if offered is not None and asks_whether:
        return Step(clause=clause, text=f"{known.text} {offered}" if known else offered)
    if read is not None and (known is None or read.calls):
        return read
    if known is not None:
        return Step(clause=clause, text=known.text)
    return Step(clause=clause, text=offered or "")


def _offer_of_write(clause: str, scene: Scene) -> str | None:
    """Offer the write that a question speaks of."""
    best = next((match for match in rank(clause, scene.real) if not match.offer.reads), None)
    if best is None or not actions_in(clause):
        return None
    filled = _filled(best.offer, clause, scene, before=scene.before)
    deed = deed_of(best.offer, filled.calls[0])
    return f"I can {deed.infinitive} for you if the rules allow it; you will be asked to confirm first. {OFFERS}"


def _order(
    clause: str, scene: Scene, *, before: Sequence[Turn], replies: Sequence[str] = (), statement: bool = False
) -> Step | None:
    """Turn an order into calls, or into the question for what they lack."""
    if statement and not actions_in(clause):
        return _read(clause, scene, eager=True) or _implied_create(clause, scene)
    matches = rank(clause, scene.real)
    if not matches or matches[0].offer.reads:
        return _read(clause, scene, eager=True, replies=replies, before=before)
    best = matches[0].offer
    filled = _filled(best, clause, scene, before=before, replies=replies)
    return _called(clause, best, filled)


def _implied_create(clause: str, scene: Scene) -> Step | None:
    """Take "10% coupon please" as an order where a tool creates such a thing and nothing else is missing."""
    wanted = f"create {clause}"
    best = next((match for match in rank(wanted, scene.real) if not match.offer.reads), None)
    if best is None:
        return None
    filled = _filled(best.offer, clause, scene, before=())
    return None if filled.missing else _called(clause, best.offer, filled)


def _read(
    clause: str,
    scene: Scene,
    *,
    eager: bool,
    replies: Sequence[str] = (),
    before: Sequence[Turn] | None = None,
) -> Step | None:
    """Find a read that answers the clause; `eager` also asks for a missing value or tries the only one there is."""
    before = scene.before if before is None else before
    reads = [offer for offer in scene.real if offer.reads]
    matches = rank(clause, reads, writes=False)
    close = [match for match in matches if match.score >= matches[0].score * CLOSE_SECOND]
    filled = {
        match.offer.name: _filled(match.offer, clause, scene, before=before, replies=replies) for match in matches
    }
    for match in close:
        if not filled[match.offer.name].missing and match.offer.required:
            return _called(clause, match.offer, filled[match.offer.name])
    for match in matches:
        if match is (matches[0]) and filled[match.offer.name].choices:
            break
        if not filled[match.offer.name].missing and (eager or _personal(clause)):
            return _called(clause, match.offer, filled[match.offer.name])
    if matches and eager:
        return _called(clause, matches[0].offer, filled[matches[0].offer.name])
    return _by_value(clause, scene, reads) or (_only_one(clause, scene, reads) if eager and not matches else None)


def _personal(clause: str) -> bool:
    return re.search(r"\b(?:my|mine|i|our|we)\b", clause, re.IGNORECASE) is not None


def _by_value(clause: str, scene: Scene, reads: Sequence[Offer]) -> Step | None:
    """Use a read all of whose values the clause gives, though it does not name what they are: "1042?"."""
    fitting = []
    for offer in reads:
        filled = _filled(offer, clause, scene, before=())
        if offer.required and not filled.missing and any(str(value) in clause for value in filled.calls[0].values()):
            fitting.append((len(offer.name_concepts), offer.name, offer, filled))
    if not fitting:
        return None
    _, _, offer, filled = min(fitting, key=lambda one: one[:2])
    return _called(clause, offer, filled)


def _only_one(clause: str, scene: Scene, reads: Sequence[Offer]) -> Step | None:
    """Try the agent's only read, where the clause is specific enough to fill it."""
    if len(scene.real) != 1 or not reads:
        return None
    filled = _filled(reads[0], clause, scene, before=())
    return _called(clause, reads[0], filled) if filled.calls[0] and not filled.missing else None


def _filled(offer: Offer, clause: str, scene: Scene, *, before: Sequence[Turn], replies: Sequence[str] = ()) -> Filled:
    known = (*offer.name_concepts, *offer.title_concepts, *offer.detail_concepts)
    fresh = (
        re.search(r"\b(?:another|other|different)\s+\w+$|\bnew\s+(?:one|order)\b", clause, re.IGNORECASE) is not None
    )
    history = [] if fresh else [*scene.records, *(turn.text for turn in before)]
    text, asked_for = clause, None
    for place, reply in enumerate(replies):
        lacking = fill(offer.parameters, text, nouns=offer.nouns, known=known, history=history).missing
        asked_for = lacking[0].name if lacking else None
        if place == len(replies) - 1:
            break
        text = f"{text}: {reply}"
    reply = replies[-1] if replies else ""
    if not reply:
        return fill(offer.parameters, text, nouns=offer.nouns, known=known, history=history)
    both = f"{text}: {reply}"
    return fill(
        offer.parameters, both, nouns=offer.nouns, known=known, history=history, asked_for=asked_for, reply=reply
    )


def _called(clause: str, offer: Offer, filled: Filled) -> Step:
    if not filled.missing:
        calls = tuple(Call(name=offer.name, args=args) for args in filled.calls)
        return Step(clause=clause, offer=offer, calls=calls)
    return Step(clause=clause, offer=offer, text=_question_for(offer, filled))


# --- asking ----------------------------------------------------------------------------------------------------


def _question_for(offer: Offer, filled: Filled) -> str:
    """Ask for what is missing, in plain words, with the values that can be chosen."""
    deed: Deed = deed_of(offer, filled.calls[0])
    wanted = join_words(_wanted(slot, offer, filled) for slot in filled.missing)
    purpose = (
        f"To {deed.infinitive} I need a little more" if not offer.reads else "To look that up I need a little more"
    )
    return f"{purpose}. {ASKS} {wanted}."


def _wanted(slot: Slot, offer: Offer, filled: Filled) -> str:
    name = plain(slot.name)
    if name in {"number", "code"} and offer.nouns:
        name = f"{offer.nouns[0]} {name}"
    choices = filled.choices.get(slot.name) or tuple(one for one in slot.schema.get("enum", ()) if one is not None)
    shown = f" ({join_words([plain_value(one) for one in choices], last='or')})" if choices else ""
    return f"the {name}{shown}"


def is_general(text: str) -> bool:
    """Say whether a question is about how things are in general: it names nothing of the customer's own."""
    if act_of(text) is not Act.QUESTION or is_request_to_do(text):
        return False
    own = re.search(
        r"\bmy (?!\w*\s?(?:options|rights))|\b(?:it|that|this one|them|those)\b|#?\d{2,}|\bme\b", text, re.IGNORECASE
    )
    return own is None and bool(concepts_of(text) or words_of(text))


def names_nothing(text: str, offers: Sequence[Offer]) -> bool:
    """Say whether no tool has anything to do with a text."""
    matches = rank(text, offers)
    return not matches or matches[0].score < MIN_SCORE


def starts(text: str) -> str:
    """Return the text as the beginning of a sentence."""
    return capital(text.strip())
