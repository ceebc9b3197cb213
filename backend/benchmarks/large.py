"""A document as large as the largest public ones, made of nothing but a seed: `python -m benchmarks.large FILE`."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any, Final

OPERATIONS: Final = 1_200
SCHEMAS: Final = 4_000
FIELDS: Final = 14  # of a schema; every fourth is another schema
SENTENCE: Final = "What this holds is said here in as many words as the makers of large documents like to use for it. "


def schema(choose: random.Random) -> dict[str, Any]:
    """Return an object of which some properties are other objects, some of these circular."""
    properties: dict[str, Any] = {"id": {"type": "string", "readOnly": True, "format": "uuid"}}
    for index in range(FIELDS):
        other = {"$ref": f"#/components/schemas/Thing{choose.randrange(SCHEMAS)}"}
        properties[f"field_{index}"] = choose.choice([
            {"type": "string", "description": SENTENCE, "maxLength": 100},
            {"type": "integer", "description": SENTENCE, "minimum": 0},
            {"type": "array", "items": other, "description": SENTENCE},
            {"allOf": [other], "nullable": True, "description": SENTENCE},
        ])  # fmt: skip
    return {"type": "object", "description": SENTENCE * 3, "properties": properties, "required": ["id", "field_0"]}


def operation(number: int) -> dict[str, Any]:
    """Return an operation with parameters, a body and an answer."""
    thing = {"$ref": f"#/components/schemas/Thing{number % SCHEMAS}"}
    content = {"content": {"application/json": {"schema": thing}}}
    return {
        "operationId": f"things/{number}/change",
        "summary": f"Change the thing of kind {number}",
        "description": SENTENCE * 5,
        "tags": [f"group {number % 40}"],
        "parameters": [
            {"name": name, "in": "query", "description": SENTENCE, "schema": {"type": "string"}}
            for name in ("page", "sort", "filter", "expand")
        ],
        "requestBody": {"required": True, **content},
        "responses": {"200": {"description": "It is done.", **content}},
    }


def document(seed: int = 1) -> dict[str, Any]:
    """Return the document: 1,200 operations, about 13 MB as JSON."""
    choose = random.Random(seed)  # noqa: S311  # the same document every time
    return {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "servers": [{"url": "https://api.example/v1"}],
        "paths": {f"/things/{number}/{{id}}": {"post": operation(number)} for number in range(OPERATIONS)},
        "components": {"schemas": {f"Thing{number}": schema(choose) for number in range(SCHEMAS)}},
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(document(), indent=1), encoding="utf-8")
