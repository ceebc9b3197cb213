"""Failures of the language model; `retryable` says whether trying the turn again can help."""

from __future__ import annotations

from typing import ClassVar

from app.errors.base import AppError


class ModelError(AppError):
    """The language model failed; the turn can be tried again."""

    code = "model_error"
    status = 502
    for_staff: ClassVar[str] = ""
    """What staff can do about it; empty where that is nothing but wait."""
    alert_after: ClassVar[int] = 3
    """After how many failures in a row staff are told; 0: never, since it is about one conversation."""
    retryable = True
    sentence = "The assistant could not answer just now. Please try again."


class ModelRefused(ModelError):
    """The model's provider refuses our request, and would refuse it again; `for_staff` says what would change that."""

    code = "model_refused"
    alert_after = 1
    retryable = False
    sentence = "The assistant is not set up correctly, so it cannot answer. Ask for a person, or come back later."
    for_staff = "The provider refuses the request. The log says in its own words why (turn_failed, model_failed)."


class ModelKeyRefused(ModelRefused):
    """The provider does not accept our key, or not for this model."""

    code = "model_key_refused"
    for_staff = "The provider refuses the key. Check OPENAI_API_KEY, and that the key may use this model."


class ModelNotFound(ModelRefused):
    """The provider has no such model, or nothing at this address."""

    code = "model_not_found"
    for_staff = "The provider has no such model at this address. Check LLM_MODEL and OPENAI_BASE_URL."


class ModelQuotaUsed(ModelRefused):
    """The account with the provider has nothing left."""

    code = "model_quota_used_up"
    for_staff = "The account with the provider has nothing left. Pay in, or raise its limit."


class ModelTakesNoTools(ModelRefused):
    """The server, or the model, takes no tools, without which an agent can do nothing."""

    code = "model_takes_no_tools"
    for_staff = (
        "This server or model takes no tools. Start vLLM with --enable-auto-tool-choice and --tool-call-parser, "
        "llama.cpp with --jinja, or use a model that is made for calling tools."
    )


class ModelUnavailable(ModelError):
    """The model cannot be reached, or broke off."""

    code = "model_unavailable"
    status = 503
    sentence = "The assistant cannot be reached right now. Please try again in a moment."


class ModelTimeout(ModelError):
    """The model took too long."""

    code = "model_timeout"
    status = 504
    sentence = "The assistant is taking too long to answer. Please try again in a moment."


class ModelBusy(ModelError):
    """The provider limits our rate."""

    code = "model_busy"
    status = 503
    sentence = "The assistant is very busy right now. Please try again in a minute."


class ModelFiltered(ModelError):
    """The provider's filter ended the answer."""

    code = "model_filtered"
    alert_after = 0
    retryable = False
    sentence = "The assistant may not answer that. Please say it in other words, or ask for a person."


class ModelContextExceeded(ModelError):
    """The conversation is longer than the model can read."""

    code = "model_context_exceeded"
    alert_after = 0
    retryable = False
    sentence = "This conversation has become too long for the assistant. Please start a new one, or ask for a person."


class TurnTooLong(ModelError):
    """An agent took more steps than it may, or only repeated itself; the message says what was done until then."""

    code = "too_many_steps"
    alert_after = 0
    status = 500
    retryable = False
    sentence = "The assistant came to no end and was stopped. Please say it in other words, or ask for a person."
