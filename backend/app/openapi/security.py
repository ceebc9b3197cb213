"""Security schemes of an API, and what each operation needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from app.openapi.document import Document, DocumentMistake, content_of, line
from app.openapi.operation import Note, Security, SecurityNeed, SecurityScheme

MAX_SCHEMES: Final = 100  # the largest public documents have ten
MAX_ALTERNATIVES: Final = 20  # of one operation

_HANDSHAKES: Final = frozenset(
    {"digest", "negotiate", "ntlm", "hoba", "mutual", "scram-sha-1", "scram-sha-256", "none"}
)
_WHOLE_HEADER: Final = "Enter all that stands in the header Authorization, such as “Token 12ab”."

# The flows whose tokens a program can get by itself come first.
_FLOWS: Final = ("clientCredentials", "authorizationCode", "password", "deviceAuthorization", "implicit")


def read_schemes(document: Document, *, source: str) -> dict[str, SecurityScheme]:
    """Return the document's security schemes by name; what is not understood is unsupported, and noted."""
    known = content_of(content_of(document.content, "components"), "securitySchemes")
    made = {}
    for name, entry in list(known.items())[:MAX_SCHEMES]:
        place = f"#/components/securitySchemes/{name}"
        try:
            raw = document.follow(entry, place)
        except DocumentMistake as mistake:
            document.note(place, mistake.message)
            continue
        if isinstance(raw, Mapping):
            made[str(name)] = _scheme(str(name), raw, document, place, source)
    return made


def _scheme(name: str, raw: Mapping[str, Any], document: Document, place: str, source: str) -> SecurityScheme:
    kind = str(raw.get("type")).strip().lower()
    words = line(raw.get("description"))[:500]
    if kind == "apikey":
        where, parameter = str(raw.get("in", "header")), line(raw.get("name"))
        if where in {"header", "query", "cookie"} and parameter:
            return SecurityScheme(name=name, kind="apiKey", place=where, parameter=parameter, description=words)
    if kind in {"basic", "bearer"}:
        document.note(place, f"A scheme of type '{kind}' should be of type http.")
        return _in_header(name, kind, words)
    scheme = str(raw.get("scheme")).strip().lower()
    if kind == "openidconnect" or (kind == "http" and scheme in {"basic", "bearer"}):
        return _in_header(name, "bearer" if kind == "openidconnect" else scheme, words)
    if kind == "http" and scheme not in _HANDSHAKES:  # such as `Token` or `ApiKey`: a text that is sent as it is
        return _in_header(name, "apiKey", f"{words} {_WHOLE_HEADER}".strip())
    if kind == "oauth2":
        return _oauth2(name, raw, words, source)
    document.note(place, f"A scheme of type '{kind[:50]}' is not supported: requests that need it cannot be sent.")
    return SecurityScheme(name=name, kind="unsupported", description=words)


def _in_header(name: str, kind: str, words: str) -> SecurityScheme:
    return SecurityScheme(name=name, kind=kind, place="header", parameter="Authorization", description=words)


def _oauth2(name: str, raw: Mapping[str, Any], words: str, source: str) -> SecurityScheme:
    flows = content_of(raw, "flows")
    scopes: dict[str, None] = {}
    token_url = ""
    authorization_url = line(content_of(flows, "authorizationCode").get("authorizationUrl"))
    for flow_name in _FLOWS:
        flow = content_of(flows, flow_name)
        listed = flow.get("scopes")
        scopes.update(dict.fromkeys(map(str, listed)) if isinstance(listed, Mapping | list) else {})
        token_url = token_url or line(flow.get("tokenUrl"))
    return SecurityScheme(
        name=name,
        kind="oauth2",
        place="header",
        parameter="Authorization",
        authorization_url=_absolute(authorization_url, source),
        token_url=_absolute(token_url, source),
        scopes=tuple(scopes)[:200],
        description=words,
    )


def _absolute(url: str, source: str) -> str:
    """Return a full address, relative to where the document came from; empty where it is none."""
    try:
        joined = urljoin(source, url) if url and urlsplit(source).scheme in {"http", "https"} else url
        return joined if urlsplit(joined).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def read_needs(own: Any, of_all: Any, schemes: Mapping[str, SecurityScheme], place: str, notes: list[Note]) -> Security:
    """Return what an operation needs: its own list, or else the document's. Names that are not defined are noted."""
    listed = of_all if own is None else own
    if isinstance(listed, Mapping):
        notes.append(Note(place=place, message="Its security should be a list."))
        listed = [listed]
    found = []
    for combination in listed[:MAX_ALTERNATIVES] if isinstance(listed, list) else []:
        if not isinstance(combination, Mapping):
            continue
        notes.extend(
            Note(place=place, message=f"It needs the security scheme '{name}', which is not defined.")
            for name in combination
            if name not in schemes
        )
        found.append(tuple(SecurityNeed(scheme=str(name), scopes=_words(s)) for name, s in combination.items()))
    return tuple(found)


def _words(scopes: Any) -> tuple[str, ...]:
    return tuple(scope for scope in scopes if isinstance(scope, str)) if isinstance(scopes, list) else ()
