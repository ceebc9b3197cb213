"""What the rules say of operations as they are written in the wild. Every document here is made up for its case."""

import pytest

from app.tools.base import Access, ConsentRule
from tests.unit.openapi_import.documents import A_THING, label


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
