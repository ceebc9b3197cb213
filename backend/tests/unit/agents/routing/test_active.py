"""Who takes a message without any router being asked."""

from dataclasses import replace

import pytest

from app.agents.config import AgentConfig, AgentSpec
from app.agents.routing.active import may_concern_others, parts_of, stems_of, without_asking
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

    def test_where_agents_yaml_says_so_the_router_is_asked_for_each(self) -> None:
        """`routing: every_message` takes no message past the router, but one agent is still one agent."""
        always = replace(THREE, routing="every_message")
        assert without_asking("yes", active="orders", config=always) is None
        assert without_asking("yes", active="", config=replace(agents("general"), routing="every_message")) is not None


SHOP = (
    AgentSpec(
        name="order_lookup",
        description="Looks up orders and parcels: where an order is, what is in it.",
        permission="read",
        tools=("*",),
    ),
    AgentSpec(
        name="rechnungen",
        description="Zeigt Rechnungen und schickt sie per E-Mail.",
        permission="read",
        tools=("*",),
        examples=("Wie lange dauert das?",),
    ),
)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("and where are the other two parcels?", False),
            ("wie lange dauert es?", False),
            ("what about it? when?", False),
            ("send me the rechnung", True),
            ("where is my parcel, and the Rechnungen for it?", True),
            ("bekomme ich dafür eine Rechnung?", True),
            ("quiero otra cosa", False),
            ("別のものが欲しいです", False),
        ],
    )
    def test_another_agents_word_is_for_the_router(self, text: str, found: bool) -> None:
        """It is a word of another description, in whatever language and form; the agent's own words say nothing."""
        assert may_concern_others(text, "order_lookup", SHOP) is found

    def test_several_parts_with_the_agents_own_words_are_its_own(self) -> None:
        """Two sentences that both speak of what the agent is for need no router."""
        assert not may_concern_others("Where is my order 1042 now? I want the parcel today.", "order_lookup", SHOP)
        assert may_concern_others("Where is my order 1042 now? I want something else today.", "order_lookup", SHOP)

    def test_stems_are_the_beginnings_of_long_words(self) -> None:
        """Forms of a word are one, and words that join sentences are none."""
        assert stems_of("The invoices, an INVOICE and what it is") == {"invoic"}


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
