"""Plan of the demo model: what to do next, clause by clause. It looks before it asks for consent. Pure.

Each call is made once; when all are answered it only speaks. After a change that was declined or failed, and after a
look-up that did not find what is to be changed, nothing further is begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from app.agents.routing.router import Turn
from app.demo_model.describe import Result, deed_of, tell
from app.demo_model.fill import MAX_CALLS, Filled, fill
from app.demo_model.knowledge import answer_from
from app.demo_model.scene import (
    END,
    HAND_OVER,
    OFFERS,
    Call,
    Decision,
    Scene,
    asked,
    help_text,
    newest_words,
    offered,
    questioned,
)
from app.demo_model.script import script
from app.demo_model.steps import Step, call_with, change_with, fill_from
from app.demo_model.tools import FAINT_SCORE, Offer, rank
from app.demo_model.understand import Act, act_of, asks_nothing, clauses_of, in_full, tells, with_referent
from app.language.synonyms import actions_in, concept, specific_actions_in
from app.language.tokens import join_words

REMEMBERED_TURNS: Final = 6  # what "it" stands for was said a few turns ago at most
CLOSE_SECOND: Final = 0.75  # of the best score: such a tool may be meant just as well
LONG_REASON_CHARS: Final = 300  # of a request, as the reason for a person; under the tool's own limit
DECLINED: Final = frozenset({"rejected", "expired", "unknown", "failed"})
_LIST: Final = re.compile(r"I found \d+ ([\w ]+):")


def decide(scene: Scene) -> Decision:
    """Return what to do next: calls, or words where nothing is left to call."""
    if not scene.results and (at_once := _without_tools(scene)) is not None:
        return at_once
    if (ending := _after_a_builtin(scene.results)) is not None:
        return ending
    steps = plan(scene)
    if not _stopped(scene):
        for group in _groups(steps, scene.results):
            if due := [call for call in group if _result_of(call, scene.results) is None]:
                return Decision(calls=tuple(due[:MAX_CALLS]))
    return Decision(text=_closing_words(scene, steps))


def _after_a_builtin(results: Sequence[Result]) -> Decision | None:
    """Say the last words after a hand-over or the end; None where neither was asked for."""
    words = {HAND_OVER: "handed_over", END: "goodbye"}
    for result in results:
        if result.tool in words:
            failed = f"Sorry, that did not work: {result.summary}".strip()
            return Decision(text=script().answer(words[result.tool]) if result.succeeded else failed)
    return None


def _closing_words(scene: Scene, steps: Sequence[Step]) -> str:
    looked = [look for step in steps for look in step.looks]
    asked_for = [call for step in steps for call in step.calls]
    said: list[str] = []
    for result in scene.results:
        only_looked = any(_is_of(result, look) for look in looked) and not any(
            _is_of(result, call) for call in asked_for
        )
        if not only_looked:
            said.append(tell(result, scene.offer(result.tool), scene.request))
        elif not result.succeeded:
            said.append(f"{tell(result, scene.offer(result.tool), scene.request)} So nothing was changed.")
    for step in steps:
        said += [step.text] if step.text else []
        for call, look in _paired(step):
            found = None if look is None else _result_of(look, scene.results)
            if (
                _result_of(call, scene.results) is None
                and step.offer
                and (found is None or found.outcome == "succeeded")
            ):
                said.append(tell(Result(tool=call.name, args=call.args, outcome="skipped"), step.offer, scene.request))
    unique = dict.fromkeys(text for text in said if text)
    return ("\n\n" if any("\n" in text for text in unique) else " ").join(unique) or help_text(scene)


def _stopped(scene: Scene) -> bool:
    """Say whether a change was declined or failed: then nothing further is begun."""
    writes = {offer.name for offer in scene.real if not offer.reads}
    return any(result.outcome in DECLINED and result.tool in writes for result in scene.results)


def _groups(steps: Sequence[Step], results: Sequence[Result]) -> list[list[Call]]:
    """Put calls together that may run at once: neighbouring reads, and the calls of one clause."""
    groups: list[list[Call]] = []
    reading = False
    for step in steps:
        if not step.calls or step.offer is None:
            continue
        if reading and step.offer.reads:
            groups[-1].extend(step.calls)
            continue
        left = [(call, look) for call, look in _paired(step) if _result_of(call, results) is None]
        groups.append([look for _, look in left if look is not None])
        missed = [look for _, look in left if look and (found := _result_of(look, results)) and not found.succeeded]
        groups.append([call for call, look in left if look not in missed])
        if missed:
            break
        reading = step.offer.reads
    return groups


def _paired(step: Step) -> list[tuple[Call, Call | None]]:
    return list(zip(step.calls, step.looks or (None,) * len(step.calls), strict=True))


def _result_of(call: Call, results: Sequence[Result]) -> Result | None:
    return next((result for result in results if _is_of(result, call)), None)


def _is_of(result: Result, call: Call) -> bool:
    return result.tool == call.name and dict(result.asked) == dict(call.args)


# --- what needs no tool of an API --------------------------------------------------------------------------------


def _without_tools(scene: Scene) -> Decision | None:
    """Answer greetings, thanks and goodbyes, and hand over to a person who is asked for."""
    act, answer, helped = act_of(scene.request), script().answer, help_text(scene)
    if act is Act.YES and (asked(scene.before) or offered(scene.before)):
        return None
    if act is Act.PERSON and scene.offer(HAND_OVER) is not None:
        reason = f"The customer asked for a person: {scene.request[:LONG_REASON_CHARS]}"
        return Decision(calls=(Call(name=HAND_OVER, args={"reason": reason}),))
    if act is Act.GOODBYE and scene.offer(END) is not None:
        return Decision(calls=(Call(name=END, args={"reason": "The customer needs nothing more."}),))
    words = {
        Act.PERSON: answer("nobody"),
        Act.GOODBYE: answer("goodbye"),
        Act.THANKS: answer("thanks"),
        Act.BOT: f"{answer('bot')} {helped}",
        Act.HELP: helped,
        Act.GREETING: f"{scene.greeting or 'Hello!'} {helped}",
        Act.NO: answer("no"),
        Act.YES: f"{answer('yes')} {helped}",
    }
    return Decision(text=words[act].strip()) if act in words else None


# --- what a request comes to -------------------------------------------------------------------------------------


def plan(scene: Scene) -> list[Step]:
    """Turn the request, clause by clause, into calls and words; a reply is read with the request it answers."""
    if (resumed := _resumed(scene)) is not None:
        return [resumed]
    request = _rest_of_a_list(scene) or in_full(scene.request, scene.before)
    clauses = _meant(clauses_of(request), scene)
    steps = [_step(clause, replace(scene, request=request)) for clause in clauses]
    useful = [step for step in steps if step.calls or step.text]
    asked_for = [step for step in useful if not (tells(step.clause) and act_of(step.clause) is Act.STATEMENT)]
    kept: list[Step] = []
    for step in asked_for or useful:
        if not any(step.calls == other.calls and step.text == other.text for other in kept):
            kept.append(step)
    return kept or [Step(clause=scene.request, text=_at_a_loss(scene))]


def _rest_of_a_list(scene: Scene) -> str | None:
    """Ask for the whole of a list of which the rest is asked for: "show me the other 5"."""
    last = " ".join(turn.text for turn in newest_words(scene.before))
    found = _LIST.search(last)
    cut = found is not None and re.search(r"- and \d+ more", last)
    return f"list all {found[1]}" if found and cut and script().find("the_rest", scene.request) else None


def _meant(clauses: Sequence[str], scene: Scene) -> list[str]:
    """Put what "it" stands for into clauses: what another clause of the message names, or what was said before."""
    earlier = [turn.text for turn in scene.before[-REMEMBERED_TURNS:]]
    meant: list[str] = []
    for place, clause in enumerate(clauses):
        said = clauses[:place]
        is_vague = act_of(clause) is Act.QUESTION and not rank(clause, scene.real, writes=False)
        meant.append(with_referent(clause, [*earlier, *said] if is_vague else said))
    return meant


def _at_a_loss(scene: Scene) -> str:
    if script().find("upset", scene.request):
        return script().answer("upset")
    return f"{script().answer('lost')} {script().answer('limits')} {help_text(scene)}".strip()


def _resumed(scene: Scene) -> Step | None:
    """Read a reply together with the request that it completes; None where it stands for itself."""
    earlier, before = questioned(scene.before)
    if not earlier:
        return None
    first, *replies = earlier
    first = in_full(first, before)
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
    return asks_nothing(act) or bool(rank(scene.request, scene.real, writes=act is Act.ORDER))


def _step(clause: str, scene: Scene) -> Step:
    act = act_of(clause)
    if act is Act.PERSON:
        return Step(clause=clause, text=script().answer("person"))
    if asks_nothing(act):
        return Step(clause=clause)
    if act is Act.QUESTION:
        return _question(clause, scene)
    step = _order(clause, scene, before=scene.before, statement=act is Act.STATEMENT)
    if step is not None and step.calls:
        return step
    found = answer_from(scene.knowledge, clause)
    return step or Step(clause=clause, text=found.text if found else "")


def _question(clause: str, scene: Scene) -> Step:
    """Answer a question: by a read, by the knowledge, or by offering what it asks about. It never calls a write."""
    known = answer_from(scene.knowledge, clause)
    offer = _offer_of_write(clause, scene)
    read = _read(clause, scene, eager=known is None)
    asks_whether = re.search(r"\b(?:can|could|may|how (?:can|do)|is it possible)\b", clause, re.IGNORECASE) is not None
    if offer is not None and asks_whether:
        return Step(clause=clause, text=f"{known.text} {offer}" if known else offer)
    if read is not None and (known is None or read.calls):
        return read
    return Step(clause=clause, text=known.text if known else offer or "")


def _offer_of_write(clause: str, scene: Scene) -> str | None:
    """Offer the write that a question speaks of."""
    best = next((match for match in rank(clause, scene.real) if not match.offer.reads), None)
    if best is None or not actions_in(clause):
        return None
    deed = deed_of(best.offer, fill_from(best.offer, clause, scene, before=scene.before).calls[0])
    return f"I can {deed.infinitive} for you if the rules allow it; you will be asked to confirm first. {OFFERS}"


def _order(
    clause: str, scene: Scene, *, before: Sequence[Turn], replies: Sequence[str] = (), statement: bool = False
) -> Step | None:
    """Turn an order into calls, or into the question for what they lack."""
    if statement and not actions_in(script().meant(clause)):
        read = _read(clause, scene, eager=True)
        return read if read is not None and read.calls else _implied_create(clause, scene) or read
    matches = rank(clause, scene.real)
    if not matches or matches[0].offer.reads:
        return _cannot(clause, _read(clause, scene, eager=True, replies=replies, before=before))
    best = matches[0].offer
    return change_with(clause, best, fill_from(best, clause, scene, before=before, replies=replies), scene)


def _cannot(clause: str, read: Step | None) -> Step | None:
    """Say so where something is to be done that no tool does; what can be looked up is looked up all the same."""
    wanted = specific_actions_in(clause)
    if read is None or not wanted or not read.calls:
        return read
    return replace(read, text=f"I have no tool here to {join_words(sorted(wanted), last='or')} that.")


def _implied_create(clause: str, scene: Scene) -> Step | None:
    """Take "10% coupon please" as an order where a tool creates such a thing and nothing else is missing."""
    best = next((match for match in rank(f"create {clause}", scene.real) if not match.offer.reads), None)
    if best is None:
        return None
    filled = fill_from(best.offer, clause, scene, before=())
    return None if filled.missing else change_with(clause, best.offer, filled, scene)


# --- reads -------------------------------------------------------------------------------------------------------


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
    reads = scene.reads
    faint = rank(clause, reads, writes=False, least=FAINT_SCORE) if eager else []
    matches = rank(clause, reads, writes=False) or faint
    close = [match for match in matches if match.score >= matches[0].score * CLOSE_SECOND]
    filled = {
        match.offer.name: fill_from(match.offer, clause, scene, before=before, replies=replies) for match in matches
    }
    for match in close:
        if not filled[match.offer.name].missing and match.offer.required:
            return call_with(clause, match.offer, filled[match.offer.name])
    by_value = read_by_value(clause, reads)
    is_personal = re.search(r"\b(?:my|mine|i|our|we)\b", clause, re.IGNORECASE) is not None
    for match in matches:
        if match is matches[0] and filled[match.offer.name].choices:
            break
        names_another = by_value is not None and not match.offer.required
        if not filled[match.offer.name].missing and (eager or is_personal) and not names_another:
            return call_with(clause, match.offer, filled[match.offer.name])
    if matches and eager and by_value is None:
        best = filled[matches[0].offer.name]
        return _overview(clause, best, scene) or call_with(clause, matches[0].offer, best)
    if by_value is not None:
        return call_with(clause, by_value, fill_from(by_value, clause, scene, before=()))
    return _only_one(clause, scene) if eager and not matches else None


def _overview(clause: str, filled: Filled, scene: Scene) -> Step | None:
    """List the things of which one is meant, where nobody said which and a read lists them: my orders, my cards."""
    if filled.choices or len(filled.missing) != 1 or not filled.missing[0].identifies:
        return None
    wanted = {concept(noun) for noun in filled.missing[0].nouns}
    offer = next((offer for offer in scene.reads if not offer.required and wanted & set(offer.nouns)), None)
    return None if offer is None else call_with(clause, offer, fill_from(offer, clause, scene, before=()))


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
            is_plain = offer.name_concepts[:1] == ("get",)
            fitting.append((mere_digits, not is_plain, len(offer.name_concepts), offer.name, offer))
    return min(fitting, key=lambda one: one[:4])[4] if fitting else None


def _only_one(clause: str, scene: Scene) -> Step | None:
    """Try the agent's only read, where the clause is specific enough to fill it."""
    if len(scene.real) != 1 or not scene.reads:
        return None
    filled = fill_from(scene.reads[0], clause, scene, before=())
    return call_with(clause, scene.reads[0], filled) if filled.calls[0] and not filled.missing else None
