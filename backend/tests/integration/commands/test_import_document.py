from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.cli import COMMANDS
from app.commands import import_document
from app.commands.command import EXIT_MISTAKE, EXIT_STOPPED, parser_of
from app.commands.import_document import EXIT_IMPORT_FAILED, import_api
from app.outgoing.client import OutgoingClient
from app.settings import Settings
from tests.integration.openapi_import.import_pipeline import ORDERS, ImportPipeline, document

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


class Shell:
    """A shell beside a database on which no server runs."""

    def __init__(self, pool: Pool, url: str, folder: Path) -> None:
        self.pool = pool
        self.url = url
        self.folder = folder
        self.said: list[str] = []

    async def run(self, *arguments: str) -> int:
        """Run the command."""
        options: argparse.Namespace = parser_of(COMMANDS, prog="").parse_args(["import", *arguments])
        settings = Settings(_env_file=None)
        return await import_api(settings, options, database_url=self.url, say=self.said.append)

    def file(self, content: Any) -> str:
        """Write a document down."""
        path = self.folder / "orders.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)


@pytest.fixture
def shell(pool: Pool, pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that does not wait for a server."""
    monkeypatch.setattr(import_document, "SERVER_SECONDS", 0.0)
    return Shell(pool, pg_url, tmp_path)


async def live(pool: Pool) -> set[str]:
    """Name the tools that a server would have now."""
    async with OutgoingClient() as http:
        pipeline = ImportPipeline(pool, http)
        await pipeline.live.reload()
        return set(pipeline.tools.names) - {"hand_over", "end_conversation"}


async def test_an_api_is_left_for_review(shell: Shell) -> None:
    """The operations are shown as a table, and nothing is live."""
    assert await shell.run(shell.file(document()), "--name", "sales") == EXIT_STOPPED
    text = "\n".join(shell.said)
    assert "DELETE /orders/{id}" in text
    assert "4 operations: 2 read" in text
    assert "API sales" in text
    assert await live(shell.pool) == set()


async def test_reads_are_let_live(shell: Shell) -> None:
    """With --approve-reads what only reads is live, and nothing else is."""
    assert await shell.run(shell.file(document()), "--approve-reads") == EXIT_STOPPED
    assert await live(shell.pool) == {"list_orders", "get_order"}


async def test_everything_is_let_live(shell: Shell) -> None:
    """With --approve-all everything is live as it was proposed."""
    assert await shell.run(shell.file(document()), "--approve-all", "--base-url", "https://b.example") == EXIT_STOPPED
    assert await live(shell.pool) == {"list_orders", "get_order", "delete_order", "cancel_order"}


async def test_no_read_at_all(shell: Shell) -> None:
    """Where nothing only reads, nothing is approved, and that is said."""
    paths = {"/orders/{id}/cancel": ORDERS["/orders/{id}/cancel"]}
    assert await shell.run(shell.file(document(paths)), "--approve-reads") == EXIT_IMPORT_FAILED
    assert "no read" in shell.said[-1]


async def test_a_failed_import(shell: Shell) -> None:
    """What is wrong with a document is said, with its code."""
    assert await shell.run(shell.file("just words")) == EXIT_IMPORT_FAILED
    assert "(document_mistake)" in shell.said[-1]


async def test_an_address_that_is_refused(shell: Shell) -> None:
    """An address passes the same guard as everywhere."""
    assert await shell.run("http://169.254.169.254/openapi.json") == EXIT_IMPORT_FAILED
    assert "(fetch_refused)" in shell.said[-1]


async def test_a_file_that_is_not_there(shell: Shell) -> None:
    """A file that cannot be read is a mistake of whoever wrote the command."""
    assert await shell.run("/no/such/file.json") == EXIT_MISTAKE
    assert "cannot be read" in shell.said[-1]


async def test_a_name_that_is_taken(shell: Shell) -> None:
    """What the page refuses, the shell refuses."""
    await shell.run(shell.file(document()), "--name", "sales")
    assert await shell.run(shell.file(document()), "--name", "sales") == EXIT_IMPORT_FAILED
    assert "(name_taken)" in shell.said[-1]


async def test_credentials_and_what_was_noticed(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings are printed, credentials are sealed and never said, and the page's address is named."""
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef0123456789abcdef")
    key: dict[str, Any] = {
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
    }
    given = tmp_path / "credentials.json"
    given.write_text(json.dumps({"key": {"value": "k-very-secret"}}))
    file = shell.file(document(servers=[], **key))
    options = ("--base-url", "https://b.example", "--credentials", str(given))
    assert await shell.run(file, *options) == EXIT_STOPPED
    text = "\n".join(shell.said)
    assert "Credentials of key are stored." in text
    assert "warning: #/servers: It does not say where the API is." in text
    assert "Review it at http://127.0.0.1:" in text
    assert "k-very-secret" not in text
    async with shell.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM api_credentials") == 1
    given.write_text('{"key": "k-very-secret"')
    assert await shell.run(file, *options) == EXIT_MISTAKE
    assert "k-very-secret" not in shell.said[-1]
