"""The bill of materials lists everything that is shipped, and is the same every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from app import __version__
from app.settings import PROJECT

FRONTEND = json.loads((PROJECT / "frontend/package-lock.json").read_text())["packages"]


def made() -> str:
    """Make it as `make sbom` does."""
    program = [sys.executable, str(PROJECT / ".ci/sbom")]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout


BILL: dict[str, Any] = json.loads(made())
LISTED = {component["bom-ref"]: component for component in BILL["components"]}


def test_it_is_the_same_every_time() -> None:
    """Nothing in it depends on when or where it was made."""
    assert json.loads(made()) == BILL
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", BILL["serialNumber"])
    assert BILL["metadata"]["component"]["version"] == __version__


def test_it_lists_every_package_of_the_backend() -> None:
    """Each that the lock pins, with the hashes that it is installed by."""
    pinned = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (PROJECT / "backend/requirements.lock").read_text(), re.MULTILINE)
    assert len(pinned) > 20
    for name, version in pinned:
        assert LISTED[f"pkg:pypi/{name.lower()}@{version}"]["hashes"], name


def test_it_lists_every_package_of_the_pages_and_no_tool_of_developers() -> None:
    """Each that is bundled, with its licence."""
    assert LISTED[f"pkg:npm/react@{FRONTEND['node_modules/react']['version']}"]["licenses"] == [{"expression": "MIT"}]
    shipped = [place for place, package in FRONTEND.items() if place and not package.get("dev")]
    assert sum(ref.startswith("pkg:npm/") for ref in LISTED) >= len(shipped) * 0.9  # one version may stand twice
    assert not any(ref.startswith("pkg:npm/vitest@") for ref in LISTED)
    assert any(ref.startswith("pkg:npm/%40mantine/core@") for ref in LISTED)


def test_every_reference_leads_somewhere() -> None:
    """What depends on what names components that are listed, each once."""
    assert len(LISTED) == len(BILL["components"])
    known = {*LISTED, "smart-support"}
    for dependency in BILL["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= known
