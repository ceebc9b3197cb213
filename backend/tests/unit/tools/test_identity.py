"""Arguments that say who the customer is: filled in by the server, refused from anybody else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.ledger import digest_of
from app.errors import IdentityRequired, ToolInvalidInput
from app.tools.base import OutcomeStatus, ToolSpec
from app.tools.identity import as_customer, fill
from tests.fakes import FakeTool, tool_spec

SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "customer_id": {"type": "string"}, "tenant": {"type": "integer"}},
    "required": ["order_id", "customer_id"],
    "additionalProperties": False,
}
SHOWN = {**SCHEMA, "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}
BOUND = {"customer_id": "sub"}
PLAIN = st.text(max_size=8) | st.integers(-9, 9) | st.none()


def spec(**changes: Any) -> ToolSpec:
    return tool_spec(schema=SCHEMA, parameters=SHOWN, bound=BOUND, **changes)


class TestFill:
    def test_takes_the_value_from_the_claim(self) -> None:
        """The customer's own value stands beside what was asked for."""
        assert fill(spec(), {"order_id": "1"}, {"sub": "c-7"}) == {"order_id": "1", "customer_id": "c-7"}

    @pytest.mark.parametrize("value", ["c-8", "c-7", None, ""])
    def test_refuses_a_value_from_the_model(self, value: Any) -> None:
        """Whatever the model writes there is refused, also the right value."""
        with pytest.raises(ToolInvalidInput) as caught:
            fill(spec(), {"order_id": "1", "customer_id": value}, {"sub": "c-7"})
        assert caught.value.details["field"] == "customer_id"

    @pytest.mark.parametrize("claims", [{}, {"sub": None}, {"sub": ""}, {"name": "c-7"}])
    def test_refuses_a_stranger(self, claims: dict[str, Any]) -> None:
        """Without the claim nothing is called, and the customer is asked to sign in."""
        with pytest.raises(IdentityRequired) as caught:
            fill(spec(), {"order_id": "1"}, claims)
        assert caught.value.code == "identity_required"
        assert "sign in" in caught.value.message

    @pytest.mark.parametrize(
        ("claim", "kind", "filled"),
        [("7", "integer", 7), (7, "string", "7"), (True, "string", True), ("x7", "integer", "x7"), (7, "integer", 7)],
    )
    def test_writes_a_claim_as_the_schema_wants_it(self, claim: Any, kind: str, filled: Any) -> None:
        """A number in a token fits an argument that is text, and the other way round."""
        schema = {"type": "object", "properties": {"customer_id": {"type": kind}}}
        assert fill(tool_spec(schema=schema, bound=BOUND), {}, {"sub": claim}) == {"customer_id": filled}

    @pytest.mark.parametrize(
        ("described", "filled"),
        [
            ({"$ref": "#/$defs/Id"}, 7),
            ({"$ref": "#/$defs/Alias"}, 7),
            ({"$ref": "#/$defs/Loop"}, "7"),
            ({"$ref": "#/$defs/Gone"}, "7"),
            ({"type": ["integer", "null"]}, 7),
            ({"type": ["integer", "string"]}, "7"),
            (True, "7"),
        ],
    )
    def test_follows_what_the_schema_refers_to(self, described: Any, filled: Any) -> None:
        """A type that stands elsewhere in the schema counts; one that leads nowhere changes nothing."""
        schema = {
            "type": "object",
            "properties": {"customer_id": described},
            "$defs": {
                "Id": {"type": "integer"},
                "Alias": {"$ref": "#/$defs/Id"},
                "Loop": {"$ref": "#/$defs/Loop"},
            },
        }
        assert fill(tool_spec(schema=schema, bound=BOUND), {}, {"sub": "7"}) == {"customer_id": filled}

    @given(args=st.dictionaries(st.sampled_from(["order_id", "customer_id", "tenant", "x"]), PLAIN))
    def test_never_lets_the_model_choose(self, args: dict[str, Any]) -> None:
        """Whatever the model writes: what is sent says this customer, or nothing is sent."""
        try:
            filled = fill(spec(), args, {"sub": "c-7"})
        except ToolInvalidInput:
            assert "customer_id" in args
        else:
            assert filled["customer_id"] == "c-7"
            assert "customer_id" not in args


class TestTool:
    async def test_runs_for_the_customer(self) -> None:
        """What is previewed and what is sent hold the customer's value."""
        tool = FakeTool(spec=spec())
        mine = as_customer(tool, {"sub": "c-7"})
        shown = mine.preview({"order_id": "1"})
        assert shown is not None
        assert shown.body == {"order_id": "1", "customer_id": "c-7"}
        assert (await mine.run({"order_id": "1"}, idempotency_key="k")).ok
        assert tool.runs == [({"order_id": "1", "customer_id": "c-7"}, "k")]

    @pytest.mark.parametrize(("claims", "code"), [({}, "identity_required"), ({"sub": "c-7"}, "tool_invalid_input")])
    async def test_a_refusal_is_an_outcome(self, claims: dict[str, Any], code: str) -> None:
        """What may not be sent is not sent, and the outcome says why."""
        tool = FakeTool(spec=spec())
        args = {"order_id": "1"} if not claims else {"order_id": "1", "customer_id": "c-8"}
        outcome = await as_customer(tool, claims).run(args)
        assert (outcome.status, outcome.error, tool.runs) == (OutcomeStatus.FAILED, code, [])

    def test_consent_for_one_customer_is_not_for_another(self) -> None:
        """The same arguments as another customer are another action."""
        tool = FakeTool(spec=spec())
        digests = {
            digest_of(as_customer(tool, {"sub": customer}).spec, {"order_id": "1"}, None)
            for customer in ("c-7", "c-8", "c-7")
        }
        assert len(digests) == 2

    def test_a_tool_without_bound_arguments_stays_itself(self) -> None:
        """What is nobody's is the same for everybody."""
        tool = FakeTool()
        assert as_customer(tool, {"sub": "c-7"}) is tool
