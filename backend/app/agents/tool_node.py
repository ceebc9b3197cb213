"""The graph's tool node. Runs one tool call: a read at once, a write as an action that waits for consent.

A write goes through the ledger, which sends it at most once; a tool that the agent may not use, or that refuses its
arguments, ends the call as failed, in words for the model.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import ToolMessage
from langgraph.types import interrupt

from app.actions.ledger import Call
from app.actions.policy import requirements
from app.agents.config import AgentSpec
from app.agents.runner import ConversationEnding
from app.errors import AppError, ToolError, ToolNotPermitted, ToolPaused, ToolTooMany, ToolUnknown
from app.protocol import Escalated, ToolResult
from app.records import FailedAttempt, ToolRan
from app.tools.base import Access, Effect, OutcomeStatus, ToolOutcome
from app.tools.identity import as_customer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langgraph.runtime import Runtime

    from app.actions.ledger import Ledger
    from app.agents.state import RunContext
    from app.db.actions import Action
    from app.protocol import Outcome
    from app.tools.base import Tool
    from app.tools.registry import ToolRegistry

NOT_SENT: Final = {
    "rejected": "The customer declined, so nothing was sent and nothing has changed.",
    "expired": "The approval expired, so nothing was sent and nothing has changed.",
}
UNSAID: Final = "Nobody has named {names}: it may not be what the customer means. Say which you took, or ask."
DECLINED_BY_OPERATOR: Final = "The support team declined, so nothing was sent and nothing has changed."


class ToolNode:
    """The graph's one node that reaches targets."""

    def __init__(self, *, tools: ToolRegistry, ledger: Ledger, agents: Mapping[str, AgentSpec]) -> None:
        """Look tools up live, so that one that was withdrawn is never called."""
        self._tools = tools
        self._ledger = ledger
        self._agents = agents

    async def run(self, order: dict[str, Any], runtime: Runtime[RunContext]) -> dict[str, Any]:
        """Run the call in `order`; nothing with an effect stands before the interrupt that it may raise."""
        context, agent = runtime.context, self._agents.get(order["agent"]) or _gone(order["agent"])
        call = Call(
            thread_id=context.thread_id,
            run_id=context.run_id,
            call_id=order["call"]["id"],
            agent=agent.name,
            args=order["call"]["args"],
            identity=context.claims,
            unsaid=order.get("unsaid", ()),
            lease=context.lease,
        )
        name = order["call"]["name"]
        began = time.monotonic()
        try:
            if order.get("over"):
                raise ToolTooMany("There were too many calls at once, so this one was not made. Call again if need be.")
            tool = self._find(name, agent, context.claims)
            ended, outcome, args = await self._call(call, tool, context)
        except ToolError as error:
            tool, ended, outcome, args = None, "failed", _refused(error), call.args
        outcome = replace(outcome, duration_ms=outcome.duration_ms or round((time.monotonic() - began) * 1000))
        _record(runtime, call, name, ended, outcome)
        effect = tool.spec.effect if tool and outcome.ok else None
        if effect is Effect.HAND_OVER:
            message = agent.personality.escalation_message
            reason = str(call.args.get("reason") or "The customer asked for a person.")
            runtime.stream_writer(Escalated(thread_id=call.thread_id, reason=reason, message=message))
        elif effect is Effect.END:
            runtime.stream_writer(ConversationEnding())
        unsaid = call.unsaid if tool and _only_reads(tool) else ()  # those of a write stand on its card
        answer = _for_the_model(ended, outcome, edited=args if args != call.args else None, unsaid=unsaid)
        return {
            "messages": [ToolMessage(answer, tool_call_id=call.call_id, name=name)],
            "outcomes": [{"intent": order["intent"], "tool": name, "args": args, "outcome": ended, "text": answer}],
            **({"handed_over": True} if effect is Effect.HAND_OVER else {}),
        }

    def _find(self, name: str, agent: AgentSpec, claims: Mapping[str, Any]) -> Tool:
        """Find a tool among those of the agent, for this customer; a model may name one that it was never given."""
        tool = next((tool for tool in self._tools.select(agent.tools) if tool.spec.name == name), None)
        if tool is None:
            raise ToolUnknown(f"There is no tool {name!r}. Use only the tools you were given.")
        if not _only_reads(tool) and agent.permission != "write":
            raise ToolNotPermitted(f"{agent.name} may only read, so {name} was not called.")
        return as_customer(tool, claims)

    async def _call(self, call: Call, tool: Tool, context: RunContext) -> tuple[Outcome, ToolOutcome, dict[str, Any]]:
        """Return how it ended, what came of it, and the arguments, which a person may have edited."""
        if _only_reads(tool) and not requirements(call, call.args, tool.spec, call.identity):
            await self._ledger.check_not_paused(tool.spec, call.agent)
            outcome = await tool.run(call.args)
            return outcome.status.value, outcome, call.args
        await context.keep()  # a write of a run is known to its checkpoint before it is to the ledger
        action, asked = await self._ledger.propose(call, tool)
        if action.status == "pending" and asked is not None:
            interrupt(asked.model_dump(mode="json"))
            action = await self._ledger.get(action.id)
        match action.status:
            case "rejected" | "expired":
                who, why = await self._ledger.refusal_of(action.id)
                return action.status, _not_sent(action, who, why), action.args
            case "pending":
                raise ToolNotPermitted("Nobody has consented to this, so nothing was sent.")
            case _:
                try:
                    outcome = await self._ledger.execute(action.id, tool, identity=call.identity, lease=call.lease)
                except ToolPaused as paused:
                    interrupt(paused.details["asked"].model_dump(mode="json"))
                    raise  # the interrupt has no value yet: this is never reached
                return outcome.status.value, outcome, action.args


def _gone(name: str) -> AgentSpec:
    """Stand in for an agent that was taken away while a conversation waited: it has no tools."""
    return AgentSpec(name=name, description="", permission="read", tools=())


def _record(runtime: Runtime[RunContext], call: Call, tool: str, ended: Outcome, outcome: ToolOutcome) -> None:
    """Record the request for staff, and the result for the customer."""
    runtime.stream_writer(
        ToolRan(
            thread_id=call.thread_id,
            tool=tool,
            call_id=call.call_id,
            agent=call.agent,
            request=dict(outcome.request) if outcome.request else None,
            http_status=outcome.http_status,
            response=outcome.data,
            full_response=outcome.full,
            error=outcome.error,
            retries=outcome.retries,
            failed_attempts=[FailedAttempt.model_validate(one) for one in outcome.failed_attempts],
            duration_ms=outcome.duration_ms,
        )
    )
    runtime.stream_writer(
        ToolResult(
            thread_id=call.thread_id,
            tool=tool,
            call_id=call.call_id,
            ok=outcome.ok,
            summary=outcome.summary,
            duration_ms=outcome.duration_ms,
            outcome=ended,
        )
    )


def _refused(error: AppError) -> ToolOutcome:
    return ToolOutcome(status=OutcomeStatus.FAILED, summary=error.message, error=error.code, retryable=error.retryable)


def _only_reads(tool: Tool) -> bool:
    return tool.spec.access is Access.READ


def _not_sent(action: Action, who: str, why: str) -> ToolOutcome:
    """Say that nothing was sent; a reason that staff gave belongs to it, so that the agent can tell it."""
    summary = NOT_SENT[action.status]
    if action.status == "rejected" and who == "operator":
        summary = f"{DECLINED_BY_OPERATOR} Their reason: {why}" if why else DECLINED_BY_OPERATOR
    return ToolOutcome(status=OutcomeStatus.FAILED, summary=f"{action.title}: {summary}")


def _for_the_model(
    ended: Outcome, outcome: ToolOutcome, *, edited: dict[str, Any] | None, unsaid: Sequence[str]
) -> str:
    """Write what the model reads; `outcome` is the record's word for it."""
    content: dict[str, Any] = {"outcome": ended, "summary": outcome.summary}
    if edited is not None:
        content["args"] = edited
    if unsaid:
        content["note"] = UNSAID.format(names=", ".join(unsaid))
    if outcome.error:
        content["error"] = outcome.error
    if outcome.data is not None:
        content["data"] = outcome.data
    return json.dumps(content, ensure_ascii=False, default=str)
