"""Visitors, told apart by their cookies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.access.visitors import DAY, VISITOR_SECONDS, Visitors

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0


def visitors(*, secret: bytes = SECRET) -> Visitors:
    return Visitors(secret=secret)


def admitted(of: Visitors, now: float = NOW) -> tuple[str, dict[str, str]]:
    visitor_id, cookie = of.admit({}, now, secure=False)
    assert cookie is not None
    return visitor_id, {cookie.name: cookie.value}


class TestVisitors:
    def test_a_stranger_becomes_a_visitor(self) -> None:
        """Without a cookie there is a new visitor, whom the new cookie proves."""
        door = visitors()
        visitor_id, cookies = admitted(door)
        assert door.recognise(cookies, NOW) == visitor_id

    def test_visitors_are_never_the_same(self) -> None:
        """Two strangers are two visitors."""
        door = visitors()
        assert admitted(door)[0] != admitted(door)[0]

    def test_a_known_visitor_gets_no_new_cookie(self) -> None:
        """A fresh cookie is left alone."""
        door = visitors()
        visitor_id, cookies = admitted(door)
        assert door.admit(cookies, NOW + 199 * DAY, secure=False) == (visitor_id, None)

    def test_the_cookie_is_renewed_when_half_old(self) -> None:
        """After 200 of its 400 days the same visitor gets a new cookie, which lives 400 days again."""
        door = visitors()
        visitor_id, cookies = admitted(door)
        later = NOW + 200 * DAY
        seen, cookie = door.admit(cookies, later, secure=False)
        assert seen == visitor_id
        assert cookie is not None
        assert cookie.max_age == VISITOR_SECONDS == 400 * DAY
        assert door.recognise({cookie.name: cookie.value}, later + 399 * DAY) == visitor_id

    def test_the_cookie_ends(self) -> None:
        """After 400 days the visitor is not known any more."""
        door = visitors()
        visitor_id, cookies = admitted(door)
        assert door.recognise(cookies, NOW + VISITOR_SECONDS) is None
        seen, cookie = door.admit(cookies, NOW + VISITOR_SECONDS, secure=False)
        assert seen not in {None, visitor_id}
        assert cookie is not None

    def test_the_cookie_is_lax(self) -> None:
        """A link from elsewhere opens the visitor's own conversation; https is kept to."""
        _, cookie = visitors().admit({}, NOW, secure=True)
        assert cookie is not None
        assert (cookie.samesite, cookie.secure) == ("Lax", True)

    def test_another_server_s_cookie_has_another_name(self) -> None:
        """Two servers on one host, on two ports, leave each other's visitors alone."""
        one, other = visitors(), visitors(secret=b"another secret of 32 bytes length")
        assert one.cookie != other.cookie

    def test_another_secret_s_signature_is_worth_nothing(self) -> None:
        """A cookie signed by somebody else proves nothing, whatever its name."""
        door, other = visitors(), visitors(secret=b"another secret of 32 bytes length")
        _, cookies = admitted(other)
        assert door.recognise({door.cookie: cookies[other.cookie]}, NOW) is None

    def test_a_cookie_from_the_future_is_worth_nothing(self) -> None:
        """A cookie that will be made tomorrow is a forgery; one of a slightly faster clock is not."""
        door = visitors()
        assert door.recognise(admitted(door, NOW + DAY)[1], NOW) is None
        assert door.recognise(admitted(door, NOW + 30)[1], NOW) is not None

    @given(text=st.text(max_size=700))
    def test_garbage_is_nobody(self, text: str) -> None:
        """Whatever stands in the cookies, nobody is recognised and nothing breaks."""
        door = visitors()
        assert door.recognise({door.cookie: text}, NOW) is None

    @given(position=st.integers(0, 60), char=st.characters(codec="ascii"))
    def test_a_changed_cookie_is_never_another_visitor(self, position: int, char: str) -> None:
        """Changing one character gives nobody, or the same visitor where it was the same character."""
        door = visitors()
        visitor_id, cookies = admitted(door)
        value = cookies[door.cookie]
        changed = value[:position] + char + value[position + 1 :]
        assert door.recognise({door.cookie: changed}, NOW) in {None, visitor_id}

    def test_a_cookie_hides_its_value(self) -> None:
        """Printing a cookie, in a log say, does not give it away."""
        _, cookie = visitors().admit({}, NOW, secure=False)
        assert cookie is not None
        assert cookie.value not in repr(cookie)


def test_over_https_the_name_keeps_other_hosts_out() -> None:
    """Over https only a cookie counts that no other host and no plain page can have set."""
    visitors = Visitors(secret=b"s" * 32)
    visitor_id, cookie = visitors.admit({}, 1_000.0, secure=True)
    assert cookie is not None
    assert cookie.name.startswith("__Host-")
    assert visitors.recognise({cookie.name: cookie.value}, 1_000.0, secure=True) == visitor_id
    assert visitors.recognise({visitors.cookie: cookie.value}, 1_000.0, secure=True) is None
