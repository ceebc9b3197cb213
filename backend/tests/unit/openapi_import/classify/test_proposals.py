from typing import Any

import pytest

from tests.unit.openapi_import.documents import A_THING, label


@pytest.mark.parametrize(
    ("path", "parameters", "bound"),
    [
        ("/customers/{id}", {"id": "path"}, {"id": "sub"}),
        ("/customers/{customer_id}/orders", {"customer_id": "path"}, {"customer_id": "sub"}),
        ("/customers/{customerId}", {"customerId": "path"}, {"customerId": "sub"}),
        ("/customers/{email}", {"email": "path"}, {"email": "email"}),
        ("/orders", {"customer_id": "query"}, {"customer_id": "sub"}),
        ("/orders", {"customerId": "query", "limit": "query"}, {"customerId": "sub"}),
        ("/orders", {"customer": "query"}, {"customer": "sub"}),
        ("/orders", {"customer_email": "query"}, {"customer_email": "email"}),
        ("/orders", {"buyer-id": "query"}, {"buyer-id": "sub"}),
        ("/orders", {"X-Customer-Id": "header"}, {"X-Customer-Id": "sub"}),
        ("/orders", {"X-User-Id": "header"}, {"X-User-Id": "sub"}),
        ("/orders", {"customer_phone": "query"}, {"customer_phone": "phone_number"}),
        ("/users/{userId}/orders", {"userId": "path"}, {"userId": "sub"}),
        ("/patients/{id}/appointments", {"id": "path"}, {"id": "sub"}),
        # not good enough
        ("/orders/{id}", {"id": "path"}, {}),
        ("/users/{userId}", {"userId": "path"}, {}),
        ("/users/{userId}/repos", {"userId": "path"}, {}),
        ("/guilds/{guild}/members/{user_id}", {"guild": "path", "user_id": "path"}, {}),
        ("/shops/{shop}/customers/{id}", {"shop": "path", "id": "path"}, {}),
        ("/customer-groups/{id}", {"id": "path"}, {}),
        ("/orders", {"email": "query"}, {}),
        ("/orders", {"account_id": "query"}, {}),
        ("/orders", {"client_id": "query"}, {}),
        ("/orders", {"customer_group_id": "query"}, {}),
        ("/orders", {"customer_address_line_id": "query"}, {}),
        ("/customers", {"q": "query"}, {}),
        ("/me/orders", {}, {}),
    ],
)
def test_who_the_customer_is_comes_from_the_server(
    path: str, parameters: dict[str, str], bound: dict[str, str]
) -> None:
    """What names the customer is bound where that is plain, and left to a person where it is not."""
    assert label("GET", path, parameters=parameters, answer=A_THING).bound == bound


def test_a_field_of_the_body_is_bound_too() -> None:
    """An order is made for the customer who asks for it."""
    found = label("POST", "/orders", fields={"customer_id": {"type": "string"}, "item": {"type": "string"}})
    assert found.bound == {"customer_id": "sub"}
    assert found.customer_params == ("item",)


def test_a_whole_customer_is_no_name() -> None:
    """An object cannot be filled in with a claim."""
    assert label("POST", "/orders", fields={"customer": {"type": "object"}}).bound == {}


def test_a_new_email_is_the_customers_to_say() -> None:
    """What is changed is not who changes it."""
    found = label("PATCH", "/customers/{id}", parameters={"id": "path"}, fields={"email": {"type": "string"}})
    assert found.bound == {"id": "sub"}
    assert "email" in found.customer_params


@pytest.mark.parametrize(
    ("parameters", "fields", "asked"),
    [
        ({"id": "query", "reason": "query"}, {}, ("id", "reason")),
        ({"limit": "query", "cursor": "query", "status": "query"}, {}, ("status",)),
        ({"X-Request-Id": "header", "id": "query"}, {}, ("id",)),
        ({"include_deleted": "query", "page_size": "query", "start_date": "query"}, {}, ("start_date",)),
        ({"customer_id": "query", "order_id": "query"}, {}, ("order_id",)),
        ({}, {"quantity": {"type": "integer"}, "metadata": {"type": "object"}}, ("quantity",)),
        ({}, {}, ()),
    ],
)
def test_what_the_customer_is_asked_for(
    parameters: dict[str, str], fields: dict[str, Any], asked: tuple[str, ...]
) -> None:
    """What it is about, never how to ask or who they are."""
    assert label("POST", "/things", parameters=parameters, fields=fields or None).customer_params == asked


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("Idempotency-Key", True),
        ("X-Idempotency-Key", True),
        ("PayPal-Request-Id", True),
        ("X-Request-Id", False),
        ("X-Trace", False),
    ],
)
def test_a_header_may_make_sending_again_harmless(header: str, takes: bool) -> None:
    """Only a header that is made for it."""
    found = label("POST", "/payments", parameters={header: "header"})
    assert found.idempotency is takes
    assert any(one.kind == "idempotency" for one in found.evidence) is takes


def test_the_identity_is_told_in_the_evidence() -> None:
    """A reviewer sees why an argument is bound."""
    found = label("GET", "/orders", parameters={"customer_id": "query"}, answer=A_THING)
    assert '"customer_id" says who the customer is.' in [one.text for one in found.evidence]
