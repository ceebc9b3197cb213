"""Session policy: a sliding time to live per conversation, which does not run while an approval is pending.

The database is the record: the server restores from it what it asks about. `hold`, `release` and `get_state` are for
the acceptance contract only (see `ws_handler`), where nothing else remembers.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

SESSION_TTL_SECONDS: Final = 1_800  # half an hour of silence: the customer has left
SESSIONS_REMEMBERED: Final = 50_000  # some 10 MB; the database restores what falls out


@dataclass(frozen=True, kw_only=True)
class SessionState:
    """The live use of one conversation. `last_activity` is in seconds since the epoch."""

    last_activity: float
    has_pending_interrupt: bool = False


class SessionManager:
    """Since when each conversation is quiet, and whether that is too long."""

    def __init__(self, session_ttl_seconds: float = SESSION_TTL_SECONDS) -> None:
        """Sessions expire `session_ttl_seconds` after their last message."""
        self._ttl = session_ttl_seconds
        self._sessions: OrderedDict[str, SessionState] = OrderedDict()

    def touch(self, thread_id: str) -> None:
        """Note a message just now: the time to live starts anew."""
        state = self._sessions.get(thread_id)
        self._keep(thread_id, SessionState(last_activity=time.time(), has_pending_interrupt=_held(state)))

    def hold(self, thread_id: str) -> None:
        """Keep the session from expiring while an approval is pending."""
        state = self._sessions.get(thread_id)
        last = state.last_activity if state else time.time()
        self._keep(thread_id, SessionState(last_activity=last, has_pending_interrupt=True))

    def release(self, thread_id: str) -> None:
        """Let the session expire again; the wait for an answer does not count as silence."""
        self._keep(thread_id, SessionState(last_activity=time.time()))

    def restore(self, thread_id: str, *, last_activity: float, has_pending_interrupt: bool) -> None:
        """Take over what the database knows of a conversation."""
        self._keep(thread_id, SessionState(last_activity=last_activity, has_pending_interrupt=has_pending_interrupt))

    def get_state(self, thread_id: str) -> SessionState | None:
        """Return what is known of a session; None for one that was never used."""
        return self._sessions.get(thread_id)

    def is_expired(self, thread_id: str) -> bool:
        """Say whether the session was used and then left for too long. A new one has not expired."""
        state = self._sessions.get(thread_id)
        if state is None or state.has_pending_interrupt:
            return False
        return time.time() - state.last_activity >= self._ttl

    def _keep(self, thread_id: str, state: SessionState) -> None:
        self._sessions[thread_id] = state
        self._sessions.move_to_end(thread_id)
        while len(self._sessions) > SESSIONS_REMEMBERED:
            self._sessions.popitem(last=False)


def _held(state: SessionState | None) -> bool:
    return state is not None and state.has_pending_interrupt
