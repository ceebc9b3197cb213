"""Command `schema`: prints what the product says about itself, for generated types and for docs/protocol.md."""

from __future__ import annotations

import argparse
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from app import errors, protocol
from app.api.openapi import describe
from app.api.routes import ROUTES
from app.commands.command import Command
from app.errors import AppError
from app.protocol import CLIENT_FRAMES, SERVER_FRAMES
from app.records import Record
from app.tools.consent_rule import consent_rules

INTRODUCTION: Final = """\
# The WebSocket protocol

<!-- Generated from protocol.py, records.py and errors/ in backend/app by `make generate`. Do not edit. -->

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
LIMIT: Final = re.compile(r"^([A-Z_]+): Final = .+?(?:  # (.+))?$", re.MULTILINE)
LIMIT_WORDS: Final = ("MAX_", "_PER_", "_SECONDS", "_FRAMES", "_EVENTS")


def protocol_schema() -> dict[str, Any]:
    """The JSON schema of every frame, with `ServerFrame` and `ClientFrame` among its definitions."""
    mode: JsonSchemaMode = "validation"  # a field with a default may be left out
    references, shared = TypeAdapter.json_schemas(
        [("server", mode, SERVER_FRAMES), ("client", mode, CLIENT_FRAMES)], ref_template="#/$defs/{model}"
    )
    unions = {"ServerFrame": references["server", mode], "ClientFrame": references["client", mode]}
    return {
        "title": "Protocol",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in unions],
        "$defs": {**shared.get("$defs", {}), **unions},
    }


def protocol_page() -> str:
    """The page about the protocol, in Markdown: every frame, record, limit and error code."""
    parts = (
        INTRODUCTION,
        "## Client to server\n",
        *_frames(CLIENT_FRAMES.json_schema()),
        "## Server to client\n\nEvery frame carries `thread_id`; those that are stored also carry `seq` and `at`.\n",
        *_frames(SERVER_FRAMES.json_schema(), leave_out={"thread_id", "seq", "at"}),
        "## Records\n\nEvents that are stored for staff and never sent to a customer.\n",
        *_frames(TypeAdapter[Any](Record).json_schema(), leave_out={"thread_id", "seq", "at"}),
        "## Limits\n\nA violated limit gets an `error`; the connection stays, unless its peer cannot keep up.\n",
        _table(("limit", "value", "why"), _limits()),
        "## Error codes\n\nThe codes are stable. `retryable` says whether the same request can succeed later.\n",
        _table(("code", "HTTP", "retryable", "meaning"), _codes()),
    )
    return "\n".join(parts)


def _frames(schema: dict[str, Any], leave_out: Iterable[str] = ()) -> Iterator[str]:
    """A section for each frame of a union, in the order of the union."""
    for reference in schema.get("oneOf") or schema["anyOf"]:
        frame = schema["$defs"][reference["$ref"].rsplit("/", 1)[1]]
        fields = {name: field for name, field in frame["properties"].items() if name not in {"type", *leave_out}}
        yield f"### `{frame['properties']['type']['const']}`\n\n{_one_line(frame.get('description', ''))}\n"
        if fields:
            needed = frame.get("required", ())
            rows = (
                (f"`{name}`", _kind(field, schema), "yes" if name in needed else "no", field.get("description", ""))
                for name, field in fields.items()
            )
            yield _table(("field", "type", "always", "meaning"), rows)


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """The type of a field in a few words."""
    if "$ref" in field:
        return f"{field['$ref'].rsplit('/', 1)[1]} object".lower()
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "anyOf" in field:
        return " or ".join(_kind(option, schema) for option in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_kind(field['items'], schema)}"
    return str(field.get("format") or field.get("type") or "any")


def _limits() -> Iterator[tuple[str, ...]]:
    """Each named limit with its reason, which stands in the comment beside it."""
    for name, reason in LIMIT.findall(inspect.getsource(protocol)):
        if any(word in name for word in LIMIT_WORDS):
            yield f"`{name}`", f"{getattr(protocol, name):,g}", reason


def _codes() -> Iterator[tuple[str, ...]]:
    """Each code with its meaning, in the order of the alphabet."""
    kinds = (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AppError))
    for kind in sorted((kind for kind in kinds if kind is not AppError), key=lambda kind: kind.code):
        yield f"`{kind.code}`", str(kind.status), "yes" if kind.retryable else "no", inspect.getdoc(kind) or ""


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (titles, ("---",) * len(titles), *rows)
    return "".join("| " + " | ".join(_one_line(cell) for cell in line) + " |\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).replace("|", r"\|")


DOCUMENTS: Final[Mapping[str, Callable[[], Any]]] = {
    "protocol": protocol_schema,
    "openapi": partial(describe, ROUTES),
    "policy": consent_rules,
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", choices=(*DOCUMENTS, "page"))


def _run(options: argparse.Namespace) -> None:
    if options.of == "page":
        print(protocol_page().rstrip())
    else:
        print(json.dumps(DOCUMENTS[options.of](), indent=2, sort_keys=True))


COMMAND: Final = Command(
    name="schema", help="print what the product says about itself", run=_run, add_arguments=_add_arguments
)
