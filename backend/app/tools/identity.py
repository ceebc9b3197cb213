"""Customer identity of a tool call: arguments bound to verified claims are filled in here, never by a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.errors import IdentityRequired, ToolError, ToolInvalidInput
from app.tools.base import OutcomeStatus, OutgoingRequest, Tool, ToolOutcome, ToolSpec

MAX_REFERENCES: Final = 8  # a type that refers further is no plain value


def as_customer(tool: Tool, claims: Mapping[str, Any]) -> Tool:
    """Return the tool as this customer may use it: what is bound is filled in from the claims.

    A value for a bound argument is refused (`ToolInvalidInput`), and so is a customer whose claims lack what is
    needed (`IdentityRequired`). Its version covers the values, so consent for one customer never covers another.
    """
    return _CustomersTool(tool, claims) if tool.spec.bound else tool


def fill(spec: ToolSpec, args: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Add the bound arguments to those that were given."""
    given = sorted(name for name in spec.bound if name in args)
    if given:
        raise ToolInvalidInput(f"{given[0]}: it is filled in on the server. Leave it out.", field=given[0])
    missing = sorted(claim for claim in spec.bound.values() if claims.get(claim) in (None, ""))
    if missing:
        raise IdentityRequired(claim=missing[0])
    return {**args, **_values(spec, claims)}


class _CustomersTool:
    """A tool in the hands of one customer."""

    def __init__(self, tool: Tool, claims: Mapping[str, Any]) -> None:
        self._tool = tool
        self._claims = claims
        values = json.dumps(_values(tool.spec, claims), sort_keys=True, default=str)
        mark = hashlib.sha256(f"{tool.spec.version} {values}".encode()).hexdigest()[:32]
        self._spec = replace(tool.spec, version=mark)

    @property
    def spec(self) -> ToolSpec:
        """Describe the tool, with a version that covers the customer's values."""
        return self._spec

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        """Build what `run` would send for this customer."""
        return self._tool.preview(fill(self._tool.spec, args, self._claims))

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Do it for this customer; what is refused is an outcome, and nothing is sent."""
        try:
            filled = fill(self._tool.spec, args, self._claims)
        except ToolError as error:
            return ToolOutcome(
                status=OutcomeStatus.FAILED, summary=error.message, data={"error": error.message}, error=error.code
            )
        return await self._tool.run(filled, idempotency_key=idempotency_key)


def _values(spec: ToolSpec, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Take each bound argument's value from its claim, as its schema wants it written."""
    return {
        name: _as(_types_of(spec.schema, name), claims[claim])
        for name, claim in spec.bound.items()
        if claims.get(claim) is not None
    }


def _types_of(schema: Mapping[str, Any], name: str) -> set[str]:
    """Read which types an argument may have, also where it only refers to what it is."""
    described = schema.get("properties", {}).get(name)
    for _ in range(MAX_REFERENCES):
        if not isinstance(described, Mapping) or not isinstance(described.get("$ref"), str):
            break
        described = schema.get("$defs", {}).get(described["$ref"].removeprefix("#/$defs/"))
    kinds = described.get("type", ()) if isinstance(described, Mapping) else ()
    return {kinds} if isinstance(kinds, str) else {kind for kind in kinds if isinstance(kind, str)}


def _as(kinds: set[str], value: Any) -> Any:
    """Write a claim as a number or as text where only the one or the other fits; a token often has it otherwise."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and "string" in kinds and not kinds & {"integer", "number"}:
        return str(value)
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    if is_digits and "integer" in kinds and "string" not in kinds:
        return int(value)
    return value
