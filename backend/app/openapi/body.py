"""Request bodies, written in each media type: JSON, forms, parts, text and binary."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus

from app.errors import ToolInvalidInput
from app.openapi.parameter_style import as_json, in_query, written

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
OCTETS: Final = "application/octet-stream"

_LINES: Final = frozenset(
    {"application/jsonl", "application/x-ndjson", "application/x-jsonlines", "application/json-seq"}
)
_TEXTS: Final = frozenset({
    "application/xml", "application/yaml", "application/graphql", "application/javascript", "application/sql",
})  # fmt: skip
_BOUNDARY_CHARS: Final = 32
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f"]')  # what would end a part's name, or its header


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How one field of a form is written. Without a style it is text, or JSON where it has parts.

    `binary` takes base64 from the model and sends the bytes.
    """

    content_type: str = ""
    style: str = ""
    explode: bool = False
    allow_reserved: bool = False
    binary: bool = False


PLAINLY: Final = Encoding()


def kind_of(media_type: str) -> str:
    """Return how bodies of a media type are written: json, lines, form, parts, text or binary."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain in {JSON, "*/*", "application/*", "text/json"} or plain.endswith("+json"):
        return "json"
    if plain in _LINES:
        return "lines"
    if plain == FORM:
        return "form"
    if plain.startswith("multipart/"):
        return "parts"
    return "text" if plain.startswith("text/") or plain in _TEXTS or plain.endswith(("+xml", "+yaml")) else "binary"


def write_body(value: Any, media_type: str, encodings: Mapping[str, Encoding]) -> tuple[Any, str]:
    """Return the body as it is sent, and its content type; ToolInvalidInput where a value cannot be sent that way."""
    kind = kind_of(media_type)
    if kind == "json":
        return value, media_type
    if kind == "lines":
        items = value if isinstance(value, list) else [value]
        mark = "\x1e" if "json-seq" in media_type else ""
        return "".join(f"{mark}{as_json(item)}\n" for item in items).encode(), media_type
    if kind == "text":
        return written(value).encode(), media_type
    if kind == "binary":
        return decoded("body", value), OCTETS if "*" in media_type else media_type
    if not isinstance(value, Mapping):
        raise ToolInvalidInput("The body must be an object with one entry a field.", field="body")
    if kind == "form":
        return "&".join(_pairs(value, encodings)).encode(), FORM
    return _parts(value, media_type, encodings)


def decoded(name: str, value: Any) -> bytes:
    """Return the bytes that a base64 text stands for; ToolInvalidInput where it is none."""
    try:
        return base64.b64decode(value if isinstance(value, str) else "-", validate=True)
    except (binascii.Error, ValueError):
        raise ToolInvalidInput(f"{name}: write the content of the file in base64.", field=name) from None


def _pairs(fields: Mapping[str, Any], encodings: Mapping[str, Encoding]) -> Iterator[str]:
    for name, value in fields.items():
        how = encodings.get(name, PLAINLY)
        if how.style:
            yield from in_query(name, value, style=how.style, explode=how.explode, reserved=how.allow_reserved)
        elif value is not None:
            for item in value if isinstance(value, list) else [value]:
                yield f"{quote_plus(name)}={quote_plus(written(item))}"


def _parts(fields: Mapping[str, Any], media_type: str, encodings: Mapping[str, Encoding]) -> tuple[bytes, str]:
    parts = [
        _part(name, item, encodings.get(name, PLAINLY))
        for name, value in fields.items()
        if value is not None
        for item in (value if isinstance(value, list) else [value])
    ]
    # Taken from the content, so that what was shown for consent and what is sent are the same to the last byte.
    boundary = hashlib.sha256(b"\r\n".join(parts)).hexdigest()[:_BOUNDARY_CHARS]
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return body, f"{media_type.partition(';')[0].strip()}; boundary={boundary}"


def _part(name: str, value: Any, how: Encoding) -> bytes:
    shown = _UNFIT.sub(lambda match: f"%{ord(match[0]):02X}", name)
    header = f'Content-Disposition: form-data; name="{shown}"'
    content_type = how.content_type.partition(",")[0].strip()
    if how.binary:
        header += f'; filename="{shown}"'
        content_type = content_type if content_type and "*" not in content_type else OCTETS
        content = decoded(name, value)
    else:
        content_type = content_type or (JSON if isinstance(value, Mapping | list) else "")
        content = (as_json(value) if kind_of(content_type or "text/plain") == "json" else written(value)).encode()
    if content_type:
        header += f"\r\nContent-Type: {_UNFIT.sub('', content_type)}"
    return header.encode() + b"\r\n\r\n" + content
