"""Bundler of documents that refer to other documents: which ones, and all of them put together into one.

Nothing is fetched here. Whoever has the documents hands them in; a reference to one that is not among them stays as
it is, and whatever needs it says so.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

HOME: Final = "x-files"  # where the other documents stand in the one that is put together

_CONTAINERS: Final = frozenset({dict, list})  # what a document is made of
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")


def external_references(content: Mapping[str, Any], source: str) -> set[str]:
    """Return the addresses of the documents that this one, which came from `source`, refers to.

    Absolute where the source is a URL; otherwise paths beside it, such as the names of files in one archive.
    """
    found = set()
    for reference in _references(content):
        target = urldefrag(reference)[0]
        if target and (address := _joined(source, target)) != source:
            found.add(address)
    return found


def bundled(content: Mapping[str, Any], *, source: str, files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return one document in which references to these files lead inside it; the same one where there are none."""
    known = {_joined("", name): file for name, file in files.items()}
    known.pop(source, None)
    own = {source, content["$self"]} if isinstance(content.get("$self"), str) else {source}
    if not any(urldefrag(reference)[0] for reference in _references(content)):
        return content
    homes: dict[str, str] = {}
    pending: list[str] = []

    def leading(base: str) -> Callable[[str], str]:
        def inside(reference: str) -> str:
            target, fragment = urldefrag(reference)
            address = _joined(base, target) if target else base
            if target and address not in known and address not in own:
                return reference
            if fragment and not fragment.startswith("/"):
                return f"#{fragment}"
            if address in own:
                return f"#{fragment}"
            if address not in homes:
                stem = _UNFIT.sub("_", posixpath.basename(urlsplit(address).path).partition(".")[0]) or "file"
                homes[address] = f"{stem}_{len(homes)}"
                pending.append(address)
            return f"#/{HOME}/{homes[address]}{fragment}"

        return inside

    made = _copied(content, leading(source))
    made[HOME] = {}
    while pending:
        address = pending.pop()
        made[HOME][homes[address]] = _copied(known[address], leading(address))
    return made


def _joined(base: str, target: str) -> str:
    if urlsplit(base).scheme or urlsplit(target).scheme:
        return urljoin(base, target)
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(target)))


def _references(content: Mapping[str, Any]) -> Iterator[str]:
    pending: list[Any] = [content]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference
            pending += [value for value in node.values() if type(value) in _CONTAINERS]
        else:
            pending += [value for value in node if type(value) in _CONTAINERS]


def _copied(content: Mapping[str, Any], inside: Callable[[str], str]) -> dict[str, Any]:
    """Copy a document with its references changed; what it shares stays shared."""
    whole: dict[str, Any] = {}
    copies: dict[int, Any] = {id(content): whole}
    pending: list[tuple[Any, Any]] = [(content, whole)]

    def copy_of(value: Any) -> Any:
        if not isinstance(value, Mapping | list):
            return value
        if id(value) not in copies:
            copies[id(value)] = {} if isinstance(value, Mapping) else []
            pending.append((value, copies[id(value)]))
        return copies[id(value)]

    while pending:
        node, made = pending.pop()
        if isinstance(node, Mapping):
            for key, value in node.items():
                made[key] = inside(value) if key == "$ref" and isinstance(value, str) else copy_of(value)
        else:
            made.extend(copy_of(value) for value in node)
    return whole
