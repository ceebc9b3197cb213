"""Peers reading the same document: `PYTHON others.py fastmcp|validator|referencing|jsonschema DOCUMENT`.

It runs in an environment of its own (requirements-bench.lock) and prints one JSON object. The product is not there.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml


def load(path: Path) -> Any:
    """Parse the document as is usual; dates stay text, as a JSON reader has them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)

    class Loader(yaml.CSafeLoader):
        """PyYAML's fast loader without dates."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    return json.loads(json.dumps(yaml.load(text, Loader)))  # noqa: S506  # it makes plain data only; keys become text


def fastmcp(path: Path) -> dict[str, Any]:
    """Let FastMCP make tools of the document: how many, how large for a model, how long, how much memory."""
    import httpx2  # noqa: PLC0415  # only this one needs it
    from fastmcp import FastMCP  # noqa: PLC0415  # the same

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    content = load(path)
    server = FastMCP.from_openapi(openapi_spec=content, client=httpx2.AsyncClient(base_url="https://api.example"))
    tools = asyncio.run(server.list_tools())
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shown = [[tool.name, tool.description, tool.parameters] for tool in tools]
    whole = [tool.to_mcp_tool().model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    return {
        "operations": len(tools),
        "bytes": len(json.dumps(shown, separators=(",", ":"))),
        "whole_bytes": len(json.dumps(whole, separators=(",", ":"))),
        "seconds": seconds,
        "megabytes": (peak - before) / 1_024,
    }


def validator(path: Path) -> dict[str, Any]:
    """Check the document with openapi-spec-validator, up to its first error."""
    from openapi_spec_validator import validate  # noqa: PLC0415  # only this one needs it

    content = load(path)
    started = time.process_time()
    try:
        validate(content)
    except Exception as error:  # noqa: BLE001  # whatever it says is what is measured
        return {"said": f"{type(error).__name__} after {time.process_time() - started:.2f} s"}
    return {"said": f"valid in {time.process_time() - started:.2f} s"}


def references(node: Any) -> list[str]:
    """Return every reference of a document."""
    found, pending = [], [node]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found.append(node["$ref"])
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return found


def referencing(path: Path) -> dict[str, Any]:
    """Follow every reference of the document with the library of that name."""
    from referencing import Registry  # noqa: PLC0415  # only this one needs it
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415  # the same

    content = load(path)
    started = time.process_time()
    registry: Registry[Any] = Registry().with_resource("urn:document", DRAFT202012.create_resource(content))
    resolver = registry.resolver("urn:document")
    wanted = references(content)
    broken = 0
    for reference in wanted:
        try:
            resolver.lookup(reference)
        except Exception:  # noqa: BLE001  # counted
            broken += 1
    seconds = time.process_time() - started
    return {"said": f"{len(wanted)} in {seconds:.2f} s, {broken} not found"}


def jsonschema(path: Path) -> dict[str, Any]:
    """Check every schema of the document's components against JSON Schema."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  # only this one needs it

    content = load(path)
    schemas = content.get("components", content).get("schemas", content.get("definitions", {}))
    started = time.process_time()
    wrong = 0
    for schema in schemas.values():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError:
            wrong += 1
    return {"said": f"{len(schemas)} in {time.process_time() - started:.2f} s, {wrong} refused"}


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "fastmcp": fastmcp,
    "validator": validator,
    "referencing": referencing,
    "jsonschema": jsonschema,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(READERS[sys.argv[1]](Path(sys.argv[2]))) + "\n")
