"""Cost of reading documents: `python -m benchmarks.importing FOLDER [--with PYTHON]`.

Every document under the folder is read in a process of its own, from its text to stored definitions and labels.
`--with` names the Python of an environment that holds FastMCP, which then reads the same documents in the same run,
and the libraries that check documents.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from app.openapi.api import parse_text, read_api
from app.openapi.files import external_references
from app.openapi.slim_schema import compact
from app.openapi_import.classify.rules import classify
from app.openapi_import.read.bundle import pack
from app.openapi_import.read.subprocess import read_document

METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
SUFFIXES: Final = frozenset({".json", ".yaml", ".yml"})
SECONDS: Final = 300  # for one document and one reader; whoever takes longer has failed
TICK_SECONDS: Final = 0.001  # how often the loop is asked whether it still runs
OTHERS: Final = Path(__file__).with_name("others.py")


def read_with_files(path: Path) -> tuple[Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    """Return the document and those beside it that it refers to, by their paths."""
    content = parse_text(path.read_bytes())
    files: dict[str, Mapping[str, Any]] = {}
    pending = [(str(path), content)]
    while pending:
        name, found = pending.pop()
        for wanted in external_references(found, name) - files.keys() - {str(path)}:
            if Path(wanted).is_file():
                files[wanted] = parse_text(Path(wanted).read_bytes())
                pending.append((wanted, files[wanted]))
    return content, files


def declared(content: Mapping[str, Any]) -> int:
    """Count the operations that a document declares under its paths; references among them are followed by nobody."""
    items = [item for item in (content.get("paths") or {}).values() if isinstance(item, Mapping)]
    named = sum(len(METHODS & item.keys()) for item in items)
    return named + sum(len(item.get("additionalOperations") or {}) for item in items)


def measure(path: Path) -> dict[str, Any]:
    """Read one document and return what it took: seconds of one core, bytes, and megabytes above the start."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    content, files = read_with_files(path)
    parsed = time.process_time()
    api = read_api(content, source=str(path), files=files)
    defined = time.process_time()
    labels = classify(api)
    classified = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tools = [[operation.name, operation.description, operation.parameters] for operation in api.operations]
    return {
        "declared": declared(content),
        "operations": len(api.operations),
        "skipped": len(api.skipped),
        "labels": len(labels),
        "model_bytes": len(compact(tools).encode()),
        "stored_bytes": len(compact([operation.to_json() for operation in api.operations]).encode()),
        "parse_seconds": parsed - started,
        "define_seconds": defined - parsed,
        "classify_seconds": classified - defined,
        "megabytes": (peak - before) / 1_024,
    }


async def longest_pause(packed: bytes) -> float:
    """Return how many milliseconds the event loop works in one go, at most, while an import reads the document.

    Counted in time on a core, so that others on the machine do not count.
    """
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        last = time.thread_time()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.thread_time()
            worst, last = max(worst, now - last), now

    watching = asyncio.create_task(watch())
    async for _ in read_document(packed, source="", root=None):
        await asyncio.sleep(0)
    watching.cancel()
    return worst * 1_000


def documents(folder: Path) -> Iterator[Path]:
    """Give the documents under a folder; parts that others refer to are none."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            head = path.read_bytes()[:4_000]
            if b"openapi" in head or b"swagger" in head:
                yield path


def in_a_process(command: list[str]) -> dict[str, Any]:
    """Run a measurement by itself and return what it says, or why it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603  # ours
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {SECONDS} s"}
    try:
        said = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"failed": (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:100]}
    return dict(said)


def row(path: Path, ours: Mapping[str, Any], pause: float, other: Mapping[str, Any]) -> str:
    """Write one line of the table."""
    if "failed" in ours:
        return f"| {path.name} | failed: {ours['failed']} |"
    seconds = ours["parse_seconds"] + ours["define_seconds"] + ours["classify_seconds"]
    cells = [
        path.name,
        f"{ours['operations']}/{ours['declared']}",
        f"{ours['model_bytes'] / 1_000:,.1f}",
        f"{ours['stored_bytes'] / 1_000:,.1f}",
        f"{ours['parse_seconds']:.2f} + {ours['define_seconds']:.2f} + {ours['classify_seconds']:.2f} = {seconds:.2f}",
        f"{ours['megabytes']:.0f}",
        f"{pause:.0f}",
    ]
    if other:
        fastmcp = other.get("fastmcp", other)
        cells += (
            [f"failed: {fastmcp['failed']}", "", "", ""]
            if "failed" in fastmcp
            else [
                str(fastmcp["operations"]),
                f"{fastmcp['bytes'] / 1_000:,.1f} ({fastmcp['whole_bytes'] / 1_000:,.1f})",
                f"{fastmcp['seconds']:.2f}",
                f"{fastmcp['megabytes']:.0f}",
            ]
        )
        cells += [str(other.get(name, "")) for name in ("validator", "referencing", "jsonschema")]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure every document and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--with", dest="other", default="", help="a Python that has FastMCP")
    parser.add_argument("--one", action="store_true", help="measure one document and print JSON")
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.path)))
        return
    print(f"Python {platform.python_version()} on {platform.machine()}, {multiprocessing.cpu_count()} cores")
    heads = ["document", "operations", "model kB", "stored kB", "s: parse + define + label", "MB", "pause ms"]
    if asked.other:
        heads += [
            "FastMCP: tools",
            "model kB (all kB)",
            "s",
            "MB",
            "openapi-spec-validator",
            "referencing",
            "jsonschema",
        ]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for path in documents(asked.path):
        ours = in_a_process([sys.executable, "-m", "benchmarks.importing", "--one", str(path)])
        pause = asyncio.run(longest_pause(pack({path.name: path.read_bytes()}))) if "failed" not in ours else 0.0
        other = {}
        if asked.other:
            for name in ("fastmcp", "validator", "referencing", "jsonschema"):
                said = in_a_process([asked.other, "-P", str(OTHERS), name, str(path)])
                other[name] = said if name == "fastmcp" else said.get("said", f"failed: {said.get('failed')}")
        print(row(path, ours, pause, other), flush=True)


if __name__ == "__main__":
    main()
