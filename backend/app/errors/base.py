"""Base of every failure: a stable code, a plain sentence, and whether trying again can help."""

from __future__ import annotations

from typing import Any, ClassVar


class AppError(Exception):
    """A failure with a stable `code`, a sentence for people, and the HTTP status the REST door answers with."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = "Something went wrong on our side. Please try again in a moment."

    def __init__(self, message: str | None = None, **details: Any) -> None:
        """Say what happened and what to do next; `details` are for machines and logs, never secrets."""
        self.message = message or self.sentence
        self.details = details
        super().__init__(self.message)


class InternalError(AppError):
    """A stranger: logged in full, shown as a plain sentence."""

    retryable = True
