"""Writes docs/protocol.md from the definitions themselves, so that the page cannot say anything else."""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from app import errors, protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

INTRODUCTION: Final = """\
<!-- Made by `make generate` from backend/app/protocol.py and backend/app/errors.py. Do not edit. -->
# The protocol

One WebSocket at `/ws`; one JSON object in each text frame, told apart by `type`. A visitor is known by the cookie
that the answer to the upgrade (or `GET /api/v1/session`) sets: it owns the conversations that were begun with it,
and somebody else's `thread_id` is as good as unknown. Clients that are not browsers keep the cookie themselves. The
`Origin` of a page on another site is refused before the upgrade.

## How a conversation goes

1. `message` begins a conversation, or goes on with it. It is written down with its turn before anything answers;
   turns of one conversation run one after another.
2. The answer comes as `token`, `tool_call` and `tool_result` frames. A turn ends with `message_complete`; with its
   `interrupt` frames where it waits for consent; or with an `error`.
3. `interrupt_response` answers an approval. The first answer stands. Edited `args` are checked and come back as a new
   `interrupt` with `edited_from`: nothing is sent before that one is approved.
4. After a reconnect or a reload, `resume` with the number of the last event seen brings what was missed, then
   `resumed`, then everything live. A client that sent a `message_id` with its message follows the conversation as if
   it had resumed.

**Events and live frames.** Frames with a `seq` are events: stored before anybody sees them, never changed. Live `token`
frames have none; they carry `message_id` and `offset`, so that pieces can be put together in any order. When a message
is complete, followers get it whole as one `token` event, which replaces the pieces.

**Trying again.** Whatever can be sent twice is safe to send twice. The same `message_id` with the same text is one
message. An `error` names the `message_id` or `interrupt_id` whose turn failed; sending that very frame again runs the
turn again, from the last step that was completed.

**Closing codes.** 1001: the server stops, connect again. 1008: nothing was sent in time. 1013: the peer did not read
fast enough; connect again and `resume`, nothing is lost.
"""


def protocol_page() -> str:
    """Write the page: frames in both directions, limits with their reasons, error codes."""
    parts = [INTRODUCTION, "## Client to server\n"]
    parts += [_frame(model) for model in _members(protocol.ClientFrame)]
    parts.append("## Server to client\n")
    parts.append("Every frame carries `thread_id`; events also `seq` and `at`.\n")
    parts += [_frame(model, skip={"seq", "at"}) for model in _members(protocol.ServerFrame)]
    parts += ["## Limits\n", _limits(), "## Error codes\n", _errors()]
    return "\n".join(parts)


def _members(union: Any) -> Iterator[type[BaseModel]]:
    annotated = get_args(union)[0]
    yield from get_args(annotated)


def _frame(model: type[BaseModel], skip: set[str] | None = None) -> str:
    name = model.model_fields["type"].default
    lines = [f"### `{name}`\n", f"{inspect.getdoc(model)}\n", "| field | type | |", "|---|---|---|"]
    for field_name, field in model.model_fields.items():
        if field_name == "type" or field_name in (skip or set()):
            continue
        optional = "" if field.is_required() else " (optional)"
        note = " ".join((field.description or "").split())
        lines.append(f"| `{field_name}` | {_type(field.annotation)}{optional} | {note} |")
    return "\n".join(lines) + "\n"


_JSON_NAMES: Final = {str: "string", int: "integer", float: "number", bool: "boolean", datetime: "string, RFC 3339"}


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _type(next(part for part in get_args(annotation) if part is not type(None)))
    if "Literal" in str(annotation):
        return " or ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is list:
        return f"list of {_type(get_args(annotation)[0])}"
    if get_origin(annotation) is dict:
        return "object"
    return _JSON_NAMES.get(annotation, "object")


def _limits() -> str:
    rows = ["| limit | value | because |", "|---|---|---|"]
    for line in inspect.getsource(protocol).splitlines():
        if match := re.match(r"([A-Z_]+): Final = [^#]*?\d[^#]*#? ?(.*)$", line):
            name, reason = match.groups()
            rows.append(f"| `{name}` | {getattr(protocol, name):,} | {reason} |")
    return "\n".join(rows) + "\n"


def _errors() -> str:
    rows = ["| code | HTTP | try again | |", "|---|---|---|---|"]
    seen: set[str] = set()
    for error in _all_errors(errors.AppError):
        if error.code in seen:
            continue
        seen.add(error.code)
        rows.append(
            f"| `{error.code}` | {error.status} | {'yes' if error.retryable else 'no'} | {inspect.getdoc(error)} |"
        )
    return "\n".join(rows) + "\n"


def _all_errors(root: type[errors.AppError]) -> Iterator[type[errors.AppError]]:
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from _all_errors(child)
