"""Rules of the classification, on operations as they are written in the wild; every document here is made up."""

from typing import Any

import pytest

from app.openapi_import.classify.rules import classify
from app.tools.base import Access, ConsentRule
from tests.unit.openapi_import.documents import A_LIST, A_PAGE, A_THING, api, label, operation


@pytest.mark.parametrize(
    ("method", "path", "access", "consent"),
    [
        ("GET", "/orders/{id}", Access.READ, ConsentRule.NOBODY),
        ("POST", "/orders", Access.WRITE, ConsentRule.CUSTOMER),
        ("PATCH", "/orders/{id}", Access.WRITE, ConsentRule.CUSTOMER),
        ("DELETE", "/orders/{id}", Access.DESTRUCTIVE, ConsentRule.BOTH),
        ("POST", "/orders/{id}/cancel", Access.DESTRUCTIVE, ConsentRule.BOTH),
        ("POST", "/admin/price-lists", Access.WRITE, ConsentRule.OPERATOR),
        ("DELETE", "/admin/price-lists/{id}", Access.DESTRUCTIVE, ConsentRule.OPERATOR),
    ],
)
def test_the_plain_case(method: str, path: str, access: Access, consent: ConsentRule) -> None:
    """Where method and path agree, that is what it is."""
    found = label(method, path, answer=A_THING)
    assert (found.access, found.consent) == (access, consent)
    assert found.confidence > 0.8
    assert found.evidence


def test_labels_come_in_the_order_of_the_operations() -> None:
    """The n-th label is that of the n-th operation."""
    read = api({"/a": {"get": operation(), "delete": operation()}, "/b": {"post": operation()}})
    assert [one.access for one in classify(read)] == [
        {"GET": Access.READ, "POST": Access.WRITE, "DELETE": Access.DESTRUCTIVE}[one.method] for one in read.operations
    ]


def test_an_api_without_operations_has_no_labels() -> None:
    """Nothing in, nothing out."""
    assert classify(api({})) == []


# --- what cannot be taken back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("DELETE", "/orders/{id}", {}),
        ("DELETE", "/carts/{id}/items/{item}", {}),
        ("POST", "/orders/{id}/cancel", {}),
        ("PUT", "/orders/{id}/cancel", {}),
        ("POST", "/payments/{id}/refund", {}),
        ("POST", "/payments/{id}/capture", {}),
        ("POST", "/authorizations/{id}/void", {}),
        ("POST", "/refunds", {}),
        ("POST", "/payouts", {}),
        ("POST", "/keys/{id}/revoke", {}),
        ("POST", "/messages/bulk-delete", {}),
        ("POST", "/messages/bulk_delete", {}),
        ("POST", "/item/remove", {}),
        ("POST", "/chat.delete", {}),
        ("POST", "/v1/{name}:cancel", {}),
        ("POST", "/things", {"operationId": "deleteThings"}),
        ("POST", "/things/{id}", {"operationId": "Things_Purge"}),
        ("POST", "/things/batch", {"fields": {"create": A_LIST, "delete": A_LIST}}),
        ("POST", "/things/{id}/close", {"description": "Closes it. This cannot be undone."}),
        ("POST", "/things", {"summary": "Permanently delete things"}),
        ("POST", "/things/{id}/act", {"summary": "Cancels the thing"}),
        ("POST", "/things", {"x-destructive": True}),
        ("POST", "/things", {"x-access": "destructive"}),
        ("POST", "/things", {"x-mcp-annotations": {"destructiveHint": "true"}}),
        ("GET", "/delete/{id}", {}),
        ("GET", "/things/{id}", {"x-destructiveHint": True, "answer": A_THING}),
        ("POST", "/_delete_by_query", {}),
    ],
)
def test_what_is_gone_or_paid_for_good_is_destructive(method: str, path: str, what: dict[str, Any]) -> None:
    """A deletion, a cancellation or money that moved asks for more than a write does."""
    found = label(method, path, **what)
    assert found.access is Access.DESTRUCTIVE, found.evidence
    assert found.consent in {ConsentRule.BOTH, ConsentRule.OPERATOR}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/refund-reasons"),
        ("POST", "/return-reasons/{id}"),
        ("PATCH", "/refunds/{id}"),
        ("POST", "/refunds/{id}"),
        ("POST", "/payment-collections"),
        ("POST", "/orders/{id}/archive"),
        ("PUT", "/orders/{id}"),
        ("POST", "/users/{id}/activate"),
        ("POST", "/disputes/{id}/send-message"),
    ],
)
def test_what_can_be_changed_back_is_a_write(method: str, path: str) -> None:
    """Not every word about money moves it."""
    assert label(method, path, answer=A_THING).access is Access.WRITE


# --- who is asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "consent"),
    [
        ("POST", "/orders/{id}/notes", ConsentRule.CUSTOMER),
        ("POST", "/stores/{id}/orders", ConsentRule.CUSTOMER),
        ("POST", "/me/addresses", ConsentRule.CUSTOMER),
        ("POST", "/widgets", ConsentRule.OPERATOR),
        ("POST", "/gadgetries", ConsentRule.CUSTOMER),
        ("POST", "/webhooks", ConsentRule.OPERATOR),
        ("POST", "/customer-groups/{id}/customers", ConsentRule.OPERATOR),
        ("POST", "/auth/token", ConsentRule.OPERATOR),
        ("POST", "/users/{id}/password", ConsentRule.OPERATOR),
        ("PUT", "/admin/users/{id}", ConsentRule.OPERATOR),
        ("DELETE", "/customers/{id}/addresses/{address}", ConsentRule.BOTH),
        ("DELETE", "/products/{id}", ConsentRule.OPERATOR),
        ("POST", "/payment-collections", ConsentRule.CUSTOMER),
        ("POST", "/graphql", ConsentRule.OPERATOR),
        ("LINK", "/orders/{id}", ConsentRule.OPERATOR),
    ],
)
def test_who_is_asked(method: str, path: str, consent: ConsentRule) -> None:
    """The customer decides about what is theirs, an operator about what is the business's or in doubt."""
    read = api({path: {method.lower(): operation(answer=A_THING)}})
    if not read.operations:
        return  # a method that no request can be made of
    assert classify(read)[0].consent is consent


# --- texts of the evidence ---------------------------------------------------------------------------------------


def test_the_evidence_speaks_to_people() -> None:
    """A reviewer reads sentences, and sees which way each points."""
    found = label("POST", "/orders/{id}/cancel")
    assert [(one.text, one.points_to) for one in found.evidence][:2] == [
        ("POST changes something.", "write"),
        ('The path ends in "cancel".', "destructive"),
    ]
    read = label("GET", "/orders", answer=A_PAGE, operationId="listOrders")
    assert [one.text for one in read.evidence] == [
        "GET is how things are looked up.",
        'The name says "list".',
        "It answers with a list.",
    ]


def test_what_agrees_makes_a_label_surer() -> None:
    """A name, an answer and an extension that agree raise the confidence."""
    assert label("GET", "/orders").confidence < label("GET", "/orders", operationId="listOrders").confidence
