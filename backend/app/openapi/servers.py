"""Servers of an API, as its document names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from app.openapi.document import content_of
from app.openapi.operation import Note

MAX_SERVERS: Final = 20  # to choose from

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_HOST: Final = re.compile(r"(?<![\w.-])(localhost|[\w-]++(\.[\w-]++)++)(:\d+)?(/.*)?")


def read_servers(listed: Any, *, source: str, place: str, notes: list[Note]) -> tuple[str, ...]:
    """Return the servers' addresses, variables filled in, absolute where `source` allows; what is none is noted."""
    found: list[str] = []
    for server in listed if isinstance(listed, list) else [listed]:
        url = server.get("url") if isinstance(server, Mapping) else server
        if not isinstance(url, str):
            continue
        filled = _filled(url.strip(), content_of(server, "variables") if isinstance(server, Mapping) else {})
        if (_HOST.fullmatch(filled) and "." in filled.partition("/")[0]) or filled.startswith("localhost"):
            notes.append(Note(place=place, message=f"The server {filled[:100]} should begin with https://."))
            filled = f"https://{filled}"
        address = _address(filled, source)
        if address is None:
            notes.append(Note(place=place, message=f"The server {url[:100]} is not an http address; it was left out."))
        elif address not in found:
            found.append(address)
        if address and _VARIABLE.search(address):
            notes.append(Note(place=place, message=f"The server {url[:100]} has a variable without a value."))
    return tuple(found[:MAX_SERVERS])


def _filled(url: str, variables: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        variable = variables.get(match[1])
        if not isinstance(variable, Mapping):
            return match[0]
        choices = variable.get("enum")
        first = choices[0] if isinstance(choices, list) and choices else match[0]
        return str(variable.get("default", first))

    return _VARIABLE.sub(value, url)


def _address(url: str, source: str) -> str | None:
    """Return the address, relative to where the document came from; None where it is not one of http."""
    came_by = urlsplit(source).scheme
    try:
        if url.startswith("//") and came_by not in {"http", "https"}:
            url = f"https:{url}"
        joined = urljoin(source, url) if came_by in {"http", "https"} else url
        scheme = urlsplit(joined).scheme
    except ValueError:
        return None
    return joined if scheme in {"http", "https", ""} else None
