"""Bodies and views of imports and their jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints, model_validator

from app.api.validation import Form, PageQuery, View, WebAddress
from app.db.imports import ImportRow, Status

AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


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


class ApproveForm(Form):
    """The import as it was seen: it is published exactly so."""

    revision: int


class Removed(View):
    """What is gone."""

    id: UUID


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
