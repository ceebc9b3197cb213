"""Overrides in agents.yaml of an API's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.agents.config import ApiSpec, load_agents
from app.agents.yaml_overrides import overridden
from app.db.live_set import LiveOperation
from app.errors import ConfigMistake
from app.tools.base import ConsentRule

if TYPE_CHECKING:
    from pathlib import Path

OPERATIONS = [
    LiveOperation(
        idx=idx,
        key=f"POST /{name}",
        name=name,
        title=name,
        description="",
        access=access,
        consent=consent,
        agent="orders",
        bound=bound,
        twin=None,
    )
    for idx, (name, access, consent, bound) in enumerate(
        [
            ("cancel_order", "destructive", "both", {}),
            ("refund_order", "destructive", "both", {"customer_id": "sub"}),
            ("get_order", "read", "nobody", {}),
        ]
    )
]
ARGUMENTS = [{"order_id"}, {"order_id", "customer_id"}, {"order_id", "shopper"}]


def api(consent: dict[str, ConsentRule] | None = None, bind: dict[str, str | None] | None = None) -> ApiSpec:
    return ApiSpec(name="shop", document="x.json", consent=consent or {}, bind=bind or {}, where="agents.yaml:3")


class TestConsent:
    def test_nothing_said_changes_nothing(self) -> None:
        """Operations of which the file says nothing stay as the rules propose them."""
        assert overridden(api(), OPERATIONS, ARGUMENTS) == OPERATIONS

    def test_by_name_and_by_pattern(self) -> None:
        """A name goes before a pattern, an earlier pattern before a later one."""
        rules = {"*_order": ConsentRule.OPERATOR, "refund_*": ConsentRule.NOBODY, "get_order": ConsentRule.NOBODY}
        made = overridden(api(rules), OPERATIONS, ARGUMENTS)
        assert [one.consent for one in made] == ["operator", "operator", "nobody"]

    def test_the_access_stays(self) -> None:
        """The file says who consents, never what an operation does."""
        made = overridden(api({"*": ConsentRule.NOBODY}), OPERATIONS, ARGUMENTS)
        assert [one.access for one in made] == ["destructive", "destructive", "read"]

    def test_a_name_that_no_operation_has(self) -> None:
        """A mistyped name stops the start, with the one that was probably meant."""
        with pytest.raises(ConfigMistake) as caught:
            overridden(api({"cancel_ordr": ConsentRule.BOTH}), OPERATIONS, ARGUMENTS)
        assert caught.value.message == (
            'agents.yaml:3: consent: "cancel_ordr" is no operation of shop; did you mean "cancel_order"?'
        )


class TestBind:
    def test_is_laid_over_what_the_rules_bind(self) -> None:
        """What the file binds comes besides; operations without that argument stay as they are."""
        made = overridden(api(bind={"shopper": "sub"}), OPERATIONS, ARGUMENTS)
        assert [one.bound for one in made] == [{}, {"customer_id": "sub"}, {"shopper": "sub"}]

    def test_another_claim_than_the_rules_say(self) -> None:
        """The file's claim is the one that fills the argument."""
        made = overridden(api(bind={"customer_id": "shop_id"}), OPERATIONS, ARGUMENTS)
        assert made[1].bound == {"customer_id": "shop_id"}

    def test_no_claim_takes_a_binding_away(self) -> None:
        """An argument that the rules took for the customer may be something else."""
        assert overridden(api(bind={"customer_id": None}), OPERATIONS, ARGUMENTS)[1].bound == {}

    def test_an_argument_that_no_operation_takes(self) -> None:
        """A mistyped argument stops the start: nothing would be bound."""
        with pytest.raises(
            ConfigMistake, match='bind: no operation of shop takes "customer"; did you mean "customer_id"'
        ):
            overridden(api(bind={"customer": "sub"}), OPERATIONS, ARGUMENTS)


class TestFile:
    FILE = """\
fallback: help
apis:
  - name: shop
    document: shop.json
    consent: {cancel_order: RULE}
    bind: {customer_id: sub, user_id: null}
agents:
  - {name: help, description: Helps., permission: read, tools: [hand_over]}
"""

    def test_is_read(self, tmp_path: Path) -> None:
        """Rules and bindings are read with the file."""
        path = tmp_path / "agents.yaml"
        path.write_text(self.FILE.replace("RULE", "both"))
        [shop] = load_agents(path, variables={}).apis
        assert (shop.consent, shop.bind) == (
            {"cancel_order": ConsentRule.BOTH},
            {"customer_id": "sub", "user_id": None},
        )
        assert shop.where.endswith(":3")

    def test_a_rule_that_there_is_not(self, tmp_path: Path) -> None:
        """A rule that is none is named with those that there are."""
        path = tmp_path / "agents.yaml"
        path.write_text(self.FILE.replace("RULE", "manager"))
        with pytest.raises(ConfigMistake, match="write one of: nobody, customer, operator, both"):
            load_agents(path, variables={})
