"""One call of a tool: a read at once, a write through the ledger, nothing in the place of another customer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from app.agents.config import AgentSpec
from app.agents.state import RunContext
from app.agents.tool_node import ToolNode
from app.db.actions import Action, Status
from app.protocol import ToolResult
from app.tools.base import Access, ConsentRule, Tool, ToolOutcome
from app.tools.registry import ToolRegistry
from tests.fakes import FakeTool, succeeded, tool_spec

WRITER = AgentSpec(name="orders", description="Orders.", permission="write", tools=("*",))
READER = replace(WRITER, name="reader", permission="read")
SCHEMA = {"type": "object", "properties": {"order_id": {"type": "string"}, "customer_id": {"type": "string"}}}


@dataclass
class FakeLedger:
    """A ledger in which a decision has been made."""

    status: Status = "approved"
    refusal: tuple[str, str] = ("customer", "")
    executed: list[Tool] = field(default_factory=list)

    async def check_not_paused(self, spec: Any, agent: str) -> None:
        """Let every look-up through."""

    async def propose(self, call: Any, tool: Tool) -> tuple[Action, None]:
        tool.preview(call.args)
        return (
            Action(
                id=uuid4(),
                thread_id=call.thread_id,
                run_id=call.run_id,
                call_id=call.call_id,
                agent=call.agent,
                tool=tool.spec.name,
                title=tool.spec.title,
                target=tool.spec.target,
                tool_version="1",
                args=call.args,
                request=None,
                digest="d",
                status=self.status,
            ),
            None,
        )

    async def execute(self, action_id: Any, tool: Tool, *, identity: Any, lease: Any = None) -> ToolOutcome:
        self.executed.append(tool)
        return succeeded()

    async def refusal_of(self, action_id: Any) -> tuple[str, str]:
        return self.refusal


async def carry_out(
    tool: FakeTool,
    ledger: FakeLedger,
    *,
    agent: AgentSpec = WRITER,
    claims: dict[str, Any] | None = None,
    unsaid: Sequence[str] = (),
    over: bool = False,
) -> tuple[dict[str, Any], list[Any]]:
    """Carry out one call; returns what the model reads and what was told."""
    tools = ToolRegistry()
    tools.replace("shop", [tool])
    told: list[Any] = []
    runtime = SimpleNamespace(
        context=RunContext(thread_id="t1", run_id=uuid4(), claims=claims or {}), stream_writer=told.append
    )
    order = {
        "agent": agent.name,
        "intent": 1,
        "call": {"id": "c1", "name": tool.spec.name, "args": {"order_id": "1042"}},
        "unsaid": unsaid,
        "over": over,
    }
    node = ToolNode(tools=tools, ledger=cast("Any", ledger), agents={agent.name: agent})
    done = await node.run(order, cast("Any", runtime))
    return json.loads(done["messages"][0].content), told


async def test_a_read_runs_at_once() -> None:
    """A read needs neither consent nor the ledger."""
    tool, ledger = FakeTool(spec=tool_spec(access=Access.READ)), FakeLedger()
    read, _ = await carry_out(tool, ledger, agent=READER)
    assert read["outcome"] == "succeeded"
    assert (len(tool.runs), ledger.executed) == (1, [])


async def test_a_call_too_many_is_not_made() -> None:
    """Of one message so many calls are made; the model reads that the others were not."""
    tool = FakeTool(spec=tool_spec(access=Access.READ))
    read, _ = await carry_out(tool, FakeLedger(), over=True)
    assert (read["outcome"], read["error"], tool.runs) == ("failed", "tool_too_many", [])


async def test_a_number_that_nobody_named_is_told_with_the_result() -> None:
    """A model that looked up what it guessed reads that it did; a person who consents sees it on the card."""
    read, _ = await carry_out(FakeTool(spec=tool_spec(access=Access.READ)), FakeLedger(), unsaid=["order_id"])
    assert "Nobody has named order_id" in read["note"]
    free = FakeTool(spec=tool_spec(consent=ConsentRule.NOBODY))
    assert "note" not in (await carry_out(free, FakeLedger(), unsaid=["order_id"]))[0]


@pytest.mark.parametrize("access", [Access.WRITE, Access.DESTRUCTIVE, Access.UNKNOWN])
async def test_a_write_that_needs_nobody_goes_through_the_ledger(access: Access) -> None:
    """Without anybody's consent a write is still sent at most once, so the ledger sends it."""
    tool, ledger = FakeTool(spec=tool_spec(access=access, consent=ConsentRule.NOBODY)), FakeLedger()
    read, _ = await carry_out(tool, ledger)
    assert read["outcome"] == "succeeded"
    assert (tool.runs, len(ledger.executed)) == ([], 1)


@pytest.mark.parametrize("consent", list(ConsentRule))
async def test_a_reader_never_writes(consent: ConsentRule) -> None:
    """Whoever has to consent, or nobody: an agent that only reads proposes no write."""
    tool, ledger = FakeTool(spec=tool_spec(consent=consent)), FakeLedger()
    read, _ = await carry_out(tool, ledger, agent=READER)
    assert (read["outcome"], read["error"]) == ("failed", "tool_not_permitted")
    assert (tool.runs, ledger.executed) == ([], [])


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_a_stranger_is_asked_to_sign_in(access: Access) -> None:
    """What is bound to the customer is not called for a stranger, and they are told what to do."""
    tool, ledger = FakeTool(spec=tool_spec(access=access, schema=SCHEMA, bound={"customer_id": "sub"})), FakeLedger()
    read, told = await carry_out(tool, ledger)
    assert (read["outcome"], read["error"]) == ("failed", "identity_required")
    [result] = [frame for frame in told if isinstance(frame, ToolResult)]
    assert "sign in" in result.summary
    assert (tool.runs, ledger.executed) == ([], [])


async def test_the_customer_is_filled_in() -> None:
    """What is sent says who the customer is; what the model reads of its call does not."""
    tool = FakeTool(spec=tool_spec(access=Access.READ, schema=SCHEMA, bound={"customer_id": "sub"}))
    await carry_out(tool, FakeLedger(), claims={"sub": "c-7"})
    assert tool.runs == [({"order_id": "1042", "customer_id": "c-7"}, None)]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (("customer", "No."), "The customer declined"),
        (("operator", ""), "The support team declined, so nothing was sent"),
        (("operator", "Too old."), "Their reason: Too old."),
    ],
)
async def test_who_declined_is_told_and_why(refusal: tuple[str, str], words: str) -> None:
    """The agent knows whose no it was, and can pass the support team's reason on."""
    read, _ = await carry_out(FakeTool(), FakeLedger(status="rejected", refusal=refusal))
    assert read["outcome"] == "rejected"
    assert words in read["summary"]
