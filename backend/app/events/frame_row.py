"""Row of the frame table: its fields, and the small pure functions that rows are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

REDACTED: Final = "[redacted]"
REDACTED_THANKS: Final = "[redacted] Thank you."
"""In the place of a message that said that all is done: the outcome of the conversation depends on it."""

Frame = Mapping[str, Any]
"""A frame as it is stored."""
Mark = Literal["error", "approval", "escalation", "feedback"]
Changes = Literal["activity", "escalation", "end"]
Rewrite = Callable[[Any, Callable[[str], bool]], Any]
"""Rewrite of a field's value, told whether a text confirms that all is done; it gives None where the field goes."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """A value that an export shows as JSON under a label, folded away unless `opened`."""

    label: str
    of: str | Callable[[Frame], Any]
    opened: bool = False


Shown = str | Data | Callable[[Frame], Iterable[str]]
"""A part of an export: a field as a paragraph, a value as JSON, or paragraphs made of several fields."""


@dataclass(frozen=True, kw_only=True)
class FrameRow:
    """What the rooms above need to know of one type of event."""

    label: str
    """What exports call it."""
    shown: tuple[Shown, ...]
    """What exports show of it."""
    once: tuple[str, ...]
    """The parts of the key under which it is logged once: fields, `scope` (the run), `turn_id`. None: it may repeat."""
    columns: tuple[str, ...] = ()
    """The fields that are lifted into columns of the log."""
    searched: tuple[str, ...]
    """The fields whose words find the conversation."""
    counted: tuple[str, ...] | None
    """The fields that the fold reads; None where it passes the event over."""
    kept: tuple[str, ...]
    """The fields that survive redaction as they are. What is named in none of the three is gone."""
    replaced: Mapping[str, Any] = field(default_factory=dict)
    """The fields that have another value after redaction."""
    rewritten: Mapping[str, Rewrite] = field(default_factory=dict)
    """The fields whose value after redaction depends on the one before."""
    history: bool = False
    """Whether the model is told of it in later turns."""
    mark: Mark | None = None
    """What a reader of a replay finds there to jump to; a new one needs a migration of the index `events_marks`."""
    changes: Changes | None = None
    """What it does to the conversation itself."""

    def fields(self) -> Iterator[str]:
        """Name every field that the row speaks of."""
        yield from (name for name in self.once if name not in {"scope", "turn_id"})
        yield from (*self.columns, *self.searched, *(self.counted or ()), *self.kept, *self.replaced, *self.rewritten)
        yield from (part for part in self.shown if isinstance(part, str))


# --- small functions that rows are made of ---------------------------------------------------------------------


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _http(frame: Frame) -> str:
    return f"HTTP {frame['http_status']}" if frame.get("http_status") else ""


def everything(frame: Frame) -> dict[str, Any]:
    """Return all of a frame but its envelope."""
    return {name: value for name, value in frame.items() if name not in {"type", "thread_id", "seq", "at"}}


def called(name: str) -> Callable[[Frame], Iterator[str]]:
    """Make the line that names what is called, by its title and by the tool in field `name`."""

    def line(frame: Frame) -> Iterator[str]:
        yield f"{frame.get('title') or frame[name]} ({frame[name]})"

    return line


def asked(frame: Frame) -> Iterator[str]:
    """Say who is asked for consent, and until when."""
    yield f"Asked: {frame['audience']}. Until {frame['expires_at']}."


def failed_model(frame: Frame) -> Iterator[str]:
    """Name the model that failed, and how."""
    yield _joined(frame["model"], frame["code"], _http(frame))


def request(frame: Frame) -> Iterator[str]:
    """Say how a request went, attempt by attempt."""
    retries = f"tried again {frame['retries']} times" if frame.get("retries") else ""
    yield _joined(frame["tool"], _http(frame), frame.get("error"), retries)
    for number, one in enumerate(frame.get("failed_attempts", ()), start=1):
        came = _http(one) or one.get("error") or "no answer"
        yield f"Attempt {number}: {came}, {one['duration_ms']:,} ms"


def response(frame: Frame) -> Any:
    """Return the whole answer, also where the model read a part of it."""
    whole = frame.get("full_response")
    return whole if whole is not None else frame.get("response")


def candidates(frame: Frame) -> Iterator[str]:
    """Name the agents that were chosen and considered, each with its reason."""
    for label, name in (("To", "intents"), ("Considered", "candidates")):
        for one in frame.get(name, ()):
            why = ": ".join(filter(None, (one.get("request"), one.get("reason"))))
            yield f"{label}: {one['agent']}, {one['confidence']:.0%}. {why}"


_CHANGED: Final = {
    "yes": "Something was changed.",
    "no": "Nothing was changed.",
    "not_yet": "Nothing has been changed yet.",
    "unknown": "Whether something was changed is not known.",
}


def receipt(frame: Frame) -> Iterator[str]:
    """Say how each thing stands that was to be changed, then whether anything was."""
    for one in frame.get("lines", ()):
        args = ", ".join(f"{name}: {value}" for name, value in one.get("args", {}).items())
        yield _joined(one.get("title") or one["tool"], args, one["state"])
    yield _CHANGED[frame["changed"]]


def lines_alone(value: Any, _: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Leave of a receipt's lines what was called and how it ended."""
    return [{**one, "args": {}} for one in value or ()]


def action_status(frame: Frame) -> Iterator[str]:
    """Say what an action came to, and by whom."""
    who = " ".join(filter(None, (frame.get("by"), frame.get("name"))))
    yield f"{frame['tool']}: {frame['status']}" + (f" ({who})" if who else "")


def remark(value: Any, _: Callable[[str], bool]) -> str | None:
    """Leave of a remark that there was one; None where there was none."""
    return REDACTED if value else None


def customer_text(value: Any, confirms: Callable[[str], bool]) -> str:
    """Leave of a message whether it said that all is done."""
    return REDACTED_THANKS if confirms(value or "") else REDACTED


def agents_alone(value: Any, _: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Leave of the candidates who they were and how sure the router was."""
    return [{"agent": one["agent"], "confidence": one["confidence"]} for one in value or ()]
