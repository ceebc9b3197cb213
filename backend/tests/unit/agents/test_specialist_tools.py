"""Selection of tools: an agent's model is shown some of many."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from langchain_core.messages import AIMessage, HumanMessage

from app.agents.config import AgentConfig, AgentSpec
from app.agents.specialist import Specialist
from app.agents.state import History, RunContext, begin
from app.agents.tool_selection import TOOL_BUDGET
from app.tools.registry import ToolRegistry
from tests.fakes import FakeTool, tool_spec

AGENT = AgentSpec(name="orders", description="Orders.", permission="write", tools=("*",))


class FakeModel:
    """A model that keeps which tools it was shown, and says a word."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def bind_tools(self, tools: list[dict[str, Any]], **_: Any) -> FakeModel:
        self.shown = [tool["function"]["name"] for tool in tools]
        return self

    async def ainvoke(self, _messages: Any, _config: Any) -> AIMessage:
        return AIMessage("Fine.")


async def test_is_the_few_that_fit_and_changes_with_the_tools() -> None:
    """Of two hundred tools the fitting ones are shown; when the tools change, so does the choice."""
    tools, model = ToolRegistry(), FakeModel()
    tools.replace("shop", [FakeTool(spec=tool_spec(f"thing_{n}", title=f"Thing {n}")) for n in range(200)])
    models = SimpleNamespace(get=lambda _name: model)
    config = AgentConfig(agents=(AGENT,), apis=(), fallback="orders")
    agent = Specialist(AGENT, config=config, models=cast("Any", models), tools=tools)
    runtime = cast("Any", SimpleNamespace(context=RunContext(thread_id="t1", run_id=uuid4()), stream_writer=print))
    state = cast("Any", begin("Cancel the parcel", History()) | {"messages": [HumanMessage("Cancel the parcel")]})
    await agent.step(state, {}, runtime)
    assert len(model.shown) <= TOOL_BUDGET
    assert "cancel_parcel" not in model.shown
    tools.replace("parcels", [FakeTool(spec=tool_spec("cancel_parcel", title="Cancel a parcel"))])
    await agent.step(state, {}, runtime)
    assert "cancel_parcel" in model.shown
