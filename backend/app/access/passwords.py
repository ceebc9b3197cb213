"""Passwords of staff: rules for new ones by their length and a list, and Argon2id hashes.

Hashing takes 64 MiB and some 50 ms of a processor by design, so it runs in a thread, a few at a time.
"""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.errors import PasswordRefused

MIN_PASSWORD_CHARS: Final = 12  # what NIST SP 800-63B and OWASP ask for where length is the only rule
MAX_PASSWORD_CHARS: Final = 256  # a sentence; longer ones cost time to hash and protect nobody better
MIN_DIFFERENT_CHARS: Final = 5  # "aaaaaaaaaaaa" and "121212121212" are long and guessed first
AT_ONCE: Final = 2  # hashes at a time: more would starve the conversations of memory and processor
RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
)
RUN_CHARS: Final = 4  # a piece of a run that is noticed
COMMON: Final = frozenset(
    [
        "password",
        "passwort",
        "motdepasse",
        "contraseña",
        "letmein",
        "welcome",
        "admin",
        "administrator",
        "support",
        "iloveyou",
        "monkey",
        "dragon",
        "football",
        "baseball",
        "sunshine",
        "princess",
        "superman",
        "batman",
        "trustno",
        "starwars",
        "whatever",
        "changeme",
        "secret",
        "summer",
        "winter",
        "spring",
        "autumn",
        "login",
        "default",
        "master",
        "smartsupport",
    ]
)
"""Words that passwords are guessed with first; what is left of a password without them has to be long enough."""


class Passwords:
    """Checks new passwords, hashes them and compares them."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Begin with nobody waiting; the hasher's own costs are RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes."""
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str, *, name: str) -> str:
        """Return the hash of a new password; raises `PasswordRefused` where it would be guessed."""
        check_new_password(password, name=name)
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Say whether this is the password; without a stored one as much time passes, and the answer is no."""
        if stored is None and self._nobody is None:
            self._nobody = await asyncio.to_thread(self._hasher.hash, "nobody has this password")
        async with self._turn:
            return await asyncio.to_thread(self._verify, stored or self._nobody or "", password) and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False


def check_new_password(password: str, *, name: str) -> None:
    """Return where a password is long and not easily guessed; raises `PasswordRefused`, which says what is wrong."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise PasswordRefused(
            f"Choose a password of {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters; a few words are a good one."
        )
    plain = password.casefold()
    if len(set(plain)) < MIN_DIFFERENT_CHARS:
        raise PasswordRefused("This password repeats the same few characters. Choose another.")
    left = plain
    for word in sorted((*COMMON, *name.casefold().split()), key=len, reverse=True):
        left = left.replace(word, "") if len(word) > 2 else left  # noqa: PLR2004 - shorter words are in everything
    if len(_without_runs(left)) < MIN_PASSWORD_CHARS // 2:
        raise PasswordRefused(
            "This password is made of your name, common words or a row of keys, and would be guessed. Choose another."
        )


def _without_runs(text: str) -> str:
    """Take out what follows the alphabet, the digits or the keyboard, forwards or backwards."""
    runs = [
        run[at : at + RUN_CHARS] for row in RUNS for run in (row, row[::-1]) for at in range(len(row) - RUN_CHARS + 1)
    ]
    covered = {at + step for run in runs for at in _places(run, text) for step in range(RUN_CHARS)}
    return "".join(char for at, char in enumerate(text) if at not in covered)


def _places(part: str, text: str) -> list[int]:
    return [at for at in range(len(text) - len(part) + 1) if text.startswith(part, at)]
