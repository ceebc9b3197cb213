"""Failures of a frame or its socket: what a client sent, how fast, and whether it still listens."""

from __future__ import annotations

from app.errors.base import AppError


class InvalidFrame(AppError):
    """A frame whose fields do not have the required form."""

    code = "invalid_frame"
    status = 422
    sentence = "That message does not have the required form."


class InvalidJson(InvalidFrame):
    """A frame that is not one JSON object."""

    code = "invalid_json"
    status = 400
    sentence = "Invalid JSON: send one JSON object in each text frame."


class UnknownFrameType(InvalidFrame):
    """A frame whose `type` the protocol does not have."""

    code = "unknown_type"
    status = 400


class FrameTooLarge(InvalidFrame):
    """A frame over the size limit."""

    code = "frame_too_large"
    status = 413


class ContentTooLong(InvalidFrame):
    """A message whose text is over the limit."""

    code = "content_too_long"
    status = 413


class RateLimited(AppError):
    """Too many messages in a short time."""

    code = "rate_limited"
    status = 429
    retryable = True
    sentence = "You are sending messages faster than they can be answered. Please wait a few seconds."


class QueueFull(AppError):
    """Too many messages already wait in this conversation."""

    code = "queue_full"
    status = 429
    retryable = True
    sentence = "Several of your messages are still waiting for an answer. Please send this again after the next one."


class TooManySockets(AppError):
    """One client holds too many connections."""

    code = "too_many_connections"
    status = 429
    retryable = True
    sentence = "Too many open connections from you. Please close another window and try again."


class FirstFrameMissing(AppError):
    """A connection that said nothing in time."""

    code = "first_frame_timeout"
    status = 408
    retryable = True
    sentence = "Nothing was sent on this connection, so it is being closed. Connect again when you are ready."


class SlowConsumer(AppError):
    """A peer that does not read what it is sent."""

    code = "slow_consumer"
    status = 408
    retryable = True
    sentence = "The connection cannot keep up. Connect again: nothing is lost."
