"""A tool as people reviewed it: the same operation, with who must consent and what is bound to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.tools.base import ConsentRule, OutgoingRequest, Tool, ToolOutcome, ToolSpec


def reviewed(tool: Tool, *, consent: ConsentRule | None = None, bound: Mapping[str, str] | None = None) -> Tool:
    """Return the tool with this rule of consent, and these arguments bound to claims and hidden from the model.

    Only arguments that the tool has are bound; what is not given stays as it was.
    """
    spec = tool.spec
    known = spec.schema.get("properties", {})
    binds = {**spec.bound, **{name: claim for name, claim in (bound or {}).items() if name in known}}
    changed = replace(
        spec,
        consent=consent or spec.consent,
        bound=binds,
        parameters=without_arguments(spec.parameters, binds),
    )
    return tool if changed == spec else _ReviewedTool(tool, changed)


def without_arguments(parameters: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a schema of arguments without these, for a model that must not know of them."""
    kept = dict(parameters)
    if "properties" in kept:
        kept["properties"] = {name: schema for name, schema in kept["properties"].items() if name not in names}
    if "required" in kept:
        kept["required"] = [name for name in kept["required"] if name not in names]
    return kept


class _ReviewedTool:
    """The operation itself, under another description."""

    def __init__(self, tool: Tool, spec: ToolSpec) -> None:
        self._tool = tool
        self._spec = spec

    @property
    def spec(self) -> ToolSpec:
        """Describe the tool as it was reviewed."""
        return self._spec

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        """Build what `run` would send."""
        return self._tool.preview(args)

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Do it once."""
        return await self._tool.run(args, idempotency_key=idempotency_key)
