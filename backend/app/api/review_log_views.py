"""Views of the review log: one per kind of entry, discriminated by `what`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, TypeAdapter

from app.api.import_views import Source
from app.api.validation import View
from app.db.pauses import PauseKind
from app.db.review_log import LogEntry

MAX_NAMED: Final = 100  # operations that one entry names; more are counted, for nobody reads them in a list
MAX_GROUPS: Final = 50  # ways in which one edit changed operations; more are counted

Value = str | bool | int | float | list[str] | dict[str, str] | None


class Changed(View):
    """One field that was set: from what, to what. Null is none, or the usual."""

    field: str
    was: Value
    now: Value


class OperationRef(View):
    """An operation as it was named then."""

    key: str
    """Method and path, as in the document."""
    name: str
    """Its tool."""


class Edits(View):
    """Operations that were changed in the same way."""

    operations: list[OperationRef]
    """The first of them."""
    count: int
    """How many there are."""
    changes: list[Changed]


class AgentRef(View):
    """A version of an agent."""

    name: str
    version: int


class Entry(View):
    """Who did it, when, and to what. Every field is always there; defaults are for what was written before it was."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: int
    at: datetime
    by: str
    api_id: UUID | None
    api_name: str
    """As it was called then."""
    import_id: UUID | None
    import_there: bool
    """Whether that import is still there."""


class ImportBegun(Entry):
    """Somebody gave a document."""

    what: Literal["import_begun"]
    source: Source | None = None
    base_url: str = ""
    """Where the API is, if a person said so."""
    again: bool = False
    """Whether the API was known already."""


class ImportRetried(Entry):
    """An import was started over."""

    what: Literal["import_retried"]


class ImportThrownAway(Entry):
    """An import was discarded, and its API with it where that had nothing else."""

    what: Literal["import_thrown_away"]
    with_api: bool = False


class OperationsEdited(Entry):
    """Operations were edited, one or many at once."""

    what: Literal["operations_edited"]
    count: int
    """How many operations."""
    groups: int
    """In how many ways; `edits` are the first of them."""
    edits: list[Edits]


class AgentEdited(Entry):
    """An agent that an import proposes was edited."""

    what: Literal["agent_edited"]
    agent: str
    changes: list[Changed] = Field(default_factory=list)


class ReadTried(Entry):
    """A read was sent to see what comes back; what was given for its arguments is not kept."""

    what: Literal["read_tried"]
    operation: OperationRef
    arguments: list[str]


class ImportApproved(Entry):
    """An import's operations became the live tools of its API."""

    what: Literal["import_approved"]
    revision: int
    tools: int | None = None
    read: int = 0
    write: int = 0
    destructive: int = 0
    digest: str = ""
    """SHA-256 over what decides about the tools: two approvals of the same digest made the same tools live."""
    agents: list[AgentRef] = Field(default_factory=list)
    """Those that were changed with it."""
    changes: list[Changed] = Field(default_factory=list)
    """Where the API is, if that changed with it."""


class ApiChanged(Entry):
    """It was changed where an API is or how hard it may be used."""

    what: Literal["api_changed"]
    changes: list[Changed] = Field(default_factory=list)


class CredentialsSet(Entry):
    """Credentials were entered; what they are is kept nowhere but sealed."""

    what: Literal["credentials_set"]
    scheme: str


class CredentialsRemoved(Entry):
    """Credentials were removed."""

    what: Literal["credentials_removed"]
    scheme: str


class SchemeAdded(Entry):
    """A way to sign in was added that the document does not declare."""

    what: Literal["scheme_added"]
    scheme: str


class SchemeRemoved(Entry):
    """A way to sign in that a person had added was removed, with its credentials."""

    what: Literal["scheme_removed"]
    scheme: str


class ApiDeleted(Entry):
    """An API was removed with everything of it."""

    what: Literal["api_deleted"]
    tools: int = 0
    """How many it had live."""
    credentials: list[str] = Field(default_factory=list)
    """The schemes whose credentials went with it."""


class AgentChanged(Entry):
    """An agent was changed on the page of agents."""

    what: Literal["agent_changed"]
    agent: str
    version: int | None = None
    changes: list[Changed] = Field(default_factory=list)


class PausedActions(Entry):
    """Nothing was sent of it from then on."""

    what: Literal["paused"]
    kind: PauseKind
    name: str
    why: str = ""


class ResumedActions(Entry):
    """It was let go on."""

    what: Literal["resumed"]
    kind: PauseKind
    name: str
    why: str = ""


AnyEntry = Annotated[
    ImportBegun
    | ImportRetried
    | ImportThrownAway
    | OperationsEdited
    | AgentEdited
    | ReadTried
    | ImportApproved
    | ApiChanged
    | CredentialsSet
    | CredentialsRemoved
    | SchemeAdded
    | SchemeRemoved
    | ApiDeleted
    | AgentChanged
    | PausedActions
    | ResumedActions,
    Field(discriminator="what"),
]
_ENTRY: Final[TypeAdapter[AnyEntry]] = TypeAdapter(AnyEntry)


class ReviewLog(View):
    """A page of what people did, newest first."""

    items: list[AnyEntry]
    next: str | None


def entry_view(row: LogEntry) -> AnyEntry:
    """Show an entry; of an edit of very many only the first are named."""
    details = _shortened(row.details.get("edits", [])) if row.what == "operations_edited" else row.details
    return _ENTRY.validate_python({**details, **{name: getattr(row, name) for name in _KNOWN}})


_KNOWN: Final = ("id", "at", "by", "what", "api_id", "api_name", "import_id", "import_there")


def _shortened(edits: list[dict[str, Any]]) -> dict[str, Any]:
    left = MAX_NAMED
    shown: list[dict[str, Any]] = []
    for group in edits[:MAX_GROUPS]:
        named = group["operations"][:left]
        left -= len(named)
        shown.append({"operations": named, "count": len(group["operations"]), "changes": group["changes"]})
    return {"count": sum(len(group["operations"]) for group in edits), "groups": len(edits), "edits": shown}
