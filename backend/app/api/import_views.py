"""What a client sends and is sent about imports: jobs, their operations and the agents that they propose."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.agents.config import AgentSpec
from app.api.validation import Form, PageQuery, View, WebAddress
from app.db.imports import ImportRow, Status
from app.db.operations import EDITABLE, ImportAgent, OperationRow
from app.tools.base import ConsentRule

MAX_PAGE_OPERATIONS: Final = 500  # a page of the table; the largest documents come in three
MAX_EDITED: Final = 5_000  # more operations than any document has
MAX_TITLE_CHARS: Final = 100  # a heading on an approval card
MAX_DESCRIPTION_CHARS: Final = 1_000  # of a tool or an agent, for the model: paid for with every message
MAX_INSTRUCTIONS_CHARS: Final = 8_000  # two pages: they are paid for with every message
MAX_NAMES: Final = 100  # arguments of one operation that a person names

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE_CHARS)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_DESCRIPTION_CHARS)]
AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Note(View):
    """One thing that was noticed in a document: where, and what, in plain words."""

    place: str
    message: str


class JobError(View):
    """Why an import failed."""

    code: str
    message: str
    place: str


class Progress(View):
    """How far an import is."""

    done: int
    total: int
    """0 where it is not known yet."""
    note: str


class Source(View):
    """Where the document came from."""

    kind: Literal["url", "file", "text"]
    name: str


class ApiRef(View):
    """The API that a job belongs to."""

    id: UUID
    name: str
    title: str


class Counts(View):
    """What an import holds; `doubtful` are the operations whose class is not sure."""

    operations: int = 0
    read: int = 0
    write: int = 0
    destructive: int = 0
    doubtful: int = 0
    enabled: int = 0
    tokens: int = 0
    """What the enabled tools cost, together, where all are offered at once."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    riskier: int = 0
    edited: int = 0


class Job(View):
    """One OpenAPI document on its way to becoming tools."""

    id: UUID
    api: ApiRef
    status: Status
    progress: Progress
    error: JobError | None
    warnings: list[Note]
    skipped: list[Note]
    source: Source
    dialect: str
    api_version: str
    counts: Counts
    previous: UUID | None
    """The import that was live when this one was compared with it."""
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    approved_at: datetime | None
    approved_by: str | None


class Jobs(View):
    """A page of imports, newest first."""

    items: list[Job]
    next: str | None


class JobsQuery(PageQuery):
    """Which imports."""

    api_id: UUID | None = None
    """Only those of this API."""


class ImportForm(Form):
    """What to import: `url`, or `text`; neither of them, with `api_id`, reads again what that API came from."""

    url: WebAddress | None = None
    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    api_id: UUID | None = None
    """Import this API again: the new document is compared with what is live."""
    name: AgentName | None = None
    """A short name for the API; it names the source of its tools."""
    base_url: WebAddress | None = None
    """Where the API is, if the document does not say it or says it wrong."""

    @model_validator(mode="after")
    def _one_source(self) -> ImportForm:
        if self.url is not None and self.text is not None:
            raise ValueError("send either url or text")
        if self.url is None and self.text is None and self.api_id is None:
            raise ValueError("send url, text or a file")
        return self


class Evidence(View):
    """One reason for a class, in words; `points_to` is the access that it speaks for."""

    kind: str
    text: str
    points_to: str


class ArgumentView(View):
    """One argument of an operation."""

    name: str
    place: str
    required: bool
    type: str
    description: str


class Operation(View):
    """One operation under review."""

    idx: int
    revision: int
    key: str
    method: str
    path: str
    name: str
    """The tool's name."""
    title: str
    description: str
    tags: list[str]
    deprecated: bool
    agent: str
    access: Literal["read", "write", "destructive"]
    consent: ConsentRule
    customer_params: list[str]
    bound: dict[str, str]
    """Arguments that are filled from the verified customer, with the claim that each takes."""
    arguments: list[ArgumentView]
    idempotency: bool
    twin: str | None
    """The read that shows what this write would change."""
    confidence: float
    evidence: list[Evidence]
    tokens: int
    enabled: bool
    edited: list[str]
    """The fields that a person changed."""
    edited_by: str | None
    change: Literal["same", "added", "removed", "changed", "riskier"] | None
    """Against what is live; none at the first import of an API."""
    changes: list[str]
    warnings: list[Note]


class Operations(View):
    """A page of operations, in the order of the document."""

    items: list[Operation]
    next: str | None


class OperationsQuery(PageQuery):
    """Which page of the operations."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_OPERATIONS)] = MAX_PAGE_OPERATIONS
    """How many at most."""


class EditSet(Form):
    """What to change of an operation; what is left out stays."""

    access: Literal["read", "write", "destructive"] | None = None
    consent: ConsentRule | None = None
    agent: AgentName | None = None
    customer_params: Annotated[list[Name], Field(max_length=MAX_NAMES)] | None = None
    bound: Annotated[dict[Name, Name], Field(max_length=MAX_NAMES)] | None = None
    enabled: bool | None = None
    title: Line | None = None
    description: Description | None = None
    twin: Name | None = None
    """The name of a read of this import; null takes it away."""

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent, as they are stored."""
        sent = self.model_dump(mode="json", include=self.model_fields_set & set(EDITABLE))
        return {name: value for name, value in sent.items() if value is not None or name == "twin"}


class EditForm(EditSet):
    """An edit of one operation, as its editor last saw it."""

    revision: int


class Seen(Form):
    """An operation as the editor last saw it."""

    idx: int
    revision: int


class BulkEditForm(Form):
    """One edit of many operations."""

    items: Annotated[list[Seen], Field(min_length=1, max_length=MAX_EDITED)]
    set: EditSet


class RefusedEdit(View):
    """An operation that was not changed, and why."""

    idx: int
    code: str
    message: str


class BulkEdited(View):
    """What became of an edit of many."""

    changed: list[Operation]
    refused: list[RefusedEdit]


class TryForm(Form):
    """The arguments of a try."""

    args: dict[str, Any] = Field(default_factory=dict)


class Tried(View):
    """What a try sent, without credentials, and what came back."""

    request: dict[str, Any] | None
    status: int | None
    response: Any
    summary: str
    error: str | None
    duration_ms: int


class ApproveForm(Form):
    """An approval of exactly what was seen."""

    revision: int


class JobAgent(View):
    """An agent as an import proposes it."""

    name: str
    title: str
    description: str
    permission: Literal["read", "write"]
    tone: str
    instructions: str
    exists: bool
    """Whether an agent of this name is live already: the operations are added to it."""
    operations: int


class JobAgents(View):
    """The agents that an import proposes."""

    items: list[JobAgent]


class JobAgentForm(Form):
    """What to change of a proposed agent; what is left out stays."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TITLE_CHARS)] | None = None
    description: Annotated[Description, StringConstraints(min_length=1)] | None = None
    tone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_DESCRIPTION_CHARS)] | None = None
    instructions: Annotated[str, StringConstraints(max_length=MAX_INSTRUCTIONS_CHARS)] | None = None
    new_name: AgentName | None = None


class Removed(View):
    """What is gone."""

    id: UUID


# --- from rows -------------------------------------------------------------------------------------------------


def job_view(row: ImportRow) -> Job:
    """Show an import."""
    return Job(
        id=row.id,
        api=ApiRef(id=row.api_id, name=row.api_name, title=row.title or row.api_title),
        status=row.status,
        progress=Progress.model_validate(row.progress),
        error=JobError.model_validate(row.error) if row.error else None,
        warnings=[Note.model_validate(one) for one in row.warnings],
        skipped=[Note.model_validate(one) for one in row.skipped],
        source=Source(kind=row.source["kind"], name=row.source["name"]),
        dialect=row.dialect,
        api_version=row.api_version,
        counts=Counts.model_validate(row.counts),
        previous=row.previous,
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
    )


def operation_view(row: OperationRow) -> Operation:
    """Show an operation."""
    return Operation.model_validate(
        {
            "idx": row.idx,
            "revision": row.revision,
            "key": row.key,
            "name": row.name,
            **{name: row.shown[name] for name in ("method", "path", "tags", "deprecated", "arguments", "warnings")},
            **{name: getattr(row, name) for name in EDITABLE},
            "idempotency": row.classification["idempotency"],
            "confidence": row.confidence,
            "evidence": row.classification["evidence"],
            "tokens": row.tokens,
            "edited": sorted(row.edited),
            "edited_by": row.edited_by,
            "change": row.change,
            "changes": row.changes,
        }
    )


def job_agent_view(agent: ImportAgent, *, live: AgentSpec | None) -> JobAgent:
    """Show a proposed agent, or what is live of it where nothing is proposed."""
    writes = agent.writes or (live is not None and live.permission == "write")
    return JobAgent(
        name=agent.name,
        title=agent.title or agent.name.replace("_", " ").capitalize(),
        description=agent.description or (live.description if live else ""),
        permission="write" if writes else "read",
        tone=agent.tone or (live.personality.tone if live else ""),
        instructions=agent.instructions or (live.instructions if live else ""),
        exists=live is not None,
        operations=agent.operations,
    )
