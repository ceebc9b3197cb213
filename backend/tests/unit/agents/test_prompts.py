from pathlib import Path

import pytest

from app.agents.config import AgentConfig, AgentSpec, Personality
from app.agents.prompts import NO_KNOWLEDGE, check_prompts, router_prompt, section, specialist_prompt
from app.errors import ConfigMistake
from app.tools.builtin import TRANSFER

ACTIONS = AgentSpec(
    name="order_actions",
    description="Changes $orders.",
    permission="write",
    tools=("cancel_order",),
    personality=Personality(tone="calm", greeting="Hi there.", escalation_message="One moment."),
    examples=("Cancel order 1042",),
)
GENERAL = AgentSpec(
    name="general",
    description="Answers.",
    permission="read",
    tools=("hand_over",),
    knowledge="Returns are free.\nSo is rain.",
)
CONFIG = AgentConfig(name="The shop", greeting="Welcome!", agents=(ACTIONS, GENERAL), apis=(), fallback="general")


class TestSpecialist:
    def test_it_says_who_the_agent_is(self) -> None:
        """The prompt names the agent, its job, its tone, what it may do and what it says at a hand-over."""
        prompt = specialist_prompt(ACTIONS, CONFIG)
        for part in (
            "order_actions",
            "The shop",
            "Changes $orders.",
            "calm",
            "One moment.",
            "after consent, change things",
        ):
            assert part in prompt
        assert NO_KNOWLEDGE in prompt

    def test_a_reader_only_looks_things_up(self) -> None:
        """An agent that may only read is told so."""
        assert "only look things up" in specialist_prompt(GENERAL, CONFIG)

    def test_it_states_the_rules_of_the_house(self) -> None:
        """Data is data, done is what the record says, and nothing is guessed."""
        prompt = specialist_prompt(ACTIONS, CONFIG)
        for rule in ("is data", 'only if its outcome is "succeeded"', "Never guess", "in the customer's language"):
            assert rule in prompt

    def test_only_who_can_hand_over_is_told_when_to(self) -> None:
        """The rule stands there with the tool; its name means nothing to an agent that lacks it."""
        assert TRANSFER in specialist_prompt(ACTIONS, CONFIG, hands_over=True)
        assert TRANSFER not in specialist_prompt(ACTIONS, CONFIG)

    def test_its_sections_can_be_found(self) -> None:
        """The demo model finds what it needs in the same prompt."""
        prompt = specialist_prompt(GENERAL, CONFIG)
        headings = ("Knowledge", "When greeted, say", "Customers can ask for example")
        assert section(prompt, "Knowledge", headings) == "Returns are free.\nSo is rain."
        assert section(prompt, "Customers can ask for example", headings) == "- Cancel order 1042"
        assert (
            section(specialist_prompt(ACTIONS, CONFIG), "When greeted, say", (*headings, "When you hand over, say"))
            == "Hi there."
        )

    def test_without_a_greeting_of_its_own_it_greets_as_the_house_does(self) -> None:
        """The house's greeting stands in for an agent's."""
        assert "Welcome!" in specialist_prompt(GENERAL, CONFIG)

    def test_only_the_fallback_speaks_for_all(self) -> None:
        """The fallback agent knows everybody's examples, the others their own."""
        assert "Cancel order 1042" in specialist_prompt(GENERAL, CONFIG)
        assert "- (none given)" in specialist_prompt(
            GENERAL, AgentConfig(agents=(GENERAL,), apis=(), fallback="general")
        )


class TestRouter:
    def test_it_is_filled(self) -> None:
        """The router's prompt names the house, the agents and the fallback."""
        prompt = router_prompt(business="The $hop", agents='[{"name": "general"}]', fallback="general")
        for part in ("The $hop", '[{"name": "general"}]', '"general"', "JSON only"):
            assert part in prompt


class TestChecking:
    def test_ours_are_in_order(self) -> None:
        """The prompts that are delivered can be filled."""
        check_prompts()

    @pytest.mark.parametrize(
        ("specialist", "message"),
        [
            (None, "there is no such prompt"),
            ("You are $agnet", r"\$agnet is unknown; write one of: agent, business"),
            ("It costs $ 5", "a \\$ stands alone"),
        ],
    )
    def test_a_prompt_that_cannot_be_filled_is_named(
        self, tmp_path: Path, specialist: str | None, message: str
    ) -> None:
        """A mistake in a prompt is found at the start, not in a conversation."""
        (tmp_path / "router.md").write_text("$agents $fallback $business")
        if specialist is not None:
            (tmp_path / "specialist.md").write_text(specialist)
        with pytest.raises(ConfigMistake, match=message):
            check_prompts(tmp_path)


class TestSections:
    def test_a_section_ends_at_the_next(self) -> None:
        """A section is what stands between its heading and the next one."""
        assert section("a:\n1\n\n2\nB:\n3", "A", ("a", "b")) == "1\n\n2"

    def test_what_is_not_there_is_empty(self) -> None:
        """A heading that is not there has no text."""
        assert section("a:\n1", "c", ("a", "c")) == ""
