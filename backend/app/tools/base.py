"""Tool: a description for the model, a preview for people, and one way to run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from app.outgoing.message import OutgoingRequest
from app.tools.consent_rule import ConsentRule

__all__ = [
    "Access",
    "ConsentRule",
    "Effect",
    "OutcomeStatus",
    "OutgoingRequest",
    "Tool",
    "ToolOutcome",
    "ToolSpec",
]


class Access(StrEnum):
    """What a tool may do to its target. What is not known to be a read is handled as a write.

    DESTRUCTIVE is a write that cannot be taken back, such as a deletion or a payment.
    """

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """What a built-in tool asks the conversation to do; an API operation has none."""

    HAND_OVER = "hand_over"
    END = "end"


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """A tool as data.

    `parameters` is the slim JSON schema that the model sees; `schema` is the full one that arguments are
    checked against before anything is sent. `version` changes whenever what would be sent can change, so
    that consent given for one version never covers another. `target` says where it acts, in words for people.

    `consent` is the reviewed rule; None leaves it to the policy's default for the access. `bound` names arguments
    that are filled from the verified customer, with the claim that each takes: they stand in `schema`, never in
    `parameters`. `twin` names the read that shows what this write would change.
    """

    name: str
    title: str
    description: str
    access: Access
    parameters: Mapping[str, Any]
    schema: Mapping[str, Any]
    source: str
    target: str
    version: str
    effect: Effect | None = None
    consent: ConsentRule | None = None
    bound: Mapping[str, str] = field(default_factory=dict)
    twin: str | None = None


class OutcomeStatus(StrEnum):
    """How a call of a tool ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ToolOutcome:
    """What came of one call of a tool.

    `data` is what the model reads, `full` the whole answer where that is only a part of it, kept for replay;
    `summary` is a sentence for people. `error` is the code of the failure
    (`app.errors`), `http_status` the target's answer, `retries` how often it was tried again, and `failed_attempts`
    what came of each attempt before the last: a `FailedAttempt` as plain values, since a ledger keeps them.
    """

    status: OutcomeStatus
    summary: str
    data: Any = None
    full: Any = None
    error: str | None = None
    retryable: bool = False
    request: Mapping[str, Any] | None = None
    http_status: int | None = None
    retries: int = 0
    failed_attempts: list[Mapping[str, Any]] = field(default_factory=list)
    duration_ms: int = 0

    @property
    def ok(self) -> bool:
        """Say whether the target did what was asked."""
        return self.status is OutcomeStatus.SUCCEEDED


class Tool(Protocol):
    """One thing an agent can do."""

    @property
    def spec(self) -> ToolSpec:
        """Describe the tool."""

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        """Build what `run` would send, without sending it; None where nothing leaves the process.

        Raises `ToolInvalidInput` where the arguments do not fit the schema.
        """

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Do it once and return what came of it.

        A failure is an outcome, not an exception. Only a read, a request that surely was not sent, or a request
        with an idempotency key that the target honours may be tried again inside.
        """
