"""Credentials that a document declares as parameters: found by their names, and never given to a model.

Many documents describe `X-API-Key` or `Authorization` among the arguments instead of as a security scheme. A model
can only invent them, so each becomes a scheme whose credentials an admin enters once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.openapi.operation import Security, SecurityNeed, SecurityScheme
from app.openapi.security import MAX_SCHEMES

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SECRETS: Final = frozenset({"token", "authorization", "secret", "password", "apikey", "jwt", "auth"})
_KEY_OWNERS: Final = frozenset(
    {"api", "auth", "access", "subscription", "secret", "app", "rapidapi", "service", "client"}
)
# Tokens that say where a list goes on or that a page is ours, not who asks.
_OTHER_TOKENS: Final = frozenset({
    "csrf", "xsrf", "page", "next", "continuation", "sync", "idempotency", "cancellation", "device", "push", "captcha",
    "recaptcha", "turnstile", "change", "lock", "reset", "otp", "previous", "start", "cursor", "confirmation", "upload",
    "resume", "invite", "invitation", "verification", "one", "code", "refresh", "registration", "fcm",
})  # fmt: skip
_IN_QUERY: Final = frozenset({
    ("api", "key"), ("apikey",), ("access", "token"), ("auth", "token"), ("api", "token"), ("subscription", "key"),
    ("app", "key"), ("client", "secret"), ("api", "secret"), ("x", "api", "key"),
})  # fmt: skip
_ABOUT_TOKENS: Final = frozenset({"token", "tokens", "tokeninfo", "introspect", "verify", "revoke", "oauth", "oauth2"})
_WORDS: Final = "The document declares it as a parameter. What is entered is sent as it is, with every request."


@dataclass(frozen=True, kw_only=True)
class CredentialParameter:
    """A parameter that says who asks: where it goes, under which name, and whether nothing works without it."""

    name: str
    place: str
    required: bool


def is_credential(name: str, place: str, path: str) -> bool:
    """Say whether a parameter of this name is who asks. A token that the operation is about is an argument."""
    words = tuple(word.lower() for word in _WORD.findall(name))
    if not words:
        return False
    if place == "query":
        return words in _IN_QUERY and not _ABOUT_TOKENS & set(re.split(r"[/{}_.-]+", path.lower()))
    if place != "header" or _OTHER_TOKENS & set(words):
        return False
    return words[-1] in _SECRETS or (words[-1] == "key" and bool(_KEY_OWNERS & set(words[:-1])))


def with_parameters(
    security: Security, found: Iterable[CredentialParameter], schemes: dict[str, SecurityScheme]
) -> Security:
    """Return what the operation needs with its credential parameters; a scheme that is not declared is added."""
    for one in found:
        same = {scheme.name for scheme in schemes.values() if _is_at(scheme, one)}
        if not same and len(schemes) >= MAX_SCHEMES:
            continue
        if not same:
            name = _free(one.name, schemes)
            schemes[name] = SecurityScheme(
                name=name, kind="apiKey", place=one.place, parameter=one.name, description=_WORDS
            )
            same = {name}
        need = SecurityNeed(scheme=min(same))
        before = security or ((),)
        met = [combination if same & {each.scheme for each in combination} else (*combination, need)
               for combination in before]  # fmt: skip
        security = tuple(dict.fromkeys(met if one.required else [*met, *before]))
    return security


def _is_at(scheme: SecurityScheme, one: CredentialParameter) -> bool:
    return scheme.place == one.place and scheme.parameter.lower() == one.name.lower()


def _free(name: str, schemes: Mapping[str, SecurityScheme]) -> str:
    number, made = 2, name
    while made in schemes:
        made, number = f"{name} {number}", number + 1
    return made
