from typing import Any

import pytest

from app.openapi_import.classify.labels import Classification
from tests.unit.openapi_import.documents import A_LIST, A_THING, labels, operation

READS: dict[str, dict[str, Any]] = {
    "/orders": {"get": operation(answer=A_LIST, operationId="listOrders")},
    "/orders/{id}": {"get": operation(answer=A_THING, operationId="getOrder")},
    "/customers/{customer}/addresses": {"get": operation(answer=A_LIST, operationId="listAddresses")},
    "/me": {"get": operation(answer=A_THING, operationId="getMe")},
    "/settings": {"get": operation(answer=A_LIST, operationId="listSettings")},
    "/profile": {"get": operation(answer=A_THING, operationId="getProfile")},
    "/tickets/{id}": {
        "get": operation(answer=A_THING, operationId="getTicket", parameters={"id": "path", "region": "query"})
    },
}
READS["/tickets/{id}"]["get"]["parameters"][1]["required"] = True


def twin(method: str, path: str, **what: Any) -> str | None:
    item = {**READS.get(path, {}), method.lower(): operation(**what)}
    found: dict[str, Classification] = labels({**READS, path: item})
    return found[f"{method} {path}"].twin


@pytest.mark.parametrize(
    ("method", "path", "read"),
    [
        ("PATCH", "/orders/{id}", "getOrder"),
        ("DELETE", "/orders/{order_id}", "getOrder"),
        ("POST", "/orders/{id}/cancel", "getOrder"),
        ("POST", "/orders/{id}/items", "getOrder"),
        ("DELETE", "/orders/{id}/items/{item}", "getOrder"),
        ("POST", "/orders/{id}:cancel", "getOrder"),
        ("POST", "/customers/{customer}/addresses", "listAddresses"),
        ("PATCH", "/me", "getMe"),
        ("POST", "/me/password", "getMe"),
        ("PUT", "/profile", "getProfile"),
        ("POST", "/orders", None),
        ("PUT", "/settings", None),
        ("POST", "/refunds", None),
        ("DELETE", "/carts/{id}", None),
        ("POST", "/tickets/{id}/close", None),
    ],
)
def test_the_twin_shows_what_a_write_changes(method: str, path: str, read: str | None) -> None:
    """It is the read of the same thing or of what it is a part of; what is created has none."""
    found = twin(method, path)
    assert (found.lower().replace("_", "") if found else None) == (read.lower() if read else None)


def test_a_twin_needs_nothing_that_the_write_does_not_have() -> None:
    """A read that asks for more can be asked where the write takes it too."""
    assert twin("POST", "/tickets/{id}/close", parameters={"id": "path", "region": "query"}) is not None


def test_a_get_that_acts_is_no_twin() -> None:
    """Looking must not do anything."""
    found = labels(
        {
            "/sessions/{id}": {"get": operation(operationId="deleteSession"), "delete": operation()},
        }
    )
    assert found["DELETE /sessions/{id}"].twin is None


def test_a_read_has_no_twin() -> None:
    """Nothing changes, so nothing needs to be shown."""
    assert all(one.twin is None for one in labels(READS).values())


def test_the_twin_is_told_in_the_evidence() -> None:
    """A reviewer sees which read will be shown."""
    found = labels({**READS, "/orders/{id}/cancel": {"post": operation()}})["POST /orders/{id}/cancel"]
    assert "GET /orders/{id} shows what it would change." in [one.text for one in found.evidence]
