"""Retry: when something is tried again, how long it is waited for, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outgoing.retry import ATTEMPTS, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Retry, retry_after_seconds

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Flaky:
    """Gives one result after the other, the last one for ever; and keeps the pauses instead of sleeping."""

    def __init__(self, *results: str) -> None:
        self.results = list(results)
        self.calls = 0
        self.pauses: list[float] = []

    async def __call__(self) -> str:
        self.calls += 1
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def unless_ok(result: str) -> float | None:
    return None if result == "ok" else 0.0


async def test_a_good_result_is_final() -> None:
    """What works is not done again."""
    flaky = Flaky("ok")
    tried = await Retry(sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert (tried.result, tried.retries, flaky.calls, flaky.pauses) == ("ok", 0, 1, [])


async def test_it_is_tried_again_until_it_works() -> None:
    """A hiccup is not noticed, but counted."""
    flaky = Flaky("down", "ok")
    tried = await Retry(sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert (tried.result, tried.retries, flaky.calls) == ("ok", 1, 2)


async def test_the_last_result_is_returned_when_nothing_helps() -> None:
    """After the last attempt the failure itself comes back, not an error about retrying."""
    flaky = Flaky("down")
    tried = await Retry(sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert (tried.result, tried.retries, flaky.calls) == ("down", ATTEMPTS - 1, ATTEMPTS)


async def test_pauses_grow_and_are_spread() -> None:
    """Each pause is at least twice the one before without its jitter, and never over the limit."""
    flaky = Flaky("down")
    await Retry(attempts=8, sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    for number, pause in enumerate(flaky.pauses):
        base = FIRST_PAUSE_SECONDS * 2**number
        assert min(base, LONGEST_PAUSE_SECONDS) <= pause <= min(base + FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)


async def test_jitter_makes_pauses_differ() -> None:
    """Many clients that failed together do not come back together."""
    flaky = Flaky("down")
    for _ in range(5):
        await Retry(attempts=2, sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert len(set(flaky.pauses)) > 1


async def test_the_target_may_ask_for_a_longer_pause() -> None:
    """Retry-After is respected."""
    flaky = Flaky("busy", "ok")
    tried = await Retry(sleep=flaky.sleep).call(flaky, again_after=lambda r: None if r == "ok" else 2.5)
    assert tried.result == "ok"
    assert flaky.pauses == [2.5]


async def test_a_target_that_asks_for_too_long_is_not_waited_for() -> None:
    """Nobody waits a minute in a chat: the answer is final instead."""
    flaky = Flaky("busy")
    tried = await Retry(sleep=flaky.sleep).call(flaky, again_after=lambda _: LONGEST_PAUSE_SECONDS + 0.1)
    assert (tried.retries, flaky.pauses) == (0, [])


async def test_one_attempt_switches_it_off() -> None:
    """With one attempt nothing is tried again."""
    flaky = Flaky("down")
    tried = await Retry(attempts=1, sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert (tried.retries, flaky.calls) == (0, 1)


async def test_no_attempt_begins_after_the_patience_is_over() -> None:
    """A target that lets each attempt time out is given up early."""
    flaky = Flaky("down")
    tried = await Retry(patience=0, sleep=flaky.sleep).call(flaky, again_after=unless_ok)
    assert (tried.retries, flaky.calls) == (0, 1)


async def test_an_exception_is_not_tried_again() -> None:
    """What is worth another attempt comes as a result; an exception is a mistake of ours and passes through."""
    calls = 0

    async def breaks() -> str:
        nonlocal calls
        calls += 1
        raise LookupError

    with pytest.raises(LookupError):
        await Retry().call(breaks, again_after=unless_ok)
    assert calls == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Fri, 01 May 2026 12:00:30 GMT", 30.0),
        ("Fri, 01 May 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 May 2026 12:00:30 -0000", 30.0),
        (None, 0.0),
        ("", 0.0),
        ("-1", 0.0),
        ("1.5", 0.0),
        ("soon", 0.0),
        ("²", 0.0),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(value: str | None, seconds: float) -> None:
    """Both forms of the header count, nonsense does not."""
    assert retry_after_seconds(value, now=NOW) == seconds


@given(st.text())
def test_no_header_is_too_strange_to_read(value: str) -> None:
    """Whatever a target sends, the pause is a number that is not negative."""
    assert retry_after_seconds(value, now=NOW) >= 0


@given(st.integers(min_value=0, max_value=10**6))
def test_a_date_and_its_seconds_are_the_same(seconds: int) -> None:
    """The two forms agree."""
    date = (NOW + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after_seconds(date, now=NOW) == retry_after_seconds(str(seconds)) == seconds
