"""Turn service: what one socket may do with conversations, each thing stored before it is acknowledged.

A refused frame raises the `AppError` that says why, and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakSet

from app.db import conversations, events, identities, turns
from app.db.listener import CANCEL_CHANNEL
from app.errors import ConversationEnded, ConversationUnknown, MessageConflict, QueueFull, RateLimited, SessionExpired
from app.events.subscriptions import Subscription
from app.events.tracker import frame_of
from app.protocol import (
    MAX_WAITING_TURNS,
    RESUME_PAGE_EVENTS,
    CustomerFeedback,
    CustomerMessage,
    MessageComplete,
    Resume,
    Resumed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.actions.consent import ConsentService
    from app.db.conversations import Conversation
    from app.db.pool import Connection, Pool
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker
    from app.protocol import Cancel, Feedback, InterruptResponse, Message, ServerFrame
    from app.session_manager import SessionManager

MAX_RATINGS: Final = 20  # of one conversation: a change of mind or two, and no flood of events
NEW_COOKIE_SECONDS: Final = 1.0  # from the database's notice until the browser has the answer with the cookie
MAX_THREADS_PER_SOCKET: Final = 200  # far more conversations than a page shows; bounds what a socket can subscribe to


class Writer(Protocol):
    """A socket's queue."""

    def put(self, frame: ServerFrame, /) -> None:
        """Queue a live frame at once."""

    async def send(self, frame: ServerFrame, /) -> None:
        """Queue a frame, waiting for room."""

    def drop(self) -> None:
        """Let the peer connect anew."""


class TurnService:
    """Everything that can be done with a conversation, kept in PostgreSQL; `for_visitor` lends it to one socket."""

    def __init__(
        self,
        *,
        pool: Pool,
        tracker: ConversationTracker,
        subscriptions: Subscriptions,
        sessions: SessionManager,
        consent: ConsentService,
    ) -> None:
        """Hand in the services that this one is made of."""
        self.pool = pool
        self.tracker = tracker
        self.subscriptions = subscriptions
        self.sessions = sessions
        self.consent = consent
        self._sockets: defaultdict[str, WeakSet[SocketTurns]] = defaultdict(WeakSet)
        self._rechecks: set[asyncio.Task[None]] = set()

    def for_visitor(self, visitor_id: str, writer: Writer) -> SocketTurns:
        """Lend the conversations of one visitor to one socket."""
        socket = SocketTurns(self, visitor_id=visitor_id, writer=writer)
        self._sockets[visitor_id].add(socket)
        return socket

    def identity_changed(self, notice: str) -> None:
        """Recheck whose conversations a visitor's sockets follow: the visitor may be another customer now.

        Where the visitor has a new cookie, the sockets of the old one follow nothing more, and connect anew.

        Until that is known, what happens in them is buffered. It is not simply dropped: the notice comes a moment
        late, and by then the customer who has just signed in may be waiting for an answer.
        """
        visitor_id, _, rotated = notice.partition(" ")
        for socket in tuple(self._sockets.get(visitor_id, ())):
            if rotated:
                socket.leave()
                continue
            task = asyncio.create_task(socket.recheck(socket.buffer_all()))
            self._rechecks.add(task)
            task.add_done_callback(self._rechecks.discard)

    def forget(self, visitor_id: str, socket: SocketTurns) -> None:
        """Forget a socket that is gone."""
        self._sockets[visitor_id].discard(socket)
        if not self._sockets[visitor_id]:
            del self._sockets[visitor_id]


class SocketTurns:
    """The conversations of one visitor, as one socket uses them; somebody else's do not exist here."""

    def __init__(self, service: TurnService, *, visitor_id: str, writer: Writer) -> None:
        """Act for `visitor_id` and send through `writer`."""
        self._service = service
        self._visitor_id = visitor_id
        self._writer = writer
        self._subscriptions: dict[str, Subscription] = {}
        self._left = False  # the visitor has a new cookie, and nothing may become the old one's
        self._identity_changes = 0  # how often the visitor may have become another customer

    async def message(self, frame: Message) -> None:
        """Accept a message: written down with its turn in one transaction, acknowledged by its event.

        One that came before is answered on a new socket as `resume` after 0 is: whoever sends it again does not know
        that it arrived.
        """
        subscription, new = self._subscribe(frame.thread_id, follower=frame.message_id is not None)
        changes = self._identity_changes
        try:
            came_before = await self._accept(frame)
            await self._check_still_own(frame.thread_id, since=changes)
            if new and came_before:  # its acknowledgement went with another socket, so all that was missed is sent
                await self._send_missed(Resume(thread_id=frame.thread_id), subscription)
        except BaseException:
            if new:
                self._unsubscribe(subscription)  # what it buffered may be somebody else's conversation
            raise
        if subscription.buffer is not None:
            self._service.subscriptions.catch_up(subscription)

    async def answer(self, frame: InterruptResponse) -> None:
        """Accept an answer to an approval, and go on with what waited for it."""
        changes = self._identity_changes
        await self._own(frame.thread_id)
        subscription, _ = self._subscribe(frame.thread_id, follower=False)
        try:
            await self._check_still_own(frame.thread_id, since=changes)
            await self._service.consent.answer(frame, by="customer")
        finally:
            if subscription.buffer is not None:
                self._service.subscriptions.catch_up(subscription)

    async def resume(self, frame: Resume) -> None:
        """Send what was missed, then everything live."""
        await self._own(frame.thread_id)
        subscription, _ = self._subscribe(frame.thread_id, follower=True)
        subscription.buffer = []
        try:
            await self._send_missed(frame, subscription)
        except BaseException:
            self._unsubscribe(subscription)
            raise
        self._service.subscriptions.catch_up(subscription)

    async def _send_missed(self, frame: Resume, subscription: Subscription) -> None:
        """Send the stored events after the one seen last, then say where the conversation stands."""
        conversation = await self._own(frame.thread_id)
        # A number that was never given comes from another life of this conversation: begin from the start.
        seen = frame.after if frame.after <= conversation.last_seq else 0
        while True:
            async with self._service.pool.acquire() as connection:
                page = await events.page(connection, thread_id=frame.thread_id, after=seen, limit=RESUME_PAGE_EVENTS)
            for event in page:
                await self._writer.send(frame_of(event))
                seen = event.seq
            if len(page) < RESUME_PAGE_EVENTS:
                break
        async with self._service.pool.acquire() as connection:
            running = await turns.waiting(connection, thread_id=frame.thread_id) > 0
        conversation = await self._own(frame.thread_id)
        ended = conversation.status == "ended" or self._is_expired(conversation, waiting=running)
        subscription.last_seq = seen
        await self._writer.send(Resumed(thread_id=frame.thread_id, last=seen, running=running, ended=ended))

    async def cancel(self, frame: Cancel) -> None:
        """Stop what runs, wherever it runs, and take back the messages that wait."""
        await self._own(frame.thread_id)
        async with self._service.tracker.recording() as recording:
            for turn in await turns.cancel_waiting(recording.connection, thread_id=frame.thread_id):
                await recording.append(MessageComplete(thread_id=frame.thread_id, cancelled=True), turn_id=turn.id)
            await recording.connection.execute("SELECT pg_notify($1, $2)", CANCEL_CHANNEL, frame.thread_id)

    async def feedback(self, frame: Feedback) -> None:
        """Record the customer's rating."""
        await self._own(frame.thread_id)
        rating = CustomerFeedback(thread_id=frame.thread_id, rating=frame.rating, comment=frame.comment)
        async with self._service.tracker.recording() as recording:
            await recording.append(rating)  # it locks the conversation, so that no two are counted at once
            count = await events.count_of(recording.connection, thread_id=frame.thread_id, kind=rating.type)
            if count > MAX_RATINGS:
                raise RateLimited("You have rated this conversation often enough. Your last rating counts.")

    def close(self) -> None:
        """Let go of everything: the socket is gone."""
        for subscription in tuple(self._subscriptions.values()):
            self._unsubscribe(subscription)
        self._service.forget(self._visitor_id, self)

    def buffer_all(self) -> list[Subscription]:
        """Buffer from now on; returns the subscriptions that did not before."""
        self._identity_changes += 1
        buffered = [subscription for subscription in self._subscriptions.values() if subscription.buffer is None]
        for subscription in buffered:
            subscription.buffer = []
        return buffered

    def leave(self) -> None:
        """Follow nothing more, and let the page connect anew, once it has had time to take its new cookie."""
        for subscription in tuple(self._subscriptions.values()):
            self._unsubscribe(subscription)
        self._identity_changes += 1
        self._left = True
        asyncio.get_running_loop().call_later(NEW_COOKIE_SECONDS, self._writer.drop)

    async def recheck(self, buffered: Sequence[Subscription]) -> None:
        """Flush the conversations that are still this visitor's, and unsubscribe from the others."""
        for subscription in buffered:
            try:
                await self._own(subscription.thread_id)
            except ConversationUnknown:
                self._unsubscribe(subscription)
            except BaseException:
                self._unsubscribe(subscription)
                raise
            else:
                subscription.flush()

    async def _check_still_own(self, thread_id: str, *, since: int) -> None:
        """Check the owner again if the visitor may have become another customer since; raises `ConversationUnknown`."""
        if self._identity_changes != since:
            await self._own(thread_id)

    async def _accept(self, frame: Message) -> bool:
        """Store a message and enqueue its turn; True where it came before."""
        if self._left:
            raise ConversationUnknown
        async with self._service.tracker.recording() as recording:
            connection = recording.connection
            identity = await identities.current(connection, visitor_id=self._visitor_id)
            customer, claims = (identity.customer, identity.claims) if identity else (None, {})
            await conversations.start(
                connection, thread_id=frame.thread_id, visitor_id=self._visitor_id, customer=customer, claims=claims
            )
            conversation = await conversations.lock(connection, thread_id=frame.thread_id)
            if conversation is None or conversation.visitor_id != self._visitor_id:
                raise ConversationUnknown
            if conversation.customer not in (None, customer):
                raise ConversationUnknown
            if customer is not None and conversation.customer is None:
                await conversations.adopt(connection, thread_id=frame.thread_id, customer=customer, claims=claims)
            if await self._sent_before(connection, frame):
                return True
            if conversation.status == "ended":
                raise ConversationEnded
            waiting = await turns.waiting(connection, thread_id=frame.thread_id)
            if conversation.last_seq and self._is_expired(conversation, waiting=waiting > 0):
                raise SessionExpired
            if waiting >= MAX_WAITING_TURNS:
                raise QueueFull
            turn = await turns.add_message(
                connection,
                thread_id=frame.thread_id,
                content=frame.content,
                message_id=frame.message_id,
                claims=claims,
            )
            event = CustomerMessage(thread_id=frame.thread_id, content=frame.content, message_id=frame.message_id)
            await recording.append(event, turn_id=turn.id)
        self._service.sessions.touch(frame.thread_id)
        return False

    async def _sent_before(self, connection: Connection, frame: Message) -> bool:
        """Recognise a message that came before; where its turn failed, let it run again."""
        if frame.message_id is None:
            return False
        turn = await turns.of_message(connection, thread_id=frame.thread_id, message_id=frame.message_id)
        if turn is None:
            return False
        if turn.content != frame.content:
            raise MessageConflict
        await turns.requeue(connection, turn_id=turn.id)
        return True

    def _is_expired(self, conversation: Conversation, *, waiting: bool) -> bool:
        sessions = self._service.sessions
        sessions.restore(
            conversation.thread_id,
            last_activity=conversation.last_activity_at.timestamp(),
            has_pending_interrupt=conversation.pending_approvals > 0,
        )
        return not waiting and sessions.is_expired(conversation.thread_id)

    async def _own(self, thread_id: str) -> Conversation:
        """Return a conversation of this visitor's; raises `ConversationUnknown` for any other."""
        async with self._service.pool.acquire() as connection:
            conversation = await conversations.own(connection, thread_id=thread_id, visitor_id=self._visitor_id)
        if conversation is None:
            raise ConversationUnknown
        return conversation

    def _subscribe(self, thread_id: str, *, follower: bool) -> tuple[Subscription, bool]:
        """Follow a conversation from now on; a new subscription buffers until `catch_up`."""
        subscription = self._subscriptions.get(thread_id)
        if subscription is not None:
            subscription.follower = subscription.follower or follower
            return subscription, False
        while len(self._subscriptions) >= MAX_THREADS_PER_SOCKET:
            self._unsubscribe(next(iter(self._subscriptions.values())))
        subscription = Subscription(thread_id=thread_id, sink=self._writer, follower=follower, buffer=[])
        self._subscriptions[thread_id] = subscription
        self._service.subscriptions.subscribe(subscription)
        return subscription, True

    def _unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.pop(subscription.thread_id, None)
        self._service.subscriptions.unsubscribe(subscription)
