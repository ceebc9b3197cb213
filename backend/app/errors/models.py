"""Failures of the language model; `retryable` says whether trying the turn again can help."""

from __future__ import annotations

from app.errors.base import AppError


class ModelError(AppError):
    """The language model failed; the turn can be tried again."""

    code = "model_error"
    status = 502
    retryable = True
    sentence = "The assistant could not answer just now. Please try again."


class ModelRefused(ModelError):
    """The model's provider refuses our key or our request."""

    code = "model_refused"
    sentence = "The assistant is not set up correctly, so it cannot answer. The support team has been told; try later."


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
    retryable = False
    sentence = "The assistant may not answer that. Please say it in other words, or ask for a person."


class ModelContextExceeded(ModelError):
    """The conversation is longer than the model can read."""

    code = "model_context_exceeded"
    retryable = False
    sentence = "This conversation has become too long for the assistant. Please start a new one, or ask for a person."


class TurnTooLong(ModelError):
    """An agent took more steps than it may, or only repeated itself; the message says what was done until then."""

    code = "too_many_steps"
    status = 500
    retryable = False
    sentence = "The assistant came to no end and was stopped. Please say it in other words, or ask for a person."
