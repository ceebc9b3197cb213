"""The page of the language model: which one answers, and what keeps it from answering."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.api.services import SERVICES
from app.errors import ModelKeyRefused
from tests.api_client import ApiClient

pytestmark = pytest.mark.integration


@pytest.fixture
async def staff(api: ApiClient) -> ApiClient:
    """A member of staff."""
    await api.sign_in()
    return api


async def fail(api: ApiClient) -> None:
    assert api.client.app is not None
    assert await api.client.app[SERVICES].model_alerts.failed("large", ModelKeyRefused(), http_status=401)


async def test_without_an_alert_it_says_which_model_answers(staff: ApiClient) -> None:
    assert await staff.get("/api/v1/model") == {
        "label": "demo model",
        "demo": True,
        "alerts": [],
        "refusals": [],
    }


async def test_an_alert_says_what_to_do(staff: ApiClient) -> None:
    await fail(staff)
    await fail(staff)
    (alert,) = (await staff.get("/api/v1/model"))["alerts"]
    assert (alert["model"], alert["code"], alert["failures"], alert["http_status"]) == (
        "large",
        "model_key_refused",
        2,
        401,
    )
    assert alert["advice"] == ModelKeyRefused.for_staff


async def test_it_can_be_dismissed_once(staff: ApiClient) -> None:
    await fail(staff)
    body = {"model": "large", "code": "model_key_refused"}
    assert (await staff.post("/api/v1/model/alerts/dismiss", body))["alerts"] == []
    error = await staff.post("/api/v1/model/alerts/dismiss", body, status=404)
    assert error["code"] == "not_found"


async def test_what_was_refused_can_be_forgotten_once(staff: ApiClient) -> None:
    """Staff see since when, what it means and what to do; forgotten, it is asked for again."""
    assert staff.client.app is not None
    known = staff.client.app[SERVICES].model_refusals
    await known.of("large").add("tools")
    (refusal,) = (await staff.get("/api/v1/model"))["refusals"]
    assert (refusal["model"], refusal["feature"]) == ("large", "tools")
    assert "vLLM with --enable-auto-tool-choice" in refusal["explanation"]
    assert datetime.fromisoformat(refusal["learned_at"]).tzinfo
    body = {"model": "large", "feature": "tools"}
    assert (await staff.post("/api/v1/model/refusals/forget", body))["refusals"] == []
    assert "tools" not in known.of("large").features
    assert (await staff.post("/api/v1/model/refusals/forget", body, status=404))["code"] == "not_found"


async def test_it_is_for_staff_alone(api: ApiClient) -> None:
    await api.visitor()
    assert (await api.get("/api/v1/model", status=401))["code"] == "sign_in_required"
