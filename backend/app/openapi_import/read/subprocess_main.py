"""Reader program: reads a document in a process of its own, so that a hostile one can hurt nothing but itself.

It takes the packed files on stdin and writes one JSON object a line: progress, each operation, and at the end the
API or what is wrong with the document. `reading.py` starts it, limits it and reads what it says.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import IO, Any, Final
from urllib.parse import urlsplit

from app.db.stored_json import to_jsonb
from app.errors import AppError, ConfigMistake
from app.openapi.api import ApiDescription, Note, parse_text, read_api
from app.openapi.operation import OperationDefinition
from app.openapi.other_formats import object_format
from app.openapi_import.classify.agent_groups import propose_agents
from app.openapi_import.classify.labels import Classification
from app.openapi_import.classify.rules import classify, proposed
from app.openapi_import.classify.second_opinion import question_of
from app.openapi_import.read.bundle import unpack

MAX_MEMORY_BYTES: Final = 2 * 1024**3  # the largest public documents need a quarter of it
MAX_CPU_SECONDS: Final = 120  # the largest public document in YAML takes a tenth of it
NICENESS: Final = 5  # conversations go first
MAX_OPERATION_CHARS: Final = 1_000_000  # of one operation, as stored: a person could not review more either
MAX_NOTES: Final = 500  # of each kind: nobody reads more, and the count is told
MAX_NOTE_CHARS: Final = 500
TELL_EVERY: Final = 50  # operations between two words of progress
TOP_WORDS: Final = ("openapi", "swagger")


class NoDocument(AppError):
    """None of the files is an OpenAPI document."""

    code = "no_openapi_document"
    status = 422
    sentence = 'No file has "openapi" or "swagger" at its top. Send the OpenAPI document of the API.'


def main() -> None:
    """Read stdin, write stdout, and never more than the limits allow."""
    _limit()
    given = sys.stdin.buffer
    options = json.loads(given.readline())
    for line in run(given.read(), source=options["source"], root=options["root"]):
        _write(sys.stdout, line)


def run(packed: bytes, *, source: str, root: str | None) -> Iterator[dict[str, Any]]:
    """Read packed files and tell what is in them; what is wrong with them is the last thing told."""
    try:
        yield from _read(packed, source=source, root=root)
    except AppError as error:
        place = str(error.details.get("place") or error.details.get("where") or "")
        code = "document_mistake" if isinstance(error, ConfigMistake) else error.code
        yield {"error": {"code": code, "message": error.message, "place": place}}
    except RecursionError:
        yield {"error": {"code": "document_too_deep", "message": _TOO_DEEP, "place": ""}}
    except MemoryError:
        yield {"error": {"code": "document_too_big", "message": _TOO_BIG, "place": ""}}


_TOO_DEEP: Final = "The document is nested too deeply to be read. Flatten it, or import a part of it."
_TOO_BIG: Final = "Reading the document needs more memory than it may have. Import a part of it."


def _read(packed: bytes, *, source: str, root: str | None) -> Iterator[dict[str, Any]]:
    yield _progress("parsing", 0, 0, "Reading the document")
    texts = unpack(packed)
    name, content, files, notes = _parse(texts, root)
    api = read_api(content, source=_source(source, name), files=files)
    total = len(api.operations)
    yield _progress("classifying", 0, total, f"Classifying {total} operations")
    labels = classify(api)
    skipped = [*api.skipped]
    kept = 0
    for definition, label in zip(api.operations, labels, strict=True):
        row = row_of(definition, label, idx=kept, servers=api.servers)
        if len(row["definition"]) > MAX_OPERATION_CHARS:
            message = "What it takes is too large for a tool, so it was left out."
            skipped.append(Note(place=definition.key, message=message))
            continue
        yield {"operation": row}
        kept += 1
        if kept % TELL_EVERY == 0:
            yield _progress("classifying", kept, total, f"Classifying {total} operations")
    agents = [
        {"name": one.name, "title": one.title, "description": one.description} for one in propose_agents(api, labels)
    ]
    yield {"api": _facts(api, skipped, notes), "agents": agents}


def _parse(
    texts: Mapping[str, bytes], root: str | None
) -> tuple[str, Mapping[str, Any], dict[str, Mapping[str, Any]], list[Note]]:
    """Parse every file and find the document among them: the one that is named, or looks like one at the top."""
    notes: list[Note] = []
    if len(texts) == 1:
        name, raw = next(iter(texts.items()))
        return name, parse_text(raw, notes), {}, notes
    parsed: dict[str, Mapping[str, Any]] = {}
    for name, raw in texts.items():
        try:
            of_file: list[Note] = []
            parsed[name] = parse_text(raw, of_file)
            notes.extend(replace(note, place=f"{name}, {note.place}") for note in of_file)
        except AppError as error:
            if name == root:
                raise
            notes.append(Note(place=name, message=f"This file was not read. {error.message}"))
    found = root or _root_of(parsed)
    if found is None:
        said = next(filter(None, (object_format(one) for one in parsed.values())), None)
        raise NoDocument(said)
    content = parsed[found]
    return found, content, {name: one for name, one in parsed.items() if name != found}, notes


def _root_of(parsed: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Choose the document among the files of an archive: the highest, then the one that is named as one."""
    documents = [name for name, content in parsed.items() if any(word in content for word in TOP_WORDS)]

    def order(name: str) -> tuple[int, bool, str]:
        last = name.rpartition("/")[2].lower()
        return name.count("/"), not last.startswith((*TOP_WORDS, "api", "index")), name

    return min(documents, key=order, default=None)


def _source(source: str, name: str) -> str:
    return name if urlsplit(name).scheme in {"http", "https"} else source or name


def row_of(
    definition: OperationDefinition, label: Classification, *, idx: int, servers: Sequence[str]
) -> dict[str, Any]:
    """Write an operation and its label as a row of the table `operations`, with what a model is asked about it.

    The definition, which may be large, is JSON text: nobody reads it before it is stored, but where it is compared.
    """
    return {
        **asdict(proposed(definition, label, idx=idx)),
        "fingerprint": fingerprint(definition, servers),
        "tokens": definition.tokens,
        "customer_params": list(label.customer_params),
        "confidence": label.confidence,
        "question": question_of(definition),
        "shown": _shown(definition, servers),
        "classification": label.to_json(),
        "definition": to_jsonb(definition.to_json()),
    }


def _shown(definition: OperationDefinition, servers: Sequence[str]) -> dict[str, Any]:
    """Return what a list shows of an operation; its server only where that is another one than the API's."""
    return {
        "server": "" if definition.plan.base_url in servers else definition.plan.base_url,
        "method": definition.method,
        "path": definition.path,
        "tags": list(definition.tags),
        "deprecated": definition.deprecated,
        "arguments": [
            {
                "name": one.name,
                "place": str(one.place),
                "required": one.required,
                "type": one.type,
                "description": one.description,
            }
            for one in definition.arguments
        ],
        "warnings": _notes(definition.warnings),
    }


def fingerprint(definition: OperationDefinition, servers: Sequence[str]) -> str:
    """Tell definitions apart. Where the API itself is does not count: that is reviewed with the API, once."""
    plan = definition.plan
    placeless = replace(definition, plan=replace(plan, base_url="")) if plan.base_url in servers else definition
    return hashlib.sha256(to_jsonb(placeless.to_json()).encode()).hexdigest()[:32]


def _facts(api: ApiDescription, skipped: list[Note], notes: list[Note]) -> dict[str, Any]:
    return {
        "title": api.title[:200],
        "version": api.version[:100],
        "dialect": api.dialect,
        "servers": list(api.servers),
        "schemes": [
            {**one.to_json(), "description": one.description[:MAX_NOTE_CHARS]} for one in api.security_schemes.values()
        ],
        "warnings": _notes([*notes, *api.warnings]),
        "skipped": _notes(skipped),
    }


def _notes(notes: list[Note] | tuple[Note, ...]) -> list[dict[str, str]]:
    shown = [{"place": note.place[:MAX_NOTE_CHARS], "message": note.message[:MAX_NOTE_CHARS]} for note in notes]
    if len(shown) > MAX_NOTES:
        more = len(shown) - MAX_NOTES
        shown = [*shown[:MAX_NOTES], {"place": "", "message": f"There are {more} more such notes."}]
    return shown


def _progress(status: str, done: int, total: int, note: str) -> dict[str, Any]:
    return {"progress": {"status": status, "done": done, "total": total, "note": note}}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(NICENESS)


def _write(to: IO[str], line: Mapping[str, Any]) -> None:
    to.write(json.dumps(line) + "\n")
    to.flush()


if __name__ == "__main__":
    main()
