"""From the text of a document, JSON or YAML, to what it says: safely, quickly, and bounded in every direction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from app.tools.openapi_document import DocumentMistake


def parse_text(raw: bytes | str) -> Mapping[str, Any]:
    """Return the document that the text holds; DocumentMistake says what is wrong with it and in which line."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        try:
            content = yaml.load(raw, yaml.CSafeLoader)  # safe: it makes plain data only
        except (yaml.YAMLError, ValueError, RecursionError):
            content = None
    if not isinstance(content, Mapping):
        raise DocumentMistake("This is neither a JSON nor a YAML document.")
    return content
