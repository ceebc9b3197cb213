"""Accounts: visitors and staff, told apart by their cookies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.accounts import DAY, FAILED_SIGN_IN_SECONDS, FAILED_SIGN_INS, STAFF_SECONDS, VISITOR_SECONDS, Accounts
from app.access.rights import NOBODY, Caller
from app.access.sign_in_codes import SignInCodes
from app.errors import RateLimited, SignInFailed

SECRET = b"0123456789abcdef0123456789abcdef"
ADMIN_KEY = "an admin key that is long enough"
NOW = 1_800_000_000.0
ADDRESS = "203.0.113.9"


def accounts(
    *, secret: bytes = SECRET, codes: SignInCodes | None = None, admin_key: str | None = ADMIN_KEY
) -> Accounts:
    return Accounts(secret=secret, codes=codes or SignInCodes(), admin_key=admin_key)


def signed_in(of: Accounts, now: float = NOW) -> dict[str, str]:
    cookie = of.sign_in(key=ADMIN_KEY, address=ADDRESS, now=now, secure=False)
    return {cookie.name: cookie.value}


def admitted(of: Accounts, now: float = NOW) -> tuple[str, dict[str, str]]:
    caller, cookie = of.admit({}, now, secure=False)
    assert caller.visitor_id is not None
    assert cookie is not None
    return caller.visitor_id, {cookie.name: cookie.value}


class TestVisitors:
    def test_a_stranger_becomes_a_visitor(self) -> None:
        """Without a cookie there is a new visitor, whom the new cookie proves."""
        door = accounts()
        visitor_id, cookies = admitted(door)
        assert door.recognise(cookies, NOW) == Caller(visitor_id=visitor_id)

    def test_visitors_are_never_the_same(self) -> None:
        """Two strangers are two visitors."""
        door = accounts()
        assert admitted(door)[0] != admitted(door)[0]

    def test_a_known_visitor_gets_no_new_cookie(self) -> None:
        """A fresh cookie is left alone."""
        door = accounts()
        visitor_id, cookies = admitted(door)
        assert door.admit(cookies, NOW + 199 * DAY, secure=False) == (Caller(visitor_id=visitor_id), None)

    def test_the_cookie_is_renewed_when_half_old(self) -> None:
        """After 200 of its 400 days the same visitor gets a new cookie, which lives 400 days again."""
        door = accounts()
        visitor_id, cookies = admitted(door)
        later = NOW + 200 * DAY
        caller, cookie = door.admit(cookies, later, secure=True)
        assert caller.visitor_id == visitor_id
        assert cookie is not None
        assert cookie.max_age == VISITOR_SECONDS == 400 * DAY
        assert door.recognise({cookie.name: cookie.value}, later + 399 * DAY).visitor_id == visitor_id

    def test_the_cookie_ends(self) -> None:
        """After 400 days the visitor is not known any more."""
        door = accounts()
        visitor_id, cookies = admitted(door)
        assert door.recognise(cookies, NOW + VISITOR_SECONDS) == NOBODY
        caller, cookie = door.admit(cookies, NOW + VISITOR_SECONDS, secure=False)
        assert caller.visitor_id not in {None, visitor_id}
        assert cookie is not None

    def test_the_cookie_is_lax(self) -> None:
        """A link from elsewhere opens the visitor's own conversation; https is kept to."""
        _, cookie = accounts().admit({}, NOW, secure=True)
        assert cookie is not None
        assert (cookie.samesite, cookie.secure) == ("Lax", True)

    def test_staff_stay_staff_when_they_become_visitors(self) -> None:
        """Admitting a visitor keeps the staff session."""
        door = accounts()
        caller, _ = door.admit(signed_in(door), NOW, secure=False)
        assert caller.staff == "admin"
        assert caller.visitor_id is not None

    def test_another_server_s_cookie_has_another_name(self) -> None:
        """Two servers on one host, on two ports, leave each other's visitors alone."""
        one, other = accounts(), accounts(secret=b"another secret of 32 bytes length")
        assert one.visitor_cookie != other.visitor_cookie
        assert one.staff_cookie != other.staff_cookie

    def test_another_secret_s_signature_is_worth_nothing(self) -> None:
        """A cookie signed by somebody else proves nothing, whatever its name."""
        door, other = accounts(), accounts(secret=b"another secret of 32 bytes length")
        _, cookies = admitted(other)
        assert door.recognise({door.visitor_cookie: cookies[other.visitor_cookie]}, NOW) == NOBODY

    def test_a_cookie_from_the_future_is_worth_nothing(self) -> None:
        """A cookie that will be made tomorrow is a forgery; one of a slightly faster clock is not."""
        door = accounts()
        assert door.recognise(admitted(door, NOW + DAY)[1], NOW) == NOBODY
        assert door.recognise(admitted(door, NOW + 30)[1], NOW) != NOBODY

    @given(text=st.text(max_size=700))
    def test_garbage_is_nobody(self, text: str) -> None:
        """Whatever stands in the cookies, nobody is recognised and nothing breaks."""
        door = accounts()
        assert door.recognise({door.visitor_cookie: text, door.staff_cookie: text}, NOW) == NOBODY

    @given(position=st.integers(0, 60), char=st.characters(codec="ascii"))
    def test_a_changed_cookie_is_never_another_visitor(self, position: int, char: str) -> None:
        """Changing one character gives nobody, or the same visitor where it was the same character."""
        door = accounts()
        visitor_id, cookies = admitted(door)
        value = cookies[door.visitor_cookie]
        changed = value[:position] + char + value[position + 1 :]
        assert door.recognise({door.visitor_cookie: changed}, NOW).visitor_id in {None, visitor_id}

    def test_a_cookie_hides_its_value(self) -> None:
        """Printing a cookie, in a log say, does not give it away."""
        _, cookie = accounts().admit({}, NOW, secure=False)
        assert cookie is not None
        assert cookie.value not in repr(cookie)


class TestStaff:
    def test_a_code_signs_in(self) -> None:
        """A one-time code opens a staff session."""
        codes = SignInCodes()
        door = accounts(codes=codes)
        cookie = door.sign_in(code=codes.issue(NOW), address=ADDRESS, now=NOW, secure=False)
        assert door.recognise({cookie.name: cookie.value}, NOW).staff == "local"

    def test_the_admin_key_signs_in(self) -> None:
        """The admin key opens a staff session, again and again."""
        door = accounts()
        assert door.recognise(signed_in(door), NOW).staff == "admin"
        assert door.recognise(signed_in(door), NOW).staff == "admin"

    def test_the_session_is_strict_and_ends(self) -> None:
        """No other site can use the session, and it is over after twelve hours."""
        door = accounts()
        cookie = door.sign_in(key=ADMIN_KEY, address=ADDRESS, now=NOW, secure=True)
        assert (cookie.samesite, cookie.secure, cookie.max_age) == ("Strict", True, 12 * 60 * 60)
        cookies = {cookie.name: cookie.value}
        assert door.recognise(cookies, NOW + STAFF_SECONDS - 1).staff == "admin"
        assert door.recognise(cookies, NOW + STAFF_SECONDS).staff is None

    def test_a_visitor_s_cookie_is_not_a_staff_session(self) -> None:
        """A signature for one purpose is worth nothing for the other."""
        door = accounts()
        _, visitor = admitted(door)
        assert door.recognise({door.staff_cookie: visitor[door.visitor_cookie]}, NOW) == NOBODY
        staff = signed_in(door)
        assert door.recognise({door.visitor_cookie: staff[door.staff_cookie]}, NOW) == NOBODY

    def test_a_new_admin_key_signs_everybody_out(self) -> None:
        """Sessions end when the admin key is changed."""
        cookies = signed_in(accounts())
        assert accounts(admin_key="another admin key").recognise(cookies, NOW) == NOBODY

    def test_signing_out_takes_the_cookie_back(self) -> None:
        """The cookie is emptied and ends at once."""
        cookie = accounts().sign_out(secure=False)
        assert (cookie.value, cookie.max_age, cookie.samesite) == ("", 0, "Strict")

    @pytest.mark.parametrize(
        ("code", "key"), [(None, None), ("no such code", None), (None, "no such key"), (None, ""), ("", "")]
    )
    def test_anything_else_does_not(self, code: str | None, key: str | None) -> None:
        """A wrong code, a wrong key and nothing at all are refused the same way."""
        with pytest.raises(SignInFailed):
            accounts().sign_in(code=code, key=key, address=ADDRESS, now=NOW, secure=False)

    @pytest.mark.parametrize("key", ["", "None", "anything"])
    def test_without_an_admin_key_no_key_is_good(self, key: str) -> None:
        """Where none is set, there is no key that signs in."""
        with pytest.raises(SignInFailed):
            accounts(admin_key=None).sign_in(key=key, address=ADDRESS, now=NOW, secure=False)

    def test_guessing_is_stopped(self) -> None:
        """After five failures even the right key has to wait a quarter of an hour."""
        door = accounts()
        for _ in range(FAILED_SIGN_INS):
            with pytest.raises(SignInFailed):
                door.sign_in(key="a guess", address=ADDRESS, now=NOW, secure=False)
        with pytest.raises(RateLimited) as refused:
            door.sign_in(key=ADMIN_KEY, address=ADDRESS, now=NOW + 60, secure=False)
        assert refused.value.details == {"retry_after_seconds": FAILED_SIGN_IN_SECONDS - 60}
        door.sign_in(key=ADMIN_KEY, address=ADDRESS, now=NOW + FAILED_SIGN_IN_SECONDS, secure=False)

    def test_a_stopped_guesser_stops_nobody_else(self) -> None:
        """Another address signs in meanwhile."""
        door = accounts()
        for _ in range(FAILED_SIGN_INS):
            with pytest.raises(SignInFailed):
                door.sign_in(key="a guess", address=ADDRESS, now=NOW, secure=False)
        door.sign_in(key=ADMIN_KEY, address="203.0.113.10", now=NOW, secure=False)

    def test_success_forgives(self) -> None:
        """Whoever signs in after a few typing mistakes starts anew."""
        door = accounts()
        for _ in range(3):
            for _ in range(FAILED_SIGN_INS - 1):
                with pytest.raises(SignInFailed):
                    door.sign_in(key="a typing mistake", address=ADDRESS, now=NOW, secure=False)
            signed_in(door)


@pytest.mark.parametrize("name", ["Ana", "x" * 40, "龍" * 40, "\U0001f680" * 40])
def test_staff_are_known_by_the_name_they_gave(name: str) -> None:
    """A name of any script fits into the cookie and comes back from it; without one it says how they signed in."""
    of = accounts()
    cookie = of.sign_in(key=ADMIN_KEY, name=name, address=ADDRESS, now=NOW, secure=False)
    assert of.recognise({cookie.name: cookie.value}, NOW).staff == name
    plain = of.sign_in(key=ADMIN_KEY, address=ADDRESS, now=NOW, secure=False)
    assert of.recognise({plain.name: plain.value}, NOW).staff == "admin"
