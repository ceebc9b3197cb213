"""Rules for POST: a read only where path or name say so, and nothing speaks against it."""

from typing import Any

import pytest

from app.tools.base import Access
from tests.unit.openapi_import.documents import A_LIST, A_PAGE, A_THING, label, labels, operation

POSTS_THAT_READ: list[tuple[str, dict[str, Any]]] = [
    ("/search", {}),
    ("/orders/search", {}),
    ("/v1/contacts/search", {"operationId": "searchContacts", "summary": "Search contacts"}),
    ("/files/search_v2", {"answer": A_PAGE}),
    ("/{index}/_search", {"answer": A_PAGE}),
    ("/_msearch", {}),
    ("/{index}/_count", {}),
    ("/databases/{id}/query", {"answer": A_PAGE, "fields": {"filter": {"type": "object"}}}),
    ("/orders/lookup", {}),
    ("/users/find", {"operationId": "findUsers"}),
    ("/addresses/autocomplete", {}),
    ("/invoices/preview", {"operationId": "previewInvoice"}),
    ("/users/get_current_account", {"operationId": "getCurrentAccount"}),
    ("/v1/{parent}/items:search", {}),
    ("/v1/{parent}/items:batchGet", {"answer": A_PAGE}),
    ("/v1/{parent}:query", {"answer": A_PAGE}),
    ("/users.list", {"answer": A_PAGE}),
    ("/files/list_folder", {"answer": A_PAGE}),
    ("/accounts/get", {"operationId": "accountsGet", "answer": A_PAGE}),
    ("/getUsers", {"answer": A_LIST}),
    ("/getUser", {"operationId": "getUser", "answer": A_THING}),
    ("/orders/list", {"answer": A_LIST}),
    ("/orders/filter", {"answer": A_LIST}),
    ("/coupons/validate", {"operationId": "validateCoupon", "answer": {"type": "object"}}),
    ("/shipping/calculate", {"operationId": "calculateShipping", "answer": A_THING}),
    ("/requests/estimate", {"operationId": "estimateRequest", "answer": A_THING}),
    ("/{dataset}/records", {"operationId": "perform-search", "answer": A_LIST}),
    ("/#X-Amz-Target=Store_20120810.ListTables", {"operationId": "ListTables", "answer": A_PAGE}),
    ("/reports", {"operationId": "listReports", "answer": A_PAGE}),
]


@pytest.mark.parametrize(("path", "what"), POSTS_THAT_READ)
def test_a_post_that_only_looks_something_up_is_a_read(path: str, what: dict[str, Any]) -> None:
    """Its path or its name says so, and nothing speaks against it."""
    found = label("POST", path, **what)
    assert found.access is Access.READ, found.evidence


POSTS_THAT_DO_NOT: list[tuple[str, dict[str, Any]]] = [
    ("/orders", {"answer": A_THING}),
    ("/searches", {"answer": A_THING}),
    ("/saved-search", {}),
    ("/saved/search", {}),
    ("/search/jobs", {}),
    ("/search/indexes", {}),
    ("/search", {"summary": "Create a search"}),
    ("/search", {"description": "Deletes what is found."}),
    ("/search", {"operationId": "createSearch"}),
    ("/search/reindex", {}),
    ("/orders/search/delete", {}),
    ("/orders/search-and-cancel", {}),
    ("/orders/{id}/refund", {"operationId": "searchRefunds", "answer": A_LIST}),
    ("/graphql", {"fields": {"query": {"type": "string"}}, "answer": A_THING}),
    ("/query", {"fields": {"sql": {"type": "string"}}, "answer": A_LIST}),
    ("/query", {"fields": {"query": {"type": "string"}}, "answer": A_LIST}),
    ("/search", {"fields": {"script": {"type": "string"}}}),
    ("/rpc", {"answer": A_LIST}),
    ("/_bulk", {"answer": A_PAGE}),
    ("/batch", {"answer": A_PAGE}),
    ("/email/validate", {"fields": {"token": {"type": "string"}}, "operationId": "validateEmail"}),
    ("/otp/check", {"fields": {"code": {"type": "string"}}, "operationId": "checkOtp", "answer": A_THING}),
    ("/flights/check-in", {"operationId": "checkIn", "answer": A_THING}),
    ("/rides/find", {}),
    ("/campaigns/{id}/preview", {}),
    ("/events/simulate", {"answer": A_THING}),
    ("/quotes", {"answer": A_THING}),
    ("/lists", {"answer": A_THING}),
    ("/list", {}),
    ("/estimates", {"operationId": "createEstimate"}),
    ("/calculate", {}),
    ("/users", {"operationId": "getUsers"}),
    ("/tokens/get", {"answer": A_THING, "operationId": "getTokens"}),
    ("/queries", {"answer": A_LIST}),
    ("/invoices/create_preview", {}),
    ("/find-and-replace", {}),
    ("/orders/get-or-create", {"answer": A_LIST}),
    ("/search", {"x-openai-isConsequential": True}),
    ("/search", {"x-readOnly": False}),
    ("/search", {"x-mcp": {"annotations": {"destructiveHint": True}}}),
]


@pytest.mark.parametrize(("path", "what"), POSTS_THAT_DO_NOT)
def test_doubt_means_write(path: str, what: dict[str, Any]) -> None:
    """A POST that may do more than look is a write."""
    assert label("POST", path, **what).access is not Access.READ


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("path", "what"), POSTS_THAT_READ)
def test_only_a_post_can_be_a_look_up(method: str, path: str, what: dict[str, Any]) -> None:
    """PUT, PATCH and DELETE never become reads."""
    assert label(method, path, **what).access is not Access.READ


def test_a_list_at_the_same_place_makes_a_post_no_look_up() -> None:
    """Where GET lists the things, a POST of the same path makes one, whatever it is called."""
    found = labels(
        {
            "/reports": {
                "get": operation(answer=A_PAGE),
                "post": operation(answer=A_PAGE, operationId="listReports"),
            }
        }
    )
    assert found["POST /reports"].access is Access.WRITE
