"""Parameter styles: how values are written in a path, query, header or cookie, as OpenAPI and RFC 6570 say.

Values are percent-encoded whole, so that none can leave its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

_SEPARATORS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}
# What `allowReserved` lets through: not what ends a query or parts it, nor what forms read as something else.
_RESERVED: Final = ":/?@!$'()*,;="
_LARGEST_EXACT_FLOAT: Final = 2**53  # up to here a float without a fraction is exactly that integer


def written(value: Any) -> str:
    """Write one value as text: booleans and null as JSON does, whole numbers without a fraction."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_FLOAT:
        return str(int(value))
    return "" if value is None else as_json(value)


def as_json(value: Any) -> str:
    """Write a value as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded(value: Any, *, reserved: bool = False) -> str:
    """Write one value percent-encoded; `reserved` leaves what may stand in a query as it is."""
    return quote(written(value), safe=_RESERVED if reserved else "")


def scalars(value: Any) -> Iterator[Any]:
    """Give every value inside a value, keys included."""
    if isinstance(value, list):
        for item in value:
            yield from scalars(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from scalars(item)
    else:
        yield value


def simple(value: Any, *, explode: bool, encode: Callable[[Any], str], separator: str = ",") -> str:
    """Write a scalar, a list (`a,b`) or an object (`k,v` or exploded `k=v`) with a separator."""
    if isinstance(value, list):
        return separator.join(map(encode, value))
    if isinstance(value, Mapping):
        between = "=" if explode else separator
        return separator.join(f"{encode(key)}{between}{encode(item)}" for key, item in value.items())
    return encode(value)


def in_path(name: str, value: Any, *, style: str, explode: bool) -> str:
    """Write a path parameter in its style: simple, label (`.a.b`) or matrix (`;name=a`)."""
    if style == "label":
        return "." + simple(value, explode=explode, encode=encoded, separator="." if explode else ",")
    if style != "matrix":
        return simple(value, explode=explode, encode=encoded)
    key = encoded(name)
    if explode and isinstance(value, list):
        return "".join(f";{key}={encoded(item)}" for item in value)
    if explode and isinstance(value, Mapping):
        return "".join(f";{encoded(part)}={encoded(item)}" for part, item in value.items())
    return f";{key}={simple(value, explode=False, encode=encoded)}"


def in_query(name: str, value: Any, *, style: str, explode: bool, reserved: bool = False) -> list[str]:
    """Write a query parameter in its style, as `name=value` parts; none where there is nothing to say."""

    def encode(item: Any) -> str:
        return encoded(item, reserved=reserved)

    key = encoded(name)
    if value is None or (isinstance(value, list | Mapping) and not value):
        return []
    if style == "deepObject" and isinstance(value, list | Mapping):
        return _deep(key, value, encode)
    if isinstance(value, Mapping) and explode:
        return [f"{encoded(part)}={encode(item)}" for part, item in value.items()]
    if isinstance(value, list) and explode:
        return [f"{key}={encode(item)}" for item in value]
    separator = _SEPARATORS.get(style, ",")
    return [f"{key}={simple(value, explode=False, encode=encode, separator=separator)}"]


def _deep(key: str, value: Any, encode: Callable[[Any], str]) -> list[str]:
    """Write `key[a][b]=c`. Lists repeat their key, and number their entries where these have parts of their own."""
    if isinstance(value, Mapping):
        return [part for name, item in value.items() for part in _deep(f"{key}%5B{encoded(name)}%5D", item, encode)]
    if not isinstance(value, list):
        return [f"{key}={encode(value)}"]
    if not any(isinstance(item, list | Mapping) for item in value):
        return [f"{key}={encode(item)}" for item in value]
    return [part for index, item in enumerate(value) for part in _deep(f"{key}%5B{index}%5D", item, encode)]
