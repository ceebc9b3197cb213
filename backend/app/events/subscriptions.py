"""Fan-out of a conversation's frames to the sockets that watch it on this replica.

Events come numbered from the log, live tokens without a number. A subscription that is catching up buffers what
happens meanwhile, and no event reaches a socket twice, whichever replica it came from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.events.broadcast import Broadcast
from app.protocol import CustomerFeedback, CustomerMessage, Resumed, Token

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractContextManager

    from app.protocol import ServerFrame


NUMBERS_KEPT: Final = 512  # events of two replicas pass each other by a few numbers, never by hundreds


class Sink(Protocol):
    """Where frames go: a socket's writer. It never waits; what becomes of a slow peer is for the sink to decide."""

    def put(self, frame: ServerFrame) -> None:
        """Queue a frame."""


@dataclass(kw_only=True, eq=False)
class Subscription:
    """One sink's view of one conversation.

    A *follower* asked for everything with `resume` (or a `message_id`) and gets whole stored messages and the
    customer's own words too; others get the answers only, each piece once. While `buffer` is a list, frames gather
    there until what was missed has been sent. Events up to `last_seq` were sent.
    """

    thread_id: str
    sink: Sink
    follower: bool
    last_seq: int = 0
    buffer: list[ServerFrame] | None = None
    _sent: set[int] = field(default_factory=set)
    _streamed: set[str] = field(default_factory=set)

    def deliver(self, frame: ServerFrame) -> None:
        """Pass a frame on where this sink should have it, and never a numbered one twice."""
        if self.buffer is not None:
            self.buffer.append(frame)
        elif frame.seq is None or self._is_new(frame.seq):
            fitting = frame if self.follower else self._for_plain(frame)
            if fitting is not None:
                self.sink.put(fitting)

    def flush(self) -> None:
        """End the buffering in the middle of live messages: deliver what was buffered, live tokens too."""
        buffered, self.buffer = self.buffer or [], None
        for frame in buffered:
            self.deliver(frame)

    def _is_new(self, seq: int) -> bool:
        """Note a number; another replica's event may come after a later one of ours, and is new all the same."""
        if seq <= self.last_seq or seq in self._sent:
            return False
        self._sent.add(seq)
        if len(self._sent) > NUMBERS_KEPT:
            self.last_seq = sorted(self._sent)[NUMBERS_KEPT // 2]
            self._sent = {sent for sent in self._sent if sent > self.last_seq}
        return True

    def _for_plain(self, frame: ServerFrame) -> ServerFrame | None:
        """Leave out what only followers get. A message that was not streamed here is sent now, in one piece."""
        if not isinstance(frame, Token):
            return None if isinstance(frame, CustomerMessage | CustomerFeedback | Resumed) else frame
        if frame.seq is None:
            self._streamed.add(frame.message_id)
            return frame
        if frame.message_id in self._streamed:
            self._streamed.remove(frame.message_id)
            return None
        return frame.model_copy(update={"seq": None, "at": None, "offset": 0})


@dataclass
class _Thread:
    subscriptions: set[Subscription] = field(default_factory=set)
    partial: dict[str, Token] = field(default_factory=dict)


class Subscriptions:
    """Every subscription of this replica, by conversation."""

    def __init__(self) -> None:
        """Begin with no subscription."""
        self._threads: defaultdict[str, _Thread] = defaultdict(_Thread)
        self._log_watchers = Broadcast()

    def subscribe(self, subscription: Subscription) -> None:
        """Begin to pass frames of the conversation on."""
        self._threads[subscription.thread_id].subscriptions.add(subscription)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop passing frames on."""
        thread = self._threads.get(subscription.thread_id)
        if thread:
            thread.subscriptions.discard(subscription)
            self._tidy(subscription.thread_id)

    def watching(self, thread_id: str) -> AbstractContextManager[asyncio.Event]:
        """Watch a conversation's log inside the block: the event is set whenever something was stored.

        For whoever reads the log itself. Raises `TooManySockets`.
        """
        return self._log_watchers.watching(thread_id)

    def is_watched(self, thread_id: str) -> bool:
        """Return whether anybody watches the conversation here."""
        thread = self._threads.get(thread_id)
        return (thread is not None and bool(thread.subscriptions)) or thread_id in self._log_watchers

    def watched_threads(self) -> list[str]:
        """Return the conversations that somebody watches here."""
        return [thread_id for thread_id in {*self._threads, *self._log_watchers} if self.is_watched(thread_id)]

    def publish(self, frame: ServerFrame) -> None:
        """Pass a frame to everybody who watches its conversation."""
        if frame.thread_id is None:
            return
        if frame.seq is not None:
            self._log_watchers.notify(frame.thread_id)
        thread = self._threads.get(frame.thread_id)
        if isinstance(frame, Token):
            thread = self._threads[frame.thread_id]
            self._collect(thread, frame)
        if thread is None:
            return
        for subscription in list(thread.subscriptions):
            subscription.deliver(frame)
        self._tidy(frame.thread_id)

    def catch_up(self, subscription: Subscription) -> None:
        """Deliver the buffered events in order, then the unfinished messages so far; from then on all is live."""
        buffered, subscription.buffer = subscription.buffer or [], None
        for frame in buffered:
            if not (isinstance(frame, Token) and frame.seq is None):
                subscription.deliver(frame)
        thread = self._threads.get(subscription.thread_id)
        for unfinished in list(thread.partial.values()) if thread else []:
            subscription.deliver(unfinished)

    def drop_partial(self, thread_id: str) -> None:
        """Forget unfinished messages: their turn is over, or runs again from the start."""
        thread = self._threads.get(thread_id)
        if thread:
            thread.partial.clear()
            self._tidy(thread_id)

    def _collect(self, thread: _Thread, token: Token) -> None:
        if token.seq is not None:
            thread.partial.pop(token.message_id, None)
            return
        before = thread.partial.get(token.message_id)
        text = (before.content if before else "") + token.content
        thread.partial[token.message_id] = token.model_copy(update={"content": text, "offset": 0})

    def _tidy(self, thread_id: str) -> None:
        thread = self._threads.get(thread_id)
        if thread and not thread.subscriptions and not thread.partial:
            del self._threads[thread_id]
