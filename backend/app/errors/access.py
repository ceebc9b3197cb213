"""Failures of sign-in, identity and origin, and of secrets at rest."""

from __future__ import annotations

from app.errors.base import AppError


class SignInRequired(AppError):
    """A staff route without a staff session."""

    code = "sign_in_required"
    status = 401
    sentence = "Please sign in as staff first."


class RightMissing(AppError):
    """Staff whose role does not reach so far."""

    code = "right_missing"
    status = 403
    sentence = "Your role does not include this. Ask an admin for it."


class SignInFailed(AppError):
    """A link, key or password that is wrong, used, or too old."""

    code = "sign_in_failed"
    status = 401
    sentence = (
        "That did not sign you in: a link works once, for a quarter of an hour, and a name needs its own password. "
        "`python -m app.cli sign-in-link` prints a new link."
    )


class LinkUsed(AppError):
    """A link to join, or to a new password, that was used or is too old."""

    code = "link_used"
    status = 410
    sentence = "This link was used already, or is too old. Ask an admin for a new one."


class PasswordRefused(AppError):
    """A new password that would be guessed."""

    code = "password_refused"
    status = 422
    sentence = "Choose another password."


class StaffNameTaken(AppError):
    """A name that a colleague has, or that looks like a colleague's."""

    code = "staff_name_taken"
    status = 409
    sentence = "A colleague has this name, or one that looks like it. Choose another."


class LastAdmin(AppError):
    """The only admin left would lose the role."""

    code = "last_admin"
    status = 409
    sentence = "This is the only admin. Make another account an admin first."


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


class HostRefused(AppError):
    """A request under a name that this server does not have."""

    code = "host_refused"
    status = 421
    sentence = "This server is not reached by that name. Whoever runs it lists its names in ALLOWED_HOSTS."


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
