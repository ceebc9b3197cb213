"""Secret box: unreadable without the key, not to be changed unseen, opened only where it belongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.secret_box import SecretBox, SecretBoxMistake

SECRET = b"a secret of the server, long enough"
PLAIN = {"username": "desk", "password": "correct horse battery staple"}


@given(st.dictionaries(st.text(), st.text(), max_size=4), st.text(max_size=20))
def test_what_was_sealed_opens(plain: dict[str, str], about: str) -> None:
    """Whatever it is, with the same secret, also after a restart."""
    try:
        expected = {key.encode().decode(): value.encode().decode() for key, value in plain.items()}
    except UnicodeEncodeError:
        return
    sealed = SecretBox(SECRET).seal(plain, about=about)
    assert SecretBox(SECRET).open(sealed, about=about) == expected


def test_nothing_of_it_can_be_read() -> None:
    """Neither names nor values stand in what is stored."""
    sealed = SecretBox(SECRET).seal(PLAIN)
    for text in (*PLAIN, *PLAIN.values(), "horse"):
        assert text.encode() not in sealed


def test_the_same_secrets_never_look_the_same() -> None:
    """Nobody can tell from the database that two APIs share a password."""
    vault = SecretBox(SECRET)
    assert len({vault.seal(PLAIN) for _ in range(50)}) == 50


def test_another_key_opens_nothing_and_says_what_to_do() -> None:
    """After SECRET_KEY changed, a person enters the credentials again."""
    with pytest.raises(SecretBoxMistake, match=r"SECRET_KEY has changed.*Enter them again") as caught:
        SecretBox(b"another secret, just as long").open(SecretBox(SECRET).seal(PLAIN))
    assert caught.value.code == "vault_mistake"
    assert caught.value.__cause__ is None


def test_no_byte_can_be_changed() -> None:
    """Whoever can write into the database still cannot forge a credential."""
    vault = SecretBox(SECRET)
    sealed = vault.seal(PLAIN)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SecretBoxMistake):
            vault.open(bytes(changed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short", b"\x02" + b"x" * 60])
def test_what_is_no_seal_is_damaged(sealed: bytes) -> None:
    """An empty or cut column is a plain mistake."""
    with pytest.raises(SecretBoxMistake):
        SecretBox(SECRET).open(sealed)


def test_a_seal_opens_only_where_it_belongs() -> None:
    """A row that is copied to another API does not hand its credentials to that one."""
    vault = SecretBox(SECRET)
    sealed = vault.seal(PLAIN, about="api 1, scheme key")
    assert vault.open(sealed, about="api 1, scheme key") == PLAIN
    with pytest.raises(SecretBoxMistake):
        vault.open(sealed, about="api 2, scheme key")


def test_a_short_secret_protects_nothing() -> None:
    """It is refused when the vault is made."""
    with pytest.raises(ValueError, match="at least 16 bytes"):
        SecretBox(b"short")
