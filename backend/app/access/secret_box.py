"""Secret box: credentials at rest under AES-256-GCM, sealed before they are stored, opened only where they are used.

The key is derived from SECRET_KEY. With another key, a changed byte or in another place nothing opens:
`SecretBoxMistake`, and the credentials have to be entered again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import SecretBoxMistake

__all__ = ["SecretBox", "SecretBoxMistake"]

PURPOSE: Final = b"smart-support vault 1: credentials of APIs"  # never the key that signs cookies, though of one secret
KEY_BYTES: Final = 32  # AES-256
NONCE_BYTES: Final = 12  # what GCM is made for; random, so one key is good for billions of seals
MIN_SECRET_BYTES: Final = 16  # a shorter one could be guessed, and everything sealed with it read
_FORM: Final = b"\x01"  # AES-256-GCM with an HKDF-SHA256 key; another form gets another first byte


class SecretBox:
    """Seals small sets of secrets with a key derived from the server's secret; no byte can be changed unseen.

    `about` names what the secrets belong to. It is bound into the seal: a row that is copied to another place of the
    database does not open there.
    """

    def __init__(self, secret: bytes) -> None:
        """Derive the key; ValueError for a secret that is too short to protect anything."""
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"the secret of a vault has at least {MIN_SECRET_BYTES} bytes")
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, plain: Mapping[str, str], *, about: str = "") -> bytes:
        """Return the secrets encrypted; twice the same secrets give two different seals."""
        nonce = os.urandom(NONCE_BYTES)
        text = json.dumps(dict(plain), ensure_ascii=False).encode()
        return _FORM + nonce + self._cipher.encrypt(nonce, text, _bound(about))

    def open(self, sealed: bytes, *, about: str = "") -> dict[str, str]:
        """Return what was sealed; SecretBoxMistake where the key is another one or a byte was changed."""
        form, nonce, text = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if form != _FORM or len(nonce) != NONCE_BYTES:
            raise SecretBoxMistake("The stored credentials are damaged. Enter them again.")
        try:
            opened: dict[str, str] = json.loads(self._cipher.decrypt(nonce, text, _bound(about)))
        except InvalidTag:
            raise SecretBoxMistake from None
        return opened


def _bound(about: str) -> bytes:
    return _FORM + about.encode()
