"""Argument check: a call's arguments against its tool's full schema, before anything is sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import date, datetime
from ipaddress import ip_address
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

from app.errors import ToolInvalidInput
from app.language.linear_pattern import fits

MAX_ERRORS: Final = 50  # looked at to find the one that explains most
MAX_REFERENCES: Final = 20_000  # followed in one check, about half a second; an ordinary call follows a hundred
MAX_SHOWN_CHARS: Final = 120  # of a value or a list of choices in a message

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_EMAIL: Final = re.compile(r"(?<![^@\s])[^@\s]++@[^@\s]+")


class _Endless(Exception):
    """More references than any sound schema has."""


_followed: ContextVar[int] = ContextVar("followed")


def _counted_reference(validator: Any, reference: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Follow a reference as the library does; without references a schema is as finite as its text."""
    count = _followed.get(0) + 1
    _followed.set(count)
    if count > MAX_REFERENCES:
        raise _Endless
    yield from Draft202012Validator.VALIDATORS["$ref"](validator, reference, instance, schema)


def _linear_pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Match a pattern as the library does, by an engine that no pattern can hold up."""
    if isinstance(instance, str) and not fits(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: Final[Any] = extend(Draft202012Validator, {"$ref": _counted_reference, "pattern": _linear_pattern})  # type: ignore[no-untyped-call]  # has no types


class ArgumentCheck:
    """Says whether arguments fit one schema (JSON Schema 2020-12, formats included)."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Take a valid schema."""
        self._validator = _Validator(schema, format_checker=_formats())

    def __call__(self, args: Mapping[str, Any]) -> None:
        """Return where they fit; ToolInvalidInput says what is wrong with which argument."""
        _followed.set(0)
        try:
            error = best_match(islice(self._validator.iter_errors(dict(args)), MAX_ERRORS))
        except (_Endless, RecursionError, ArithmeticError):
            raise ToolInvalidInput("The values are nested too deep or too large to be checked.") from None
        if error is not None:
            field, sentence = _explain(error)
            raise ToolInvalidInput(sentence, field=field)


def _explain(error: ValidationError) -> tuple[str, str]:
    """Name the argument and say what it takes, in words for whoever fills it in."""
    path = ".".join(str(part) for part in error.absolute_path)
    instance: Any = error.instance
    wanted: Any = error.validator_value
    if error.validator == "required":
        missing = next(name for name in wanted if name not in instance)
        field = f"{path}.{missing}".lstrip(".")
        return field, f"{field} is missing."
    if error.validator == "dependentRequired":
        needed = [name for key, names in wanted.items() if key in instance for name in names]
        field = next(name for name in needed if name not in instance)
        return field, f"{field} is missing."
    if error.validator == "additionalProperties" and wanted is False:
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        unknown = sorted(str(name) for name in instance if name not in known)
        field = f"{path}.{unknown[0]}".lstrip(".") if unknown else path
        return field, f"{_shown(field)}: there is no such argument. Leave it out."
    return path, f"{path or 'The arguments'}: {_takes(error)}."


def _takes(error: ValidationError) -> str:
    value: Any = error.validator_value
    sentences: dict[str, Callable[[], str]] = {
        "type": lambda: f"it must be {_kinds(value)}",
        "enum": lambda: f"it must be one of {_shown(', '.join(map(str, value)))}",
        "const": lambda: f"it must be {_shown(str(value))}",
        "minimum": lambda: f"it must be at least {value}",
        "maximum": lambda: f"it must be at most {value}",
        "exclusiveMinimum": lambda: f"it must be more than {value}",
        "exclusiveMaximum": lambda: f"it must be less than {value}",
        "multipleOf": lambda: f"it must be a multiple of {value}",
        "minLength": lambda: "it must not be empty" if value == 1 else f"it needs at least {value} characters",
        "maxLength": lambda: f"it may have at most {value} characters",
        "minItems": lambda: f"it needs at least {value} entries",
        "maxItems": lambda: f"it may have at most {value} entries",
        "uniqueItems": lambda: "no entry may stand there twice",
        "pattern": lambda: f"it does not have the required form ({_shown(value)})",
        "format": lambda: f"it is not a valid {value}",
    }
    sentence = sentences.get(str(error.validator))
    return sentence() if sentence else "it does not have the required form"


def _kinds(value: Any) -> str:
    kinds = value if isinstance(value, list) else [value]
    return " or ".join(f"{'an' if kind[0] in 'aio' else 'a'} {kind}" if kind != "null" else "null" for kind in kinds)


def _shown(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…"


def _formats() -> FormatChecker:
    """Make the checker of those formats that have one meaning everywhere; others are let through."""
    checker = FormatChecker(formats=())
    readers: dict[str, Callable[[str], object]] = {
        "date": lambda text: date.fromisoformat(_matching(_DATE, text)),
        "date-time": lambda text: datetime.fromisoformat(_matching(_DATE_TIME, text).upper()),
        "email": lambda text: _matching(_EMAIL, text),
        "ipv4": lambda text: _address(text, 4),
        "ipv6": lambda text: _address(text, 6),
        "uri": _absolute,
        "uuid": uuid.UUID,
    }
    for name, read in readers.items():
        checker.checks(name, raises=ValueError)(_only_text(read))
    return checker


def _only_text(read: Callable[[str], object]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        if isinstance(value, str):
            read(value)
        return True

    return fits


def _matching(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(text)
    return text


def _address(text: str, version: int) -> None:
    if ip_address(text).version != version:
        raise ValueError(text)


def _absolute(text: str) -> None:
    if not urlsplit(text).scheme:
        raise ValueError(text)
