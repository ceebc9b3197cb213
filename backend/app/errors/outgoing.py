"""Failures of fetching a document from an address that a person supplied."""

from __future__ import annotations

from app.errors.base import AppError


class FetchMistake(AppError):
    """What stands at an address could not be fetched; the subclass says why."""

    code = "fetch_failed"
    status = 502
    retryable = True
    sentence = "What stands at this address could not be fetched. Check the address and try again."


class FetchRefused(FetchMistake):
    """The address, or one that it leads on to, is not one we connect to."""

    code = "fetch_refused"
    status = 422
    retryable = False


class FetchTooLarge(FetchMistake):
    """More stands there than is read."""

    code = "fetch_too_large"
    status = 413
    retryable = False


class FetchStatus(FetchMistake):
    """The server answered, but not with what was asked for."""

    code = "fetch_status"
    retryable = False
