"""What the protocol says about itself: a JSON schema for generated types, and the page docs/protocol.md."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from app import errors, protocol
from app.errors import AppError
from app.protocol import CLIENT_FRAMES, SERVER_FRAMES, Record

INTRODUCTION: Final = """\
# The WebSocket protocol

<!-- Generated from backend/app/protocol.py and backend/app/errors.py by `make generate`. Do not edit. -->

One JSON object a text frame on `/ws`, told apart by `type`. The same frames are stored as the conversation's events,
sent again after a `resume`, and folded by the page's one reducer.

A turn begins with a `message` or with the answer to an `interrupt`, and ends with `message_complete`, unless it ends by
asking for consent (`interrupt`) or fails (`error`). A failed turn is tried again by sending the same frame again: with
the same `message_id` or `interrupt_id` nothing is ever taken twice.
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
