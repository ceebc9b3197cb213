"""Failures of a provider: each has a name of the product's, and its reason for the log."""

import json

import httpx2
import openai
import pytest

from app.agents.models import explain_model_error
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

REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


def answered(status: int) -> httpx2.Response:
    return httpx2.Response(status, request=REQUEST)


class TestExplaining:
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (openai.AuthenticationError("no", response=answered(401), body=None), ModelKeyRefused),
            (openai.PermissionDeniedError("no", response=answered(403), body=None), ModelKeyRefused),
            (openai.BadRequestError("no", response=answered(400), body=None), ModelRefused),
            (openai.RateLimitError("slow", response=answered(429), body=None), ModelBusy),
            (openai.APIStatusError("pay", response=answered(402), body=None), ModelQuotaUsed),
            (openai.NotFoundError("no such model", response=answered(404), body=None), ModelNotFound),
            (openai.APIStatusError("too large", response=answered(413), body=None), ModelContextExceeded),
            (openai.BadRequestError("m does not support tools", response=answered(400), body=None), ModelTakesNoTools),
            (
                openai.NotFoundError("No endpoints support tool use", response=answered(404), body=None),
                ModelTakesNoTools,
            ),
            (openai.BadRequestError("content_filter", response=answered(400), body=None), ModelFiltered),
            (openai.InternalServerError("loading", response=answered(503), body=None), ModelBusy),
            (openai.InternalServerError("down", response=answered(502), body=None), ModelUnavailable),
            (openai.APIStatusError("tea", response=answered(418), body=None), ModelUnavailable),
            (openai.APITimeoutError(REQUEST), ModelTimeout),
            (openai.APIConnectionError(request=REQUEST), ModelUnavailable),
            (httpx2.ReadTimeout("slow"), ModelTimeout),
            (httpx2.RemoteProtocolError("cut"), ModelUnavailable),
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
        wrapped.__cause__ = openai.RateLimitError("slow", response=answered(429), body=None)
        assert type(explain_model_error(wrapped)) is ModelBusy

    def test_a_group_is_looked_into(self) -> None:
        """A failure in a group of tasks is known by its member."""
        group = ExceptionGroup("tasks", [httpx2.ConnectError("nobody there")])
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
