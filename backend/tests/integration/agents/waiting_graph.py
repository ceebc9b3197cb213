"""A graph that reads, then waits for consent in one part of a step while the other has finished."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, cast

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send, interrupt

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph


class WaitingState(TypedDict):
    """What has been done."""

    text: str
    messages: Annotated[list[AnyMessage], operator.add]


def waiting_graph(saver: BaseCheckpointSaver[Any], consented: set[str]) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Compile it; what is in `consented` is done, anything else that needs consent waits."""

    async def agent(_: WaitingState) -> dict[str, Any]:
        calls = [{"name": name, "args": {"order_id": "1042"}, "id": name} for name in ("get", "cancel")]
        return {"messages": [AIMessage("Let me see.", id="m1", tool_calls=calls)]}

    async def tools(call: dict[str, Any]) -> dict[str, Any]:
        if call["name"] == "cancel" and "cancel" not in consented:
            interrupt({"action": "cancel"})
        return {"messages": [AIMessage(f"{call['name']} done", id=call["id"])]}

    builder = StateGraph(WaitingState)
    builder.add_node("agent", cast("Any", agent))
    builder.add_node("tools", cast("Any", tools))  # LangGraph's types lack what is sent to a part of a step
    builder.add_edge(START, "agent")
    builder.add_conditional_edges(
        "agent", lambda state: [Send("tools", call) for call in state["messages"][-1].tool_calls], ["tools"]
    )
    builder.add_edge("tools", END)
    return builder.compile(checkpointer=saver)
