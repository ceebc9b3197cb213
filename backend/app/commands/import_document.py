"""Command `import`: the way from a document to live tools, from a shell and against the running database.

A server that runs carries the import out and hears of the approval. Where none runs, this process does the work
itself, and the next server to start finds the tools.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.access.secret_box import SecretBox
from app.catalog.keyring import Keyring
from app.catalog.publish import Publisher
from app.commands.command import EXIT_MISTAKE, EXIT_STOPPED, Command, run_async, shell_user
from app.commands.database import open_database
from app.db import operations
from app.db.imports import AT_WORK
from app.db.listener import ReplicaConnection
from app.db.pool import open_pool
from app.errors import AppError, NotFound
from app.openapi_import.read.worker import ImportWorker
from app.openapi_import.review.review import Review
from app.openapi_import.service import ImportRequest, ImportService
from app.outgoing.client import OutgoingClient
from app.settings import secret_key
from app.tools.builtin import builtin_tools

if TYPE_CHECKING:
    from app.db.imports import ImportRow
    from app.db.operations import OperationRow
    from app.db.pool import Pool
    from app.settings import Settings

EXIT_IMPORT_FAILED: Final = 4  # the document could not be read, or the approval was refused
SERVER_SECONDS: Final = 4.0  # how long a running server gets to take the import up before this process does
LOOK_SECONDS: Final = 0.25
POOL_SIZE: Final = 4
COLUMNS: Final = ("#", "access", "consent", "agent", "operation", "tool", "tokens", "")

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Shell:
    """What is live, seen from a shell: of tools that no import brought only the built-in ones are known here."""

    reserved_names: frozenset[str]
    file_agents: frozenset[str] = frozenset()

    async def refresh(self) -> None:
        """Do nothing: the servers hear of it from the database."""


def _add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("document", metavar="URL_OR_FILE", help="its address, or a JSON, YAML or zip file")
    command.add_argument("--name", help="a short name for the API, such as billing")
    command.add_argument("--base-url", help="where the API is, if its document does not say it or says it wrong")
    command.add_argument(
        "--credentials",
        metavar="FILE",
        help='a JSON file (or - for stdin) with what to enter, by scheme: {"bearerAuth": {"token": "…"}}',
    )
    approve = command.add_mutually_exclusive_group()
    approve.add_argument(
        "--approve-reads", action="store_true", help="let what only reads be live at once; drop the rest"
    )
    approve.add_argument("--approve-all", action="store_true", help="let everything be live at once, as proposed")


async def import_api(settings: Settings, options: argparse.Namespace, *, database_url: str, say: Say) -> int:
    """Import one API, say how it goes, and return the exit code."""
    try:
        given = await asyncio.to_thread(_given, options)
        entered = await asyncio.to_thread(_entered, options.credentials) if options.credentials else {}
    except OSError as error:
        say(f"{error.filename} cannot be read: {error.strerror}. Give a file, or an address with http://.")
        return EXIT_MISTAKE
    except ValueError as error:
        say(f"{options.credentials} is not what is entered by scheme: {error}.")
        return EXIT_MISTAKE
    live = _Shell(frozenset(tool.spec.name for tool in builtin_tools()))
    async with await open_pool(database_url, max_size=POOL_SIZE) as pool:
        service = ImportService(pool=pool, max_bytes=settings.import_max_bytes, taken=("builtin",))
        by = f"{shell_user()} (shell)"
        try:
            job = await service.begin(given, by=by)
            job = await _read(pool, service, job, settings, database_url=database_url, live=live, say=say)
            if job.status == "failed":
                return _told_failure(job, say)
            await _show(pool, job, say)
            await _enter(pool, job, entered, settings, by=by, say=say)
            if options.approve_reads or options.approve_all:
                await _approve(pool, job, live, reads_only=options.approve_reads, by=by, say=say)
            else:
                say(f"Review it at {_page(settings, job)}, or import it with --approve-reads. API {job.api_name}.")
        except AppError as error:
            say(f"{error.message} ({error.code})")
            return EXIT_IMPORT_FAILED
    return EXIT_STOPPED


def _entered(source: str) -> dict[str, dict[str, str]]:
    """Read what is entered for each scheme; ValueError where it is not that. It is never said again."""
    try:
        content = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError("it is not JSON") from None  # the error would quote the text
    fits = isinstance(content, dict) and all(
        isinstance(fields, dict) and all(isinstance(text, str) for text in fields.values())
        for fields in content.values()
    )
    if not fits:
        raise ValueError('it should look like {"bearerAuth": {"token": "…"}}')
    return dict(content)


async def _enter(
    pool: Pool, job: ImportRow, entered: dict[str, dict[str, str]], settings: Settings, *, by: str, say: Say
) -> None:
    """Seal what is entered; say which ways to sign in there are where nothing is."""
    if not entered:
        if job.schemes:
            say(f"Ways to sign in: {', '.join(one['name'] for one in job.schemes)}. Enter one with --credentials.")
        return
    box = SecretBox(secret_key(settings).get_secret_value().encode())
    async with OutgoingClient(allow=settings.outgoing_allow) as http:
        keyring = Keyring(pool=pool, secret_box=box, http=http)
        for scheme, fields in entered.items():
            await keyring.keep(job.api_id, scheme, fields, by=by)
            say(f"Credentials of {scheme} are stored.")


def _page(settings: Settings, job: ImportRow) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  # not listened on here
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/apis/jobs/{job.id}"


def _given(options: argparse.Namespace) -> ImportRequest:
    if urlsplit(options.document).scheme in {"http", "https"}:
        return ImportRequest(url=options.document, name=options.name, base_url=options.base_url)
    path = Path(options.document)
    return ImportRequest(
        content=path.read_bytes(), kind="file", filename=path.name, name=options.name, base_url=options.base_url
    )


async def _read(
    pool: Pool, service: ImportService, job: ImportRow, settings: Settings, *, database_url: str, live: _Shell, say: Say
) -> ImportRow:
    """Follow the import until it is in review or failed; work on it here where no server does."""
    told = ""
    loop = asyncio.get_running_loop()
    alone_from = loop.time() + SERVER_SECONDS
    async with _own_worker(pool, settings, database_url=database_url, live=live) as begin:
        while job.status not in {"review", "failed", "approved"}:
            await asyncio.sleep(LOOK_SECONDS)
            job = await service.get(job.id)
            note = ": ".join(filter(None, (job.status, job.progress["note"] if job.status in AT_WORK else "")))
            if note != told:
                told = note
                say(note)
            if job.status == "pending" and loop.time() > alone_from:
                begin()
    return job


@asynccontextmanager
async def _own_worker(
    pool: Pool, settings: Settings, *, database_url: str, live: _Shell
) -> AsyncIterator[Callable[[], None]]:
    """Make a worker that begins when it is called for."""
    replica, wanted = ReplicaConnection(), asyncio.Event()
    demo = [urlsplit(settings.demo_apis_url).netloc] if settings.demo_apis_url else []

    async def work() -> None:
        await wanted.wait()
        async with OutgoingClient(allow=[*settings.outgoing_allow, *demo]) as http, replica.connected(database_url, {}):
            worker = ImportWorker(
                pool=pool,
                replica=replica,
                http=http,
                refine=None,
                expire=None,
                max_bytes=settings.import_max_bytes,
                lease_seconds=settings.turn_lease_seconds,
                live=live,
            )
            await worker.work()

    task = asyncio.create_task(work())
    try:
        yield wanted.set
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _told_failure(job: ImportRow, say: Say) -> int:
    error = job.error or {}
    place = f" ({error['place']})" if error.get("place") else ""
    say(f"The import failed: {error.get('message', '')}{place} ({error.get('code', '')})")
    return EXIT_IMPORT_FAILED


async def _show(pool: Pool, job: ImportRow, say: Say) -> None:
    """Print the operations as a table, and what was noticed."""
    async with pool.acquire() as connection:
        rows = await operations.all_of(connection, import_id=job.id)
    for line in _table([COLUMNS, *(_line(row) for row in rows)]):
        say(line)
    for kind, notes in (("skipped", job.skipped), ("warning", job.warnings)):
        for note in notes:
            say(": ".join(filter(None, (kind, note["place"], note["message"]))))
    counts = job.counts
    say(
        f"{counts['operations']} operations: {counts['read']} read, {counts['write']} write, "
        f"{counts['destructive']} destructive; {len(job.skipped)} skipped, {len(job.warnings)} warnings."
    )


def _line(row: OperationRow) -> tuple[str, ...]:
    doubt = "" if row.confidence >= operations.DOUBT else "doubtful"
    return (str(row.idx), row.access, row.consent, row.agent, row.key, row.name, str(row.tokens), row.change or doubt)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


async def _approve(pool: Pool, job: ImportRow, live: _Shell, *, reads_only: bool, by: str, say: Say) -> None:
    """Let the operations be live; with `reads_only` everything else is switched off first."""
    if reads_only:
        async with pool.acquire() as connection:
            rows = await operations.all_of(connection, import_id=job.id)
        writes = {row.idx: row.revision for row in rows if row.access != "read" and row.enabled}
        if len(writes) == len(rows):
            raise NotFound("There is no read among the operations, so nothing was approved.")
        await Review(pool=pool, live=live).edit(job.id, writes, {"enabled": False}, by=by)
    seen = await ImportService(pool=pool, max_bytes=0).get(job.id)
    done = await Publisher(pool=pool, live=live).approve(job.id, seen.revision, by=by)
    say(f"Approved: {done.counts['enabled']} tools of {done.api_name} are live from the next message on.")


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    async with open_database(settings, beside=True) as url:
        return await import_api(settings, options, database_url=url, say=lambda line: print(line, flush=True))


COMMAND: Final = Command(
    name="import",
    help="import an API's OpenAPI document for review",
    run=lambda options: run_async(lambda settings: _import(settings, options)),
    add_arguments=_add_arguments,
)
