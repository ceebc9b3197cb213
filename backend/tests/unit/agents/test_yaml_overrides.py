"""What agents.yaml says of an API's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.actions.policy import consents_for
from app.agents.config import ApiSpec, load_agents
from app.agents.yaml_overrides import review_tools
from app.errors import ConfigMistake
from app.tools.base import Access, ConsentRule
from tests.fakes import FakeTool, tool_spec

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "customer_id": {"type": "string"}},
    "required": ["order_id", "customer_id"],
}
TOOLS = [
    FakeTool(spec=tool_spec("cancel_order")),
    FakeTool(spec=tool_spec("refund_order", access=Access.DESTRUCTIVE, schema=SCHEMA, parameters=SCHEMA)),
    FakeTool(spec=tool_spec("get_order", access=Access.READ, schema=SCHEMA, parameters=SCHEMA)),
]


def api(consent: dict[str, ConsentRule] | None = None, bind: dict[str, str] | None = None) -> ApiSpec:
    return ApiSpec(name="shop", document="x.json", consent=consent or {}, bind=bind or {}, where="agents.yaml:3")


class TestConsent:
    def test_nothing_said_changes_nothing(self) -> None:
        """Tools of which the file says nothing are handed on as they are."""
        assert review_tools(api(), TOOLS) == TOOLS

    def test_by_name_and_by_pattern(self) -> None:
        """A name goes before a pattern, an earlier pattern before a later one."""
        made = review_tools(
            api(
                {
                    "*_order": ConsentRule.OPERATOR,
                    "refund_*": ConsentRule.NOBODY,
                    "get_order": ConsentRule.NOBODY,
                }
            ),
            TOOLS,
        )
        assert [tool.spec.consent for tool in made] == ["operator", "operator", "nobody"]
        assert consents_for(made[0].spec) == ("operator",)

    def test_a_name_that_no_operation_has(self) -> None:
        """A mistyped name stops the start, with the one that was probably meant."""
        with pytest.raises(ConfigMistake) as caught:
            review_tools(api({"cancel_ordr": ConsentRule.BOTH}), TOOLS)
        assert caught.value.message == (
            'agents.yaml:3: consent: "cancel_ordr" is no operation of shop; did you mean "cancel_order"?'
        )


class TestBind:
    def test_hides_the_argument_from_the_model(self) -> None:
        """What is bound is in the full schema only; tools without that argument stay as they are."""
        cancel, refund, get = review_tools(api(bind={"customer_id": "sub"}), TOOLS)
        assert cancel.spec.bound == {}
        for tool in (refund, get):
            assert tool.spec.bound == {"customer_id": "sub"}
            assert "customer_id" not in str(tool.spec.parameters)
            assert "customer_id" in tool.spec.schema["properties"]

    def test_an_argument_that_no_operation_takes(self) -> None:
        """A mistyped argument stops the start: nothing would be bound."""
        with pytest.raises(
            ConfigMistake, match='bind: no operation of shop takes "customer"; did you mean "customer_id"'
        ):
            review_tools(api(bind={"customer": "sub"}), TOOLS)


class TestFile:
    FILE = """\
fallback: help
apis:
  - name: shop
    document: shop.json
    consent: {cancel_order: RULE}
    bind: {customer_id: sub}
agents:
  - {name: help, description: Helps., permission: read, tools: [hand_over]}
"""

    def test_is_read(self, tmp_path: Path) -> None:
        """Rules and bindings are read with the file."""
        path = tmp_path / "agents.yaml"
        path.write_text(self.FILE.replace("RULE", "both"))
        [shop] = load_agents(path, variables={}).apis
        assert (shop.consent, shop.bind) == ({"cancel_order": ConsentRule.BOTH}, {"customer_id": "sub"})
        assert shop.where.endswith(":3")

    def test_a_rule_that_there_is_not(self, tmp_path: Path) -> None:
        """A rule that is none is named with those that there are."""
        path = tmp_path / "agents.yaml"
        path.write_text(self.FILE.replace("RULE", "manager"))
        with pytest.raises(ConfigMistake, match="write one of: nobody, customer, operator, both"):
            load_agents(path, variables={})
