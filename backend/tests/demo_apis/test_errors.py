from __future__ import annotations

import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from demo_apis.errors import Refusal, errors_as_json
from demo_apis.money import euros, to_cents
from demo_apis.service import BODY_LIMIT, Blueprint, Service
from demo_apis.shop import SHOP
from tests.demo_apis.conftest import TODAY
from tests.demo_apis.document_client import DocumentClient, document

CANCEL = document("shop").operations["cancel_order"]


def arguments(body: bytes = b"", order_id: str = "1042", **query: str) -> dict[str, Any]:
    return CANCEL.arguments(path={"order_id": order_id}, query=query, headers={}, body=body)


async def test_healthz(client: TestClient[Any, Any]) -> None:
    """The program says that it is alive."""
    async with client.get("/healthz") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/shop/nowhere", 404, "not_found"),
        ("DELETE", "/shop/orders/1042", 405, "method_not_allowed"),
    ],
)
async def test_even_what_is_not_served_is_answered_in_json(
    client: TestClient[Any, Any], method: str, path: str, status: int, code: str
) -> None:
    """Every error has a code and a message."""
    async with client.request(method, path) as response:
        assert response.status == status
        assert json.loads(await response.read())["error"]["code"] == code


async def test_a_huge_body_is_refused(client: TestClient[Any, Any]) -> None:
    """What is larger than any documented body is not read."""
    async with client.post("/shop/coupons", data=b" " * (BODY_LIMIT + 1)) as response:
        assert response.status == 413
        assert "error" in json.loads(await response.read())


async def test_a_stranger_is_logged_and_says_little(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected failure shows nothing of its inside."""

    async def broken(_request: web.Request) -> web.Response:
        raise KeyError("secret")

    app = web.Application(middlewares=[errors_as_json])
    app.router.add_get("/", broken)
    with caplog.at_level(logging.ERROR):
        async with TestClient(TestServer(app)) as client, client.get("/") as response:
            assert response.status == 500
            assert "secret" not in await response.text()
    assert "KeyError: 'secret'" in caplog.text


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"NaN", b'{"reason": NaN}', b'{"reason": "\\ud800"}', b"[" * 100_000], ids=repr
)
def test_what_is_not_json_is_a_bad_request(body: bytes) -> None:
    """Broken JSON, constants that JSON lacks, half characters and endless nesting are refused."""
    with pytest.raises(Refusal) as refused:
        arguments(body)
    assert refused.value.code == "bad_request"


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"reason": 5}', b'{"reason": ""}', b'{"why": "Late"}'])
def test_json_of_another_form_is_unprocessable(body: bytes) -> None:
    """JSON that the document doesn't allow is refused, with the place of the mistake."""
    with pytest.raises(Refusal) as refused:
        arguments(body)
    assert (refused.value.status, refused.value.code) == (422, "invalid_value")


@pytest.mark.parametrize(
    "order_id", ["", "1e3", "1_042", " 1042", "-1", "0", "99999999", "9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_what_is_not_an_order_number_is_refused(order_id: str) -> None:
    """An order number is written in plain digits, within its limits."""
    with pytest.raises(Refusal):
        arguments(order_id=order_id)


def test_an_unknown_parameter_is_refused() -> None:
    """A misspelt parameter isn't silently ignored."""
    with pytest.raises(Refusal, match="There is no parameter force"):
        arguments(force="true")


def test_a_missing_parameter_is_refused() -> None:
    """What is required must be there."""
    with pytest.raises(Refusal, match="order_id is missing"):
        CANCEL.arguments(path={}, query={}, headers={}, body=b"")


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_empty_body_is_no_body(body: bytes) -> None:
    """Where a body isn't required, an empty one says the same."""
    assert arguments(body) == {"order_id": 1042}


def test_defaults_are_filled_in_from_the_document() -> None:
    """What is left out has the documented value."""
    cancel = document("saas").operations["cancel_subscription"]
    assert cancel.arguments(path={}, query={}, headers={}, body=b"") == {"when": "period_end"}
    listing = document("shop").operations["list_orders"]
    assert listing.arguments(path={}, query={}, headers={}, body=b"") == {"limit": 20}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["reason", "amount", "x"]), inner),
)


@given(body=st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_accepted_or_refused(body: bytes) -> None:
    """No body makes reading it fail."""
    refund = document("shop").operations["refund_order"]
    with suppress(Refusal):
        assert refund.arguments(path={"order_id": "1042"}, query={}, headers={}, body=body)["reason"]


def test_what_is_documented_must_be_built(tmp_path: Path) -> None:
    """A service whose functions and document don't match is not opened."""
    lame = Blueprint(name="shop", folder=SHOP.folder, work=SHOP.work[1:])
    with pytest.raises(ValueError, match="not both documented and built: list_orders"):
        Service(lame, data=tmp_path, clock=lambda: TODAY)


@given(cents=st.integers(min_value=0, max_value=10**9))
def test_euros_keep_every_cent(cents: int) -> None:
    """An amount of whole cents survives the wire."""
    assert to_cents(json.loads(json.dumps(cents / 100))) == cents


def test_fractions_of_a_cent_are_refused() -> None:
    """Nothing is rounded silently."""
    with pytest.raises(Refusal, match="more than two decimals"):
        to_cents(0.005)
    assert euros(6480) == "64.80 EUR"


async def test_unusual_text_is_stored_as_it_is(api: DocumentClient) -> None:
    """Quotes, control characters and other scripts survive."""
    reason = "'; DROP TABLE orders; --\x00 \N{SNOWMAN} \N{PILE OF POO}"
    coupon = (await api.ask("create_coupon", percent=5, reason=reason)).body
    assert (await api.ask("get_coupon", code=coupon["code"])).body["reason"] == reason
