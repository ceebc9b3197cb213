"""Tool maker: from a reviewed operation and its definition to the tool that sends it, whoever reviewed it.

Operations of an import and of agents.yaml come the same way: defined from the document (`openapi`), labelled by rules
(`openapi_import/classify`), reviewed by people or by the file, and made tools here. One maker, one digest of versions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from app.catalog.keyring import Keyring, schemes_of
from app.openapi.operation import OperationDefinition, SecurityNeed, without
from app.tools.api_client import ApiClient, ApiLimits
from app.tools.base import Access, ConsentRule, ToolSpec
from app.tools.credentials import Authoriser
from app.tools.oauth2 import Renewal
from app.tools.openapi_tool import OpenApiTool

if TYPE_CHECKING:
    from app.db.apis import ApiRow
    from app.db.credentials import CredentialRow
    from app.db.live_set import LiveOperation
    from app.openapi.request import RequestPlan
    from app.openapi_import.review.try_operation import MakeTool
    from app.outgoing.client import OutgoingClient
    from app.outgoing.retry import Retry

_INTERNAL: Final = (".local", ".internal", ".lan", ".localhost", ".home.arpa", ".cluster.local", ".svc")


@dataclass(frozen=True, kw_only=True)
class ConnectedApi:
    """An API as its tools need it: its names, the servers that its document lists, where it is, and how to reach it."""

    name: str
    title: str
    servers: frozenset[str]
    base_url: str
    client: ApiClient
    retry: Retry | None = None


def connect(
    row: ApiRow, *, http: OutgoingClient, values: Mapping[str, Mapping[str, str]], renew: Renewal | None = None
) -> ConnectedApi:
    """Connect an API with the opened `values` of its credentials, by scheme; its tools share the client."""
    first = tuple(SecurityNeed(scheme=one["name"]) for one in row.added_schemes if one["name"] in values)
    authoriser = Authoriser(schemes_of(row), values, http, api_url=row.base_url, first=first, renew=renew)
    client = ApiClient(name=row.name, http=http, authoriser=authoriser, limits=ApiLimits(**row.limits))
    return ConnectedApi(
        name=row.name, title=row.title, servers=frozenset(row.servers), base_url=row.base_url, client=client
    )


def tool_maker(*, http: OutgoingClient, keyring: Keyring) -> MakeTool:
    """Return what makes the tool of one operation alone, for a try of it."""

    def make(
        row: ApiRow, sealed: Sequence[CredentialRow], operation: LiveOperation, definition: OperationDefinition
    ) -> OpenApiTool:
        return make_tool(
            operation, definition, connect(row, http=http, values=keyring.opened(sealed), renew=keyring.renewal(row.id))
        )

    return make


def make_tools(
    reviewed: Iterable[tuple[LiveOperation, OperationDefinition]], api: ConnectedApi
) -> tuple[OpenApiTool, ...]:
    """Make a tool of each operation."""
    return tuple(make_tool(operation, definition, api) for operation, definition in reviewed)


def make_tool(operation: LiveOperation, definition: OperationDefinition, api: ConnectedApi) -> OpenApiTool:
    """Make the tool of one operation, as it was reviewed."""
    plan = placed(definition.plan, servers=api.servers, base_url=api.base_url)
    spec = ToolSpec(
        name=operation.name,
        title=operation.title,
        description=operation.description or operation.title,
        access=Access(operation.access),
        parameters=without(definition, set(operation.bound)),
        schema=definition.schema,
        source=api.name,
        target=_target(api.title, plan.base_url),
        version=_version(plan, definition.schema, operation),
        consent=ConsentRule(operation.consent),
        bound=dict(operation.bound),
        twin=operation.twin,
    )
    return OpenApiTool(spec=spec, plan=plan, client=api.client, retry=api.retry, needs=definition.security)


def _target(title: str, base_url: str) -> str:
    """Name where a tool acts, for people: with its host where that is a public name, which internal ones are not."""
    host = urlsplit(base_url).hostname or ""
    is_internal = "." not in host or ":" in host or host.replace(".", "").isdigit() or host.endswith(_INTERNAL)
    return title if is_internal else f"{title} ({urlsplit(base_url).netloc})"


def placed(plan: RequestPlan, *, servers: frozenset[str], base_url: str) -> RequestPlan:
    """Let a request go to where a person says the API is, unless the operation has a server of its own."""
    return replace(plan, base_url=base_url) if plan.base_url in servers else plan.at(base_url)


def _version(plan: RequestPlan, schema: Mapping[str, Any], operation: LiveOperation) -> str:
    """Digest everything that decides what is sent and who must consent, so that consent never covers another."""
    reviewed = [operation.access, operation.consent, dict(operation.bound)]
    text = json.dumps([plan.to_json(), schema, reviewed], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
