from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.openapi.operation import ArgumentInfo, OperationDefinition, SecurityNeed
from app.openapi.request import RequestPlan
from app.openapi_import.review.diff import REVIEWED, Before, carried, what_changed


def argument(name: str = "id", **more: Any) -> ArgumentInfo:
    fields = {"wire_name": name, "place": "path", "required": True, "type": "string", "description": ""}
    return ArgumentInfo(name=name, **{**fields, **more})


def definition(*arguments: ArgumentInfo, properties: dict[str, Any] | None = None, **more: Any) -> OperationDefinition:
    fields: dict[str, Any] = {
        "key": "GET /orders/{id}",
        "method": "GET",
        "path": "/orders/{id}",
        "operation_id": "get_order",
        "name": "get_order",
        "title": "Look up an order",
        "summary": "",
        "description": "",
        "plan": RequestPlan(method="GET", base_url="https://a.example", path="/orders/{id}"),
        "schema": {"type": "object", "properties": properties or {}},
        "parameters": {},
        "tokens": 10,
        "arguments": arguments,
    }
    return OperationDefinition(**{**fields, **more})


class TestSentences:
    def test_nothing(self) -> None:
        """The same operation has nothing to tell."""
        assert what_changed(definition(argument()), definition(argument())) == []

    @pytest.mark.parametrize(
        ("new", "sentence"),
        [
            (definition(argument(), argument("size", required=False)), "It has a new optional argument, size."),
            (definition(argument(), argument("size")), "It has a new required argument, size."),
            (definition(), "It no longer has the argument id."),
            (definition(argument(required=False)), "The argument id is optional now."),
            (definition(argument(type="integer")), "The argument id is integer now; it was string."),
            (definition(argument(place="query")), "The argument id is sent in the query now; it was sent in the path."),
            (definition(argument(description="x")), "The description of the argument id has changed."),
            (definition(argument(), title="Find"), "It is called “Find” now; it was “Look up an order”."),
            (definition(argument(), description="x"), "Its description has changed. Read it again: the model does."),
            (definition(argument(), deprecated=True), "It is marked as deprecated now."),
            (definition(argument(), response={"type": "array"}), "What it answers has another form."),
            (definition(argument(), extensions={"x-a": 1}), "Its vendor extensions (x-...) have changed."),
            (
                definition(argument(), security=((SecurityNeed(scheme="key"),),)),
                "It asks for other credentials or scopes.",
            ),
            (
                definition(
                    argument(), plan=RequestPlan(method="GET", base_url="https://b.example", path="/orders/{id}")
                ),
                "It is sent to https://b.example now; it was sent to https://a.example.",
            ),
            (
                definition(
                    argument(),
                    plan=RequestPlan(
                        method="GET", base_url="https://a.example", path="/orders/{id}", body_required=True
                    ),
                ),
                "How its request is written has changed.",
            ),
        ],
    )
    def test_each_kind_of_change(self, new: OperationDefinition, sentence: str) -> None:
        """Every kind of change has a plain sentence of its own."""
        assert what_changed(definition(argument()), new) == [sentence]

    @pytest.mark.parametrize(
        ("was", "now", "sentences"),
        [
            ({"enum": ["a"]}, {"enum": ["a", "b"]}, ["The argument id also takes b now."]),
            ({"enum": ["a", "b"]}, {"enum": ["a"]}, ["The argument id no longer takes b."]),
            ({}, {"enum": ["a", "b"]}, ["The argument id takes only a, b now."]),
            ({"enum": ["a"]}, {}, ["The argument id is no longer limited to a few values."]),
            ({"maxLength": 5}, {"maxLength": 9}, ["What the argument id may be has changed."]),
            (
                {"enum": ["a"]},
                {"enum": ["a", *"bcdefgh"]},
                ["The argument id also takes b, c, d, e, f and 2 more now."],
            ),
        ],
    )
    def test_values(self, was: dict[str, Any], now: dict[str, Any], sentences: list[str]) -> None:
        """What an argument takes now and did not take before is named, and the other way round."""
        old, new = definition(argument(), properties={"id": was}), definition(argument(), properties={"id": now})
        assert what_changed(old, new) == sentences

    def test_back_from_deprecation(self) -> None:
        """What is no longer deprecated is said too."""
        old = definition(argument(), deprecated=True)
        assert what_changed(old, replace(old, deprecated=False)) == ["It is no longer marked as deprecated."]

    def test_there_is_an_end(self) -> None:
        """However much has changed, nobody reads more than a screen of it."""
        new = definition(argument(), *(argument(f"a{at}") for at in range(100)))
        assert len(what_changed(definition(argument()), new)) == 30


def row(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "fingerprint": "new",
        "title": "New",
        "description": "new",
        "access": "write",
        "consent": "customer",
        "agent": "orders",
        "customer_params": ["id"],
        "bound": {},
        "twin": None,
        "enabled": True,
        "argument_names": {"id"},
        "changes": [],
    }
    return {**fields, **more}


def before(**reviewed: Any) -> Before:
    given = {**{name: row()[name] for name in REVIEWED}, "title": "Old", **reviewed}
    return Before(fingerprint="old", proposed="write", reviewed=given, edited={}, edited_by=None)


def by(name: str, **more: Any) -> dict[str, Any]:
    return {name: {"by": "bob", "at": "", "from": None, **more}}


class TestCarried:
    def test_the_same_keeps_everything(self) -> None:
        """An operation that did not change keeps its approval whole, whatever the rules would say today."""
        was = replace(before(access="read", consent="nobody", agent="clerk"), fingerprint="new")
        new = carried(was, row(), sentences=[], names={})
        assert (new["change"], new["access"], new["agent"], new["title"]) == ("same", "read", "clerk", "Old")

    def test_a_changed_one_is_proposed_anew(self) -> None:
        """What nobody has edited follows the document; what somebody has edited stays."""
        was = replace(before(description="mine"), edited=by("description"), edited_by="bob")
        new = carried(was, row(), sentences=["Something."], names={})
        assert (new["change"], new["title"], new["description"]) == ("changed", "New", "mine")
        assert (new["changes"], new["edited_by"]) == (["Something."], "bob")

    def test_a_change_always_has_a_word(self) -> None:
        """A change that no sentence fits is told all the same."""
        assert carried(before(), row(), sentences=[], names={})["changes"]

    def test_what_is_switched_off_stays_off(self) -> None:
        """An operation that a person does not want does not come back by itself."""
        assert carried(before(enabled=False), row(), sentences=[], names={})["enabled"] is False

    def test_it_never_gets_less_safe_by_itself(self) -> None:
        """What was approved as a write stays one, with its consent, where the document now looks like a read."""
        was = before(consent="operator")
        new = carried(was, row(access="read", consent="nobody"), sentences=[], names={})
        assert (new["change"], new["access"], new["consent"]) == ("changed", "write", "operator")

    @pytest.mark.parametrize(
        ("reviewed", "proposed", "consent"),
        [("nobody", "both", "both"), ("operator", "customer", "operator"), ("both", "operator", "both")],
    )
    def test_riskier(self, reviewed: str, proposed: str, consent: str) -> None:
        """What looks more dangerous is that, with the stricter consent, also where a person had decided otherwise."""
        was = replace(before(access="read", consent=reviewed), edited=by("access"), edited_by="bob")
        new = carried(was, row(access="destructive", consent=proposed), sentences=["And more."], names={})
        assert (new["change"], new["access"], new["consent"]) == ("riskier", "destructive", consent)
        assert "bob had set it to read" in new["changes"][0]
        assert "access" not in new["edited"]

    def test_what_no_longer_fits_goes(self) -> None:
        """Arguments that are gone are neither bound nor asked for."""
        was = replace(
            before(bound={"gone": "sub"}, customer_params=["gone", "id"]),
            edited=by("bound") | by("customer_params"),
            edited_by="bob",
        )
        new = carried(was, row(), sentences=[], names={})
        assert (new["bound"], new["customer_params"]) == ({}, ["id"])
