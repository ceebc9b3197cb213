"""A run's first state: the newest of what was said, and what the record shows of the tools used."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from app.agents.state import HISTORY_CHARS, HISTORY_EVENTS, begin, history_of


def said(content: str) -> dict[str, Any]:
    return {"type": "message", "content": content}


def answered(content: str, agent: str = "orders") -> dict[str, Any]:
    return {"type": "token", "content": content, "agent": agent}


def called(call_id: str = "c1") -> list[dict[str, Any]]:
    return [
        {"type": "tool_call", "call_id": call_id, "args": {"order_id": "1042"}},
        {"type": "tool_result", "call_id": call_id, "tool": "cancel", "outcome": "rejected", "summary": "Declined."},
    ]


class TestHistory:
    def test_of_nothing_is_empty(self) -> None:
        """A conversation begins with nothing behind it."""
        history = history_of([])
        assert (history.messages, history.records) == ([], [])

    def test_says_who_said_what(self) -> None:
        """The customer's words, the agents' and the product's own questions, in order."""
        frames = [said("Hi"), answered("Hello"), {"type": "clarification", "message": "Which order?"}, said("1042")]
        messages = history_of(frames).messages
        assert [message.content for message in messages] == ["Hi", "Hello", "Which order?", "1042"]
        assert [type(message) for message in messages] == [HumanMessage, AIMessage, AIMessage, HumanMessage]
        assert [message.name for message in messages] == [None, "orders", "supervisor", None]

    def test_keeps_what_tools_did_as_records(self) -> None:
        """What was tried is on record with its values and its outcome, never as somebody's words."""
        history = history_of(called())
        assert history.messages == []
        assert history.records == ["cancel {'order_id': '1042'}: rejected. Declined."]

    def test_of_a_call_that_was_cut_away_still_counts(self) -> None:
        """A result whose call is too old to be among the events is on record all the same."""
        assert history_of(called()[1:]).records == ["cancel {}: rejected. Declined."]

    def test_says_what_waits_for_an_answer(self) -> None:
        """An approval that is open is on record, so that it is not asked for again; an answered one is not."""
        asked = {"type": "interrupt", "interrupt_id": "i1", "action": "cancel", "args": {"order_id": "1042"}}
        waits = [{**asked, "audience": "customer"}, {**asked, "interrupt_id": "i2", "audience": "operator"}]
        assert history_of(waits).records == [
            "cancel {'order_id': '1042'}: waits for the customer's answer on its card. Do not call it again.",
            "cancel {'order_id': '1042'}: waits for the support team's answer. Do not call it again.",
        ]
        over = [
            {"type": "interrupt_resolved", "interrupt_id": "i1"},
            {"type": "interrupt_expired", "interrupt_id": "i2"},
        ]
        assert history_of([*waits, *over]).records == []

    def test_ignores_what_it_does_not_know(self) -> None:
        """Other events say nothing to the model."""
        assert history_of([{"type": "message_complete"}, {"type": "escalated"}]).messages == []

    def test_keeps_the_newest_that_fit(self) -> None:
        """What is too much is left out from the oldest, message by message."""
        frames = [said("a" * 40), answered("b" * 40), said("c" * 40)]
        assert [message.content[:1] for message in history_of(frames, limit=80).messages] == ["b", "c"]
        assert [message.content[:1] for message in history_of(frames, limit=79).messages] == ["c"]
        assert history_of(frames, limit=39).messages == []

    @pytest.mark.parametrize(
        ("frames", "active"),
        [
            ([], ""),
            ([said("Hi")], ""),
            (
                [answered("Hello", "general"), said("Where is it?"), answered("There"), said("Thanks")],
                "orders",
            ),
            ([answered("Hello", "general"), {**called()[0], "agent": "orders"}], "orders"),
            ([answered("There"), {"type": "clarification", "message": "Which?"}, said("1042")], "supervisor"),
        ],
        ids=["nobody yet", "not answered", "spoke last", "called a tool last", "was asked by the router"],
    )
    def test_says_who_has_the_conversation(self, frames: list[dict[str, Any]], active: str) -> None:
        """It is whoever spoke or acted last; the log alone says so, on every replica and after a restart."""
        assert history_of(frames).active == active
        assert begin("And the other one?", history_of(frames))["active"] == active

    def test_is_bounded(self) -> None:
        """However long the conversation, the model's share of it is not."""
        frames = [said("x" * 1_000)] * 100 + called() * 100
        history = history_of(frames)
        assert sum(len(str(message.content)) for message in history.messages) <= HISTORY_CHARS
        assert len(history.records) == HISTORY_EVENTS // 3


class TestBegin:
    def test_takes_copies(self) -> None:
        """A run's state is its own."""
        history = history_of([said("Hi"), *called()])
        state = begin("Cancel 1042", history)
        state["messages"].clear()
        state["records"].clear()
        assert len(history.messages) == len(history.records) == 1
        assert state["text"] == "Cancel 1042"
        assert (state["at"], state["steps"], state["intents"], state["outcomes"]) == (0, 0, [], [])
