"""Failures of a provider: each has a name of the product's, and its reason for the log."""

import json

import aiohttp
import pytest

from app.agents.models import explain_model_error
from app.agents.provider.provider_error import ProviderError
from app.errors import (
    AppError,
    ModelBusy,
    ModelContextExceeded,
    ModelError,
    ModelFiltered,
    ModelKeyRefused,
    ModelNotFound,
    ModelQuotaUsed,
    ModelRefused,
    ModelTakesNoTools,
    ModelTimeout,
    ModelUnavailable,
    ToolUnknown,
)


class TestExplaining:
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (ProviderError(401, "no"), ModelKeyRefused),
            (ProviderError(403, "no"), ModelKeyRefused),
            (ProviderError(400, "no"), ModelRefused),
            (ProviderError(429, "slow"), ModelBusy),
            (ProviderError(402, "pay"), ModelQuotaUsed),
            (ProviderError(404, "no such model"), ModelNotFound),
            (ProviderError(413, "too large"), ModelContextExceeded),
            (ProviderError(400, "m does not support tools"), ModelTakesNoTools),
            (
                ProviderError(404, "No endpoints support tool use"),
                ModelTakesNoTools,
            ),
            (ProviderError(400, "content_filter"), ModelFiltered),
            (ProviderError(503, "loading"), ModelBusy),
            (ProviderError(502, "down"), ModelUnavailable),
            (ProviderError(418, "tea"), ModelUnavailable),
            (aiohttp.ServerTimeoutError("slow"), ModelTimeout),
            (aiohttp.ServerDisconnectedError("gone"), ModelUnavailable),
            (ProviderError(308, "the address redirects"), ModelRefused),
            (aiohttp.ClientPayloadError("cut"), ModelUnavailable),
            (TimeoutError(), ModelTimeout),
            (ConnectionResetError(), ModelUnavailable),
            (json.JSONDecodeError("bad", "<html>", 0), ModelUnavailable),
            (RuntimeError("what?"), ModelError),
        ],
    )
    def test_each_failure_has_its_name(self, error: Exception, kind: type[AppError]) -> None:
        """Each failure of a provider or of the way to it is one of ours, with its reason for the log."""
        explained = explain_model_error(error)
        assert type(explained) is kind
        assert explained.details["reason"].startswith(type(error).__name__)

    def test_the_cause_is_looked_for(self) -> None:
        """A failure wrapped by a library is known by its cause."""
        wrapped = ValueError("stream failed")
        wrapped.__cause__ = ProviderError(429, "slow")
        assert type(explain_model_error(wrapped)) is ModelBusy

    def test_a_group_is_looked_into(self) -> None:
        """A failure in a group of tasks is known by its member."""
        group = ExceptionGroup("tasks", [aiohttp.ClientConnectionError("nobody there")])
        assert type(explain_model_error(group)) is ModelUnavailable

    def test_our_own_failures_stay_what_they_are(self) -> None:
        """What is already a failure of the product is returned as it is."""
        own = ToolUnknown("no such tool")
        wrapped = RuntimeError()
        wrapped.__context__ = own
        assert explain_model_error(wrapped) is own

    def test_causes_that_go_in_circles_end(self) -> None:
        """Causes that refer to each other are looked at once."""
        one, other = RuntimeError("one"), RuntimeError("other")
        one.__cause__, other.__cause__ = other, one
        assert type(explain_model_error(one)) is ModelError

    def test_a_reason_is_cut(self) -> None:
        """A provider's long page of HTML does not fill the log."""
        assert len(explain_model_error(RuntimeError("x" * 10_000)).details["reason"]) == 500
