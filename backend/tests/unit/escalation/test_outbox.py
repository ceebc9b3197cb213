"""Outbox of webhooks: how one is signed, and when a delivery is tried again."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.escalation.outbox import PAUSES, SPREAD, TOLERANCE_SECONDS, next_attempt, sign, verify

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
T = 1_777_636_800
BODY = b'{"thread_id":"t-1"}'


def test_a_signature_is_what_the_documentation_says() -> None:
    """Anybody can compute it: HMAC-SHA256 over the time, a dot, and the body."""
    expected = hmac.new(b"secret", b"1777636800." + BODY, hashlib.sha256).hexdigest()
    assert sign("secret", T, BODY) == f"t=1777636800,v1={expected}"


@given(st.text(min_size=1), st.binary(), st.integers(min_value=0, max_value=9_999_999_999))
def test_what_was_signed_verifies(secret: str, body: bytes, timestamp: int) -> None:
    """Any secret, any body, any time."""
    assert verify(secret, sign(secret, timestamp, body), body, now=timestamp)


@given(st.binary(), st.binary())
def test_another_body_does_not_verify(signed: bytes, received: bytes) -> None:
    """A body that was changed on the way is noticed."""
    assert verify("s", sign("s", T, signed), received, now=T) == (signed == received)


def test_another_secret_does_not_verify() -> None:
    """Only who knows the secret can sign."""
    assert not verify("other", sign("secret", T, BODY), BODY, now=T)


def test_another_time_does_not_verify() -> None:
    """The time is signed too, so an old delivery cannot be made to look new."""
    old = sign("secret", T, BODY)
    assert not verify("secret", old.replace(f"t={T}", f"t={T + 1000}"), BODY, now=T + 1000)


@pytest.mark.parametrize(
    ("age", "fits"),
    [(0, True), (TOLERANCE_SECONDS, True), (-TOLERANCE_SECONDS, True), (TOLERANCE_SECONDS + 1, False), (-301, False)],
)
def test_a_signature_is_good_for_a_few_minutes(age: int, fits: bool) -> None:
    """Clocks may differ a little; what is older is a replay."""
    assert verify("secret", sign("secret", T, BODY), BODY, now=T + age) is fits


def test_one_good_signature_among_several_is_enough() -> None:
    """While a secret is being changed, both may stand in the header."""
    good = sign("new", T, BODY)
    both = f"{sign('old', T, BODY)}, {good.partition(',')[2]}"
    assert verify("new", both, BODY, now=T)
    assert verify("old", both, BODY, now=T)


@pytest.mark.parametrize(
    "header",
    ["", "t=,v1=", f"t={T}", "v1=abc", f"t={T},v0=abc", "t=x,v1=abc", "t=²,v1=abc", f"t={T},t={T},v1=abc", "t=-1,v1=a",
     "t=" + "9" * 5000 + ",v1=a", f"t={T},v1=ü"],
)  # fmt: skip
def test_a_malformed_header_does_not_verify(header: str) -> None:
    """Nonsense is refused, not an error."""
    assert not verify("secret", header, BODY, now=T)


@given(st.text())
def test_no_header_is_too_strange(header: str) -> None:
    """Whatever comes, the answer is no."""
    assert not verify("secret", header, BODY, now=T)


def test_pauses_grow_until_the_delivery_is_dead() -> None:
    """Seconds first, hours at the end; after the last pause there is no further attempt."""
    times = [next_attempt(number, NOW) for number in range(1, len(PAUSES) + 2)]
    waits = [when - NOW for when in times if when is not None]
    assert waits == list(PAUSES) == sorted(PAUSES)
    assert times[-1] is None
    assert sum(PAUSES, timedelta()) > timedelta(hours=12)


@given(st.integers(min_value=1, max_value=len(PAUSES)), st.floats(min_value=0, max_value=1))
def test_pauses_are_spread_around_their_middle(attempt: int, chance: float) -> None:
    """Deliveries that failed together do not come back together, and none comes back at once."""
    when = next_attempt(attempt, NOW, chance=chance)
    assert when is not None
    part = (when - NOW) / PAUSES[attempt - 1]
    assert 1 - SPREAD - 1e-6 <= part <= 1 + SPREAD + 1e-6
