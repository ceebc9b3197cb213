"""Accuracy of labels and of tool search: `python -m benchmarks.classification FOLDER`.

FOLDER holds the public documents that benchmarks/labels/documents.csv names; labels and requests are this project's
own. Documents that are not there are left out, and said so. The command fails where a write was labelled a read.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import platform
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.db.operations import DOUBT
from app.errors import AppError
from app.openapi.api import ApiDescription, parse_text, read_api
from app.openapi_import.classify.labels import RISK, Classification
from app.openapi_import.classify.rules import classify
from app.tools.base import Access, ToolSpec
from app.tools.search import ToolIndex

WRITTEN: Final = (
    "unseen-1",
    "unseen-2",
    "unseen-3",
)  # hold-outs of misleading operations, labelled before the rules saw them
HERE: Final = Path(__file__).parent
ACCESSES: Final = (Access.READ, Access.WRITE, Access.DESTRUCTIVE)
BINS: Final = (0.0, DOUBT, 0.8, 0.9, 0.97, 1.01)  # of confidence, for calibration
RECALL_AT: Final = (1, 5, 10, 20)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One operation with what a person said of it and what the rules say."""

    document: str
    part: str
    key: str
    access: Access
    consent: str
    bound: str
    found: Classification

    @property
    def is_right(self) -> bool:
        """Say whether person and rules agree about the access."""
        return self.access is self.found.access


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a customer might write, and the operations that would serve it."""

    document: str
    text: str
    keys: frozenset[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all figures; return 1 where a write was labelled a read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classification", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the documents are")
    folder = parser.parse_args(arguments).folder
    apis = dict(_apis(folder))
    labelled = [one for document in _rows("labels/documents.csv") for one in _labelled(document, apis)]
    written = [one for name in WRITTEN for one in _written(name)]
    print(f"{platform.machine()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}")
    for part in ("tuning", "hold-out"):
        _report(part, [one for one in labelled if one.part == part])
    for name in WRITTEN:
        _report(name, [one for one in written if one.part == name])
        _tricky([one for one in written if one.part == name])
    _calibration(labelled)
    _consent([one for one in labelled if one.consent])
    _identity([one for one in labelled if one.bound])
    _speed(apis)
    _recall(apis)
    return int(any(_is_false_read(one) for one in labelled))


# --- what is compared --------------------------------------------------------------------------------------------


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _apis(folder: Path) -> Iterator[tuple[str, ApiDescription]]:
    for row in _rows("labels/documents.csv"):
        path = folder / row["document"]
        if not path.is_file():
            print(f"left out, not in the folder: {row['document']}")
            continue
        try:
            api = read_api(parse_text(path.read_bytes()), source="https://example.com/openapi")
        except AppError as error:
            print(f"left out, {row['document']}: {error.message}")
            continue
        yield row["document"], api


def _written(name: str) -> Iterator[Labelled]:
    """Yield the operations of a hold-out that was written by hand, with the rules' labels for them."""
    rows = _rows(f"labels/{name}.csv")
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        paths[row["path"]][row["method"].lower()] = _operation(row)
    api = read_api({
        "openapi": "3.1.0", "info": {"title": name, "version": "1"}, "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
    })  # fmt: skip
    found = {(one.method, one.path): label for one, label in zip(api.operations, classify(api), strict=True)}
    for row in rows:
        yield Labelled(
            document=name,
            part=name,
            key=f"{row['method']} {row['path']}",
            access=Access(row["access"]),
            consent="",
            bound="",
            found=found[row["method"], row["path"]],
        )


def _operation(row: Mapping[str, str]) -> dict[str, Any]:
    """Write a row as a document would: `arguments` are places and names, each with its choices."""
    parameters: list[dict[str, Any]] = []
    fields: dict[str, Any] = {}
    for argument in filter(None, row["arguments"].split(";")):
        place, _, rest = argument.partition(" ")
        name, _, choices = rest.partition("=")
        schema: dict[str, Any] = {"type": "string", **({"enum": choices.split("/")} if choices else {})}
        if place == "body":
            fields[name] = schema
        else:
            parameters.append({"name": name, "in": place, "required": place == "path", "schema": schema})
    answers = {
        "thing": {"type": "object", "properties": {"id": {}, "name": {}}},
        "list": {"type": "array", "items": {}},
    }
    content = {"application/json": {"schema": answers[row["answers"]]}} if row["answers"] in answers else None
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": fields}}}} if fields else None
    return {
        "summary": row["summary"],
        "parameters": parameters,
        "responses": {"200": {"description": "Done.", **({"content": content} if content else {})}},
        **({"operationId": row["operation_id"]} if row["operation_id"] else {}),
        **({"requestBody": body} if body else {}),
    }


def _labelled(document: Mapping[str, str], apis: Mapping[str, ApiDescription]) -> Iterator[Labelled]:
    api = apis.get(document["document"])
    if api is None:
        return
    found = {(one.method, one.path): label for one, label in zip(api.operations, classify(api), strict=True)}
    for row in _rows(f"labels/{document['labels']}"):
        label = found.get((row["method"], row["path"]))
        if label is None:
            print(f"not among the operations: {document['document']} {row['method']} {row['path']}")
            continue
        yield Labelled(
            document=document["document"],
            part=document["part"],
            key=f"{row['method']} {row['path']}",
            access=Access(row["access"]),
            consent=row["consent"],
            bound=row["bound"],
            found=label,
        )


def _is_false_read(one: Labelled) -> bool:
    return one.found.access is Access.READ and one.access is not Access.READ


# --- figures -----------------------------------------------------------------------------------------------------


def _report(part: str, labelled: Sequence[Labelled]) -> None:
    """Print the confusion matrix of a part, its accuracy, and every operation that person and rules disagree about."""
    counts = Counter((one.access, one.found.access) for one in labelled)
    documents = len({one.document for one in labelled})
    print(f"\n{part}: {len(labelled)} operations of {documents} documents")
    print(f"  {'a person says':<16}{'read':>8}{'write':>8}{'destructive':>13}   <- the rules say")
    for truth in ACCESSES:
        cells = [counts[truth, found] for found in ACCESSES]
        print(f"  {truth.value:<16}{cells[0]:>8}{cells[1]:>8}{cells[2]:>13}")
    right = sum(one.is_right for one in labelled)
    riskier = sum(RISK[one.found.access] < RISK[one.access] for one in labelled)
    false_reads = sum(map(_is_false_read, labelled))
    print(f"  accuracy {_share(right, len(labelled))}, riskier than the person {riskier}, false reads {false_reads}")
    for one in labelled:
        if not one.is_right:
            print(f"  {one.access.value} labelled {one.found.access.value} ({one.found.confidence:.2f}): {one.key}")


def _tricky(labelled: Sequence[Labelled]) -> None:
    """Print the three figures that a hold-out of misleading operations is written for."""
    reads = [one for one in labelled if one.access is Access.READ]
    destructive = [one for one in labelled if one.access is Access.DESTRUCTIVE]
    false_reads = sum(map(_is_false_read, labelled))
    cautious = sum(one.found.access is not Access.READ for one in reads)
    milder = sum(one.found.access is Access.WRITE for one in destructive)
    print(f"  acting called read {false_reads} of {len(labelled) - len(reads)}; reads called acting {cautious} of "
          f"{len(reads)}; destructive called write {milder} of {len(destructive)}")  # fmt: skip


def _calibration(labelled: Sequence[Labelled]) -> None:
    print("\nconfidence: how often labels of that confidence were right")
    for low, high in itertools.pairwise(BINS):
        inside = [one for one in labelled if low <= one.found.confidence < high]
        if inside:
            mean = sum(one.found.confidence for one in inside) / len(inside)
            right = sum(one.is_right for one in inside)
            print(f"  {low:.2f} to {min(high, 1):.2f}: said {mean:.2f}, was {_share(right, len(inside))}")


def _consent(labelled: Sequence[Labelled]) -> None:
    right = sum(one.consent == one.found.consent.value for one in labelled)
    print(f"\nconsent as a person said: {_share(right, len(labelled))}")


def _identity(labelled: Sequence[Labelled]) -> None:
    """Print how many of the arguments that name the customer are bound, and how many are that do not."""
    meant = {(one.document, one.key, pair) for one in labelled for pair in one.bound.split() if pair != "-"}
    found = {(one.document, one.key, f"{name}={claim}") for one in labelled for name, claim in one.found.bound.items()}
    print(
        f"arguments bound to the customer: {_share(len(meant & found), len(meant))} found, {len(found - meant)} wrongly"
    )


def _speed(apis: Mapping[str, ApiDescription]) -> None:
    if not apis:
        return
    name, api = max(apis.items(), key=lambda item: len(item[1].operations))
    started = time.process_time()
    classify(api)
    print(f"\n{name}: {len(api.operations)} operations classified in {time.process_time() - started:.2f} s of one core")


def _recall(apis: Mapping[str, ApiDescription]) -> None:
    """Print how often a tool that serves a request is among the first k that the search finds."""
    found = list(_places(apis))
    if not found:
        return
    shares = ", ".join(f"@{k} {_share(sum(place < k for _, place in found), len(found))}" for k in RECALL_AT)
    print(f"\ntools found for {len(found)} requests: {shares}")
    for request, place in found:
        if place >= RECALL_AT[1]:
            where = "not found" if place == sys.maxsize else f"place {place + 1}"
            print(f"  {where}: {request.text} ({request.document})")


def _places(apis: Mapping[str, ApiDescription]) -> Iterator[tuple[Request, int]]:
    indexes = {name: (ToolIndex(specs := _specs(api)), _keys(api), len(specs)) for name, api in apis.items()}
    for row in _rows("requests/requests.csv"):
        request = Request(document=row["document"], text=row["request"], keys=frozenset(row["operations"].split("|")))
        if request.document not in indexes:
            continue
        index, keys, size = indexes[request.document]
        if not request.keys & set(keys.values()):
            print(f"not among the operations: {request.document} {' or '.join(sorted(request.keys))}")
            continue
        ranked = [keys[spec.name] for spec in index.best(request.text, size)]
        yield request, next((place for place, key in enumerate(ranked) if key in request.keys), sys.maxsize)


def _keys(api: ApiDescription) -> dict[str, str]:
    return {one.name: f"{one.method} {one.path}" for one in api.operations}


def _specs(api: ApiDescription) -> list[ToolSpec]:
    return [
        ToolSpec(
            name=one.name,
            title=one.title,
            description=one.description,
            access=label.access,
            parameters=one.parameters,
            schema=one.schema,
            source="",
            target="",
            version="",
        )
        for one, label in zip(api.operations, classify(api), strict=True)
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part}/{whole})" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
