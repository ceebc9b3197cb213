"""Whole turns against a scripted OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.client import results
from tests.e2e.provider import routes, speaking
from tests.e2e.server import free_port
from tests.openai_server import (
    OpenAIServer,
    Reply,
    call,
    calls,
    cut,
    failure,
    garbage,
    held,
    text,
    unreadable_call,
)

if TYPE_CHECKING:
    from tests.e2e.client import Chat, Frame
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

AT_ONCE = {"retry-after-ms": "1"}  # it is tried again without waiting
TRIES = 3  # of what may pass


LOOK_UP = calls(call("get_order", order_id=1042))
CANCEL = calls(call("cancel_order", order_id=1042))


@pytest.fixture
async def chat(talking: Deployment) -> AsyncIterator[Chat]:
    """A customer's socket."""
    visitor = await talking.visitor()
    async with visitor.chat() as chat:
        yield chat


class TestStreams:
    async def test_text_comes_as_it_is_made(self, chat: Chat, model: OpenAIServer) -> None:
        """A text is streamed: its first words at once, the others in windows, the totals at its end."""
        model.script(routes("general"), text("We give your money back within 30 days."))
        done = await chat.ask("What is your refund policy?")
        assert chat.text() == "We give your money back within 30 days."
        assert 1 <= len(chat.of("token")) <= 8
        assert "We give your money back".startswith(chat.of("token")[0]["content"][:2])
        assert done["usage"]["prompt_tokens"] == 22
        assert done["usage"]["model_calls"] == 2

    async def test_a_call_in_fragments_is_told_once(self, chat: Chat, model: OpenAIServer) -> None:
        """Arguments that come in fragments make one frame, complete; the answer follows the result."""
        model.script(routes("order_lookup"), LOOK_UP, text("It is being processed."))
        await chat.ask("Where is order 1042?")
        [called] = chat.of("tool_call")
        assert called["args"] == {"order_id": 1042}
        assert results(chat.frames) == ["succeeded"]
        assert chat.text() == "It is being processed."

    async def test_several_reads_at_once(self, chat: Chat, model: OpenAIServer) -> None:
        """Each of three calls in one message is carried out and told, whatever ids the provider gives."""
        asked = [call("get_order", order_id=number) for number in (1042, 1043, 1044)]
        model.script(routes("order_lookup"), calls(*asked, ids="same"), text("Two of them are being processed."))
        await chat.ask("Where are my orders?")
        assert [frame["args"]["order_id"] for frame in chat.of("tool_call")] == [1042, 1043, 1044]
        assert results(chat.frames) == ["succeeded"] * 3
        answered = {message["tool_call_id"] for message in model.requests[-1]["messages"] if message["role"] == "tool"}
        assert len(answered) == 3

    @pytest.mark.parametrize("last_first", [False, True], ids=["in order", "the last first"])
    async def test_two_writes_at_once(
        self, chat: Chat, model: OpenAIServer, talking: Deployment, *, last_first: bool
    ) -> None:
        """Two writes in one message are two cards, answered one by one in any order; only the approved one acts."""
        writes = calls(call("cancel_order", order_id=1042), call("cancel_order", order_id=1043))
        model.script(routes("order_actions"), writes, text("I cancelled order 1042, and left 1043 as it is."))
        cards = [await chat.card("Cancel 1042 and 1043"), await chat.until("interrupt")]
        for card in reversed(cards) if last_first else cards:
            await chat.answer(card, approved=card["args"]["order_id"] == 1042)
            await chat.until("message_complete")
        assert sorted(results(chat.frames)) == ["rejected", "succeeded"]
        assert [write["path"] for write in await talking.demo.writes()] == ["/shop/orders/1042/cancel"]
        assert "left 1043 as it is" in chat.text()

    async def test_a_wish_and_the_next(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """Of two things asked, the second begins after the first; declining the first leaves the second undone."""
        model.script(routes("order_actions", "coupons"), CANCEL, text("I have left it as it is."))
        card = await chat.card("Cancel order 1042 and give me a 10% coupon")
        await chat.answer(card, approved=False)
        await chat.until("message_complete")
        assert "I have not gone on with the rest" in chat.text()
        assert await talking.demo.writes() == []


class TestFailures:
    @pytest.mark.parametrize(
        ("replies", "code", "reason"),
        [
            (
                [failure(401, "Incorrect API key provided")],
                "model_key_refused",
                "ProviderError: 401",
            ),
            ([failure(404, "The model does not exist")], "model_not_found", "ProviderError: 404"),
            ([failure(429, "slow down", headers=AT_ONCE)] * TRIES, "model_busy", "ProviderError: 429"),
            ([failure(500, "oops", headers=AT_ONCE)] * TRIES, "model_unavailable", "ProviderError: 500"),
            ([garbage(text("It is on its way to you."))], "model_unavailable", "JSONDecodeError"),
        ],
        ids=["wrong key", "no such model", "too many requests", "broken", "garbage"],
    )
    async def test_is_told_plainly_and_tried_again(
        self, chat: Chat, model: OpenAIServer, talking: Deployment, replies: list[Reply], code: str, reason: str
    ) -> None:
        """A plain sentence in the chat, the reason in the log, and the same message again does the rest only."""
        model.script(routes("order_lookup"), LOOK_UP, *replies)
        failed = await chat.ask("Where is order 1042?", message_id="one")
        check_failure(failed, code)
        [logged] = talking.backend.logged("turn_failed")
        assert logged["code"] == code
        assert reason in json.dumps(logged)
        assert "a-key-that-is-secret" not in talking.backend.log
        model.script(text("Order 1042 is being processed."))
        assert (await chat.ask("Where is order 1042?", message_id="one"))["type"] == "message_complete"
        assert "Order 1042 is being processed." in chat.text()
        assert results(chat.frames) == ["succeeded"]
        assert [frame["type"] for frame in chat.of("message")] == ["message"]

    async def test_a_cut_stream(self, chat: Chat, model: OpenAIServer) -> None:
        """What was said before the stream broke stays, and the next try says it whole."""
        model.script(routes("general"), cut(text("We give your money back."), 3))
        check_failure(await chat.ask("What is your refund policy?", message_id="one"), "model_unavailable")
        model.script(text("We give your money back."))
        assert (await chat.ask("What is your refund policy?", message_id="one"))["type"] == "message_complete"
        stored = [frame["content"] for frame in chat.of("token") if "seq" in frame]
        assert stored == ["We give your", "We give your money back."]

    async def test_a_failed_call_is_on_record(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """Staff see which model failed for which agent and how, and nothing of the provider's own words."""
        model.script(routes("order_lookup"), *[failure(429, "key a-key-that-is-secret", headers=AT_ONCE)] * TRIES)
        check_failure(await chat.ask("Where is order 1042?", message_id="one"), "model_busy")
        model.script(cut(text("It is on its way."), 2))
        check_failure(await chat.ask("Where is order 1042?", message_id="one"), "model_unavailable")
        rows = await talking.database.rows(
            "SELECT type, agent, frame->>'model' AS model, frame->>'code' AS code, frame->>'http_status' AS status "
            "FROM events WHERE type IN ('model_called', 'model_failed', 'error') ORDER BY seq"
        )
        assert [tuple(row.values()) for row in rows] == [
            ("model_called", "router", "test-model", None, None),
            ("model_failed", "order_lookup", "test-model", "model_busy", "429"),
            ("error", None, None, "model_busy", None),
            ("model_called", "order_lookup", "test-model", None, None),
            ("model_failed", "order_lookup", "test-model", "model_unavailable", None),
            ("error", None, None, "model_unavailable", None),
        ]
        assert not await talking.database.rows("SELECT 1 FROM events WHERE frame::text LIKE '%secret%'")

    async def test_a_slow_model(self, empty_deployment: Deployment, model: OpenAIServer) -> None:
        """A model that says nothing in time is given up, and the turn can be tried again."""
        await empty_deployment.add_backend(**speaking(model, patience=0.5))
        gate = asyncio.Event()
        model.otherwise(lambda _: held(text("Too late."), gate))
        visitor = await empty_deployment.visitor()
        async with visitor.chat() as chat:
            check_failure(await chat.ask("What is your refund policy?", message_id="one"), "model_timeout")
        gate.set()

    async def test_an_unreachable_model(self, empty_deployment: Deployment) -> None:
        """Where nobody listens, the customer is told so at once."""
        address = f"http://127.0.0.1:{free_port()}/v1"
        await empty_deployment.add_backend(OPENAI_BASE_URL=address, LLM_TIMEOUT_SECONDS="2")
        visitor = await empty_deployment.visitor()
        async with visitor.chat() as chat:
            failed = await chat.ask("What is your refund policy?")
            assert failed["code"] in {"model_unavailable", "model_timeout"}
            assert failed["retryable"]

    async def test_after_a_write(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """The model breaks after the write was done: answering the approval again tells of it, and acts not again."""
        model.script(routes("order_actions"), CANCEL, failure(401))
        card = await chat.card("Cancel order 1042")
        await chat.answer(card, approved=True)
        failed = await chat.until("error")
        assert (failed["code"], failed["interrupt_id"]) == ("model_key_refused", card["interrupt_id"])
        model.script(text("Order 1042 is cancelled."))
        await chat.answer(card, approved=True)
        await chat.until("message_complete")
        assert chat.text() == "Order 1042 is cancelled."
        assert results(chat.frames) == ["succeeded"]
        assert len(await talking.demo.writes()) == 1


def check_failure(failed: Frame, code: str) -> None:
    """It is a sentence that names what can be sent again, and no secret, address or name of a library."""
    assert (failed["type"], failed["code"], failed["message_id"]) == ("error", code, "one")
    assert failed["retryable"] is (code not in {"model_key_refused", "model_not_found"})
    assert failed["message"].endswith(".")
    assert "http" not in failed["message"]
    assert "Error" not in failed["message"]


class TestOddModels:
    async def test_a_conversation_that_is_too_long_goes_on_shortened(self, chat: Chat, model: OpenAIServer) -> None:
        """The model's context is small: what is oldest is left out, and the customer notices nothing."""
        longest = 5  # messages that this model reads

        def answer(request: dict[str, Any]) -> Reply:
            if len(request["messages"]) > longest:
                return failure(400, "The maximum context length is 512 tokens.", code="context_length_exceeded")
            return text("We give your money back.")

        model.script(routes("general"))
        model.otherwise(answer)
        for number in range(6):
            ended = await chat.ask(f"What is your refund policy, {number}?")
            assert ended["type"] == "message_complete"
        asked = model.requests[-1]["messages"]
        assert len(asked) <= longest
        assert any("refund policy, 5?" in str(message["content"]) for message in asked)
        refused = sum(len(request["messages"]) > longest for request in model.requests)
        assert refused <= 2  # what was refused once is not tried again

    async def test_arguments_that_are_not_json_are_mended(self, chat: Chat, model: OpenAIServer) -> None:
        """The model is told, sends them again, and the customer gets the answer."""
        model.script(routes("order_lookup"), calls(unreadable_call("get_order")), LOOK_UP, text("It is on its way."))
        await chat.ask("Where is order 1042?")
        assert results(chat.frames) == ["failed", "succeeded"]
        assert chat.text() == "It is on its way."

    async def test_a_tool_that_does_not_exist(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """An invented tool is never called; the model is told, and goes on."""
        model.script(routes("order_actions"), calls(call("delete_everything")), text("I cannot do that."))
        await chat.ask("Cancel order 1042")
        assert results(chat.frames) == ["failed"]
        assert await talking.demo.writes() == []
        assert chat.text() == "I cannot do that."

    async def test_a_write_by_an_agent_that_may_only_read(
        self, chat: Chat, model: OpenAIServer, talking: Deployment
    ) -> None:
        """A tool of another agent is as good as invented."""
        model.script(routes("order_lookup"), CANCEL, text("I can only look orders up."))
        await chat.ask("Where is order 1042?")
        assert results(chat.frames) == ["failed"]
        assert await talking.database.statuses() == []

    async def test_values_that_do_not_fit(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """Arguments that the schema refuses make no card; the model is told why."""
        wrong = calls(call("cancel_order", order_id="the newest"))
        model.script(routes("order_actions"), wrong, text("Which order do you mean?"))
        assert (await chat.ask("Cancel my order"))["type"] == "message_complete"
        assert results(chat.frames) == ["failed"]
        assert await talking.database.statuses() == []

    async def test_a_loop_that_never_ends(self, chat: Chat, model: OpenAIServer) -> None:
        """A model that only repeats itself is stopped soon, says what it looked up, and need not be asked again."""
        model.script(routes("order_lookup"))
        model.otherwise(lambda _: LOOK_UP)
        failed = await chat.ask("Where is order 1042?", message_id="one")
        assert (failed["code"], failed["retryable"]) == ("too_many_steps", False)
        assert "Looked up: " in failed["message"]
        assert len(model.requests) < 6

    async def test_a_claim_without_a_deed(self, model: OpenAIServer, empty_deployment: Deployment) -> None:
        """A model that says it cancelled an order, and did not, is corrected in the same answer; the record says so."""
        await empty_deployment.add_backend(**{**speaking(model), "CLAIM_CHECK_MODEL": "judge"})
        found = {"statements": [{"quote": "Ich habe die Bestellung 1042 storniert", "basis": "nothing"}]}
        lie = text("Ich habe die Bestellung 1042 storniert.")
        model.script(routes("order_actions"), lie, text(json.dumps(found), words=False))
        async with (await empty_deployment.visitor()).chat() as chat:
            await chat.ask("Bitte storniere meine Bestellung 1042")
            assert "Korrektur: „Ich habe die Bestellung 1042 storniert“" in chat.text()
            assert [(one["changed"], one["language"]) for one in chat.of("receipt")] == [("no", "de")]
        assert model.requests[-1]["model"] == "judge"
        assert (await empty_deployment.demo.order(1042))["status"] == "processing"

    async def test_an_answer_by_a_call(self, chat: Chat, model: OpenAIServer) -> None:
        """What a required call says is streamed as the answer; the customer sees no call, and no second one is made."""
        said = "Which order do you mean?"
        model.script(routes("order_lookup"), calls(call("ask_customer", question=said)))
        assert (await chat.ask("Where is my parcel?"))["type"] == "message_complete"
        assert chat.text() == said
        assert not chat.of("tool_call")
        assert model.requests[-1]["tool_choice"] == "required"

    async def test_a_reason_that_nobody_gave(self, chat: Chat, model: OpenAIServer) -> None:
        """The card says which of its values the customer has not said."""
        model.script(routes("order_actions"), calls(call("cancel_order", order_id=1042, reason="Found it cheaper")))
        card = await chat.ask("Cancel order 1042")
        assert (card["type"], card["unsaid"]) == ("interrupt", ["reason"])

    async def test_an_answer_that_was_cut_off(self, chat: Chat, model: OpenAIServer) -> None:
        """An answer that reached the model's limit does not pass for a whole one: it says so and offers to go on."""
        model.script(routes("general"), text("We give your money", finish="length"))
        await chat.ask("What is your refund policy?")
        assert "cut off here" in chat.text()

    async def test_a_call_that_is_sent_twice(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """A server that sends a whole call once more at its end gets one card, not two."""
        twice = calls(call("cancel_order", order_id=1042), fragment_chars=0)
        model.script(routes("order_actions"), replace(twice, pieces=twice.pieces * 2), text("It is cancelled."))
        card = await chat.card("Cancel order 1042")
        await chat.answer(card, approved=True)
        await chat.until("message_complete")
        assert len(chat.of("interrupt")) == 1
        assert len(await talking.demo.writes()) == 1

    async def test_an_empty_answer(self, chat: Chat, model: OpenAIServer) -> None:
        """A model that says nothing does not leave the customer without a word."""
        model.script(routes("general"), Reply())
        await chat.ask("Hello")
        assert chat.text()


class TestRouting:
    async def test_structured_output_is_asked_for(self, chat: Chat, model: OpenAIServer) -> None:
        """The router asks for its schema, and what it says decides who answers."""
        model.script(routes("returns"), text("I will help you to send it back."))
        await chat.ask("I am not happy")
        assert {frame["agent"] for frame in chat.of("token")} == {"returns"}
        assert any(key in model.requests[0] for key in ("response_format", "tools"))

    async def test_nonsense_is_asked_back(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """Where nothing usable comes from the router, the customer is asked what is meant, and the log says why."""

        def answer(request: dict[str, Any]) -> Reply:
            routing = "Data, as JSON" in json.dumps(request["messages"])
            return text("I am a teapot.") if routing else text("Order 1042 is being processed.")

        model.otherwise(answer)
        await chat.ask("Where is order 1042?")
        assert chat.of("clarification")
        assert not chat.of("tool_call")
        by = await talking.database.value("SELECT frame->>'by' FROM events WHERE type = 'routed'")
        assert by == "model"
        assert "routing_unusable" in talking.backend.log

    async def test_doubt_is_a_question(self, chat: Chat, model: OpenAIServer) -> None:
        """A router that is not sure makes the product ask, never guess."""
        model.script(routes("order_actions", confidence=0.2))
        await chat.ask("Do the thing")
        assert chat.of("clarification")
        assert not chat.of("tool_call")
