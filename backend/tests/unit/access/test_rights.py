"""Rights of each kind of caller."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.access.rights import ALL_STAFF, NOBODY, RIGHTS, Caller, Right, Role, Staff, allows, require, rights_of
from app.errors import RightMissing, SignInRequired


def member(role: Role) -> Staff:
    return Staff(account_id=uuid4(), name="Ana", role=role, session_id=uuid4())


class TestRights:
    def test_every_right_is_given_to_somebody(self) -> None:
        """The table has a line for each right."""
        assert set(RIGHTS) == set(Right)
        assert all(RIGHTS.values())

    @pytest.mark.parametrize("right", [right for right, who in RIGHTS.items() if who <= ALL_STAFF])
    def test_staff_rights_are_for_staff_alone(self, right: Right) -> None:
        """Neither a stranger nor a visitor has what staff may; an admin has all of it."""
        assert not allows(NOBODY, right)
        assert not allows(Caller(visitor_id="v"), right)
        assert allows(Caller(staff=member(Role.ADMIN)), right)

    def test_most_rights_are_for_staff_alone(self) -> None:
        """Anybody has five of them, visitors three more."""
        assert sum(who <= ALL_STAFF for who in RIGHTS.values()) == len(RIGHTS) - 8

    def test_a_role_has_what_the_one_below_it_has(self) -> None:
        """An operator may what a viewer may, and an admin what an operator may."""
        assert set(rights_of(Role.VIEWER)) < set(rights_of(Role.OPERATOR)) < set(rights_of(Role.ADMIN))

    @pytest.mark.parametrize(
        ("right", "who"),
        [
            (Right.SEE_APPROVALS, "viewer operator admin"),
            (Right.REPLAY, "viewer operator admin"),
            (Right.DECIDE_APPROVALS, "operator admin"),
            (Right.SETTLE_ACTIONS, "operator admin"),
            (Right.APPROVE_APIS, "admin"),
            (Right.EDIT_AGENTS, "admin"),
            (Right.FORGET, "admin"),
            (Right.MANAGE_STAFF, "admin"),
        ],
    )
    def test_who_may_do_what(self, right: Right, who: str) -> None:
        """A viewer looks, an operator decides, an admin sets things up."""
        assert [role for role in Role if allows(Caller(staff=member(role)), right)] == who.split()

    def test_another_role_is_told_so(self) -> None:
        """Staff who lack a right are not sent to the sign-in page: they are told which role they have."""
        with pytest.raises(RightMissing) as refused:
            require(Caller(staff=member(Role.VIEWER)), Right.DECIDE_APPROVALS)
        assert refused.value.details == {"role": "viewer"}

    @pytest.mark.parametrize("right", [Right.SEE_HEALTH, Right.SIGN_IN, Right.SIGN_OUT, Right.OPEN_SESSION])
    def test_some_rights_are_everybodys(self, right: Right) -> None:
        """A stranger can see that the server lives, open a session and sign in."""
        require(NOBODY, right)

    def test_visitors_may_chat(self) -> None:
        """Chatting takes a visitor; a member of staff without a visitor's cookie has no conversation of their own."""
        assert allows(Caller(visitor_id="v"), Right.CHAT)
        assert not allows(Caller(staff=member(Role.ADMIN)), Right.CHAT)
        assert allows(Caller(visitor_id="v", staff=member(Role.ADMIN)), Right.CHAT)

    def test_staff_is_asked_to_sign_in(self) -> None:
        """A right for staff alone tells a stranger to sign in."""
        with pytest.raises(SignInRequired, match="sign in as staff first"):
            require(NOBODY, Right.SEE_ACTIONS)

    def test_visitors_are_shown_the_chat_page(self) -> None:
        """A right that visitors have too names the chat page."""
        with pytest.raises(SignInRequired, match="Open the chat page first"):
            require(NOBODY, Right.READ_OWN_CONVERSATION)
