"""YAML APIs: those that agents.yaml names, read at the start, labelled by the rules as an import is, then overridden.

The file is its own review, so its operations are live at once. Where it lets an operation happen with less consent
than the rules propose, it is obeyed, and the start says so. A document that cannot be fetched or read stops the start;
an operation that cannot be carried out is logged and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from app.agents.yaml_overrides import overridden
from app.catalog.make_tools import ConnectedApi, make_tools
from app.openapi.api import read_api
from app.openapi.document import DocumentMistake
from app.openapi.fetch import fetch_document, read_document
from app.openapi_import.classify.labels import asks_less
from app.openapi_import.classify.rules import classify, proposed
from app.tools.api_client import ApiClient
from app.tools.base import ConsentRule

if TYPE_CHECKING:
    from app.agents.config import AgentConfig, ApiSpec
    from app.db.live_set import LiveOperation
    from app.outgoing.client import OutgoingClient
    from app.outgoing.retry import Retry
    from app.tools.openapi_tool import OpenApiTool

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class LessSafe:
    """One operation that agents.yaml is less strict with than the rules propose; both in words for people."""

    operation: str
    rules: str
    yaml: str


@dataclass(frozen=True, kw_only=True)
class YamlApi:
    """An API of agents.yaml with its tools; `less_safe` is what the file loosens."""

    name: str
    tools: tuple[OpenApiTool, ...]
    less_safe: tuple[LessSafe, ...] = ()

    def warning(self) -> str:
        """Say in one line what the file loosens; empty where that is nothing."""
        alike: dict[tuple[str, str], list[str]] = {}
        for one in self.less_safe:
            alike.setdefault((one.yaml, one.rules), []).append(one.operation)
        loosened = "; ".join(f"{', '.join(names)}: {yaml} (rules: {rules})" for (yaml, rules), names in alike.items())
        return f"agents.yaml is less strict with {self.name} than the rules propose. {loosened}." if loosened else ""


async def load_yaml_apis(config: AgentConfig, *, http: OutgoingClient, folder: Path) -> list[YamlApi]:
    """Make the tools of every API that the agents' file names; a document that is a file is looked for in `folder`.

    Raises `ConfigMistake` for a document or an override that cannot be used, `ToolError` where none can be fetched.
    """
    made = []
    for api in config.apis:
        fetched = api.document.startswith(("http://", "https://"))
        document = await fetch_document(api.document, http=http) if fetched else read_document(folder / api.document)
        made.append(yaml_api(api, document, http=http, source=api.document if fetched else ""))
    return made


def yaml_api(
    api: ApiSpec,
    document: Mapping[str, Any],
    *,
    http: OutgoingClient,
    source: str = "",
    retry: Retry | None = None,
) -> YamlApi:
    """Make the tools of one API; `source` is where its document came from, which its own servers are relative to.

    Raises `ConfigMistake` where it is no OpenAPI document, where the address of the API cannot be told, and for an
    override that fits nothing.
    """
    described = read_api(document, source=source)
    url = api.base_url or next(iter(described.servers), "")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise DocumentMistake(f"{api.name}: say where the API is with base_url, such as https://api.example.com/v1.")
    for note in described.skipped:
        log.warning("operation_skipped", api=api.name, reason=f"{note.place}: {note.message}")
    labels = classify(described)
    rules = [
        proposed(operation, label, idx=idx)
        for idx, (operation, label) in enumerate(zip(described.operations, labels, strict=True))
    ]
    arguments = [frozenset(operation.schema.get("properties", {})) for operation in described.operations]
    reviewed = overridden(api, rules, arguments)
    connected = ConnectedApi(
        name=api.name,
        title=described.title,
        servers=frozenset(described.servers),
        base_url=url,
        client=ApiClient(name=api.name, http=http, limits=api.limits),
        retry=retry,
    )
    made = YamlApi(
        name=api.name,
        tools=make_tools(zip(reviewed, described.operations, strict=True), connected),
        less_safe=tuple(one for pair in zip(rules, reviewed, strict=True) for one in _loosened(*pair)),
    )
    if made.less_safe:
        log.warning("yaml_less_safe", api=api.name, operations=[asdict(one) for one in made.less_safe])
    return made


def _loosened(rules: LiveOperation, reviewed: LiveOperation) -> list[LessSafe]:
    """List what the file asks less of than the rules: a consent, or an argument that a model may now fill."""
    was, now = ConsentRule(rules.consent), ConsentRule(reviewed.consent)
    consent = [(was.kind.whom, f"{now.kind.whom} consents")] if asks_less(now, was) else []
    unbound = sorted(rules.bound.keys() - reviewed.bound.keys())
    bound = [(f"{name} is the verified customer's", f"{name} is filled by the model") for name in unbound]
    return [LessSafe(operation=rules.name, rules=before, yaml=after) for before, after in (*consent, *bound)]
