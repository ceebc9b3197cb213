"""A conversation to keep, as one page that needs nothing else: no script, no picture, no font, no connection.

Whatever a customer, a model or a target has written is text in it and nothing but text: every value goes through
`escape`, and the page forbids scripts by a policy of its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.replay.html_style import STYLE
from app.replay.json_export import pages

if TYPE_CHECKING:
    from app.db.event_pages import StepRow
    from app.db.pool import Pool

MAX_SHOWN_CHARS: Final = 20_000  # of one answer or request on the page; the JSON export has all of it
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

Frame = Mapping[str, Any]


async def page(pool: Pool, conversation: Mapping[str, Any], *, thread_id: str, last: int) -> AsyncIterator[bytes]:
    """Write the page piece by piece; `conversation` is its row of the list."""
    yield _head(conversation).encode()
    async for rows in pages(pool, thread_id=thread_id, last=last):
        yield "".join(step(row) for row in rows).encode()
    yield b"</ol>\n</main>\n</body>\n</html>\n"


def step(row: StepRow) -> str:
    """Write one step."""
    frame: Frame = json.loads(row.frame)
    bad = frame.get("outcome") in {"failed", "unknown"} or bool(frame.get("error")) or row.type == "model_failed"
    classes = " ".join(filter(None, (row.type, "" if row.visible else "staff", "bad" if bad else "")))
    facts = [
        f"<b>{escape(_NAMES.get(row.type, row.type))}</b>",
        escape(row.at.isoformat(sep=" ", timespec="milliseconds")),
    ]
    facts += [escape(fact) for fact in _facts(row, frame)]
    head = "".join(f"<span>{fact}</span>" for fact in (f"#{row.seq}", *facts))
    body = "".join(_BODIES.get(row.type, _raw)(frame))
    return f'<li id="{row.seq}" class="{escape(classes)}"><div class="head">{head}</div>{body}</li>\n'


def _head(conversation: Mapping[str, Any]) -> str:
    title = escape(conversation["title"] or conversation["thread_id"])
    facts = "".join(
        f"<div><dt>{label}</dt><dd>{escape(_shown(conversation.get(name)))}</dd></div>"
        for name, label in _FACTS.items()
    )
    redacted = conversation.get("redacted_at")
    note = (
        f'<p class="note">What the customer had said was taken out on {escape(str(redacted))}.</p>' if redacted else ""
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{note}"
        f'<dl class="facts">{facts}</dl>\n<ol>\n'
    )


def _facts(row: StepRow, frame: Frame) -> Iterator[str]:
    if row.agent:
        yield row.agent
    if row.duration_ms is not None:
        yield f"{row.duration_ms:,} ms"
    if frame.get("time_to_first_token_ms") is not None:
        yield f"first token after {frame['time_to_first_token_ms']:,} ms"
    if row.prompt_tokens is not None:
        yield f"{row.prompt_tokens:,} tokens in, {row.completion_tokens or 0:,} out"
    if row.cost_usd is not None:
        yield f"${row.cost_usd:.6f}"
    if not row.visible:
        yield "for staff only"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None or value == "" else str(value)


# --- what stands in a step, by its kind ------------------------------------------------------------------------


def _text(*names: str) -> Callable[[Frame], Iterator[str]]:
    """Make a body of some fields of the frame, each a paragraph."""

    def body(frame: Frame) -> Iterator[str]:
        for name in names:
            if frame.get(name):
                yield f"<p>{escape(_shown(frame[name]))}</p>"

    return body


def _data(label: str, value: object, *, opened: bool = False) -> str:
    """Write a value in full, folded away unless it is short."""
    if value is None or value in ({}, []):
        return ""
    text = _indented(value)
    if len(text) > MAX_SHOWN_CHARS:
        text = text[:MAX_SHOWN_CHARS] + "\n… cut here; the JSON export has all of it"
    return f"<details{' open' if opened else ''}><summary>{label}</summary><pre>{escape(text)}</pre></details>"


def _indented(value: object) -> str:
    """Write JSON with line breaks: the standard library does so in Python, half of what an export would take."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # a number of more than 64 bits
        return json.dumps(value, ensure_ascii=False, indent=2)


def _raw(frame: Frame) -> Iterator[str]:
    left_out = {"type", "thread_id", "seq", "at"}
    yield _data("All of it", {name: value for name, value in frame.items() if name not in left_out})


def _model_failed(frame: Frame) -> Iterator[str]:
    status = f"HTTP {frame['http_status']}" if frame.get("http_status") else ""
    yield f"<p>{escape(' · '.join(filter(None, (frame['model'], frame['code'], status))))}</p>"
    yield from _text("message")(frame)


def _tool_call(frame: Frame) -> Iterator[str]:
    yield f"<p>{escape(frame.get('title') or frame['tool'])} ({escape(frame['tool'])})</p>"
    yield _data("Arguments", frame["args"], opened=True)


def _tool_ran(frame: Frame) -> Iterator[str]:
    facts = [
        frame["tool"],
        f"HTTP {frame['http_status']}" if frame.get("http_status") else "",
        frame.get("error") or "",
    ]
    facts.append(f"tried again {frame['retries']} times" if frame.get("retries") else "")
    yield f"<p>{escape(' · '.join(filter(None, facts)))}</p>"
    for number, one in enumerate(frame.get("failed_attempts", ()), start=1):
        came = f"HTTP {one['http_status']}" if one.get("http_status") else one.get("error") or "no answer"
        yield f"<p>Attempt {number}: {escape(came)}, {one['duration_ms']:,} ms</p>"
    yield _data("Request as it was sent", frame.get("request"))
    whole = frame.get("full_response")
    yield _data("Answer", whole if whole is not None else frame.get("response"))


def _interrupt(frame: Frame) -> Iterator[str]:
    yield f"<p>{escape(frame.get('title') or frame['action'])} ({escape(frame['action'])})</p>"
    yield f"<p>Asked: {escape(frame['audience'])}. Until {escape(str(frame['expires_at']))}.</p>"
    yield _data("Edited from", frame.get("edited_from"), opened=True)
    yield _data("Arguments", frame["args"], opened=True)
    yield _data("Request that would be sent", frame.get("request"))


def _interrupt_resolved(frame: Frame) -> Iterator[str]:
    yield f"<p>{escape(frame['decision'])} by {escape(frame['by'])}</p>"
    yield from _text("comment")(frame)


def _evidence_shown(frame: Frame) -> Iterator[str]:
    read = f"{frame.get('title') or frame['tool']} ({frame['tool']}), seen by {frame['by']}"
    yield f"<p>{escape(read)}</p>"
    yield from _text("summary")(frame)
    yield _data("What the target said", frame.get("data"))


def _action_changed(frame: Frame) -> Iterator[str]:
    who = " ".join(filter(None, (frame.get("by"), frame.get("name"))))
    yield f"<p>{escape(frame['tool'])}: {escape(frame['status'])}{escape(f' ({who})' if who else '')}</p>"
    yield from _text("note")(frame)


def _routed(frame: Frame) -> Iterator[str]:
    for label, name in (("To", "intents"), ("Considered", "candidates")):
        for one in frame.get(name, ()):
            why = ": ".join(filter(None, (one.get("request"), one.get("reason"))))
            yield f"<p>{label}: {escape(one['agent'])}, {one['confidence']:.0%}. {escape(why)}</p>"


def _feedback(frame: Frame) -> Iterator[str]:
    yield f"<p>{frame['rating']} of 5</p>"
    yield from _text("comment")(frame)


_BODIES: Final[Mapping[str, Callable[[Frame], Iterator[str]]]] = {
    "message": _text("content"),
    "token": _text("content"),
    "feedback": _feedback,
    "tool_call": _tool_call,
    "tool_ran": _tool_ran,
    "tool_result": _text("outcome", "summary"),
    "interrupt": _interrupt,
    "interrupt_resolved": _interrupt_resolved,
    "interrupt_expired": _text("message"),
    "clarification": _text("message", "options"),
    "escalated": _text("reason", "message"),
    "error": _text("code", "message"),
    "routed": _routed,
    "model_called": _text("model"),
    "model_failed": _model_failed,
    "evidence_shown": _evidence_shown,
    "action_changed": _action_changed,
    "redacted": _text("by", "reason"),
}
_NAMES: Final[Mapping[str, str]] = {
    "message": "Customer",
    "token": "Agent",
    "feedback": "Rating",
    "tool_call": "Tool called",
    "tool_ran": "Request and answer",
    "tool_result": "Tool's result",
    "interrupt": "Approval asked for",
    "interrupt_resolved": "Approval answered",
    "interrupt_expired": "Approval expired",
    "clarification": "Question",
    "escalated": "Handed to a person",
    "message_complete": "Turn over",
    "error": "Error",
    "turn_started": "Turn began",
    "routed": "Routing",
    "model_called": "Model called",
    "model_failed": "Model failed",
    "evidence_shown": "Evidence",
    "action_changed": "Action",
    "redacted": "Redacted",
}
_FACTS: Final[Mapping[str, str]] = {
    "thread_id": "Conversation",
    "started_at": "Began",
    "last_at": "Last event",
    "status": "Status",
    "outcome": "Outcome",
    "customer": "Customer",
    "agents": "Agents",
    "tools": "Tools",
    "models": "Models",
    "turns": "Turns",
    "actions": "Actions",
    "approvals": "Approvals",
    "errors": "Errors",
    "tokens_in": "Tokens in",
    "tokens_out": "Tokens out",
    "cost_usd": "Cost, US$",
    "rating": "Rating",
}
