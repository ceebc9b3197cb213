"""What the demo model does next: call tools, ask for what is missing, answer, or say what it can do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.demo_model.answers import Result, tell
from app.demo_model.arguments import MAX_CALLS
from app.demo_model.requests import plan
from app.demo_model.scene import END, HAND_OVER, Call, Decision, Scene, Step, asked, help_text, offered
from app.demo_model.speech import Act, act_of

LONG_REASON_CHARS: Final = 300  # of a request, as the reason for a person; under the tool's own limit
LAST_WORDS: Final = {HAND_OVER: "A person will take it from here.", END: "You are welcome. Goodbye!"}
DECLINED: Final = frozenset({"rejected", "expired", "unknown", "failed"})


def decide(scene: Scene) -> Decision:
    """Say what to do next. It makes each call once; when all are answered it only speaks."""
    if not scene.results and (at_once := _without_tools(scene)) is not None:
        return at_once
    if (ending := _after_a_builtin(scene.results)) is not None:
        return ending
    steps = plan(scene)
    if not _stopped(scene):
        for group in _groups(steps):
            due = [call for call in group if not _made(call, scene.results)]
            if due:
                return Decision(calls=tuple(due[:MAX_CALLS]))
    return Decision(text=_closing_words(scene, steps))


def _after_a_builtin(results: Sequence[Result]) -> Decision | None:
    """Say the last words after a hand-over or the end; None where neither was asked for."""
    for result in results:
        if result.tool in LAST_WORDS:
            done = result.outcome == "succeeded"
            return Decision(
                text=LAST_WORDS[result.tool] if done else f"Sorry, that did not work: {result.summary}".strip()
            )
    return None


def _closing_words(scene: Scene, steps: Sequence[Step]) -> str:
    said = [tell(result, scene.offer(result.tool), scene.request) for result in scene.results]
    for step in steps:
        if step.text:
            said.append(step.text)
        elif step.offer is not None:
            left = [call for call in step.calls if not _made(call, scene.results)]
            skipped = (Result(tool=call.name, args=call.args, outcome="skipped") for call in left)
            said += [tell(result, step.offer, scene.request) for result in skipped]
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
    return any(result.tool == call.name and dict(result.asked) == dict(call.args) for result in results)


# --- what needs no tool of an API ------------------------------------------------------------------------------


def _without_tools(scene: Scene) -> Decision | None:  # noqa: PLR0911 - one for each act
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
    if act is Act.HELP:
        return Decision(text=help_text(scene))
    if act is Act.GREETING:
        return Decision(text=f"{scene.greeting or 'Hello!'} {help_text(scene)}".strip())
    if act is Act.NO:
        return Decision(text="All right, I have changed nothing. Is there anything else I can do for you?")
    if act is Act.YES and not (asked(scene.before) or offered(scene.before)):
        return Decision(text=f"I am not sure what you agree to. {help_text(scene)}".strip())
    return None


def _hand_over(scene: Scene) -> Decision:
    if scene.offer(HAND_OVER) is not None:
        reason = f"The customer asked for a person: {scene.request[:LONG_REASON_CHARS]}"
        return Decision(calls=(Call(name=HAND_OVER, args={"reason": reason}),))
    return Decision(text="I cannot hand this conversation over from here. Please contact the support team directly.")
