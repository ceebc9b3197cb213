"""Makes tools of reviewed operations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.openapi.operation import OperationDefinition, without
from app.tools.api_client import ApiLimits, ApiTarget
from app.tools.base import Access, ConsentRule, ToolSpec
from app.tools.credentials import Authoriser
from app.tools.openapi_tool import OpenApiTool

if TYPE_CHECKING:
    from app.db.apis import ApiRow
    from app.db.live_set import LiveOperation
    from app.openapi.api import SecurityScheme
    from app.openapi.request import RequestPlan
    from app.outgoing.client import OutgoingClient


def target_of(
    api: ApiRow,
    *,
    http: OutgoingClient,
    schemes: Mapping[str, SecurityScheme],
    values: Mapping[str, Mapping[str, str]],
    base_url: str,
) -> ApiTarget:
    """Make the way to an API: its credentials and its limits, shared by all its tools."""
    authoriser = Authoriser(schemes, values, http, api_url=base_url)
    return ApiTarget(name=api.name, http=http, authoriser=authoriser, limits=limits_of(api))


def limits_of(api: ApiRow) -> ApiLimits:
    """Return how hard an API may be used: what was set for it, over the usual."""
    return replace(ApiLimits(), **api.limits)


def tools_of(
    operations: Iterable[LiveOperation],
    definitions: Mapping[str, str],
    *,
    api: ApiRow,
    target: ApiTarget,
    servers: Iterable[str],
    base_url: str,
) -> list[OpenApiTool]:
    """Make a tool of each operation; `definitions` are JSON texts by key."""
    own = frozenset(servers)
    return [
        tool_of(
            operation,
            OperationDefinition.from_json(json.loads(definitions[operation.key])),
            api=api,
            target=target,
            own=own,
            base_url=base_url,
        )
        for operation in operations
    ]


def tool_of(
    operation: LiveOperation,
    definition: OperationDefinition,
    *,
    api: ApiRow,
    target: ApiTarget,
    own: frozenset[str],
    base_url: str,
) -> OpenApiTool:
    """Make the tool of one operation, as people reviewed it."""
    plan = placed(definition.plan, own=own, base_url=base_url)
    spec = ToolSpec(
        name=operation.name,
        title=operation.title,
        description=operation.description or operation.title,
        access=Access(operation.access),
        parameters=without(definition, set(operation.bound)),
        schema=definition.schema,
        source=api.name,
        target=f"{api.title} ({urlsplit(plan.base_url).netloc})",
        version=_version(plan, definition.schema, operation),
        takes_idempotency_key=plan.key_header is not None,
        consent=ConsentRule(operation.consent),
        bound=dict(operation.bound),
        twin=operation.twin,
    )
    return OpenApiTool(spec=spec, plan=plan, target=target, needs=definition.security)


def placed(plan: RequestPlan, *, own: frozenset[str], base_url: str) -> RequestPlan:
    """Let a request go to where a person says the API is, unless the operation has a server of its own."""
    is_own = plan.base_url in own or urlsplit(plan.base_url).scheme not in {"http", "https"}
    return replace(plan, base_url=base_url) if is_own else plan


def _version(plan: RequestPlan, schema: Mapping[str, Any], operation: LiveOperation) -> str:
    """Digest everything that decides what is sent and who must consent, so that consent never covers another."""
    reviewed = [operation.access, operation.consent, dict(operation.bound)]
    text = json.dumps([plan.to_json(), schema, reviewed], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
