"""HTML export of a conversation: one page that needs nothing else, no script, no picture, no font, no connection.

Whatever a customer, a model or a target has written is text in it and nothing but text: every value goes through
`escape`, and the page forbids scripts by a policy of its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.events.frame_row import Data
from app.events.frame_table import ALL, FRAMES
from app.replay.html_style import STYLE
from app.replay.json_export import pages

if TYPE_CHECKING:
    from app.db.event_pages import StepRow
    from app.db.pool import Pool
    from app.events.frame_row import Frame, Shown

MAX_SHOWN_CHARS: Final = 20_000  # of one answer or request on the page; the JSON export has all of it
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


async def page(pool: Pool, conversation: Mapping[str, Any], *, thread_id: str, last: int) -> AsyncIterator[bytes]:
    """Write the page piece by piece; `conversation` is its row of the list."""
    yield _head(conversation).encode()
    async for rows in pages(pool, thread_id=thread_id, last=last):
        yield "".join(step(row) for row in rows).encode()
    yield b"</ol>\n</main>\n</body>\n</html>\n"


def step(row: StepRow) -> str:
    """Write one step."""
    frame: Frame = json.loads(row.frame)
    shown = FRAMES.get(row.type)
    bad = frame.get("outcome") in {"failed", "unknown"} or bool(frame.get("error")) or row.type == "model_failed"
    classes = " ".join(filter(None, (row.type, "" if row.visible else "staff", "bad" if bad else "")))
    facts = [
        f"<b>{escape(shown.label if shown else row.type)}</b>",
        escape(row.at.isoformat(sep=" ", timespec="milliseconds")),
    ]
    facts += [escape(fact) for fact in _facts(row, frame)]
    head = "".join(f"<span>{fact}</span>" for fact in (f"#{row.seq}", *facts))
    body = "".join(_parts(shown.shown if shown else (ALL,), frame))
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


# --- what stands in a step -------------------------------------------------------------------------------------


def _parts(shown: Sequence[Shown], frame: Frame) -> Iterator[str]:
    """Write what the frame table shows of a type."""
    for part in shown:
        if isinstance(part, str):
            if value := frame.get(part):
                yield _paragraph(value)
        elif isinstance(part, Data):
            data = frame.get(part.of) if isinstance(part.of, str) else part.of(frame)
            yield _data(part.label, data, opened=part.opened)
        else:
            yield from map(_paragraph, part(frame))


def _paragraph(value: object) -> str:
    return f"<p>{escape(value if isinstance(value, str) else _shown(value))}</p>"


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
