"""Rights of each kind of caller."""

from __future__ import annotations

import pytest

from app.access.rights import NOBODY, RIGHTS, Caller, Right, Who, allows, require
from app.errors import SignInRequired


class TestRights:
    def test_every_right_is_given_to_somebody(self) -> None:
        """The table has a line for each right."""
        assert set(RIGHTS) == set(Right)
        assert all(RIGHTS.values())

    @pytest.mark.parametrize(
        "right",
        [
            Right.SEE_METRICS,
            Right.SEE_AGENTS,
            Right.SEE_APPROVALS,
            Right.DECIDE_APPROVALS,
            Right.SEE_ACTIONS,
            Right.SETTLE_ACTIONS,
            Right.SEE_ESCALATIONS,
            Right.RETRY_DELIVERIES,
            Right.READ_ANY_CONVERSATION,
            Right.SEE_MODEL,
            Right.DISMISS_ALERTS,
        ],
    )
    def test_staff_rights_are_for_staff_alone(self, right: Right) -> None:
        """Neither a stranger nor a visitor has what staff may."""
        assert RIGHTS[right] == {Who.STAFF}
        assert not allows(NOBODY, right)
        assert not allows(Caller(visitor_id="v"), right)
        assert allows(Caller(staff="admin"), right)

    @pytest.mark.parametrize("right", [Right.SEE_HEALTH, Right.SIGN_IN, Right.SIGN_OUT, Right.OPEN_SESSION])
    def test_some_rights_are_everybodys(self, right: Right) -> None:
        """A stranger can see that the server lives, open a session and sign in."""
        require(NOBODY, right)

    def test_visitors_may_chat(self) -> None:
        """Chatting takes a visitor; a member of staff without a visitor's cookie has no conversation of their own."""
        assert allows(Caller(visitor_id="v"), Right.CHAT)
        assert not allows(Caller(staff="admin"), Right.CHAT)
        assert allows(Caller(visitor_id="v", staff="admin"), Right.CHAT)

    def test_staff_is_asked_to_sign_in(self) -> None:
        """A right for staff alone tells a stranger to sign in."""
        with pytest.raises(SignInRequired, match="sign in as staff first"):
            require(NOBODY, Right.SEE_ACTIONS)

    def test_visitors_are_shown_the_chat_page(self) -> None:
        """A right that visitors have too names the chat page."""
        with pytest.raises(SignInRequired, match="Open the chat page first"):
            require(NOBODY, Right.READ_OWN_CONVERSATION)
