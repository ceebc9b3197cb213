"""Which of its tools an agent offers to its model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.agents.tool_selection import TOKEN_BUDGET, TOOL_BUDGET, ToolSelector, tokens_of
from app.tools.base import Access, Effect
from tests.fakes import FakeTool, tool_spec

HAND_OVER = FakeTool(spec=tool_spec("hand_over", title="Hand over", access=Access.READ, effect=Effect.HAND_OVER))
THINGS = ("order", "parcel", "coupon", "invoice", "refund", "product", "address", "card", "account", "seat")
VERBS = ("get", "list", "create", "cancel", "update", "delete")
MANY = [
    FakeTool(
        spec=tool_spec(
            f"{verb}_{thing}",
            title=f"{verb.capitalize()} a {thing}",
            description=f"{verb.capitalize()} one {thing} of the customer.",
            access=Access.READ if verb in {"get", "list"} else Access.WRITE,
        )
    )
    for thing in THINGS
    for verb in VERBS
]
ALL = [*MANY, HAND_OVER]


def test_few_are_all_offered() -> None:
    """Within the budget nothing is searched and nothing is left out."""
    few = ALL[-8:]
    assert ToolSelector(few).for_message("anything at all") == few


def test_of_many_those_that_the_message_is_about() -> None:
    """What is asked for is among them, what everybody can do is too, and their number is bounded."""
    offered = ToolSelector(ALL).for_message("Please cancel my invoice")
    assert "cancel_invoice" in {tool.spec.name for tool in offered}
    assert HAND_OVER in offered
    assert len(offered) <= TOOL_BUDGET


def test_what_was_called_stays() -> None:
    """A tool that the run has used is offered until it ends, whatever is said next."""
    offered = ToolSelector(ALL, tool_budget=5).for_message("cancel my invoice", called={"get_seat"})
    assert "get_seat" in {tool.spec.name for tool in offered}
    assert len(offered) <= 5


def test_long_ones_are_fewer() -> None:
    """The budget counts tokens as well as tools."""
    long = [FakeTool(spec=tool_spec(tool.spec.name, description="x" * 4_000)) for tool in MANY]
    offered = ToolSelector(long).for_message("cancel my invoice")
    assert 0 < len(offered) <= 6
    assert sum(tokens_of(tool.spec) for tool in offered) <= TOKEN_BUDGET


@given(
    text=st.text(max_size=60),
    called=st.sets(st.sampled_from(["get_order", "hand_over", "gone"])),
    tool_budget=st.integers(3, 80),
)
def test_is_bounded_and_in_order(text: str, called: set[str], tool_budget: int) -> None:
    """Whatever is said: no tool twice, in the order of the tools, within the budget."""
    offered = ToolSelector(ALL, tool_budget=tool_budget).for_message(text, called=called)
    places = [ALL.index(tool) for tool in offered if isinstance(tool, FakeTool)]
    assert places == sorted(set(places))
    assert len(offered) <= tool_budget
    assert {name for name in called if name != "gone"} <= {tool.spec.name for tool in offered}
