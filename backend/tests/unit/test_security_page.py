"""docs/security.md names code and tests that are there."""

from __future__ import annotations

import re

from app import safe_http
from app.settings import BACKEND, PROJECT, Settings
from app.tools import answer_content, api_target, openapi_answer

PAGE = (PROJECT / "docs" / "security.md").read_text()


def test_every_file_that_it_names_exists() -> None:
    """Nobody follows a path into nothing."""
    named = set(re.findall(r"`((?:app|tests)/[\w/]+\.py)`", PAGE))
    assert len(named) >= 20
    assert [path for path in sorted(named) if not (BACKEND / path).is_file()] == []


def test_every_rule_stands_in_it() -> None:
    """Ten of them, in order."""
    assert re.findall(r"^\| (\d+)\. ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_its_figures_are_those_of_the_code() -> None:
    """Whoever changes a limit changes the page."""
    limits = api_target.ApiLimits()
    assert f"`IMPORT_MAX_BYTES` ({Settings.model_fields['import_max_bytes'].default // 1_000_000} MB)" in PAGE
    assert f"{safe_http.FETCH_SECONDS:g} seconds for everything" in PAGE
    assert f"{safe_http.MAX_ANSWER_BYTES // 1_000_000} MB, {limits.read_seconds:g}" in PAGE
    assert f"{limits.write_seconds:g} for a write" in PAGE
    assert f"{limits.concurrency} requests at once and {limits.per_second:g} a second" in PAGE
    assert f"{openapi_answer.MAX_MODEL_CHARS:,} characters" in PAGE
    assert f"{openapi_answer.MAX_FULL_CHARS:,} characters" in PAGE
    assert answer_content.MAX_CUT_CHARS == openapi_answer.MAX_FULL_CHARS
