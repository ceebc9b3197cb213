"""The doctor's findings: what is broken, in a sentence with its next step, and nothing that is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from pydantic import SecretStr

from app.agents.refusals import ModelRefusals
from app.commands.examination import examine
from app.db import model_alerts
from app.db.migrations import migrate
from app.settings import Settings
from tests.integration.test_cli import free_port, launch, said_by
from tests.openai_server import MODEL, OpenAIServer, Reply, call, calls, failure, text

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

AGENTS = """
fallback: help
agents:
  - name: help
    description: Answers everything.
    permission: read
    tools: [hand_over]
"""
Request = dict[str, Any]


def good(request: Request) -> Reply:
    """Answer as a good model does."""
    if request.get("tools"):
        return calls(call("get_order", order_id=1042))
    if "response_format" in request:
        return text('{"department": "orders"}', words=False)
    return text("one two three four", words=True)


class Clinic:
    """An installation, and what the doctor finds there."""

    def __init__(self, server: OpenAIServer, folder: Path, url: str) -> None:
        (folder / "agents.yaml").write_text(AGENTS)
        self.settings: dict[str, Any] = {
            "openai_base_url": server.base_url,
            "openai_api_key": SecretStr("key"),
            "llm_model": MODEL,
            "agents_file": folder / "agents.yaml",
            "data_dir": folder / "data",
            "database_url": SecretStr(url),
            "demo_apis": False,
        }

    async def findings(self, **changes: Any) -> dict[str, tuple[str, str]]:
        """What is found, by what it is about."""
        settings = Settings(_env_file=None, **{**self.settings, **changes})
        return {one.what: (one.verdict, one.sentence) async for one in examine(settings)}

    async def broken(self, **changes: Any) -> dict[str, str]:
        """What is broken, and its sentence."""
        found = await self.findings(**changes)
        return {what: sentence for what, (verdict, sentence) in found.items() if verdict == "broken"}


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A good server, unless a test says otherwise."""
    async with OpenAIServer() as opened:
        opened.otherwise(good)
        yield opened


@pytest.fixture
def clinic(server: OpenAIServer, tmp_path: Path, pool: Pool, pg_url: str) -> Clinic:
    """A healthy installation."""
    return Clinic(server, tmp_path, pg_url)


async def test_of_a_healthy_installation_nothing_is_broken(clinic: Clinic) -> None:
    """Settings, agents, model, database, migrations and outgoing rules are all looked at."""
    found = await clinic.findings()
    assert {verdict for verdict, _ in found.values()} == {"ok"}
    assert set(found) == {
        *("settings", "agents", "model address", "database", "migrations", "outgoing rules"),
        *(f"{MODEL}: {what}" for what in ("answers", "tools", "structured output")),
    }


@pytest.mark.parametrize(
    ("reply", "what", "advice"),
    [
        (failure(401), "answers", "Check OPENAI_API_KEY"),
        (failure(402), "answers", "Pay in, or raise its limit"),
        (failure(404), "answers", "Check LLM_MODEL and OPENAI_BASE_URL"),
        (text(""), "answers", "It answers nothing"),
    ],
)
async def test_a_model_that_does_not_answer_says_why(
    clinic: Clinic, server: OpenAIServer, reply: Reply, what: str, advice: str
) -> None:
    """One sentence, and no others that would have the same cause."""
    server.otherwise(lambda _: reply)
    ((about, sentence),) = (await clinic.broken()).items()
    assert about == f"{MODEL}: {what}"
    assert advice in sentence


async def test_a_server_without_tools_says_how_to_start_it(clinic: Clinic, server: OpenAIServer) -> None:
    """An agent can do nothing without them, so it is broken though the model answers."""
    said = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    server.otherwise(lambda request: failure(400, said) if request.get("tools") else good(request))
    assert "Start vLLM with --enable-auto-tool-choice" in (await clinic.broken())[f"{MODEL}: tools"]


async def test_a_model_that_calls_nothing_is_broken(clinic: Clinic, server: OpenAIServer) -> None:
    """It says that order 1042 is on its way, without having looked."""
    server.otherwise(lambda request: text("On its way.") if request.get("tools") else good(request))
    assert "made for calling tools" in (await clinic.broken())[f"{MODEL}: tools"]


async def test_what_is_done_otherwise_is_a_note(clinic: Clinic, server: OpenAIServer) -> None:
    """A form that is refused is asked for as a call; nothing is broken, and nothing is remembered."""

    def answer(request: Request) -> Reply:
        if "response_format" in request:
            return failure(400, "response_format is not supported")
        called = (request.get("tools") or [{"function": {"name": ""}}])[0]["function"]["name"]
        return calls(call("choose", department="orders")) if called == "choose" else good(request)

    server.otherwise(answer)
    found = await clinic.findings()
    assert found[f"{MODEL}: structured output"][0] == "note"
    assert "broken" not in {verdict for verdict, _ in found.values()}


async def test_an_address_without_its_end_says_the_right_one(clinic: Clinic, server: OpenAIServer) -> None:
    """The `/v1` is easily left out."""
    below = server.base_url.removesuffix("/v1")
    assert await clinic.broken(openai_base_url=below) == {
        "model address": f"The API is one step further: set OPENAI_BASE_URL={server.base_url}."
    }


async def test_an_address_where_nothing_is(clinic: Clinic) -> None:
    """It is named, without the password that may stand in it."""
    port = free_port()
    broken = await clinic.broken(openai_base_url=f"http://me:geheim@127.0.0.1:{port}/v1")
    assert broken["model address"].startswith(f"Nothing answers at http://127.0.0.1:{port}/v1. Check OPENAI_BASE_URL")


async def test_what_servers_have_met_is_told(clinic: Clinic, server: OpenAIServer, pool: Pool) -> None:
    """An alert that stands is broken; what was refused once is a note with its date."""
    now = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    async with pool.acquire() as connection:
        await model_alerts.add_failure(
            connection, model="large", code="c", advice="Pay in.", http_status=402, raise_after=1, now=now
        )
    await ModelRefusals(pool=pool, address=server.base_url, now=lambda: now).of(MODEL).add("tool_choice")
    found = await clinic.findings()
    assert found["large: alert"] == ("broken", "Pay in. Since 2026-05-01 12:00 UTC.")
    assert found[f"{MODEL}: tool_choice"][0] == "note"
    assert "Refused since 2026-05-01." in found[f"{MODEL}: tool_choice"][1]


async def test_a_database_that_is_behind_is_a_note_and_one_ahead_is_broken(clinic: Clinic, empty_url: str) -> None:
    """The next start brings it forwards; backwards there is no way. The doctor changes nothing."""
    database = {"database_url": SecretStr(empty_url)}
    assert (await clinic.findings(**database))["migrations"][0] == "note"
    connection = await asyncpg.connect(empty_url)
    assert await connection.fetchval("SELECT to_regclass('conversations')") is None
    await migrate(empty_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    await connection.close()
    assert "which a newer version has made" in (await clinic.broken(**database))["migrations"]


async def test_an_api_that_may_not_be_called_or_is_not_there(clinic: Clinic, server: OpenAIServer) -> None:
    """Each says the value for OUTGOING_ALLOW, or that nothing answers; what answers anything is there."""
    agents = clinic.settings["agents_file"]
    port, there = free_port(), server.base_url.removesuffix("/v1")
    document = agents.parent / "api.yaml"
    document.write_text("openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n")
    apis = {"there": there, "away": f"http://127.0.0.1:{port}"}
    named = "".join(f"  - {{name: {name}, document: api.yaml, base_url: '{url}'}}\n" for name, url in apis.items())
    agents.write_text(f"apis:\n{named}{AGENTS}")
    assert "OUTGOING_ALLOW" in (await clinic.broken())["API there"]
    found = await clinic.findings(outgoing_allow=("127.0.0.1",))
    assert found["API there"] == ("ok", f"{there} answers (404).")
    assert found["API away"][0] == "broken"


async def test_the_exit_code_says_whether_anything_is_broken(tmp_path: Path) -> None:
    """One line each; a fresh installation with the demo model has nothing broken, and nothing is made for it."""
    data_dir = tmp_path / "data"
    code, out, _ = await said_by(await launch("doctor", DATA_DIR=data_dir))
    assert (code, out.splitlines()[-1]) == (0, "Nothing is broken.")
    assert not data_dir.exists()
    code, out, _ = await said_by(await launch("doctor", DATA_DIR=data_dir, PORT="none"))
    assert code == 5
    assert out.startswith("broken  settings")
    assert "PORT" in out
