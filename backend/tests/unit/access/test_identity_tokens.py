"""Tokens that say who the customer is: believed only when signed with the one key, in time, and for us."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.access.identity_tokens import MAX_CLAIMS, MAX_TOKEN_CHARS, IdentityTokens, identity_tokens
from app.errors import ConfigMistake, IdentityRefused
from app.settings import Settings

NOW = 1_800_000_000.0
SECRET = b"0123456789abcdef0123456789abcdef"
GOOD = {"sub": "c-7", "exp": NOW + 600}
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC = ec.generate_private_key(ec.SECP256R1())


def public(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def private(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def tokens(**more: Any) -> IdentityTokens:
    return IdentityTokens(**{"secret": SECRET, "max_age_seconds": 3_600, **more})


def signed(claims: dict[str, Any], key: Any = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def refusal(of: IdentityTokens, token: str) -> str:
    with pytest.raises(IdentityRefused) as caught:
        of.verify(token, now=NOW)
    return str(caught.value.details["reason"])


class TestBelieved:
    def test_names_the_customer_until_it_expires(self) -> None:
        """A good token gives the customer, the claims, and how long they hold."""
        identity = tokens().verify(signed({**GOOD, "plan": "gold", "iat": NOW}), now=NOW)
        assert identity.customer == "c-7"
        assert identity.claims == {"sub": "c-7", "plan": "gold"}
        assert identity.expires_at.timestamp() == NOW + 600

    @pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256")])
    def test_of_a_private_key(self, key: Any, algorithm: str) -> None:
        """With a public key, tokens of its private key are believed; its line ends may be written out."""
        token = signed(GOOD, private(key), algorithm)
        for pem in (public(key), public(key).replace("\n", "\\n")):
            assert tokens(secret=None, public_key=pem).verify(token, now=NOW).customer == "c-7"

    def test_for_our_audience_and_of_our_issuer(self) -> None:
        """Where an audience and an issuer are set, the token has to name both."""
        ours = tokens(audience="support", issuer="shop")
        assert ours.verify(signed({**GOOD, "aud": "support", "iss": "shop"}), now=NOW).customer == "c-7"
        for missing in (
            {"aud": "support"},
            {"iss": "shop"},
            {"aud": "x", "iss": "shop"},
            {"aud": "support", "iss": "x"},
        ):
            refusal(ours, signed({**GOOD, **missing}))

    def test_made_here_to_try_it_out(self) -> None:
        """A token that the command line makes is believed, and lives no longer than is allowed."""
        ours = tokens(audience="support", issuer="shop")
        identity = ours.verify(ours.sign({"sub": "c-7"}, now=NOW, seconds=10**9), now=NOW)
        assert identity.expires_at.timestamp() == NOW + 3_600
        with pytest.raises(ConfigMistake, match="nothing can be signed"):
            tokens(secret=None, public_key=public(EC)).sign({"sub": "x"}, now=NOW, seconds=60)


class TestRefused:
    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"sub": "c-7"}, "MissingRequiredClaimError"),
            ({"exp": NOW + 600}, "MissingRequiredClaimError"),
            ({**GOOD, "exp": NOW}, "expired"),
            ({**GOOD, "exp": NOW - 1}, "expired"),
            ({**GOOD, "exp": NOW + 3_661}, "lives_too_long"),
            ({**GOOD, "exp": 1e18}, "no_time"),
            ({**GOOD, "exp": True}, "no_time"),
            ({**GOOD, "nbf": NOW + 120}, "too_early"),
            ({**GOOD, "nbf": "soon"}, "no_time"),
            ({**GOOD, "aud": "another"}, "InvalidAudienceError"),
            ({**GOOD, "sub": " "}, "no_customer"),
            ({**GOOD, "sub": "x" * 201}, "no_customer"),
            ({**GOOD, "sub": "a\x00b"}, "no_customer"),
        ],
    )
    def test_what_does_not_hold(self, claims: dict[str, Any], reason: str) -> None:
        """A token without an end, with too late a one, not yet valid, for others, or for nobody."""
        assert refusal(tokens(), signed(claims)) == reason

    def test_another_key(self) -> None:
        """What others have signed is worth nothing."""
        assert refusal(tokens(), signed(GOOD, b"another secret that is long enough!")) == "InvalidSignatureError"

    def test_no_signature(self) -> None:
        """A token without a signature is refused, however it says so."""
        for algorithm in ("none", "None", "NONE"):
            head, body = ({"alg": algorithm, "typ": "JWT"}, GOOD)
            parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body)]
            assert refusal(tokens(), f"{parts[0]}.{parts[1]}.") == "InvalidAlgorithmError"

    def test_the_public_key_is_no_secret(self) -> None:
        """A token signed with our public key as if it were a shared secret is refused: the algorithm is ours to say."""
        pem = public(RSA)
        head, body = ({"alg": "HS256", "typ": "JWT"}, GOOD)
        parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body)]
        mac = hmac.new(pem.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
        token = ".".join([*parts, urlsafe_b64encode(mac).decode().rstrip("=")])
        assert refusal(tokens(secret=None, public_key=pem), token) == "InvalidAlgorithmError"

    def test_a_stronger_algorithm_of_the_same_key_is_another(self) -> None:
        """Only the one algorithm of the key counts."""
        assert refusal(tokens(), signed(GOOD, SECRET * 2, "HS512")) == "InvalidAlgorithmError"

    def test_what_is_too_long(self) -> None:
        """A token that is a book is not read."""
        assert refusal(tokens(), "x" * (MAX_TOKEN_CHARS + 1)) == "too_long"

    @given(token=st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{0,40}){0,3}"))
    def test_anything_else_is_refused_and_never_breaks(self, token: str) -> None:
        """Whatever comes: it is refused in words."""
        refusal(tokens(), token)


class TestClaims:
    def test_keeps_what_can_fill_an_argument(self) -> None:
        """Texts, numbers and yes or no are kept; what is about the token, or deep, is not."""
        more = {"n": 7, "f": 1.5, "b": True, "deep": {"a": 1}, "list": [1], "none": None, "long": "x" * 501, "jti": "j"}
        assert tokens().verify(signed({**GOOD, **more}), now=NOW).claims == {"sub": "c-7", "n": 7, "f": 1.5, "b": True}

    def test_keeps_a_handful(self) -> None:
        """However many claims a token has, a turn stores a bounded number, the customer's always."""
        many = {f"c{n}": n for n in range(200)}
        claims = tokens().verify(signed({**many, **GOOD}), now=NOW).claims
        assert len(claims) <= MAX_CLAIMS + 1
        assert claims["sub"] == "c-7"


class TestSetUp:
    @pytest.mark.parametrize("pem", ["", "no key", public(EC).replace("PUBLIC", "PRIVATE"), "-----BEGIN"])
    def test_a_key_that_is_none(self, pem: str) -> None:
        """What cannot be read as a public key stops the start."""
        with pytest.raises(ConfigMistake, match="IDENTITY_PUBLIC_KEY"):
            tokens(secret=None, public_key=pem)

    @pytest.mark.parametrize(
        "key",
        [
            rsa.generate_private_key(public_exponent=65_537, key_size=1_024),  # noqa: S505  # to be refused
            ec.generate_private_key(ec.SECP384R1()),
        ],
    )
    def test_a_key_that_is_weak_or_of_another_kind(self, key: Any) -> None:
        """A short RSA key, or a curve that ES256 is not for, is refused."""
        with pytest.raises(ConfigMistake, match="2048 bits or an EC key on P-256"):
            tokens(secret=None, public_key=public(key))

    @pytest.mark.parametrize("keys", [{}, {"secret": SECRET, "public_key": public(EC)}])
    def test_exactly_one_key(self, keys: dict[str, Any]) -> None:
        """Two keys, or none, leave open whom to believe."""
        with pytest.raises(ConfigMistake, match="either IDENTITY_SECRET or IDENTITY_PUBLIC_KEY"):
            IdentityTokens(**keys, max_age_seconds=60)

    def test_by_the_settings(self, tmp_path: Path) -> None:
        """The key that is set counts; without one, tokens of our own secret key do, and of no other."""
        bare = Settings(_env_file=None, data_dir=tmp_path, secret_key=SecretStr("x" * 32))
        token = identity_tokens(bare).sign({"sub": "c-7"}, now=NOW, seconds=60)
        assert identity_tokens(bare).verify(token, now=NOW).customer == "c-7"
        other = bare.model_copy(update={"secret_key": SecretStr("y" * 32)})
        assert refusal(identity_tokens(other), token) == "InvalidSignatureError"
        shared = bare.model_copy(update={"identity_secret": SecretStr(SECRET.decode())})
        assert identity_tokens(shared).verify(signed(GOOD), now=NOW).customer == "c-7"
        assert refusal(identity_tokens(shared), token) == "InvalidSignatureError"
        keyed = bare.model_copy(update={"identity_public_key": public(EC)})
        assert identity_tokens(keyed).verify(signed(GOOD, private(EC), "ES256"), now=NOW).customer == "c-7"
