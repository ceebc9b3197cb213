"""Model calls that stand before the first token, per kind of message, and who is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from app.agents.grounding import CALL_FIRST
from app.agents.routing.handover import MAX_HANDOVERS
from app.settings import BACKEND
from app.tools.builtin import TRANSFER
from tests.e2e.client import results
from tests.e2e.provider import routes, speaking
from tests.openai_server import OpenAIServer, call, calls, failure, text

if TYPE_CHECKING:
    from tests.e2e.client import Chat
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

LOOK_UP = calls(call("get_order", order_id=1042))
JUDGED = text('{"statements": []}', words=False)  # what coupons says could claim something, so it is checked
CANCEL = calls(call("cancel_order", order_id=1042))


def to(agent: str, request: str = "as asked") -> Any:
    """A call that hands over to a colleague."""
    return call(TRANSFER, agent=agent, request=request)


@pytest.fixture
async def chat(talking: Deployment) -> AsyncIterator[Chat]:
    """A customer's socket."""
    visitor = await talking.visitor()
    async with visitor.chat() as chat:
        yield chat


async def before_first_token(chat: Chat, model: OpenAIServer, said: str) -> int:
    """Send a message and count the model's calls up to its first token; the rest of the turn goes by."""
    before = len(model.requests)
    await chat.say(said)
    await chat.until("token", fact=lambda frame: "seq" not in frame)
    counted = len(model.requests) - before
    await chat.until("message_complete")
    return counted


async def begun(chat: Chat, model: OpenAIServer) -> None:
    """Let `order_lookup` have the conversation."""
    model.script(routes("order_lookup"), text("It is being packed."))
    assert await before_first_token(chat, model, "Where is order 1042?") == 2


async def routed(deployment: Deployment) -> list[tuple[str, str]]:
    """How each message was decided, and for whom, in order."""
    rows = await deployment.database.rows(
        "SELECT frame->>'by' AS by, jsonb_path_query_array(frame, '$.intents[*].agent')::text AS agents "
        "FROM events WHERE type = 'routed' ORDER BY seq"
    )
    return [(row["by"], row["agents"]) for row in rows]


class TestCounted:
    async def test_a_first_message_two(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """The router, then the agent."""
        await begun(chat, model)
        assert await routed(talking) == [("model", '["order_lookup"]')]

    @pytest.mark.parametrize("said", ["And the other one?", "yes", "Nein, danke.", "never mind"])
    async def test_a_follow_up_one(self, chat: Chat, model: OpenAIServer, talking: Deployment, said: str) -> None:
        """The agent that has the conversation, and nobody before it."""
        await begun(chat, model)
        model.script(text("It is being packed, too."))
        assert await before_first_token(chat, model, said) == 1
        assert await routed(talking) == [("model", '["order_lookup"]'), ("active", '["order_lookup"]')]

    async def test_a_hand_over_two(self, chat: Chat, model: OpenAIServer, talking: Deployment) -> None:
        """The agent that hands over, then its colleague; the customer sees no call."""
        await begun(chat, model)
        model.script(calls(to("coupons")), text("Here you are."))
        assert await before_first_token(chat, model, "Kann ich einen Nachlass haben?") == 2
        assert [frame["agent"] for frame in chat.of("token") if "seq" not in frame][-1] == "coupons"
        assert not chat.of("tool_call")
        assert (await routed(talking))[1:] == [("active", '["order_lookup"]'), ("agent", '["coupons"]')]
        asked = [request["messages"][-1] for request in model.requests if TRANSFER in str(request.get("tools"))]
        said = ["Kann ich einen Nachlass haben?", CALL_FIRST.text]
        assert (asked[-1]["role"], asked[-1]["content"].split("\n\n")) == ("user", said)

    async def test_two_wishes_of_a_first_message_two(self, chat: Chat, model: OpenAIServer) -> None:
        """The router puts them in order, and the first agent begins."""
        model.script(routes("order_lookup", "coupons"), text("It is being packed."), text("Here you are."))
        assert await before_first_token(chat, model, "Where is order 1042 and can I have a coupon?") == 2
        speakers = [frame["agent"] for frame in chat.of("token") if "seq" not in frame]
        assert list(dict.fromkeys(speakers)) == ["order_lookup", "coupons"]

    async def test_two_wishes_of_a_follow_up_in_one_sentence_two(self, chat: Chat, model: OpenAIServer) -> None:
        """The agent looks up its own part and hands the other one over: no router."""
        await begun(chat, model)
        own = call("get_order", order_id=1043)
        model.script(calls(own, to("coupons")), text("It is on its way."), text("Here you are."))
        assert await before_first_token(chat, model, "Wo ist 1043, und kann ich einen Nachlass haben?") == 2
        assert results(chat.frames) == ["succeeded"]
        assert [frame["tool"] for frame in chat.of("tool_call")] == ["get_order"]
        assert chat.text().endswith("It is on its way.Here you are.")

    async def test_a_follow_up_with_another_agents_word_two(self, chat: Chat, model: OpenAIServer) -> None:
        """It may be for a colleague, so the router is asked: as many calls as a hand-over."""
        await begun(chat, model)
        model.script(routes("order_lookup", "coupons"), text("It is on its way."), text("Here you are."))
        assert await before_first_token(chat, model, "And 1043? And can I have a coupon?") == 2

    async def test_where_agents_yaml_says_so_two(self, empty_deployment: Deployment, model: OpenAIServer) -> None:
        """With `routing: every_message` the router stands before every message, also before a follow-up."""
        path = empty_deployment.folder / "agents.yaml"
        path.write_text("template: e-commerce\nrouting: every_message\n")
        path.with_name("templates").symlink_to(BACKEND / "config/templates")
        await empty_deployment.add_backend(**speaking(model), AGENTS_FILE=str(path))
        async with (await empty_deployment.visitor()).chat() as chat:
            await begun(chat, model)
            model.script(routes("order_lookup"), text("On its way."))
            assert await before_first_token(chat, model, "And the other one?") == 2

    async def test_two_wishes_of_a_follow_up_in_two_sentences_two(self, chat: Chat, model: OpenAIServer) -> None:
        """Several sentences may be several agents' matters: the router is asked, as for a first message."""
        await begun(chat, model)
        model.script(routes("order_lookup", "coupons"), text("It is on its way."), text("Here you are."))
        said = "Where is my order 1043? I would like a coupon, too."
        assert await before_first_token(chat, model, said) == 2

    async def test_a_reply_to_an_approval_one(self, chat: Chat, model: OpenAIServer) -> None:
        """The run goes on where it waits: the agent tells what came of it."""
        model.script(routes("order_actions"), CANCEL)
        card = await chat.card("Cancel order 1042")
        before = len(model.requests)
        model.script(text("It is cancelled."))
        await chat.answer(card, approved=True)
        await chat.until("token")
        assert len(model.requests) - before == 1
        await chat.until("message_complete")

    async def test_with_one_agent_one(self, empty_deployment: Deployment, model: OpenAIServer) -> None:
        """There is nobody to choose from, and nobody to hand over to."""
        path = empty_deployment.folder / "agents.yaml"
        path.write_text(ALONE)
        await empty_deployment.add_backend(**speaking(model), AGENTS_FILE=str(path))
        async with (await empty_deployment.visitor()).chat() as chat:
            model.script(text("Hello!"), text("At nine."))
            assert await before_first_token(chat, model, "Hello. When do you open tomorrow?") == 1
            assert await before_first_token(chat, model, "And on Sunday?") == 1
        assert TRANSFER not in str(model.requests)
        assert await routed(empty_deployment) == [("single", '["general"]')] * 2


ALONE = """
fallback: general
agents:
  - {name: general, description: Answers questions., permission: read, tools: [hand_over]}
"""


class TestWhoHasTheConversation:
    async def test_is_known_to_every_replica(self, talking: Deployment, model: OpenAIServer) -> None:
        """Whoever answered on one server keeps the conversation on another one, after the first is gone."""
        visitor = await talking.visitor()
        async with visitor.chat() as chat:
            await begun(chat, model)
        other = await talking.add_backend(**speaking(model))
        await talking.backend.kill()
        model.script(text("On its way."))
        async with visitor.chat(chat.thread_id, url=other.url) as later:
            assert await before_first_token(later, model, "And the other one?") == 1
        assert [frame["agent"] for frame in later.of("token")] == ["order_lookup"] * len(later.of("token"))

    async def test_is_whoever_it_was_handed_to(self, chat: Chat, model: OpenAIServer) -> None:
        """After a hand-over the colleague keeps the next message."""
        await begun(chat, model)
        model.script(calls(to("coupons")), text("Here you are."), JUDGED)
        await chat.ask("Kann ich einen Nachlass haben?")
        model.script(text("It is valid for 90 days."))
        assert await before_first_token(chat, model, "How long is it valid?") == 1
        assert [frame["agent"] for frame in chat.of("token") if "seq" not in frame][-1] == "coupons"

    async def test_is_nobody_after_a_question_of_the_router(self, chat: Chat, model: OpenAIServer) -> None:
        """What the customer is asked by the router is for the router to read the answer to."""
        model.script(routes("order_actions", confidence=0.2))
        await chat.ask("Do the thing")
        assert chat.of("clarification")
        model.script(routes("order_lookup"), text("It is being packed."))
        assert await before_first_token(chat, model, "Where is order 1042?") == 2

    async def test_is_kept_beside_an_open_approval(self, chat: Chat, model: OpenAIServer) -> None:
        """While a card waits, the next message is for the agent that asked, though it has not said a word."""
        model.script(routes("order_actions"), CANCEL)
        await chat.card("Cancel order 1042")
        model.script(text("It costs nothing."))
        assert await before_first_token(chat, model, "Was kostet das?") == 1


class TestFailures:
    async def test_after_a_hand_over_it_goes_on_with_the_colleague(self, chat: Chat, model: OpenAIServer) -> None:
        """Where the colleague's model fails, the same message again goes to the colleague at once."""
        await begun(chat, model)
        model.script(calls(to("coupons")), failure(401))
        failed = await chat.ask("Kann ich einen Nachlass haben?", message_id="two")
        assert (failed["type"], failed["code"]) == ("error", "model_key_refused")
        before = len(model.requests)
        model.script(text("Here you are."))
        assert (await chat.ask("Kann ich einen Nachlass haben?", message_id="two"))["type"] == "message_complete"
        assert 'You are "coupons"' in str(model.requests[before]["messages"][0]["content"])
        assert [frame["agent"] for frame in chat.of("token") if "seq" not in frame][-1] == "coupons"


class TestBounded:
    async def test_two_agents_that_hand_over_to_each_other(self, chat: Chat, model: OpenAIServer) -> None:
        """Models that hand over as long as they can come to an end: the last one has to answer."""
        await begun(chat, model)

        def ever_on(request: dict[str, Any]) -> Any:
            for tool in (one["function"] for one in request["tools"]):
                if tool["name"] == TRANSFER:
                    return calls(to(tool["parameters"]["properties"]["agent"]["enum"][0]))
            return text("I cannot help with that.")

        model.otherwise(ever_on)
        assert await before_first_token(chat, model, "Something else") <= MAX_HANDOVERS + 2
        assert chat.text().endswith("I cannot help with that.")
        assert not chat.of("tool_call")
