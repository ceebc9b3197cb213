"""One operation of an OpenAPI document, one tool. A tool is data that this one class interprets."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from app.errors import ToolError, ToolInvalidInput
from app.openapi.api import OperationDefinition, read_api
from app.openapi.document import DocumentMistake
from app.openapi.request import RequestPlan
from app.outgoing.client import HttpAnswer, NoAnswer, NotSent, OutgoingClient, OutgoingRequest
from app.outgoing.retry import Retry
from app.tools import response as answers
from app.tools.api_client import ApiLimits, ApiTarget
from app.tools.arguments import ArgumentCheck
from app.tools.base import Access, OutcomeStatus, ToolOutcome, ToolSpec
from app.tools.credentials import Needs
from app.tools.response import Reply

MAX_BYTES_AT_ONCE: Final = 30_000  # of an answer; reading a larger one takes longer than others should wait for it

log = structlog.get_logger(__name__)


class OpenApiTool:
    """Carries out one operation: checks the arguments, sends one request, says what came of it."""

    def __init__(
        self, *, spec: ToolSpec, plan: RequestPlan, target: ApiTarget, retry: Retry | None = None, needs: Needs = ()
    ) -> None:
        """Take the operation as data, the API that it is sent to, and which of its credentials it needs."""
        self._spec = spec
        self._plan = plan
        self._check = ArgumentCheck(spec.schema)
        self._target = target
        self._retry = retry or Retry()
        self._needs = needs

    @property
    def spec(self) -> ToolSpec:
        """Describe the tool."""
        return self._spec

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest:
        """Build exactly what `run` would send but for the idempotency key; ToolInvalidInput where they do not fit."""
        return self._request(args, None)

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Do it once and return what came of it; try again only where that cannot do it twice."""
        started = time.monotonic()
        try:
            request = self._request(args, idempotency_key)
        except ToolInvalidInput as error:
            return self._failed(error, {})
        is_write = self._spec.access is not Access.READ
        repeatable = not is_write or bool(idempotency_key and self._plan.key_header)
        lost = False
        attempts: list[Mapping[str, Any]] = []  # as many as the retries allow: a few

        async def attempt() -> Reply:
            nonlocal lost
            began = time.monotonic()
            reply = await self._attempt(request, is_write=is_write, repeatable=repeatable)
            lost = lost or answers.is_lost(reply)
            attempts.append({**answers.in_short(reply), "duration_ms": _ms_since(began)})
            return reply

        tried = await self._retry.call(
            attempt, again_after=lambda reply: answers.again_after(reply, repeatable=repeatable)
        )
        facts = {
            "request": request.shown(),
            "http_status": answers.status_of(tried.result),
            "retries": tried.retries,
            "failed_attempts": attempts[:-1],
            "duration_ms": _ms_since(started),
        }
        judge = partial(self._outcome, tried.result, facts, is_write=is_write, lost=lost)
        large = isinstance(tried.result, HttpAnswer) and len(tried.result.body) > MAX_BYTES_AT_ONCE
        return await asyncio.to_thread(judge) if large else judge()

    def _request(self, args: Mapping[str, Any], idempotency_key: str | None) -> OutgoingRequest:
        self._check(args)
        return self._plan.build(args, idempotency_key=idempotency_key)

    async def _attempt(self, request: OutgoingRequest, *, is_write: bool, repeatable: bool) -> Reply:
        try:
            return await self._target.send(request, needs=self._needs, is_write=is_write, repeatable=repeatable)
        except (NotSent, NoAnswer) as error:
            return error

    def _outcome(self, reply: Reply, facts: Mapping[str, Any], *, is_write: bool, lost: bool) -> ToolOutcome:
        """Judge the last reply. Once an answer to a write was lost, only a success settles what became of it."""
        mask = self._target.mask()
        if (
            isinstance(reply, HttpAnswer)
            and answers.is_success(reply)
            and (is_write or reply.defect != "undecodable")  # a write is done all the same
        ):
            data, full = answers.read(reply, mask)
            return ToolOutcome(
                status=OutcomeStatus.SUCCEEDED,
                summary=answers.summary(self._spec.title, data, is_write=is_write),
                data=data,
                full=full,
                **facts,
            )
        if is_write and lost:
            error = answers.unknown(self._spec.title)
            return ToolOutcome(
                status=OutcomeStatus.UNKNOWN,
                summary=error.message,
                data={"error": error.message},
                error=error.code,
                **facts,
            )
        return self._failed(answers.failure(reply, is_write=is_write, mask=mask), facts)

    def _failed(self, error: ToolError, facts: Mapping[str, Any]) -> ToolOutcome:
        return ToolOutcome(
            status=OutcomeStatus.FAILED,
            summary=f"{self._spec.title.rstrip(' .:')} did not work: {error.message}",
            data={"error": error.message},
            error=error.code,
            retryable=error.retryable,
            **facts,
        )


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def tools_from_document(
    document: Mapping[str, Any],
    *,
    api: str,
    http: OutgoingClient,
    base_url: str | None = None,
    source: str = "",
    retry: Retry | None = None,
    limits: ApiLimits | None = None,
) -> list[OpenApiTool]:
    """Make a tool of each operation; one that cannot be carried out is logged and left out.

    `source` is where the document came from: its own servers are relative to it, and are used where no `base_url`
    is given. ConfigMistake where it is no OpenAPI document or the address of the API cannot be told.
    """
    described = read_api(document, source=source)
    url = base_url or next(iter(described.servers), "")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise DocumentMistake(f"{api}: say where the API is with base_url, such as https://api.example.com/v1.")
    for note in described.skipped:
        log.warning("operation_skipped", api=api, reason=f"{note.place}: {note.message}")
    there = ApiTarget(name=api, http=http, limits=limits)
    target = f"{described.title} ({urlsplit(url).netloc})"
    tools = []
    for definition in described.operations:
        plan = definition.plan.at(url)
        spec = _spec(definition, api=api, target=target, plan=plan)
        tools.append(OpenApiTool(spec=spec, plan=plan, target=there, retry=retry))
    return tools


def _spec(definition: OperationDefinition, *, api: str, target: str, plan: RequestPlan) -> ToolSpec:
    return ToolSpec(
        name=definition.name,
        title=definition.title,
        description=definition.description,
        access=_access(definition),
        parameters=definition.parameters,
        schema=definition.schema,
        source=api,
        target=target,
        version=_version(plan, definition.schema),
        takes_idempotency_key=plan.key_header is not None,
    )


def _access(definition: OperationDefinition) -> Access:
    """Classify by the verb; the document may make it safer, never riskier."""
    said = str(definition.extensions.get("x-access", "")).strip().lower()
    reads = definition.method in {"GET", "HEAD"} and said in {"", "read"}
    return Access.READ if reads else Access.WRITE


def _version(plan: RequestPlan, schema: Mapping[str, Any]) -> str:
    """Digest everything that decides what is sent, so that consent for one version never covers another."""
    text = json.dumps([asdict(plan), schema], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
