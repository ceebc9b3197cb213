"""What the product says about itself in machine-readable form, for generated types and generated pages."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from app.protocol import CLIENT_FRAMES, SERVER_FRAMES


def protocol_schema() -> dict[str, Any]:
    """The JSON schema of every frame, with `ServerFrame` and `ClientFrame` among its definitions."""
    mode: JsonSchemaMode = "validation"  # a field with a default may be left out
    references, shared = TypeAdapter.json_schemas(
        [("server", mode, SERVER_FRAMES), ("client", mode, CLIENT_FRAMES)], ref_template="#/$defs/{model}"
    )
    unions = {"ServerFrame": references["server", mode], "ClientFrame": references["client", mode]}
    return {
        "title": "Protocol",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in unions],
        "$defs": {**shared.get("$defs", {}), **unions},
    }
