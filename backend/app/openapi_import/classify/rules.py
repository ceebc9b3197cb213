"""Rule-based classifier: labels every operation of an API with what it may do, who must consent, whose it is, and why.

Pure, and the only one: documents of imports and of agents.yaml both come through here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from app.db.live_set import LiveOperation
from app.db.stored_json import to_jsonb
from app.openapi.api import ApiDescription
from app.openapi.operation import OperationDefinition
from app.openapi.plain_text import cut, visible_text
from app.openapi_import.classify.agent_groups import group_operations
from app.openapi_import.classify.labels import Classification, Evidence
from app.openapi_import.classify.preview_reads import PreviewReads
from app.openapi_import.classify.proposals import ask_customer_for, bind, propose_consent, takes_key
from app.openapi_import.classify.read_write import Judgement, judge
from app.openapi_import.classify.signals import Facts, facts_of
from app.tools.base import Access

MAX_TITLE_CHARS: Final = 100  # a heading on an approval card
MAX_DESCRIPTION_CHARS: Final = 1_000  # of a tool, as reviewed: what a model reads of it
MAX_EVIDENCE_CHARS: Final = 200  # of one reason; it may quote a name that a document made long


def classify(api: ApiDescription) -> list[Classification]:
    """Return a label for each operation, in the order of `api.operations`. Doubt means write."""
    looked_up = {operation.path for operation in api.operations if operation.method.upper() == "GET"}
    known = [facts_of(operation, has_read=operation.path in looked_up) for operation in api.operations]
    judged = [judge(facts) for facts in known]
    preview_reads = PreviewReads(api.operations, [one.access for one in judged])
    agents = group_operations(api.operations)
    return [
        _label(facts, judgement, preview_reads, agent)
        for facts, judgement, agent in zip(known, judged, agents, strict=True)
    ]


def proposed(definition: OperationDefinition, label: Classification, *, idx: int) -> LiveOperation:
    """Return the operation as it would be live if nobody changed its label; its texts can be stored."""
    return LiveOperation(
        idx=idx,
        key=_storable(definition.key),
        name=definition.name,
        title=_storable(definition.title)[:MAX_TITLE_CHARS],
        description=_storable(definition.description)[:MAX_DESCRIPTION_CHARS],
        access=label.access.value,
        consent=label.consent.value,
        agent=label.agent,
        bound=dict(label.bound),
        twin=label.twin,
    )


def _storable(text: str) -> str:
    stored: str = json.loads(to_jsonb(text))
    return stored


def _label(facts: Facts, judgement: Judgement, preview_reads: PreviewReads, agent: str) -> Classification:
    consent, why = propose_consent(judgement, facts)
    bound, identity = bind(facts)
    key = list(takes_key(facts))
    twin = None if judgement.access is Access.READ else preview_reads.of(facts.operation)
    evidence = [*judgement.evidence, *([why] if why else []), *identity, *key]
    if twin is not None:
        evidence.append(Evidence(kind="twin", text=f"{twin.key} shows what it would change."))
    return Classification(
        access=judgement.access,
        consent=consent,
        agent=agent,
        customer_params=ask_customer_for(facts, bound),
        bound=bound,
        idempotency=bool(key),
        twin=twin.name if twin is not None else None,
        confidence=judgement.confidence,
        evidence=tuple(replace(one, text=cut(visible_text(one.text), MAX_EVIDENCE_CHARS)) for one in evidence),
    )
