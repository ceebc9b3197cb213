"""Failures of a REST request that are no topic's own."""

from __future__ import annotations

from app.errors.base import AppError


class NotFound(AppError):
    """No such resource."""

    code = "not_found"
    status = 404
    sentence = "There is nothing at this address."


class InvalidRequest(AppError):
    """A REST request whose body or query is wrong."""

    code = "invalid_request"
    status = 422
    sentence = "The request does not have the required form."


class MethodNotAllowed(AppError):
    """A REST request with a method that the address does not have."""

    code = "method_not_allowed"
    status = 405
    sentence = "This address does not take that method."


class RequestTooLarge(AppError):
    """A REST request whose body is over the limit."""

    code = "request_too_large"
    status = 413
    sentence = "The request is too large. Please send less at a time."


class NotReady(AppError):
    """Something that the server needs does not answer; the details say what."""

    code = "not_ready"
    status = 503
    retryable = True
    sentence = "The server is not ready yet. Please try again in a moment."


class DatabaseAway(AppError):
    """The database does not answer or takes no changes: nothing was stored, and the same can be sent again."""

    code = "database_away"
    status = 503
    retryable = True
    sentence = "Our database does not answer right now, so nothing was stored. Please try again in a moment."


class FigureUnknown(AppError):
    """No figure of that name is defined."""

    code = "figure_unknown"
    status = 404
    sentence = "There is no such figure. The names are the keys of the figures in GET /api/v1/analytics."
