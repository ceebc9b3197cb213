"""Who watches which conversation on this replica, and what they have missed of the message being spoken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.protocol import CustomerFeedback, CustomerMessage, Resumed, Token

if TYPE_CHECKING:
    from app.protocol import ServerFrame


NUMBERS_KEPT: Final = 512  # events of two replicas pass each other by a few numbers, never by hundreds


class Outlet(Protocol):
    """Where frames go: a socket's writer. It never waits; a peer that cannot keep up is its own affair."""

    def put(self, frame: ServerFrame) -> None:
        """Queue a frame."""


@dataclass(kw_only=True, eq=False)
class Subscription:
    """One outlet's view of one conversation.

    A *follower* asked for everything with `resume` (or a `message_id`) and gets whole stored messages and the
    customer's own words too; others get the answers only, each piece once. While `held` is a list, frames gather
    there until what was missed has been sent. Events up to `last_seq` were sent.
    """

    thread_id: str
    outlet: Outlet
    follower: bool
    last_seq: int = 0
    held: list[ServerFrame] | None = None
    _sent: set[int] = field(default_factory=set)
    _heard: set[str] = field(default_factory=set)

    def give(self, frame: ServerFrame) -> None:
        """Pass a frame on where this outlet should have it, and never a numbered one twice."""
        if self.held is not None:
            self.held.append(frame)
        elif frame.seq is None or self._is_new(frame.seq):
            fitting = frame if self.follower else self._for_plain(frame)
            if fitting is not None:
                self.outlet.put(fitting)

    def release(self) -> None:
        """End a hold within what was being sent: pass on what was held back, live pieces too."""
        held, self.held = self.held or [], None
        for frame in held:
            self.give(frame)

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
        """Leave out what only followers get. A message that was not heard live is told now, in one piece."""
        if not isinstance(frame, Token):
            return None if isinstance(frame, CustomerMessage | CustomerFeedback | Resumed) else frame
        if frame.seq is None:
            self._heard.add(frame.message_id)
            return frame
        if frame.message_id in self._heard:
            self._heard.remove(frame.message_id)
            return None
        return frame.model_copy(update={"seq": None, "at": None, "offset": 0})


@dataclass
class _Thread:
    subscriptions: set[Subscription] = field(default_factory=set)
    speaking: dict[str, Token] = field(default_factory=dict)


class Followers:
    """Fans the frames of each conversation out to everybody who watches it here."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._threads: defaultdict[str, _Thread] = defaultdict(_Thread)

    def subscribe(self, subscription: Subscription) -> None:
        """Begin to pass frames of the conversation on."""
        self._threads[subscription.thread_id].subscriptions.add(subscription)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop passing frames on."""
        thread = self._threads.get(subscription.thread_id)
        if thread:
            thread.subscriptions.discard(subscription)
            self._tidy(subscription.thread_id)

    def watched(self, thread_id: str) -> bool:
        """Say whether anybody watches the conversation here."""
        thread = self._threads.get(thread_id)
        return thread is not None and bool(thread.subscriptions)

    def threads(self) -> list[str]:
        """Name the conversations that somebody watches here."""
        return [thread_id for thread_id in self._threads if self.watched(thread_id)]

    def publish(self, frame: ServerFrame) -> None:
        """Pass a frame to everybody who watches its conversation."""
        if frame.thread_id is None:
            return
        thread = self._threads.get(frame.thread_id)
        if isinstance(frame, Token):
            thread = self._threads[frame.thread_id]
            self._remember(thread, frame)
        if thread is None:
            return
        for subscription in list(thread.subscriptions):
            subscription.give(frame)
        self._tidy(frame.thread_id)

    def catch_up(self, subscription: Subscription) -> None:
        """End a subscription's hold: send what was held, in order, then the unfinished message so far."""
        held, subscription.held = subscription.held or [], None
        for frame in held:
            if not (isinstance(frame, Token) and frame.seq is None):
                subscription.give(frame)
        thread = self._threads.get(subscription.thread_id)
        for said in list(thread.speaking.values()) if thread else []:
            subscription.give(said)

    def silence(self, thread_id: str) -> None:
        """Forget unfinished messages: their turn is over, or runs again from the start."""
        thread = self._threads.get(thread_id)
        if thread:
            thread.speaking.clear()
            self._tidy(thread_id)

    def _remember(self, thread: _Thread, token: Token) -> None:
        if token.seq is not None:
            thread.speaking.pop(token.message_id, None)
            return
        before = thread.speaking.get(token.message_id)
        text = (before.content if before else "") + token.content
        thread.speaking[token.message_id] = token.model_copy(update={"content": text, "offset": 0})

    def _tidy(self, thread_id: str) -> None:
        thread = self._threads.get(thread_id)
        if thread and not thread.subscriptions and not thread.speaking:
            del self._threads[thread_id]
