import json

import pytest

from app.openapi_import.classify.labels import Classification, Evidence, is_riskier
from app.tools.base import Access, ConsentRule

REFUND = Classification(
    access=Access.DESTRUCTIVE,
    consent=ConsentRule.BOTH,
    agent="payments",
    customer_params=("order_id", "reason"),
    bound={"customer_id": "sub"},
    idempotency=True,
    twin="get_order",
    confidence=0.94,
    evidence=(
        Evidence(kind="path", text='The path ends in "/refund".', points_to="destructive"),
        Evidence(kind="group", text="Its tag is “Payments”."),
    ),
)


def test_a_classification_survives_being_stored() -> None:
    """What was written as JSON is read back the same."""
    assert Classification.from_json(json.loads(json.dumps(REFUND.to_json()))) == REFUND


def test_a_classification_with_defaults_survives_being_stored() -> None:
    """What nobody filled in stays empty."""
    bare = Classification(access=Access.READ, consent=ConsentRule.NOBODY, agent="orders")
    assert Classification.from_json(json.loads(json.dumps(bare.to_json()))) == bare


@pytest.mark.parametrize(
    ("new", "old", "riskier"),
    [
        (Access.READ, Access.WRITE, True),
        (Access.READ, Access.DESTRUCTIVE, True),
        (Access.WRITE, Access.DESTRUCTIVE, True),
        (Access.READ, Access.UNKNOWN, True),
        (Access.WRITE, Access.READ, False),
        (Access.DESTRUCTIVE, Access.WRITE, False),
        (Access.WRITE, Access.WRITE, False),
        (Access.UNKNOWN, Access.WRITE, False),
    ],
)
def test_less_consent_is_riskier(new: Access, old: Access, *, riskier: bool) -> None:
    """A label is riskier where it lets more happen without being asked for."""
    assert is_riskier(new, old) is riskier
