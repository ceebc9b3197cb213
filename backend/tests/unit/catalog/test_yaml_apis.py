"""APIs of agents.yaml: judged by the same rules as an import, and loosened only by saying so."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import YamlApi, yaml_api
from app.outgoing.client import OutgoingClient
from app.tools.base import Access, ConsentRule

ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
CUSTOMER = [{"name": "customer_id", "in": "path", "required": True, "schema": {"type": "string"}}]
ORDERS = {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Acme"},
    "paths": {
        "/orders/{id}": {
            "parameters": ID,
            "get": {"operationId": "get_order"},
            "delete": {"operationId": "delete_order"},
        },
        "/orders/{id}/cancel": {"parameters": ID, "get": {"operationId": "cancel_order"}},
        "/orders/search": {"post": {"operationId": "search_orders", "responses": ORDERS}},
        "/customers/{customer_id}/orders": {"parameters": CUSTOMER, "get": {"operationId": "orders_of_customer"}},
    },
}


def acme(
    consent: dict[str, ConsentRule] | None = None, bind: dict[str, str | None] | None = None, **more: Any
) -> YamlApi:
    api = ApiSpec(
        name="acme", document="acme.json", base_url="https://acme.example", consent=consent or {}, bind=bind or {}
    )
    return yaml_api(api, {**DOCUMENT, **more}, http=OutgoingClient())


class TestRules:
    @pytest.mark.parametrize(
        ("name", "access", "consent"),
        [
            ("get_order", Access.READ, ConsentRule.NOBODY),
            ("search_orders", Access.READ, ConsentRule.NOBODY),
            ("delete_order", Access.DESTRUCTIVE, ConsentRule.BOTH),
            ("cancel_order", Access.DESTRUCTIVE, ConsentRule.BOTH),
        ],
    )
    def test_what_it_does_decides_not_its_verb(self, name: str, access: Access, consent: ConsentRule) -> None:
        """A GET that cancels asks both, a POST that searches asks nobody."""
        spec = {tool.spec.name: tool.spec for tool in acme().tools}[name]
        assert (spec.access, spec.consent) == (access, consent)

    def test_a_write_has_its_preview_and_the_customer_is_bound(self) -> None:
        """As in an import: the read that shows what would change, and arguments that no model fills."""
        specs = {tool.spec.name: tool.spec for tool in acme().tools}
        assert specs["cancel_order"].twin == "get_order"
        assert specs["orders_of_customer"].bound == {"customer_id": "sub"}
        assert "customer_id" not in specs["orders_of_customer"].parameters["properties"]

    def test_consent_is_part_of_the_version(self) -> None:
        """A yes that one person could give does not cover a call that needs two."""
        versions = {one.tools[2].spec.version for one in (acme(), acme({"cancel_order": ConsentRule.CUSTOMER}), acme())}
        assert len(versions) == 2

    def test_credentials_that_nobody_entered_are_not_asked_for(self) -> None:
        """An API of the file has none: its requests are sent as they are."""
        schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
        made = acme(components=schemes, security=[{"key": []}])
        assert [tool.spec for tool in made.tools] == [tool.spec for tool in acme().tools]


class TestLessSafe:
    def test_nothing_is_said_of_what_is_as_safe(self) -> None:
        """An override that asks the same people or more is no reason to say anything."""
        with capture_logs() as logs:
            made = acme({"get_order": ConsentRule.OPERATOR, "cancel_order": ConsentRule.BOTH})
        assert (made.less_safe, made.warning(), logs) == ((), "", [])

    def test_each_is_logged(self) -> None:
        """In one warning per API, with what the rules propose and what the file says instead."""
        with capture_logs() as logs:
            acme({"*_order": ConsentRule.CUSTOMER, "get_order": ConsentRule.NOBODY})
        ask = {"rules": "the customer, then an operator", "yaml": "the customer consents"}
        operations = [{"operation": "delete_order", **ask}, {"operation": "cancel_order", **ask}]
        assert logs == [{"event": "yaml_less_safe", "log_level": "warning", "api": "acme", "operations": operations}]

    def test_an_operator_is_not_replaced_by_the_customer_unseen(self) -> None:
        """Somebody whom the rules ask is left out, whoever is asked instead."""
        paths = {"/webhooks": {"post": {"operationId": "create_webhook"}}}
        made = acme({"create_webhook": ConsentRule.CUSTOMER}, paths=paths)
        assert [(one.rules, one.yaml) for one in made.less_safe] == [("an operator", "the customer consents")]

    def test_the_start_says_it_in_one_line(self) -> None:
        """Every operation that is loosened, once for the API."""
        made = acme({"cancel_order": ConsentRule.NOBODY, "delete_order": ConsentRule.NOBODY}, {"customer_id": None})
        assert made.warning() == (
            "agents.yaml is less strict with acme than the rules propose."
            " delete_order, cancel_order: nobody consents (rules: the customer, then an operator);"
            " orders_of_customer: customer_id is filled by the model (rules: customer_id is the verified customer's)."
        )
        assert made.tools[4].spec.bound == {}
        assert "customer_id" in made.tools[4].spec.parameters["properties"]
