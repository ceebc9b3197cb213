"""OpenAPI tool: one operation of a document, as data that this one class interprets; nothing is generated as code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from app.errors import ToolError, ToolInvalidInput
from app.openapi.request import RequestPlan
from app.outgoing.message import HttpResponse, NoAnswer, NotSent, OutgoingRequest
from app.outgoing.retry import Retry
from app.tools import response as answers
from app.tools.api_client import ApiClient
from app.tools.arguments import ArgumentCheck
from app.tools.base import Access, OutcomeStatus, ToolOutcome, ToolSpec
from app.tools.credentials import Needs
from app.tools.response import Reply
from app.tools.response_content import parsed
from app.tools.verdict import Verdict, verdict

MAX_BYTES_AT_ONCE: Final = 30_000  # of an answer; reading a larger one takes longer than others should wait for it


class OpenApiTool:
    """Carries out one operation: checks the arguments, sends one request, says what came of it."""

    def __init__(
        self, *, spec: ToolSpec, plan: RequestPlan, client: ApiClient, retry: Retry | None = None, needs: Needs = ()
    ) -> None:
        """Take the operation as data, the API that it is sent to, and which of its credentials it needs."""
        self._spec = spec
        self._plan = plan
        self._check = ArgumentCheck(spec.schema)
        self._client = client
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
        large = isinstance(tried.result, HttpResponse) and len(tried.result.body) > MAX_BYTES_AT_ONCE
        return await asyncio.to_thread(judge) if large else judge()

    def _request(self, args: Mapping[str, Any], idempotency_key: str | None) -> OutgoingRequest:
        self._check(args)
        return self._plan.build(args, idempotency_key=idempotency_key)

    async def _attempt(self, request: OutgoingRequest, *, is_write: bool, repeatable: bool) -> Reply:
        try:
            return await self._client.send(request, needs=self._needs, is_write=is_write, repeatable=repeatable)
        except (NotSent, NoAnswer) as error:
            return error

    def _outcome(self, reply: Reply, facts: Mapping[str, Any], *, is_write: bool, lost: bool) -> ToolOutcome:
        """Judge the last reply. Once an answer to a write was lost, only a success settles what became of it."""
        mask = self._client.mask()
        found = self._verdict(reply) if is_write else Verdict.DONE
        lost = lost or found is Verdict.UNCLEAR
        if (
            isinstance(reply, HttpResponse)
            and found is Verdict.DONE
            and answers.is_success(reply, method=self._plan.method)
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

    def _verdict(self, reply: Reply) -> Verdict:
        """Say what the body of a success says; a reply that is none says it by its status."""
        if not isinstance(reply, HttpResponse) or not answers.is_success(reply, method=self._plan.method):
            return Verdict.DONE
        return verdict(reply, parsed(reply))

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
