"""Passwords of staff: what is refused, what is accepted, and what a hash tells."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from app.access.passwords import MAX_PASSWORD_CHARS, Passwords, check_new_password
from app.errors import PasswordRefused


def passwords() -> Passwords:
    """Passwords whose hashes cost next to nothing."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.mark.parametrize(
    "password",
    [
        "violet kettle under snow",
        "Tr0mbone-and-thyme",
        "\u9f8d\u306e\u5b50\u306f\u6c34\u306e\u4e2d\u3067\u7720\u308b\u9577\u3044\u591c",
        "password reset takes ages here",
        "x" * 4 + "kfjqwmzbtrou" + "y" * 4,
    ],
)
def test_a_long_one_is_taken(password: str) -> None:
    """Twelve characters that are not a row, a repetition or a common word are enough, in any script."""
    check_new_password(password, name="Ana Flores")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "eleven char",
        "x" * (MAX_PASSWORD_CHARS + 1),
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "passwordpassword",
        "password1234",
        "Password123456",
        "qwertyuiop123",
        "0987654321qwerty",
        "abcdefghijklmnop",
        "anaflores2027",
        "Flores Ana 123",
        "smartsupport1",
        "welcomewelcome1!",
    ],
)
def test_one_that_would_be_guessed_is_refused(password: str) -> None:
    """Short ones, repetitions, rows of keys, common words and the owner's name are refused, with the reason."""
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, name="Ana Flores")
    assert "password" in refused.value.message.lower()
    assert refused.value.message != PasswordRefused.sentence


async def test_only_the_password_matches_its_hash() -> None:
    """The hash holds nothing of the password, and no other one matches it."""
    of = passwords()
    stored = await of.hash("violet kettle under snow", name="Ana")
    assert stored.startswith("$argon2id$")
    assert "violet" not in stored
    assert await of.matches("violet kettle under snow", stored)
    assert not await of.matches("violet kettle under Snow", stored)


@pytest.mark.parametrize("stored", [None, "", "no hash", "$argon2id$v=19$damaged"])
async def test_without_a_hash_nothing_matches(stored: str | None) -> None:
    """An account without a password, or with a damaged one, is not entered by any."""
    assert not await passwords().matches("nobody has this password", stored)


async def test_a_hash_costs_what_the_standard_asks_for() -> None:
    """64 MiB of memory and three passes, unless a test says otherwise."""
    assert "m=65536,t=3,p=4" in await Passwords().hash("violet kettle under snow", name="Ana")
