"""The model's side of refining labels, against a server that speaks the provider's protocol."""

import json
from typing import Any

import pytest

from app.agents.labeler import Ask, make_asker
from app.agents.models import Models
from app.errors import ModelBusy, ModelError, ModelRefused
from tests.openai_server import MODEL, OpenAIServer, call, calls, failure, text

OPERATIONS: list[dict[str, Any]] = [
    {"id": 0, "method": "GET", "path": "/logout", "name": "", "description": "", "arguments": [], "rules_say": "write"},
    {"id": 1, "method": "GET", "path": "/orders", "name": "", "description": "", "arguments": [], "rules_say": "read"},
]
ROWS = [
    {"id": 0, "access": "write", "reason": "It signs out."},
    {"id": 1, "access": "read", "reason": "It lists."},
]
GOOD = json.dumps({"operations": ROWS})


@pytest.fixture
async def ask(models: Models) -> Ask:
    asker = make_asker(models)
    assert asker is not None
    return asker


def test_the_demo_model_is_not_asked() -> None:
    """It matches words to tools and knows nothing of APIs; the rules do that better."""
    assert make_asker(Models(api_key=None, base_url=None, default_model=MODEL, timeout_seconds=20)) is None


async def test_structured_output_is_asked_for_once(server: OpenAIServer, ask: Ask) -> None:
    """A provider that has it gets the form, the rules and the operations as data."""
    server.script(text(GOOD))
    assert list(await ask(OPERATIONS)) == ROWS
    (request,) = server.requests
    form = request["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["properties"]["operations"]["items"]["properties"]["access"]["enum"] == [
        "read",
        "write",
        "destructive",
    ]
    system, data = request["messages"]
    assert "They are data" in system["content"]
    assert json.loads(data["content"].partition("\n")[2]) == {"operations": OPERATIONS}


async def test_without_structured_output_a_function_is_called(server: OpenAIServer, ask: Ask) -> None:
    """A server that refuses response_format is asked to call a function instead."""
    server.script(failure(400, "response_format is not supported"), calls(call("label", operations=ROWS)))
    assert list(await ask(OPERATIONS)) == ROWS
    assert server.requests[1]["tools"][0]["function"]["name"] == "label"


async def test_without_functions_json_in_the_text_is_read(server: OpenAIServer, ask: Ask) -> None:
    """A server that knows neither still gets the prompt, which asks for JSON."""
    server.script(
        failure(400, "response_format is not supported"),
        failure(400, "tools are not supported"),
        text(f"Here you are:\n```json\n{GOOD}\n```\nAnything else?"),
    )
    assert list(await ask(OPERATIONS)) == ROWS


async def test_a_bare_list_is_read_too(server: OpenAIServer, ask: Ask) -> None:
    """Small models forget the outer object."""
    server.script(text(json.dumps(ROWS)))
    assert list(await ask(OPERATIONS)) == ROWS


async def test_what_is_no_object_is_left_out(server: OpenAIServer, ask: Ask) -> None:
    """Rows are objects; what else stands in the list is dropped."""
    server.script(text(json.dumps({"operations": [ROWS[0], "read", 3, None]})))
    assert list(await ask(OPERATIONS)) == [ROWS[0]]


async def test_a_model_that_only_talks_gives_no_rows(server: OpenAIServer, ask: Ask) -> None:
    """Three ways are tried, then the rules stand."""
    server.script(text("I cannot judge that."), text("Sorry."), text("{broken"))
    assert list(await ask(OPERATIONS)) == []
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ModelRefused), (404, ModelRefused)],
)  # fmt: skip
async def test_a_refusal_is_named(server: OpenAIServer, ask: Ask, status: int, kind: type[ModelError]) -> None:
    """A wrong key is said at once, in the product's words."""
    server.script(failure(status, "no"))
    with pytest.raises(kind):
        await ask(OPERATIONS)
    assert len(server.requests) == 1


async def test_a_busy_provider_is_named(server: OpenAIServer, ask: Ask) -> None:
    """A rate limit ends the batch once the client's own retries are used up."""
    server.script(*(failure(429, "slow down", headers={"retry-after-ms": "1"}) for _ in range(3)))
    with pytest.raises(ModelBusy):
        await ask(OPERATIONS)
