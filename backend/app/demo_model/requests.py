"""What a request comes to, clause by clause: calls of tools, questions for what is missing, or answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.agents.routing.router import Turn
from app.demo_model.arguments import Filled, fill
from app.demo_model.knowledge import answer_from
from app.demo_model.matching import FAINT_SCORE, Offer, rank
from app.demo_model.phrases import deed_of, plain, plain_value
from app.demo_model.referents import with_referent
from app.demo_model.scene import ASKS, OFFERS, Call, Scene, Step, asked, help_text, offered, questioned
from app.demo_model.slots import Slot
from app.demo_model.speech import Act, act_of, clauses_of, is_request_to_do, tells
from app.demo_model.values import codes_in
from app.language.synonyms import actions_in, concept, concepts_of
from app.language.tokens import join_words, words_of

REMEMBERED_TURNS: Final = 6  # what "it" stands for was said a few turns ago at most
CLOSE_SECOND: Final = 0.75  # of the best score: such a tool may be meant just as well


def plan(scene: Scene) -> list[Step]:
    """Turn the request, clause by clause, into calls and words; a reply is read with the request it answers."""
    if (resumed := _resumed(scene)) is not None:
        return [resumed]
    steps = [_step(clause, scene) for clause in _meant(clauses_of(scene.request), scene)]
    useful = [step for step in steps if step.calls or step.text]
    asked_for = [step for step in useful if not (tells(step.clause) and act_of(step.clause) is Act.STATEMENT)]
    if useful:
        return _once_each(asked_for or useful)
    return [Step(clause=scene.request, text=_at_a_loss(scene))]


def _meant(clauses: Sequence[str], scene: Scene) -> list[str]:
    """Put what "it" stands for into questions that say too little without: "where is it?"."""
    said = [turn.text for turn in scene.before[-REMEMBERED_TURNS:]]
    return [
        with_referent(clause, said)
        if act_of(clause) is Act.QUESTION and not rank(clause, scene.real, writes=False)
        else clause
        for clause in clauses
    ]


def _once_each(steps: Sequence[Step]) -> list[Step]:
    kept: list[Step] = []
    for step in steps:
        if not any(step.calls == other.calls and step.text == other.text for other in kept):
            kept.append(step)
    return kept


def _at_a_loss(scene: Scene) -> str:
    return f"I am sorry, that is something I do not know or cannot do. {help_text(scene)}".strip()


def _resumed(scene: Scene) -> Step | None:
    """Read a reply together with the request that it completes; None where it stands for itself."""
    earlier, before = questioned(scene.before)
    if not earlier:
        return None
    first, *replies = earlier
    if offered(scene.before) and act_of(scene.request) is Act.YES:
        return _order(first, scene, before=before)
    if not asked(scene.before) or _stands_alone(scene):
        return None
    step = _order(first, scene, before=before, replies=(*replies, scene.request))
    return step if step is not None and step.offer is not None else None


def _stands_alone(scene: Scene) -> bool:
    """Say whether a text after a question is a new request rather than the answer."""
    act = act_of(scene.request)
    if act in {Act.YES, Act.STATEMENT}:
        return False
    return bool(rank(scene.request, scene.real, writes=act is Act.ORDER))


def _step(clause: str, scene: Scene) -> Step:
    act = act_of(clause)
    if act in {Act.GREETING, Act.THANKS, Act.GOODBYE, Act.YES, Act.NO, Act.HELP}:
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
        read = _read(clause, scene, eager=True)
        return read if read is not None and read.calls else _implied_create(clause, scene) or read
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
    matches = rank(clause, reads, writes=False) or (
        rank(clause, reads, writes=False, least=FAINT_SCORE) if eager else []
    )
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
        best = filled[matches[0].offer.name]
        return _overview(clause, best, scene, reads) or _called(clause, matches[0].offer, best)
    return _by_value(clause, scene, reads) or (_only_one(clause, scene, reads) if eager and not matches else None)


def _overview(clause: str, filled: Filled, scene: Scene, reads: Sequence[Offer]) -> Step | None:
    """List the things of which one is meant, where nobody said which and a read lists them: my orders, my cards."""
    if filled.choices or len(filled.missing) != 1 or not filled.missing[0].identifies:
        return None
    for offer in reads:
        if not offer.required and set(offer.nouns) & {concept(noun) for noun in filled.missing[0].nouns}:
            return _called(clause, offer, _filled(offer, clause, scene, before=()))
    return None


def _personal(clause: str) -> bool:
    return re.search(r"\b(?:my|mine|i|our|we)\b", clause, re.IGNORECASE) is not None


def _by_value(clause: str, scene: Scene, reads: Sequence[Offer]) -> Step | None:
    offer = read_by_value(clause, reads)
    return None if offer is None else _called(clause, offer, _filled(offer, clause, scene, before=()))


def read_by_value(clause: str, offers: Iterable[Offer]) -> Offer | None:
    """Return the simplest read all of whose values a clause gives, though it does not name what they are: "1042?"."""
    fitting = []
    for offer in offers:
        if not offer.reads or not offer.required:
            continue
        filled = fill(offer.parameters, clause, nouns=offer.nouns)
        given = [value for call in filled.calls for value in call.values()]
        if not filled.missing and any(str(value).lower() in clause.lower() for value in given):
            mere_digits = any(isinstance(value, str) and value.isdigit() for value in given)
            fitting.append((mere_digits, not _is_plain_read(offer), len(offer.name_concepts), offer.name, offer))
    return min(fitting, key=lambda one: one[:4])[4] if fitting else None


def _is_plain_read(offer: Offer) -> bool:
    return offer.name_concepts[:1] == ("get",)


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


def is_general(text: str) -> bool:
    """Say whether a question is about how things are in general: it names nothing of the customer's own."""
    if act_of(text) is not Act.QUESTION or is_request_to_do(text):
        return False
    own = re.search(
        r"\bmy (?!\w*\s?(?:options|rights))|\b(?:am i|are we|(?:do|did|have) (?:i|we) "
        r"(?:have|order|pay|use|owe)|i have|we have"
        r"|our|mine|it|that|this one|them|those)\b|#?\d{2,}|\bme\b",
        text,
        re.IGNORECASE,
    )
    return own is None and not codes_in(text) and bool(concepts_of(text) or words_of(text))


# --- asking ---------------------------------------------------------------------------------------------------


def _question_for(offer: Offer, filled: Filled) -> str:
    """Ask for what is missing, in plain words, with the values that can be chosen."""
    deed = deed_of(offer, filled.calls[0])
    wanted = join_words(_wanted(slot, offer, filled) for slot in filled.missing)
    purpose = (
        f"To {deed.infinitive} I need a little more" if not offer.reads else "To look that up I need a little more"
    )
    return f"{purpose}. {ASKS} {wanted}."


def _wanted(slot: Slot, offer: Offer, filled: Filled) -> str:
    name = _described(slot) or plain(slot.name)
    if name in {"number", "code"} and offer.nouns:
        name = f"{offer.nouns[0]} {name}"
    listed = tuple(one for one in slot.schema.get("enum", ()) if one is not None)
    if listed and slot.words[-1:] == ("id",):
        name = plain("_".join(slot.words[:-1])) or name
    choices = filled.choices.get(slot.name) or listed
    shown = f" ({join_words([plain_value(one) for one in choices], last='or')})" if choices else ""
    return f"the {name}{shown}"


def _described(slot: Slot) -> str | None:
    """Name a value as its own description does: "The order's number, such as 1042." → order's number, such as 1042."""
    said = re.match(r"The ([^.;:(]{3,60}?)[.;:(]", f"{slot.schema.get('description', '')}.")
    return said[1].strip() if said else None
