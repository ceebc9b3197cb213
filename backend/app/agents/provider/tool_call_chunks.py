"""Assembler of streamed tool calls, from the fragments in which providers send them.

Arguments that are no JSON object are marked as unreadable, so that nothing is guessed from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import orjson
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk

# LangChain mends broken JSON by guessing: {"order_id": 10 becomes order 10 though 1042 was meant. With this before
# them such arguments stay unreadable.
UNREADABLE: Final = "unreadable: "


@dataclass(kw_only=True)
class _Call:
    """One call as far as it has come."""

    index: int | None
    id: str | None
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def args(self) -> str:
        """Put the arguments together; of pieces that each hold all that came before, the last is the whole."""
        joined = "".join(self.pieces)
        if not is_object(joined) and self.pieces and is_object(self.pieces[-1]):
            before = self.pieces[:-1]
            if _grows(self.pieces) or self.pieces[-1] == "".join(before):
                return self.pieces[-1]
        return joined


class ToolCallAssembler:
    """Collects an answer's fragments, whatever their provider leaves out or repeats; at its end the calls are whole."""

    def __init__(self) -> None:
        """Begin without any."""
        self._calls: list[_Call] = []

    def __bool__(self) -> bool:
        """Say whether there is any call."""
        return bool(self._calls)

    def add(self, fragments: Iterable[ToolCallChunk], extras: Iterable[Mapping[str, Any]] = ()) -> None:
        """Keep fragments, each with the provider's own fields of it."""
        for fragment, extra in zip(fragments, [*extras, *({} for _ in fragments)], strict=False):
            self._add(fragment).extra.update(extra)

    def so_far(self) -> Iterator[tuple[str, str]]:
        """Yield each call's name and its arguments, as far as they have come."""
        for call in self._calls:
            yield call.name, call.args

    def whole(self, *, without: Collection[str] = ()) -> Iterator[ToolCallChunk]:
        """Yield the calls, but for those of some tools, each in one piece.

        Arguments that are no JSON object cannot be mistaken for one.
        """
        for place, call in enumerate(call for call in self._calls if call.name not in without):
            readable = call.args.strip() or "{}"
            yield tool_call_chunk(
                name=call.name,
                args=readable if is_object(readable) else f"{UNREADABLE}{call.args}",
                id=call.id,
                index=place,
            )

    def extras(self, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
        """Return the provider's own fields of each call that `whole` yields, in order; empty where none has any."""
        extras = [call.extra for call in self._calls if call.name not in without]
        return extras if any(extras) else []

    def _add(self, fragment: ToolCallChunk) -> _Call:
        call = self._continued(fragment)
        if call is None:
            call = _Call(index=fragment["index"], id=fragment["id"])
            self._calls.append(call)
        call.id = call.id or fragment["id"]
        if fragment["name"] and fragment["name"] != call.name:  # some servers repeat it in every fragment
            call.name += fragment["name"]
        args = fragment["args"]
        if args and not (is_object(call.args) and _same_value(args, call.args)):
            call.pieces.append(args)
        return call

    def _continued(self, fragment: ToolCallChunk) -> _Call | None:
        """Return the call that a fragment goes on with, or repeats; None where it begins another.

        It is the one of the same place and no other id; without a place, the one of the same id, or the last. A name
        after whole arguments begins another call, unless name and arguments are those that came already: then the
        server has sent the whole call once more, and it is not to be made twice.
        """
        index, given = fragment["index"], fragment["id"]
        for call in reversed(self._calls):
            if index is None:
                same = call.id == given if given else (not fragment["name"] or _repeats(call, fragment))
            else:
                same = call.index == index and (not given or not call.id or call.id == given)
            if not same:
                continue
            if fragment["name"] and is_object(call.args) and not _repeats(call, fragment):
                return None
            return call
        return None


def _repeats(call: _Call, fragment: ToolCallChunk) -> bool:
    """Say whether a fragment is a whole call that came already, or the end of one that is known by its id."""
    if fragment["name"] != call.name:
        return False
    if not fragment["args"]:
        return bool(fragment["id"]) and fragment["id"] == call.id
    return _same_value(fragment["args"], call.args)


def _same_value(one: str, other: str) -> bool:
    if one.strip() == other.strip():
        return True
    return is_object(one) and is_object(other) and orjson.loads(one) == orjson.loads(other)


def _grows(pieces: list[str]) -> bool:
    return len(pieces) > 1 and all(later.startswith(earlier) for earlier, later in pairwise(pieces))


def is_object(text: str) -> bool:
    """Say whether a text is a JSON object."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False
