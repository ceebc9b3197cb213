"""Unique names of APIs and tools: legal, and the same at every import. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

MAX_TOOL_NAME: Final = 64  # what every provider of models accepts
MAX_API_NAME: Final = 24  # leaves a prefixed tool name most of its 64 characters
_NOISE: Final = frozenset(
    {"api", "apis", "www", "com", "net", "org", "io", "dev", "app", "openapi", "swagger", "json", "yaml", "yml", "rest"}
    | {"v1", "v2", "v3", "v4", "spec", "raw", "docs", "doc", "the", "of", "for", "and", "service", "http", "https"}
)


def slug(text: str) -> str:
    """Make an API's name of a title, an address or a file's name: the words that tell it from others."""
    words = re.findall(r"[a-z]+[a-z0-9]*|[0-9]+", text.lower())
    distinctive = [word for word in words if word not in _NOISE and not word.isdigit()] or ["api"]
    name: str = distinctive[0]
    for word in distinctive[1:]:
        if len(name) + len(word) + 1 > MAX_API_NAME:
            break
        name = f"{name}_{word}"
    return name[:MAX_API_NAME].rstrip("_")


def name_of_source(kind: str, name: str) -> str:
    """Make an API's first name of where its document came from."""
    if kind == "url":
        parts = urlsplit(name)
        host = parts.hostname or ""
        return slug(parts.path if re.fullmatch(r"(?=[^:]*:)[\d.:a-f]+|[\d.]+|localhost", host) else host)
    return slug(name.rpartition("/")[2]) if kind == "file" else "api"


def free(wanted: str, taken: Collection[str], *, longest: int = MAX_API_NAME) -> str:
    """Return the name, or the first of name_2, name_3, ... that is not taken."""
    if wanted not in taken:
        return wanted
    number = 2
    while (name := f"{wanted[: longest - len(str(number)) - 1]}_{number}") in taken:
        number += 1
    return name


def tool_names(
    wanted: Iterable[tuple[str, str]], *, before: Mapping[str, str], taken: Collection[str], api: str
) -> dict[str, str]:
    """Name each operation's tool, by its key.

    An operation keeps the name it had `before`. A new one gets the name it wants (`wanted` pairs keys with names),
    with the API's name before it where that is `taken` by another API, and a number where even that is not free.
    """
    pairs = list(wanted)
    names = {key: before[key] for key, _ in pairs if key in before}
    used = {*before.values(), *taken}
    for key, name in pairs:
        if key in names:
            continue
        fitting = name if name not in taken else f"{api}_{name}"[:MAX_TOOL_NAME].rstrip("_")
        names[key] = free(fitting, used, longest=MAX_TOOL_NAME)
        used.add(names[key])
    return names
