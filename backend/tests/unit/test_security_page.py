"""docs/security.md names code and tests that are there."""

from __future__ import annotations

import re

from app.outgoing import client
from app.settings import BACKEND, PROJECT, Settings
from app.tools import api_client, response, response_content

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
    limits = api_client.ApiLimits()
    assert f"`IMPORT_MAX_BYTES` ({Settings.model_fields['import_max_bytes'].default // 1_000_000} MB)" in PAGE
    assert f"{client.FETCH_SECONDS:g} seconds for everything" in PAGE
    assert f"{client.MAX_ANSWER_BYTES // 1_000_000} MB, {limits.read_seconds:g}" in PAGE
    assert f"{limits.write_seconds:g} for a write" in PAGE
    assert f"{limits.concurrency} requests at once and {limits.per_second:g} a second" in PAGE
    assert f"{response.MAX_MODEL_CHARS:,} characters" in PAGE
    assert f"{response.MAX_FULL_CHARS:,} characters" in PAGE
    assert response_content.MAX_CUT_CHARS == response.MAX_FULL_CHARS
