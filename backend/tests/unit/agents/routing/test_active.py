"""Who takes a message without any router being asked."""

import pytest

from app.agents.config import AgentConfig, AgentSpec
from app.agents.routing.active import parts_of, without_asking
from app.protocol import SUPERVISOR


def agents(*names: str) -> AgentConfig:
    """Agents of these names, the last of them the fallback."""
    specs = tuple(AgentSpec(name=name, description=f"Does {name}.", permission="read", tools=("*",)) for name in names)
    return AgentConfig(agents=specs, apis=(), fallback=names[-1])


THREE = agents("orders", "coupons", "general")


class TestWhoTakesIt:
    @pytest.mark.parametrize(
        "text",
        ["And the other one?", "yes", "never mind", "1042", "Nein, doch nicht.", "はい、お願いします。", "y el otro?"],
    )
    def test_a_follow_up_stays_where_it_is(self, text: str) -> None:
        """The agent that has the conversation keeps it, with its reason and confidence."""
        routing = without_asking(text, active="orders", config=THREE)
        assert routing is not None
        [intent] = routing.intents
        assert (intent.agent, intent.request, intent.confidence) == ("orders", text, 1.0)
        assert (intent.reason, routing.by, routing.question) == ("has the conversation", "active", None)

    @pytest.mark.parametrize("active", ["", SUPERVISOR, "taken_away"])
    def test_where_nobody_has_the_conversation_a_router_is_needed(self, active: str) -> None:
        """The first message, an answer to the router's own question, and an agent that is gone are for the router."""
        assert without_asking("yes", active=active, config=THREE) is None

    @pytest.mark.parametrize("active", ["", SUPERVISOR, "general"])
    def test_the_only_agent_takes_everything(self, active: str) -> None:
        """With one agent there is nobody else to mean, whatever was asked and whoever spoke."""
        routing = without_asking("Cancel order 1042. And give me a coupon.", active=active, config=agents("general"))
        assert routing is not None
        assert [(one.agent, one.reason) for one in routing.intents] == [("general", "the only agent there is")]
        assert routing.by == "single"

    @pytest.mark.parametrize(
        "text",
        [
            "Please cancel order 1042. I also need a new coupon.",
            "Storniere bitte die Bestellung 1042!\nUnd gib mir einen neuen Gutschein",
            "1. cancel my order 1042\n2. give me a coupon",
            "注文1042をキャンセルしてください。新しいクーポンもほしいです。",
        ],
    )
    def test_a_message_of_several_parts_is_for_the_router(self, text: str) -> None:
        """Several sentences may be several agents' matters, which the router puts in order."""
        assert without_asking(text, active="orders", config=THREE) is None


class TestParts:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("Yes, please. Thanks a lot!", 0),
            ("Thank you. And where is order 1043 now?", 1),
            ("Is version 2.5 of it in stock?", 1),
            ("ありがとう。もう一つはどこですか？", 1),  # noqa: RUF001 - as it is typed
            ("", 0),
        ],
    )
    def test_only_what_can_ask_for_something_counts(self, text: str, count: int) -> None:
        """Thanks, agreement and numbers with a point are no parts of their own."""
        assert len(parts_of(text)) == count
