"""The way to a provider: what is sent where, over which connections, how often, and when it stops."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp
import pytest
from langchain_core.messages import AIMessage, HumanMessage

from app.agents.models import Models, explain_model_error
from app.agents.provider.openai_model import MAX_RETRIES, StreamingModel
from app.agents.provider.provider_error import ProviderError
from app.agents.provider.transport import Transport, encoded
from app.errors import AppError, ModelBusy, ModelQuotaUsed, ModelRefused, ModelUnavailable
from tests.openai_server import MODEL, OpenAIServer, failure, paused, raw, text
from tests.raw_http_server import Reader, Writer, raw_server

AT_ONCE = {"retry-after-ms": "1"}
BODY = b'data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
)


def made(base_url: str, **changes: Any) -> Models:
    options: dict[str, Any] = {"api_key": "key", "default_model": MODEL, "timeout_seconds": 20, **changes}
    return Models(base_url=base_url, **options)


async def ask(models: Models) -> AIMessage:
    answer = await models.get(None).ainvoke([HumanMessage("Where is order 1042?")])
    assert isinstance(answer, AIMessage)
    return answer


async def failed(models: Models) -> AppError:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it raises
        await ask(models)
    return explain_model_error(caught.value)


async def test_parameters_and_tools_are_sent_as_the_library_writes_them(server: OpenAIServer) -> None:
    """What `ChatOpenAI` knows of parameters and of tools reaches the server, whose connections are ours."""

    def count_parcels(order_id: int) -> int:
        """Count the parcels of an order."""
        return order_id

    server.script(text("Two."))
    transport = Transport(server.base_url, api_key="key", connect_seconds=5)
    model = StreamingModel(model=MODEL, transport=transport, temperature=0.2, max_tokens=7)
    await model.bind_tools([count_parcels], tool_choice="any").ainvoke([HumanMessage("How many?")])
    await transport.aclose()
    sent = server.requests[-1]
    assert (sent["temperature"], sent["tool_choice"], sent["stream"]) == (0.2, "required", True)
    assert 7 in {sent.get("max_tokens"), sent.get("max_completion_tokens")}
    assert sent["tools"][0]["function"]["name"] == "count_parcels"
    assert sent["messages"] == [{"role": "user", "content": "How many?"}]


class TestAddress:
    @pytest.mark.parametrize(
        ("base_url", "url"),
        [
            ("http://host/v1", "http://host/v1/chat/completions"),
            ("http://host/v1/", "http://host/v1/chat/completions"),
            ("http://host", "http://host/chat/completions"),
            ("http://host/v1/chat/completions", "http://host/v1/chat/completions"),
            (
                "https://shop.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
                "https://shop.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
            ),
            ("http://host/a%2Fb/v1", "http://host/a%2Fb/v1/chat/completions"),
        ],
    )
    def test_the_path_goes_behind_the_address_and_before_its_query(self, base_url: str, url: str) -> None:
        """An address is taken as people copy it from their provider's pages."""
        assert str(Transport(base_url, api_key="key", connect_seconds=1).completions) == url

    @pytest.mark.parametrize(
        ("base_url", "name", "value"),
        [
            ("https://api.example.com/v1", "Authorization", "Bearer key"),
            ("https://shop.openai.azure.com/openai/v1", "api-key", "key"),
            ("https://me:secret@models.example.com/v1", "Authorization", "Basic bWU6c2VjcmV0"),
        ],
    )
    def test_the_key_goes_where_the_server_looks_for_it(self, base_url: str, name: str, value: str) -> None:
        """Azure has a header of its own; a name and a password in the address are for whoever stands before it."""
        headers = Transport(base_url, api_key="key", connect_seconds=1).headers
        assert headers[name] == value
        assert len({"Authorization", "api-key"} & set(headers)) == 1

    async def test_headers_of_the_settings_are_sent(self, server: OpenAIServer) -> None:
        """An organization, a project, or what a gateway wants."""
        models = made(server.base_url, headers={"OpenAI-Organization": "org-1", "X-Title": "Shop"})
        server.script(text("Hello"))
        await ask(models)
        await models.ready()
        [head] = server.heads
        assert (head.headers["OpenAI-Organization"], head.headers["X-Title"]) == ("org-1", "Shop")
        assert head.headers["Authorization"] == "Bearer key"
        await models.aclose()

    async def test_the_proxy_of_the_environment_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the way out is a proxy, the request goes to it, with the proxy's own password."""

        async def answer(_: Reader, writer: Writer) -> None:
            writer.write(CHUNKED % (len(BODY), BODY))

        async with raw_server(answer) as proxy:
            monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{proxy.port}")
            monkeypatch.setenv("no_proxy", "localhost")
            models = made("http://models.invalid/v1")
            assert (await ask(models)).text == "Hello"
            [request] = proxy.requests
            assert request.startswith(b"POST http://models.invalid/v1/chat/completions HTTP/1.1")
            assert b"Proxy-Authorization: Basic bWU6c2VjcmV0" in request
            await models.aclose()


class TestConnections:
    async def test_a_connection_is_used_again(self, server: OpenAIServer, models: Models) -> None:
        """A second request needs no second handshake, also after a refusal."""
        server.script(text("One"), failure(400, "no"), text("Three"))
        await ask(models)
        await failed(models)
        await ask(models)
        assert len({head.transport for head in server.heads}) == 1

    async def test_an_idle_connection_that_was_closed_is_no_failure(self) -> None:
        """A server closes idle connections when it likes; the request is sent again on a new one."""

        async def answer(reader: Reader, writer: Writer) -> None:
            writer.write(CHUNKED % (len(BODY), BODY))
            await reader.readuntil(b"\r\n\r\n")  # the next request comes, and the connection is closed on it

        async with raw_server(answer) as server:
            models = made(f"{server.url}/v1")
            assert [(await ask(models)).text for _ in range(3)] == ["Hello"] * 3
            assert server.connections == 3
            await models.aclose()

    async def test_who_stops_reading_lets_go(self, server: OpenAIServer, models: Models) -> None:
        """A turn that is stopped closes its stream, so that the server makes no more tokens."""
        server.script(paused(text("One two three"), asyncio.Event(), after=1))
        stream = models.get(None).astream([HumanMessage("Hi")])
        assert (await anext(stream)).text == "One"
        transport = server.heads[0].transport
        assert transport is not None
        await stream.aclose()  # type: ignore[attr-defined]
        async with asyncio.timeout(10):
            while not transport.is_closing():  # noqa: ASYNC110 - it is the other side that closes it
                await asyncio.sleep(0)

    async def test_a_slow_reader_stops_the_server(self, server: OpenAIServer, models: Models) -> None:
        """What nobody reads is not gathered here: the server has to wait."""
        noise = b": " + b"x" * 998 + b"\n"
        server.script(raw(BODY.replace(b"[DONE]", b"{}") + noise * 20_000 + b"data: [DONE]\n\n", raw_piece=100_000))
        stream = models.get(None).astream([HumanMessage("Hi")])
        assert (await anext(stream)).text == "Hello"
        for _ in range(2_000):
            await asyncio.sleep(0)
        assert server.written < 10_000_000
        assert "".join([piece.text async for piece in stream]) == ""
        assert server.written > 20_000_000


class TestRetries:
    @pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
    async def test_what_may_pass_is_tried_again(self, server: OpenAIServer, models: Models, status: int) -> None:
        """As its server wishes, and no more often than a customer waits."""
        server.script(*[failure(status, headers=AT_ONCE)] * MAX_RETRIES, text("Now."))
        assert (await ask(models)).text == "Now."

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 418, 422])
    async def test_what_stays_is_not(self, server: OpenAIServer, models: Models, status: int) -> None:
        """A refusal is a refusal."""
        server.script(failure(status, headers=AT_ONCE))
        await failed(models)
        assert len(server.requests) == 1

    @pytest.mark.parametrize(("told", "status", "requests"), [("false", 500, 1), ("true", 400, 2)])
    async def test_a_server_may_say_so_itself(
        self, server: OpenAIServer, models: Models, told: str, status: int, requests: int
    ) -> None:
        """OpenAI's own header overrules the status."""
        server.script(failure(status, headers={"x-should-retry": told, **AT_ONCE}), failure(418))
        await failed(models)
        assert len(server.requests) == requests

    async def test_a_used_up_quota_is_not_waited_for(self, server: OpenAIServer, models: Models) -> None:
        """It comes with the status of a limited rate, and does not pass."""
        server.script(failure(429, code="insufficient_quota", headers=AT_ONCE))
        assert type(await failed(models)) is ModelQuotaUsed
        assert len(server.requests) == 1

    async def test_a_wait_beyond_the_patience_is_not_begun(self, server: OpenAIServer) -> None:
        """A server that wants a minute is busy now; nobody sits through it to hear that."""
        models = made(server.base_url, timeout_seconds=20)
        server.script(failure(429, headers={"Retry-After": "50"}))
        assert type(await failed(models)) is ModelBusy
        assert len(server.requests) == 1
        await models.aclose()

    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ({"Retry-After": "7"}, 7),
            ({"Retry-After": "0.5"}, 0.5),
            ({"retry-after-ms": "250", "Retry-After": "7"}, 0.25),
            ({"Retry-After": "3600"}, 0),
            ({"Retry-After": "soon"}, 0),
            ({}, 0),
        ],
    )
    async def test_how_long_a_server_wants_us_to_wait(
        self, server: OpenAIServer, value: dict[str, str], seconds: float
    ) -> None:
        """In seconds or milliseconds; what is no number, or too long to be meant for a chat, is our own pace."""
        assert await retry_after(server, value) == seconds

    async def test_a_date_is_read_too(self, server: OpenAIServer) -> None:
        """HTTP allows one."""
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        assert 20 < (await retry_after(server, {"Retry-After": date}) or 0) <= 30

    async def test_a_redirect_is_refused(self, server: OpenAIServer, models: Models) -> None:
        """The key does not follow it; the log says where it points."""
        server.script(failure(308, headers={"Location": "https://elsewhere.example/v1"}))
        error = await failed(models)
        assert type(error) is ModelRefused
        assert "redirects to https://elsewhere.example/v1: check OPENAI_BASE_URL" in error.details["reason"]
        assert len(server.requests) == 1

    async def test_an_error_that_is_a_page_is_told(self, server: OpenAIServer, models: Models) -> None:
        """A gateway's own page says what it is, in the log, and no more than a few lines of it."""
        server.script(raw("<h1>Bad gateway</h1>" + "x" * 100_000, content_type="text/html", status=418))
        error = await failed(models)
        assert type(error) is ModelUnavailable
        assert "418: <h1>Bad gateway</h1>xxx" in error.details["reason"]


async def retry_after(server: OpenAIServer, headers: dict[str, str]) -> float | None:
    transport = Transport(server.base_url, api_key="key", connect_seconds=1)
    server.script(failure(429, headers=headers))
    with pytest.raises(ProviderError) as caught:
        async with transport.complete({"messages": []}):
            pass
    await transport.aclose()
    return caught.value.retry_after


class TestBytes:
    async def test_a_compressed_stream_is_read(self, server: OpenAIServer, models: Models) -> None:
        """None is asked for, since it is held back on its way; some proxies compress all the same."""
        server.script(raw(gzip.compress(BODY), headers={"Content-Encoding": "gzip"}))
        assert (await ask(models)).text == "Hello"
        assert server.heads[0].headers["Accept-Encoding"] == "identity"

    async def test_a_broken_compression_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """What cannot be unpacked is a failure of the server's."""
        server.script(raw(b"no gzip at all", headers={"Content-Encoding": "gzip"}))
        assert isinstance(await failed(models), ModelUnavailable)

    def test_what_fast_encoding_refuses_is_sent_too(self) -> None:
        """Half a character, or a number of more than 64 bits, fails no turn."""
        value = {"content": "half \ud83d", "number": 2**70}
        assert json.loads(encoded(value)) == value


async def test_a_broken_connection_before_the_answer_is_tried_again() -> None:
    """Nothing has come yet, so nothing can come twice."""
    answers = iter([b"", CHUNKED % (len(BODY), BODY)])

    async def answer(_: Reader, writer: Writer) -> None:
        writer.write(next(answers))

    async with raw_server(answer) as server:
        models = made(f"{server.url}/v1")
        assert (await ask(models)).text == "Hello"
        assert len(server.requests) == 2
        await models.aclose()


async def test_an_untrusted_certificate_is_unavailable(server: OpenAIServer) -> None:
    """A server that does not speak TLS, or with a certificate nobody knows, is not spoken to."""
    models = made(server.base_url.replace("http:", "https:"), timeout_seconds=2)
    error = await failed(models)
    assert isinstance(error, ModelUnavailable)
    assert aiohttp.ClientConnectorError.__name__[:6] in error.details["reason"]
    await models.aclose()
