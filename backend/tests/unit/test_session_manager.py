"""The sliding time to live of a conversation, held open while somebody is asked."""

from __future__ import annotations

import time

from app.session_manager import SESSION_TTL_SECONDS, SESSIONS_REMEMBERED, SessionManager

HOURS_AGO = 7_200.0


def quiet_since(sessions: SessionManager, seconds: float, *, pending: bool = False) -> None:
    """Say that the conversation `t1` was last used so long ago."""
    sessions.restore("t1", last_activity=time.time() - seconds, has_pending_interrupt=pending)


class TestExpiry:
    def test_a_new_conversation_has_not_expired(self) -> None:
        """What was never used can't be left."""
        assert not SessionManager(session_ttl_seconds=0).is_expired("t1")

    def test_a_used_one_lives_for_its_time(self) -> None:
        """Within the time to live a session is open."""
        sessions = SessionManager()
        sessions.touch("t1")
        assert not sessions.is_expired("t1")

    def test_then_it_expires(self) -> None:
        """A session left for the time to live or longer has expired."""
        sessions = SessionManager()
        quiet_since(sessions, SESSION_TTL_SECONDS)
        assert sessions.is_expired("t1")
        quiet_since(sessions, SESSION_TTL_SECONDS - 60)
        assert not sessions.is_expired("t1")

    def test_no_time_to_live_expires_at_once(self) -> None:
        """A time to live of 0 leaves no time at all."""
        sessions = SessionManager(session_ttl_seconds=0)
        sessions.touch("t1")
        assert sessions.is_expired("t1")

    def test_a_message_starts_the_time_anew(self) -> None:
        """The time to live slides."""
        sessions = SessionManager()
        quiet_since(sessions, HOURS_AGO)
        sessions.touch("t1")
        assert not sessions.is_expired("t1")

    def test_conversations_are_apart(self) -> None:
        """One conversation's message keeps no other."""
        sessions = SessionManager()
        quiet_since(sessions, HOURS_AGO)
        sessions.touch("t2")
        assert sessions.is_expired("t1")
        assert not sessions.is_expired("t2")


class TestHold:
    def test_holds_a_session_open(self) -> None:
        """While an approval is pending nothing expires, however long it takes."""
        sessions = SessionManager()
        quiet_since(sessions, HOURS_AGO)
        sessions.hold("t1")
        assert not sessions.is_expired("t1")

    def test_begins_a_session_where_there_is_none(self) -> None:
        """Holding an unknown conversation makes it known."""
        sessions = SessionManager(session_ttl_seconds=0)
        sessions.hold("t1")
        state = sessions.get_state("t1")
        assert state is not None
        assert state.has_pending_interrupt
        assert not sessions.is_expired("t1")

    def test_is_not_activity(self) -> None:
        """Being asked is not the same as saying something."""
        sessions = SessionManager()
        quiet_since(sessions, HOURS_AGO)
        before = sessions.get_state("t1")
        sessions.hold("t1")
        after = sessions.get_state("t1")
        assert before is not None
        assert after is not None
        assert after.last_activity == before.last_activity

    def test_survives_a_message(self) -> None:
        """A message in the meantime answers nothing."""
        sessions = SessionManager(session_ttl_seconds=0)
        sessions.hold("t1")
        sessions.touch("t1")
        assert not sessions.is_expired("t1")

    def test_release_starts_the_time_anew(self) -> None:
        """The wait for an answer does not count as silence."""
        sessions = SessionManager()
        quiet_since(sessions, HOURS_AGO, pending=True)
        sessions.release("t1")
        state = sessions.get_state("t1")
        assert state is not None
        assert not state.has_pending_interrupt
        assert not sessions.is_expired("t1")


class TestMemory:
    def test_knows_nothing_of_a_stranger(self) -> None:
        """There is no state of a conversation that was never used."""
        assert SessionManager().get_state("t1") is None

    def test_takes_over_what_the_database_knows(self) -> None:
        """The database is the record."""
        sessions = SessionManager()
        sessions.restore("t1", last_activity=1_000.0, has_pending_interrupt=False)
        state = sessions.get_state("t1")
        assert state is not None
        assert (state.last_activity, state.has_pending_interrupt) == (1_000.0, False)

    def test_is_bounded(self) -> None:
        """The session that was used longest ago is forgotten first."""
        sessions = SessionManager()
        for number in range(SESSIONS_REMEMBERED):
            sessions.touch(str(number))
        sessions.touch("0")
        sessions.touch("one more")
        assert sessions.get_state("1") is None
        assert sessions.get_state("0") is not None
