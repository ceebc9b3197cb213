"""Steps of the demo model: the calls that one clause comes to, or the question for what they lack. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.agents.routing.router import Turn
from app.demo_model.describe import deed_of, plain, plain_value
from app.demo_model.fill import Filled, fill
from app.demo_model.scene import ASKS, Call, Scene
from app.demo_model.script import script
from app.demo_model.slots import Slot
from app.demo_model.tools import Offer
from app.language.synonyms import concept
from app.language.tokens import join_words, name_words


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one clause comes to: calls, each after the look-up at its place in `looks`, or words instead."""

    clause: str
    offer: Offer | None = None
    calls: tuple[Call, ...] = ()
    looks: tuple[Call, ...] = ()
    text: str = ""


def fill_from(
    offer: Offer, clause: str, scene: Scene, *, before: Sequence[Turn], replies: Sequence[str] = ()
) -> Filled:
    """Fill a tool from the clause and its replies, then from the whole message, then from the conversation."""
    fresh = script().find("afresh", clause) is not None
    whole = [scene.request] if scene.request != clause and not replies else []
    history = [] if fresh else [*scene.records, *(turn.text for turn in before), *whole]
    text, asked_for = clause, None
    for place, reply in enumerate(replies):
        lacking = fill(offer.parameters, text, nouns=offer.nouns, known=offer.words, history=history).missing
        asked_for = lacking[0].name if lacking else None
        if place < len(replies) - 1:
            text = f"{text}: {reply}"
    reply = replies[-1] if replies else ""
    both = f"{text}: {reply}" if reply else text
    filled = fill(
        offer.parameters, both, nouns=offer.nouns, known=offer.words, history=history, asked_for=asked_for, reply=reply
    )
    return _with_ids_of(scene.request, filled, offer) if whole and not fresh else filled


def _with_ids_of(request: str, filled: Filled, offer: Offer) -> Filled:
    """Take an id that the clause lacks from the whole message: "where's my stuff? ordered last week, number 1042"."""
    if len(filled.missing) != 1 or not filled.missing[0].identifies or filled.choices:
        return filled
    name = filled.missing[0].name
    ids = [call[name] for call in fill(offer.parameters, request, nouns=offer.nouns).calls if name in call]
    calls = tuple({**filled.calls[0], name: one} for one in ids)
    return Filled(calls=calls) if calls else filled


def change_with(clause: str, offer: Offer, filled: Filled, scene: Scene) -> Step:
    """Return the calls of a write, each after the look-up of what it changes, where a read shows that."""
    step = call_with(clause, offer, filled)
    look = _look_before(offer, scene)
    if look is None or not step.calls:
        return step
    looks = tuple(Call(name=look.name, args={name: call.args[name] for name in look.required}) for call in step.calls)
    return replace(step, looks=looks)


def _look_before(offer: Offer, scene: Scene) -> Offer | None:
    """Return the plainest read that needs nothing but what names the thing to be changed."""
    fitting = [
        read
        for read in scene.reads
        if read.required and set(read.required) <= set(offer.required) and set(read.nouns[:1]) <= _about(offer)
    ]
    return min(fitting, key=lambda read: (len(read.name_concepts), read.name), default=None)


def _about(offer: Offer) -> set[str]:
    named = {concept(word) for name in offer.required for word in name_words(name)}
    return {*offer.nouns, *named}


def call_with(clause: str, offer: Offer, filled: Filled) -> Step:
    """Return the calls of a tool, or the question for what they lack."""
    if filled.missing:
        return Step(clause=clause, offer=offer, text=_question_for(offer, filled))
    return Step(clause=clause, offer=offer, calls=tuple(Call(name=offer.name, args=args) for args in filled.calls))


def _question_for(offer: Offer, filled: Filled) -> str:
    """Ask for what is missing, in plain words, with the values that can be chosen."""
    wanted = join_words(_wanted(slot, offer, filled) for slot in filled.missing)
    purpose = "look that up" if offer.reads else deed_of(offer, filled.calls[0]).infinitive
    return f"To {purpose} I need a little more. {ASKS} {wanted}."


def _wanted(slot: Slot, offer: Offer, filled: Filled) -> str:
    """Name a value as its own description does ("The order's number, such as 1042."), else by its name."""
    described = re.match(r"The ([^.;:(]{3,60}?)[.;:(]", f"{slot.schema.get('description', '')}.")
    name = described[1].strip() if described else plain(slot.name)
    if name in {"number", "code"} and offer.nouns:
        name = f"{offer.nouns[0]} {name}"
    listed = tuple(one for one in slot.schema.get("enum", ()) if one is not None)
    if listed and name_words(slot.name)[-1:] == ["id"]:
        name = plain("_".join(name_words(slot.name)[:-1])) or name
    choices = filled.choices.get(slot.name) or listed
    return f"the {name}" + (f" ({join_words(map(plain_value, choices), last='or')})" if choices else "")
