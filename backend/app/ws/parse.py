"""Parser of client frames: one text frame becomes a typed frame, or raises what is wrong with it."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app.errors import ContentTooLong, FrameTooLarge, InvalidFrame, InvalidJson, UnknownFrameType
from app.protocol import (
    CLIENT_FRAMES,
    CLIENT_TYPES,
    MAX_CONTENT_CHARS,
    MAX_FRAME_BYTES,
    ClientFrame,
    Message,
    ThreadId,
)


def parse_frame(raw: str) -> ClientFrame:
    """Turn one text frame into a typed client frame.

    Raises the `InvalidFrame` that says what is wrong; its details name the conversation (`thread_id`; None where that
    cannot be told) once the frame was JSON.
    """
    if len(raw) > MAX_FRAME_BYTES or len(raw.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameTooLarge(f"That frame is too large: at most {MAX_FRAME_BYTES // 1024} KB. Please shorten it.")
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidJson from None
    if not isinstance(value, dict):
        raise InvalidJson
    try:
        return _frame_of(value)
    except InvalidFrame as error:
        error.details["thread_id"] = _thread_id_of(value)
        raise


def _frame_of(value: dict[str, Any]) -> ClientFrame:
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in CLIENT_TYPES:
        known = ", ".join(sorted(CLIENT_TYPES))
        raise UnknownFrameType(f"Unknown message type. Use one of: {known}.")
    _refuse_unstorable(value)
    try:
        frame = CLIENT_FRAMES.validate_python(value)
    except ValidationError as error:
        raise _explain(error) from None
    if isinstance(frame, Message) and not frame.content.strip():
        raise InvalidFrame("content: it is blank. Write something and send it again.", field="content")
    return frame


def _thread_id_of(value: dict[str, Any]) -> str | None:
    try:
        return _THREAD_ID.validate_python(value.get("thread_id"))
    except ValueError:
        return None


_THREAD_ID: Final[TypeAdapter[str]] = TypeAdapter(ThreadId)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_unstorable(value: object) -> None:
    """Refuse what neither PostgreSQL nor UTF-8 can hold: NUL, lone surrogates, numbers beyond all bounds."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if "\x00" in item or any("\ud800" <= char <= "\udfff" for char in item):
                raise InvalidFrame("The text contains characters that cannot be stored. Remove them and send again.")
        elif isinstance(item, float) and not math.isfinite(item):
            raise InvalidFrame("A number is too large to be stored. Correct it and send again.")
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _explain(error: ValidationError) -> InvalidFrame:
    """Name the first field that is wrong and what it takes."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "frame"
    if field == "content" and first["type"] == "string_too_long":
        return ContentTooLong(f"That message is too long: at most {MAX_CONTENT_CHARS:,} characters.", field=field)
    if field == "thread_id" and first["type"] == "string_pattern_mismatch":
        return InvalidFrame("thread_id: use 1 to 128 letters, digits, '-' or '_'.", field=field)
    return InvalidFrame(f"{field}: {first['msg']}.", field=field)
