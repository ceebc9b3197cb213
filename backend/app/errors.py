"""Every failure the product speaks of: a stable code, a plain sentence, and whether trying again can help.

Code raises these facts; each door (socket, REST, command line) maps them once. The codes are part of the
public contract and are listed in `docs/protocol.md`, which is generated from this file.
"""

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


# --- the customer's frames -------------------------------------------------------------------------------------


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


# --- conversations and consent ---------------------------------------------------------------------------------


class SessionExpired(AppError):
    """The conversation had no message for longer than its time to live."""

    code = "session_expired"
    status = 410
    sentence = "This conversation has expired because nothing was said for a while. Please start a new one."


class ConversationEnded(AppError):
    """The conversation was ended on purpose."""

    code = "conversation_ended"
    status = 410
    sentence = "This conversation has ended. Please start a new one."


class ConversationUnknown(AppError):
    """No such conversation for this caller; somebody else's is as good as unknown."""

    code = "conversation_unknown"
    status = 404
    sentence = "There is no such conversation here. Please start a new one."


class ConversationBusy(AppError):
    """A conversation that cannot be forgotten while a turn runs or an approval waits in it."""

    code = "conversation_busy"
    status = 409
    retryable = True
    sentence = "Something is still going on in this conversation. Wait until it is over, or decide its approvals first."


class NothingPending(AppError):
    """An answer came although nothing waits for consent."""

    code = "nothing_pending"
    status = 409
    sentence = "Nothing is waiting for your approval in this conversation."


class ApprovalUnknown(AppError):
    """No such approval in this conversation."""

    code = "interrupt_unknown"
    status = 404
    sentence = "There is no such approval in this conversation."


class ApprovalAmbiguous(AppError):
    """Several approvals wait and the answer names none."""

    code = "interrupt_ambiguous"
    status = 409
    sentence = "Several approvals are waiting. Please say which one you mean by its interrupt_id."


class ApprovalAnswered(AppError):
    """The approval was already answered; the first answer stands."""

    code = "interrupt_answered"
    status = 409
    sentence = "This approval has already been answered. The first answer stands."


class ApprovalExpired(AppError):
    """The approval was answered too late; nothing was sent."""

    code = "interrupt_expired"
    status = 410
    sentence = "This approval has expired, so nothing was sent. Ask again if you still want it."


class ConsentNotYours(AppError):
    """The approval waits for somebody else."""

    code = "consent_not_yours"
    status = 403
    sentence = "A member of the support team decides this one. There is nothing you need to do."


class MessageConflict(AppError):
    """The same message_id came again with another text."""

    code = "message_conflict"
    status = 409
    sentence = "A different message was already sent with this message_id. Use a new one."


class ArgumentsInvalid(AppError):
    """Arguments that the tool's schema refuses."""

    code = "invalid_arguments"
    status = 422
    sentence = "These values do not fit what the operation accepts."


# --- models ----------------------------------------------------------------------------------------------------


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


class TurnTooLong(ModelError):
    """The agents took more steps than a turn may have."""

    code = "too_many_steps"
    status = 500
    sentence = "The assistant went in circles and was stopped. Please say it in other words, or ask for a person."


# --- tools and their targets -----------------------------------------------------------------------------------


class ToolError(AppError):
    """A tool could not do what was asked. The subclass is its place in the taxonomy.

    transient: trying again may help (`ToolTransient`); invalid input: other values may help
    (`ToolInvalidInput`); not permitted: nobody should try again (`ToolNotPermitted`); unavailable: later
    (`ToolUnavailable`); unknown: the effect cannot be known (`ToolOutcomeUnknown`).
    """

    code = "tool_failed"
    status = 502
    sentence = "The system behind this could not do it."


class ToolTransient(ToolError):
    """The target failed in a way that usually passes."""

    code = "tool_transient"
    retryable = True


class ToolInvalidInput(ToolError):
    """The target, or the tool's schema, refuses the values."""

    code = "tool_invalid_input"
    status = 422


class ToolNotPermitted(ToolError):
    """The target, or our rules, do not allow it."""

    code = "tool_not_permitted"
    status = 403


class ToolUnavailable(ToolError):
    """The target cannot be reached."""

    code = "tool_unavailable"
    status = 503
    retryable = True


class ToolOutcomeUnknown(ToolError):
    """The request was sent and no answer came: whether it took effect cannot be known."""

    code = "tool_outcome_unknown"
    status = 504


class ToolUnknown(ToolError):
    """No tool of that name: it was never there, or it was withdrawn."""

    code = "tool_unknown"
    status = 404


class IdentityRequired(ToolNotPermitted):
    """The tool acts for a customer, and who that is has not been verified."""

    code = "identity_required"
    sentence = (
        "For this I have to know who you are. Please sign in on the page that this chat belongs to, then ask again."
    )


class AddressRefused(ToolNotPermitted):
    """An outgoing request to an address that nobody allowed."""

    code = "address_refused"


# --- fetching and keeping ------------------------------------------------------------------------------------


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


class SecretBoxMistake(AppError):
    """Something that is kept encrypted cannot be read, because the key changed or it was damaged."""

    code = "vault_mistake"
    sentence = "The stored credentials cannot be read: SECRET_KEY has changed since. Enter them again."


# --- staff and REST --------------------------------------------------------------------------------------------


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


class FigureUnknown(AppError):
    """No figure of that name is defined."""

    code = "figure_unknown"
    status = 404
    sentence = "There is no such figure. The names are the keys of the figures in GET /api/v1/analytics."


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


class ActionSettled(AppError):
    """The action's outcome is already known; the first record stands."""

    code = "action_settled"
    status = 409
    sentence = "This action's outcome has already been recorded."


# --- importing an API ------------------------------------------------------------------------------------------


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


class SchemeUnknown(AppError):
    """The API has no security scheme of this name."""

    code = "scheme_unknown"
    status = 404
    sentence = "This API has no security scheme of that name."


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


class CredentialsUnreadable(AppError):
    """Stored credentials cannot be opened, because SECRET_KEY is another one than when they were stored."""

    code = "credentials_unreadable"
    status = 409
    sentence = (
        "The stored credentials cannot be opened: SECRET_KEY has changed since. Enter them again, or restore the key."
    )


# --- starting --------------------------------------------------------------------------------------------------


class ConfigMistake(AppError):
    """A configuration file or setting that cannot be used; the message says where and what to write instead."""

    code = "config_mistake"


class CannotStart(AppError):
    """A resource that the server needs did not start."""

    code = "cannot_start"
