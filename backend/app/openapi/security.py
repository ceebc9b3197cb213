"""Security schemes of an API, and what each operation needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from app.openapi.document import Document, DocumentMistake, content_of, line
from app.openapi.operation import Note, Security, SecurityNeed, SecurityScheme

MAX_SCHEMES: Final = 100  # the largest public documents have ten
MAX_ALTERNATIVES: Final = 20  # of one operation

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
        return SecurityScheme(name=name, kind=kind, place="header", parameter="Authorization", description=words)
    if kind == "http" and (scheme := str(raw.get("scheme")).strip().lower()) in {"basic", "bearer"}:
        return SecurityScheme(name=name, kind=scheme, place="header", parameter="Authorization", description=words)
    if kind == "openidconnect":
        return SecurityScheme(name=name, kind="bearer", place="header", parameter="Authorization", description=words)
    if kind == "oauth2":
        return _oauth2(name, raw, words, source)
    document.note(place, f"A scheme of type '{kind[:50]}' is not supported: requests that need it cannot be sent.")
    return SecurityScheme(name=name, kind="unsupported", description=words)


def _oauth2(name: str, raw: Mapping[str, Any], words: str, source: str) -> SecurityScheme:
    flows = content_of(raw, "flows")
    scopes: dict[str, None] = {}
    token_url = ""
    for flow_name in _FLOWS:
        flow = content_of(flows, flow_name)
        listed = flow.get("scopes")
        scopes.update(dict.fromkeys(map(str, listed)) if isinstance(listed, Mapping | list) else {})
        token_url = token_url or line(flow.get("tokenUrl"))
    if token_url and urlsplit(source).scheme in {"http", "https"}:
        token_url = urljoin(source, token_url)
    return SecurityScheme(
        name=name,
        kind="oauth2",
        place="header",
        parameter="Authorization",
        token_url=token_url if urlsplit(token_url).scheme in {"http", "https"} else "",
        scopes=tuple(scopes)[:200],
        description=words,
    )


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
