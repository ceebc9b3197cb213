"""Step limit: what stops an agent that does not come to an end, and the summary that its turn ends with. Pure.

Work is not limited, repetition is: an agent may take as many steps as it has been given while each brings something
new; steps that only make calls again, with the same answers, end soon. The summary is the record's, not the model's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, Literal

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from app.language.detect import language_of
from app.language.stopped import stopped_words
from app.tools.base import Access

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from app.agents.state import CallOutcome, RunState
    from app.language.stopped import Stopped
    from app.tools.base import ToolSpec

MAX_IDLE_STEPS: Final = 2  # in a row, with nothing new: a call made once too often is common, twice is a circle
MAX_LISTED: Final = 20  # calls named in a summary; more are counted
MAX_VALUES_CHARS: Final = 60  # of a call's values in a summary: enough to tell two calls apart

Reason = Literal["", "repeated", "too_many"]


def reason_to_stop(state: RunState, limit: int) -> Reason:
    """Return why an agent may take no further step for the present wish; empty where it may."""
    if idle_steps(state["messages"]) >= MAX_IDLE_STEPS:
        return "repeated"
    return "too_many" if state["steps"] >= limit else ""


def idle_steps(messages: Sequence[BaseMessage]) -> int:
    """Count the newest steps of the present wish, in a row, that brought nothing new.

    A call is new where its tool, its arguments or its answer is; one that could not be read is not.
    """
    wish = list(takewhile(lambda message: not isinstance(message, HumanMessage), reversed(messages)))[::-1]
    answers = {message.tool_call_id: message.text for message in wish if isinstance(message, ToolMessage)}
    seen: set[str] = set()
    idle = 0
    for message in wish:
        if not isinstance(message, AIMessage) or not (message.tool_calls or message.invalid_tool_calls):
            continue
        calls = {
            json.dumps([call["name"], call["args"], answers.get(call["id"] or "")], sort_keys=True, default=str)
            for call in message.tool_calls
        }
        idle = 0 if calls - seen else idle + 1
        seen |= calls
    return idle


def summary_of(state: RunState, why: Reason, limit: int, *, find: Callable[[str], ToolSpec | None]) -> str:
    """Say why the turn ends, and what the record shows of it, in the customer's language.

    `find` returns None for a tool that is gone.
    """
    words = stopped_words(language_of(state["text"]))
    lines: dict[str, dict[str, int]] = {}
    changed = False
    for outcome in state["outcomes"]:
        spec = find(outcome["tool"])
        is_read = spec is not None and spec.access is Access.READ
        changed = changed or (not is_read and outcome["outcome"] in {"succeeded", "unknown"})
        values = _values(outcome.get("args", {}))
        listed = lines.setdefault(_heading(outcome, words, is_read=is_read), {})
        what = f"{spec.title if spec else outcome['tool']}{f' ({values})' if values else ''}"
        listed[what] = listed.get(what, 0) + 1
    order = (words.done, words.not_confirmed, words.failed, words.declined, words.looked_up)
    told = [f"{heading}: {_list(lines[heading])}." for heading in order if heading in lines]
    undone = "; ".join(f"“{intent['request']}”" for intent in state["intents"][state["at"] :])
    begun = [f"{words.not_begun}: {undone}."] if undone else []
    reason = words.repeated if why == "repeated" else words.too_many.format(limit=limit)
    return "\n".join([reason, *told, *([] if changed else [words.nothing_changed]), *begun, words.next])


def _heading(outcome: CallOutcome, words: Stopped, *, is_read: bool) -> str:
    if is_read and outcome["outcome"] == "succeeded":
        return words.looked_up
    known = {"succeeded": words.done, "unknown": words.not_confirmed, "failed": words.failed}
    return known.get(outcome["outcome"], words.declined)


def _list(items: dict[str, int]) -> str:
    named = [f"{what} {count}×" if count > 1 else what for what, count in items.items()]  # noqa: RUF001 - times
    more = len(named) - MAX_LISTED
    return "; ".join([*named[:MAX_LISTED], *([f"+ {more}"] if more > 0 else [])])


def _values(args: Mapping[str, Any]) -> str:
    text = ", ".join(str(value) for value in args.values() if isinstance(value, str | int | float))
    return text if len(text) <= MAX_VALUES_CHARS else f"{text[: MAX_VALUES_CHARS - 1]}…"
