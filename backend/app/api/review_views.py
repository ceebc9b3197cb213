"""Bodies and views of a review: an import's operations, their edits and tries, and the agents that it proposes."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from app.agents.config import AgentSpec
from app.api.import_views import AgentName, Note
from app.api.validation import Form, PageQuery, View
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
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


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
    server: str
    """Where it goes, if its document names another server for it than the API's; otherwise empty."""
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


def operation_view(row: OperationRow) -> Operation:
    """Show an operation."""
    return Operation.model_validate(
        {
            "idx": row.idx,
            "revision": row.revision,
            "key": row.key,
            "name": row.name,
            "server": row.shown.get("server", ""),
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
