"""Limits of size for functions, modules and folders. Ruff counts statements only, so a test of ours counts lines."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from app.settings import BACKEND, PROJECT

FUNCTION_LINES, MODULE_LINES, FOLDER_FILES = 60, 400, 25
FLAT = {"app/db": 40, "app/api": 40}  # one file per noun


def sizes() -> Iterator[tuple[str, int, int]]:
    """Every folder, module and function, with its size and the limit of its kind."""
    paths = [path for root in ("app", "demo_*", "tests", "benchmarks") for path in BACKEND.glob(f"{root}/**/*.py")]
    for folder, files in Counter(str(path.parent.relative_to(BACKEND)) for path in paths).items():
        yield folder, files, FLAT.get(folder, FOLDER_FILES)
    for path in paths:
        name, text = str(path.relative_to(BACKEND)), path.read_text()
        yield name, len(text.splitlines()), MODULE_LINES
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, FUNCTION_LINES


def test_nothing_is_too_long() -> None:
    """No folder, module or function is over the limit of its kind."""
    assert {name: size for name, size, limit in sizes() if size > limit} == {}


def test_the_root_of_the_application_is_what_the_architecture_page_lists() -> None:
    """Each file and each folder has its line in the table of rooms; nothing else is there."""
    table = (PROJECT / "docs/architecture.md").read_text().partition("| `backend/app/` |")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`(\w+/|\w+\.py)`", "".join(line.split("|")[1] for line in table.splitlines()[1:])))
    there = {path.name + "/" * path.is_dir() for path in (BACKEND / "app").iterdir()}
    assert there - {"__init__.py", "__pycache__/"} == listed
