"""Failures of importing, reviewing and publishing an API."""

from __future__ import annotations

from app.errors.base import AppError
from app.errors.requests import RequestTooLarge


class ImportUnknown(AppError):
    """No such import; it may have been thrown away."""

    code = "import_unknown"
    status = 404
    sentence = "There is no such import. It may have been thrown away; start a new one."


class ApiUnknown(AppError):
    """No such API; it may have been deleted."""

    code = "api_unknown"
    status = 404
    sentence = "There is no such API. It may have been deleted."


class OperationUnknown(AppError):
    """No such operation in this import."""

    code = "operation_unknown"
    status = 404
    sentence = "This import has no such operation. Load the list again."


class AgentUnknown(AppError):
    """No such agent."""

    code = "agent_unknown"
    status = 404
    sentence = "There is no such agent. Load the list again."


class AgentNeeded(AppError):
    """The agent that answers what no other is for was to be switched off."""

    code = "agent_needed"
    status = 409
    sentence = "This agent answers what no other is for, so it stays on. Pause it instead if it should do nothing."


class SchemeUnknown(AppError):
    """The API has no security scheme of this name."""

    code = "scheme_unknown"
    status = 404
    sentence = "This API has no security scheme of that name."


class SchemeTaken(AppError):
    """The API has a security scheme of this name, or as many as it can have."""

    code = "scheme_taken"
    status = 409
    sentence = "The API has a way to sign in of that name, or too many. Enter credentials for one that is there."


class SignInEnded(AppError):
    """A sign-in that nobody waits for: finished, begun by somebody else, or too old."""

    code = "sign_in_ended"
    status = 409
    sentence = "This sign-in is not open any more. Begin it again on the API's page."


class SignInRefused(AppError):
    """The provider gave no token for the code that came back."""

    code = "sign_in_refused"
    status = 422
    sentence = "The provider gave no token. Check the client's id, secret and redirect address there; sign in again."


class CredentialsElsewhere(AppError):
    """Credentials that were entered while the API was at another origin; they are not sent to the new one."""

    code = "credentials_elsewhere"
    status = 409
    sentence = "These credentials were entered for another address of this API. Enter them again."


class EditedMeanwhile(AppError):
    """Somebody else changed the same thing since it was read; nothing was stored."""

    code = "edited_meanwhile"
    status = 409
    sentence = "Somebody changed this since you loaded it, so nothing was stored. Look at it again, then repeat yours."


class NotInReview(AppError):
    """The import is not at the step that this needs."""

    code = "not_in_review"
    status = 409
    sentence = "This import is not in review, so it cannot be changed."


class ImportOutdated(AppError):
    """Another import of the same API was approved since this one was compared with what is live."""

    code = "import_outdated"
    status = 409
    sentence = "Another import of this API was approved meanwhile. Compare this one anew (retry): your edits are kept."


class EditRefused(AppError):
    """An edit that the operation cannot have; the message says why."""

    code = "edit_refused"
    status = 422
    sentence = "This edit does not fit the operation."


class BaseUrlMissing(AppError):
    """The address of the API is not known, so its tools could not be called."""

    code = "base_url_missing"
    status = 422
    sentence = "The document does not say where the API is. Set its base_url, such as https://api.example.com/v1."


class TooManyAgents(AppError):
    """More agents than a router can tell apart."""

    code = "too_many_agents"
    status = 422
    sentence = "There would be more agents than can be told apart. Move operations to fewer agents."


class OnlyReadsCanBeTried(AppError):
    """A try of something that may change the target."""

    code = "only_reads_can_be_tried"
    status = 409
    sentence = "Only reads can be tried. Nothing was sent."


class NameTaken(AppError):
    """The name is in use."""

    code = "name_taken"
    status = 409
    sentence = "This name is in use. Choose another one."


class UploadTooLarge(RequestTooLarge):
    """A document over the size limit."""

    code = "document_too_large"
    sentence = "The document is larger than this server takes. An admin can raise IMPORT_MAX_BYTES."


class UploadRefused(AppError):
    """An upload that holds no document, or an archive that cannot be opened safely."""

    code = "upload_refused"
    status = 422
    sentence = "The upload holds no document that can be read. Send one JSON, YAML or zip file."
