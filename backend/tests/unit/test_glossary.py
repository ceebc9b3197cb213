"""docs/glossary.md names tables, modules, routes, frames and features that are there."""

from __future__ import annotations

import re

import pytest

from app.api.routes import ROUTES
from app.protocol import CLIENT_FRAMES, SERVER_FRAMES
from app.records import LOGGED_FRAMES
from app.settings import BACKEND, PROJECT

PAGE = (PROJECT / "docs" / "glossary.md").read_text()
NONE = "\N{EN DASH}"
COLUMNS = ("noun", "what it is", "table", "module", "route", "frame", "feature")
ROWS = [
    dict(zip(COLUMNS, (cell.strip() for cell in line.strip("|").split("|")), strict=True))
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("| noun", "|---"))
]


def named(column: str) -> list[str]:
    """Return what a column names, without the dashes."""
    cells = [row[column] for row in ROWS if row[column] != NONE]
    assert all(re.fullmatch(r"`[^`]+`", cell) for cell in cells)
    return sorted({cell.strip("`") for cell in cells})


def tables() -> set[str]:
    steps = (BACKEND / "alembic" / "versions").glob("*.py")
    return {name for step in steps for name in re.findall(r"CREATE TABLE (\w+)", step.read_text())}


def frame_types() -> set[str]:
    unions = (CLIENT_FRAMES, SERVER_FRAMES, LOGGED_FRAMES)
    return {name for union in unions for name in union.json_schema()["discriminator"]["mapping"]}


def test_every_noun_stands_once_and_is_explained() -> None:
    """A noun has one row, with one sentence."""
    nouns = [row["noun"] for row in ROWS]
    assert len(nouns) == len(set(nouns)) >= 40
    assert [row["noun"] for row in ROWS if not row["what it is"].endswith(".")] == []


def test_the_tables_exist() -> None:
    """Each is made by a migration."""
    assert set(named("table")) <= tables()


@pytest.mark.parametrize("module", named("module"))
def test_the_module_exists(module: str) -> None:
    """It is a file or a folder of the backend."""
    path = BACKEND / "app" / module
    assert path.is_dir() or path.with_suffix(".py").is_file()


def test_the_routes_exist() -> None:
    """Each is in the API's table of contents."""
    assert {f"/api/v1/{route}" for route in named("route")} <= {route.path for route in ROUTES}


def test_the_frames_exist() -> None:
    """Each is a type of frame or of record."""
    assert set(named("frame")) <= frame_types()


@pytest.mark.parametrize("feature", named("feature"))
def test_the_feature_exists(feature: str) -> None:
    """It is a folder or a file of the frontend."""
    assert (PROJECT / "frontend" / "src" / feature).exists()
