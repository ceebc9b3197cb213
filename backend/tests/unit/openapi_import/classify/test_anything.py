"""Whatever a document says, it gets labels, and what changes things by its method stays a write."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.agents.config import AGENT_NAME
from app.openapi_import.classify.agent_groups import MAX_AGENTS
from app.openapi_import.classify.labels import Classification
from app.openapi_import.classify.rules import classify
from app.tools.base import Access, ConsentRule
from tests.unit.openapi_import.documents import A_LIST, A_PAGE, A_THING, api, operation

WORDS = (
    "search",
    "list",
    "get",
    "orders",
    "{id}",
    "cancel",
    "v1",
    "users",
    "me",
    "query",
    "token",
    "batch",
    "a.b",
    "x:y",
)
PATH = st.lists(st.sampled_from(WORDS) | st.text(min_size=1, max_size=8), min_size=1, max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)
NAME = st.lists(st.sampled_from(WORDS), max_size=4).map("_".join) | st.text(max_size=30)
HINT = st.dictionaries(
    st.sampled_from(["x-readOnly", "x-access", "x-mcp", "x-openai-isConsequential", "x-note"]),
    st.booleans() | st.text(max_size=10) | st.none() | st.dictionaries(st.text(max_size=5), st.booleans(), max_size=2),
    max_size=3,
)
OPERATION = st.builds(
    lambda name, summary, tags, hint, answer: operation(
        operationId=name, summary=summary, tags=tags, answer=answer, **hint
    ),
    NAME,
    st.text(max_size=40),
    st.lists(st.text(max_size=12), max_size=2),
    HINT,
    st.sampled_from([None, A_LIST, A_PAGE, A_THING]),
)
METHODS = st.dictionaries(st.sampled_from(["get", "post", "put", "patch", "delete", "head"]), OPERATION, max_size=3)
PATHS = st.dictionaries(PATH, METHODS, max_size=6)


@settings(max_examples=150, deadline=None)
@given(paths=PATHS)
def test_every_operation_gets_a_label(paths: dict[str, dict[str, Any]]) -> None:
    """One each, in their order, legal in every part, the same when it is asked for again or was stored."""
    read = api(paths)
    found = classify(read)
    assert len(found) == len(read.operations)
    assert len({one.agent for one in found}) <= MAX_AGENTS
    for described, label in zip(read.operations, found, strict=True):
        assert AGENT_NAME.fullmatch(label.agent)
        assert 0 < label.confidence <= 1
        assert label.evidence
        assert (label.access is Access.READ) == (label.consent is ConsentRule.NOBODY)
        assert set(label.customer_params) <= {one.name for one in described.arguments}
        assert set(label.bound) <= {one.name for one in described.arguments}
        assert not set(label.bound) & set(label.customer_params)
        assert Classification.from_json(label.to_json()) == label
        if described.method.upper() in {"PUT", "PATCH", "DELETE"}:
            assert label.access is not Access.READ
    assert classify(read) == found
