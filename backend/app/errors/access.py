"""Failures of sign-in, identity and origin, and of secrets at rest."""

from __future__ import annotations

from app.errors.base import AppError


class SignInRequired(AppError):
    """A staff route without a staff session."""

    code = "sign_in_required"
    status = 401
    sentence = "Please sign in as staff first."


class SignInFailed(AppError):
    """A sign-in code or key that is wrong, used, or too old."""

    code = "sign_in_failed"
    status = 401
    sentence = "That sign-in code or key is not valid. Codes work once; restart the server for a new one."


class IdentityRefused(AppError):
    """A token about who the customer is that is forged, too old, or not for us."""

    code = "identity_refused"
    status = 401
    sentence = "That token is not valid here, so the session stays as it was. Get a new one and send it again."


class OriginRefused(AppError):
    """A request from a page of another site."""

    code = "origin_refused"
    status = 403
    sentence = "Requests from other sites are not accepted."


class SecretBoxMistake(AppError):
    """Something that is kept encrypted cannot be read, because the key changed or it was damaged."""

    code = "vault_mistake"
    sentence = "The stored credentials cannot be read: SECRET_KEY has changed since. Enter them again."


class CredentialsUnreadable(AppError):
    """Stored credentials cannot be opened, because SECRET_KEY is another one than when they were stored."""

    code = "credentials_unreadable"
    status = 409
    sentence = (
        "The stored credentials cannot be opened: SECRET_KEY has changed since. Enter them again, or restore the key."
    )
