"""Chunk of a streamed completion, whatever its server leaves out, repeats or calls differently.

A whole completion, from a server that does not stream, reads as one chunk. An error that comes with status 200 raises
what the same error with its own status would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk

from app.agents.provider.provider_error import error_in

DONE: Final = b"[DONE]"
BLANK: Final = b"\xef\xbb\xbf \t\r\n"  # space, and the mark of the byte order
_OWN_FIELDS: Final = frozenset({"role", "content", "refusal", "tool_calls", "function_call", "name", "audio"})
_MOST_TOKENS: Final = 1e9  # of one answer; more is no count


@dataclass(slots=True, kw_only=True)
class CompletionChunk:
    """What one chunk says. `extra` are the provider's own fields of the message, to be given back as they came."""

    text: str = ""
    calls: Sequence[ToolCallChunk] = ()
    call_extras: Sequence[Mapping[str, Any]] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    usage: UsageMetadata | None = None
    finish: str | None = None
    model: str | None = None


def read_chunk(data: bytes) -> CompletionChunk | None:
    """Read one event's data; None for the mark of the end.

    Raises `orjson.JSONDecodeError` for what is no JSON object, and `ProviderError` for an error.
    """
    text = data.strip(BLANK)
    if text == DONE:
        return None
    value = _value(text)
    if not isinstance(value, dict):
        raise orjson.JSONDecodeError("a chunk is an object", text.decode(errors="replace")[:100], 0)
    if error := value.get("error") or (value if value.get("object") == "error" else None):
        raise error_in(error)
    usage = _usage(value["usage"]) if value.get("usage") else None
    choice = next((one for one in _listed(value.get("choices")) if isinstance(one, dict)), None)
    if choice is None:
        return CompletionChunk(usage=usage)
    # Each of these is asked for with every token, and most have nothing but text.
    delta = _delta(choice)
    has_calls = delta.get("tool_calls") or delta.get("function_call")
    calls = list(_calls(delta)) if has_calls else []
    finish, model = choice.get("finish_reason"), value.get("model")
    return CompletionChunk(
        text=_text(delta.get("content")) + (_text(delta["refusal"]) if delta.get("refusal") else ""),
        calls=[call for call, _ in calls],
        call_extras=[extra for _, extra in calls],
        extra={} if _OWN_FIELDS.issuperset(delta) else {name: kept for name, kept in _foreign(delta) if kept},
        usage=usage,
        finish=finish if isinstance(finish, str) else None,
        model=model if isinstance(model, str) else None,
    )


def _foreign(delta: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, kept) for name, kept in delta.items() if name not in _OWN_FIELDS)


def _value(text: bytes) -> Any:
    """Read JSON, also what only careless writers make: NaN, or half a character."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _listed(value: Any) -> list[Any]:
    """Return a list as it is, a lone object as the only one of a list; anything else lists nothing."""
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _delta(choice: dict[str, Any]) -> dict[str, Any]:
    """Return what a choice adds; some servers send the bare text, old ones put it beside."""
    for name in ("delta", "message", "text"):
        found = choice.get(name)
        if isinstance(found, dict) and found:
            return found
        if isinstance(found, str) and found:
            return {"content": found}
    return {}


def _text(content: Any) -> str:
    """Return a message's text; of a list of parts, what its parts of text say."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return ""
    parts = (part if isinstance(part, str) else part.get("text") for part in content if _is_text(part))
    return "".join(part for part in parts if isinstance(part, str))


def _is_text(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, dict) and part.get("type", "text") in {"text", "output_text"})


def _calls(delta: dict[str, Any]) -> Iterator[tuple[ToolCallChunk, Mapping[str, Any]]]:
    """Yield the pieces of calls, each with the provider's own fields of it; the old `function_call` is one, too."""
    pieces = [*_listed(delta.get("tool_calls"))]
    if isinstance(delta.get("function_call"), dict):
        pieces.append({"index": 0, "function": delta["function_call"]})
    for piece in pieces:
        if not isinstance(piece, dict):
            continue
        inner = piece.get("function")
        function: Mapping[str, Any] = inner if isinstance(inner, dict) else piece
        given, index = piece.get("id"), piece.get("index")
        chunk = tool_call_chunk(
            name=function.get("name") if isinstance(function.get("name"), str) else None,
            args=_arguments(function.get("arguments")),
            id=str(given) if given not in (None, "") else None,
            index=index if isinstance(index, int) else None,
        )
        yield chunk, {name: kept for name, kept in piece.items() if name not in {"id", "index", "type", "function"}}


def _arguments(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def _usage(value: Any) -> UsageMetadata | None:
    """Read the tokens so far. Every report is of the whole answer, so the last one counts."""
    if not isinstance(value, dict):
        return None
    read, written, total = (_count(value.get(name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    if not read and not written:
        return None
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=total or read + written)


def _count(value: Any) -> int:
    """Read a number of tokens; what is none, or less than none, counts as none."""
    return max(int(value), 0) if isinstance(value, int | float) and abs(value) < _MOST_TOKENS else 0
