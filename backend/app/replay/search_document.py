"""Search document of a conversation: a fold over the event log that keeps `conversation_text` up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from app.db import conversation_text
from app.db.conversation_text import NewWords
from app.events.frame_table import FRAMES
from app.replay.tokenizer import words_of

if TYPE_CHECKING:
    from app.db.pool import Connection

MAX_TITLE_CHARS: Final = 120  # a line in a list
MAX_TEXT_CHARS: Final = 50_000  # of one event: what is longer is a document, of which the beginning finds it


class Logged(Protocol):
    """What the fold reads of an event."""

    @property
    def thread_id(self) -> str:
        """Name its conversation."""

    @property
    def type(self) -> str:
        """Name its kind."""

    @property
    def frame(self) -> dict[str, Any]:
        """Return what happened."""


class Batch(Protocol):
    """What has just been folded into `conversation_facts`, in the transaction that is still open."""

    @property
    def events(self) -> Sequence[Logged]:
        """Return the events that are new."""

    @property
    def begun(self) -> Collection[str]:
        """Name the conversations that are folded from their first event on."""

    @property
    def changed(self) -> Collection[str]:
        """Name the conversations whose facts have changed."""


async def fold(connection: Connection, batch: Batch) -> None:
    """Add the words of new events, and bring the marks of every conversation that changed up to date."""
    said: dict[str, list[str]] = {thread_id: [] for thread_id in batch.changed}
    titles: dict[str, str] = {}
    for event in batch.events:
        if event.thread_id in said:
            said[event.thread_id].extend(texts_of(event.type, event.frame))
            if event.type == "message":
                titles.setdefault(event.thread_id, title_of(event.frame))
    new = [
        NewWords(
            thread_id=thread_id,
            title=titles.get(thread_id, ""),
            words=words_of(texts),
            replace=thread_id in batch.begun,
        )
        for thread_id, texts in said.items()
    ]
    await conversation_text.add(connection, new=new)


def title_of(frame: Mapping[str, Any]) -> str:
    """Return the line by which a conversation is known: what the customer said first."""
    words = " ".join(str(frame.get("content", "")).split())
    return words if len(words) <= MAX_TITLE_CHARS else words[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def texts_of(kind: str, frame: Mapping[str, Any]) -> Iterator[str]:
    """Name every text of an event that can be searched for."""
    row = FRAMES.get(kind)
    for field in row.searched if row else ():
        yield from _texts(frame.get(field))


def _texts(value: object) -> Iterator[str]:
    """Find the texts and numbers in a value, however deep."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item[:MAX_TEXT_CHARS]
        elif isinstance(item, bool) or item is None:
            continue
        elif isinstance(item, int | float):
            yield str(item)
        elif isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
