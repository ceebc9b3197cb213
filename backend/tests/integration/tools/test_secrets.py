"""A secret is searched for in everything that a call leaves behind, while the target does its best to spread it."""

from __future__ import annotations

import base64
import io
import json
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from app.openapi.api import SecurityScheme
from app.openapi.operation import SecurityNeed
from app.openapi.request import Argument, Place, RequestPlan
from app.outgoing.client import OutgoingClient
from app.outgoing.retry import Retry
from app.records import ToolRan
from app.telemetry.log import configure_logging
from app.tools.api_client import ApiClient
from app.tools.base import Access, ToolOutcome, ToolSpec
from app.tools.credentials import Authoriser
from app.tools.openapi_tool import OpenApiTool
from tests.raw_http_server import RawServer, Reader, Script, Writer, closes, raw_server, resets
from tests.token_server import TokenServer, token_server

pytestmark = pytest.mark.integration

SECRET = "s3cret/with+signs&more"


def of_kind(kind: str, place: str = "", parameter: str = "") -> SecurityScheme:
    return SecurityScheme(name="s", kind=kind, place=place, parameter=parameter)


SCHEMES = [
    (of_kind("apiKey", "header", "X-Api-Key"), {"value": SECRET}),
    (of_kind("apiKey", "query", "key"), {"value": SECRET}),
    (of_kind("apiKey", "cookie", "sid"), {"value": SECRET}),
    (of_kind("basic"), {"username": "desk", "password": SECRET}),
    (of_kind("bearer"), {"token": SECRET}),
    (of_kind("oauth2"), {"client_id": "desk", "client_secret": SECRET}),
]
SPELLINGS = (
    SECRET,
    quote(SECRET, safe=""),
    quote_plus(SECRET),
    base64.b64encode(SECRET.encode()).decode(),
    base64.b64encode(f"desk:{SECRET}".encode()).decode(),
    base64.b64encode(f"desk:{quote_plus(SECRET)}".encode()).decode(),
    "token-1",
    "token-2",
)


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=["127.0.0.1"]) as safe:
        yield safe


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, at the finest level, by us and by the libraries."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(level="debug", stream=stream)
    yield stream
    root.handlers, root.level = before, level


class Echo:
    """Answers with the whole request that it got, in a shape and with a status of the test's choice."""

    def __init__(self, status: str, shape: str) -> None:
        self.status, self.shape, self.server = status, shape, RawServer(closes)

    async def __call__(self, _: Reader, writer: Writer) -> None:
        text = self.server.requests[-1].decode()
        lines = text.split("\r\n")
        bodies: dict[str, tuple[str, Any]] = {
            "json": (
                "application/json",
                json.dumps({"message": text, "headers": lines, text: 1, "big": ["x" * 999] * 99}),
            ),
            "text": ("text/plain", text),
            "page": ("text/html", f"<html><body><p>{text}</p></body></html>"),
            "table": ("text/csv", f'line,"{text.replace(chr(34), "")}"\n1,"{lines[0]}"\n'),
            "xml": ("text/xml", f"<e><m>{text.replace('&', '&amp;')}</m></e>"),
        }
        kind, body = bodies[self.shape]
        head = f"HTTP/1.1 {self.status}\r\nContent-Type: {kind}\r\nX-Echo: {lines[0]}\r\n"
        writer.write(f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())
        await writer.drain()


def tool(
    http: OutgoingClient, api: RawServer, scheme: SecurityScheme, values: dict[str, str], *, access: Access
) -> OpenApiTool:
    authoriser = Authoriser({"s": scheme}, {"s": values}, http, api_url=api.url)
    spec = ToolSpec(
        name="cancel", title="Cancel", description="", access=access, parameters={}, schema={"type": "object"},
        source="shop", target="Shop", version="1",
    )  # fmt: skip
    plan = RequestPlan(
        method="POST", base_url=api.url, path="/x", arguments=(Argument(name="a", wire_name="a", place=Place.FIELD),)
    )

    async def no_sleep(_: float) -> None:
        pass

    client = ApiClient(name="shop", http=http, authoriser=authoriser)
    return OpenApiTool(
        spec=spec, plan=plan, client=client, retry=Retry(sleep=no_sleep), needs=[[SecurityNeed(scheme="s")]]
    )


def everything(outcome: ToolOutcome) -> str:
    """Return all that is stored of a call: the outcome as the ledger keeps it, and the record for staff."""
    record = ToolRan(
        thread_id="t", tool="cancel", call_id="c", agent="a", request=dict(outcome.request or {}),
        http_status=outcome.http_status, response=outcome.data, full_response=outcome.full, error=outcome.error,
    )  # fmt: skip
    return json.dumps(asdict(outcome), ensure_ascii=False, default=str) + record.model_dump_json()


def found_in(text: str) -> list[str]:
    return [spelled for spelled in SPELLINGS if spelled in text or json.dumps(spelled)[1:-1] in text]


async def left_behind(
    http: OutgoingClient, script: Script, scheme: SecurityScheme, values: dict[str, str]
) -> tuple[str, RawServer]:
    """Run a read and a write against the target and return everything that is recorded of them."""
    async with token_server(secret=SECRET) as tokens, raw_server(script) as api:
        if isinstance(script, Echo):
            script.server = api
        entered = {**values, "token_url": tokens.url} if scheme.kind == "oauth2" else values
        texts = []
        for access in (Access.READ, Access.WRITE):
            made = tool(http, api, scheme, entered, access=access)
            texts.append(json.dumps(made.preview({"a": 1}).shown()))
            texts.append(everything(await made.run({"a": 1}, idempotency_key="k")))
    return "".join(texts), api


@pytest.mark.parametrize("shape", ["json", "text", "page", "table", "xml"])
@pytest.mark.parametrize("status", ["200 OK", "400 Bad", "401 No", "409 Conflict", "500 Oops"])
@pytest.mark.parametrize(("scheme", "values"), SCHEMES, ids=lambda part: getattr(part, "place", "") or str(part)[:12])
async def test_what_a_target_echoes_is_recorded_without_the_secret(
    http: OutgoingClient, logged: io.StringIO, status: str, shape: str, scheme: SecurityScheme, values: dict[str, str]
) -> None:
    """In no answer, no message, no request, no log line: while the target was surely sent it."""
    text, api = await left_behind(http, Echo(status, shape), scheme, values)
    assert found_in(b"".join(api.requests).decode())
    assert "[hidden]" in text or not status.startswith("200")  # of a failure only a short message is kept
    assert found_in(text) == []
    assert found_in(logged.getvalue()) == []


@pytest.mark.parametrize("script", [closes, resets])
@pytest.mark.parametrize(("scheme", "values"), SCHEMES, ids=lambda part: getattr(part, "place", "") or str(part)[:12])
async def test_what_breaks_is_recorded_without_the_secret(
    http: OutgoingClient, logged: io.StringIO, script: Script, scheme: SecurityScheme, values: dict[str, str]
) -> None:
    """Errors of the library hold the request; ours do not."""
    text, api = await left_behind(http, script, scheme, values)
    assert api.requests
    assert found_in(text) == []
    assert found_in(logged.getvalue()) == []


@pytest.mark.parametrize(("scheme", "values"), SCHEMES, ids=lambda part: getattr(part, "place", "") or str(part)[:12])
async def test_a_traceback_holds_no_secret(
    http: OutgoingClient, scheme: SecurityScheme, values: dict[str, str]
) -> None:
    """Not even one that is printed whole, with its causes."""
    async with raw_server(closes) as api, token_server(secret=SECRET) as tokens:
        entered = {**values, "token_url": tokens.url} if scheme.kind == "oauth2" else values
        authoriser = Authoriser({"s": scheme}, {"s": entered}, http, api_url=api.url)
        made = tool(http, api, scheme, entered, access=Access.WRITE)
        with pytest.raises(Exception, match="broke") as caught:
            await ApiClient(name="shop", http=http, authoriser=authoriser).send(
                made.preview({"a": 1}), needs=[[SecurityNeed(scheme="s")]], is_write=True
            )
    assert found_in("".join(traceback.format_exception(caught.value))) == []


async def test_a_wrong_client_leaves_nothing_behind(http: OutgoingClient, logged: io.StringIO) -> None:
    """The token server echoes what it was sent; nobody repeats it."""
    scheme, values = SCHEMES[-1]
    async with raw_server(closes) as api, raw_server(Echo("401 No", "json")) as made:
        made.script.server = made  # type: ignore[attr-defined]
        entered = {**values, "token_url": TokenServer(made=made).url}
        outcome = await tool(http, api, scheme, entered, access=Access.WRITE).run({"a": 1})
    assert (outcome.error, outcome.ok, api.connections) == ("tool_not_permitted", False, 0)
    assert found_in(everything(outcome) + logged.getvalue()) == []
