"""Labels by the verb alone."""

from __future__ import annotations

from app.openapi_import.classification import Classification, Evidence
from app.openapi_import.tool_names import slug
from app.tools.base import Access, ConsentRule
from app.tools.openapi_api import ApiDescription, OperationDefinition


def classify(api: ApiDescription) -> list[Classification]:
    """Label every operation, in order; doubt means write."""
    return [_label(one, agent=slug(api.title)) for one in api.operations]


def _label(one: OperationDefinition, *, agent: str) -> Classification:
    reads, destroys = one.method in {"GET", "HEAD"}, one.method == "DELETE"
    access = Access.READ if reads else Access.DESTRUCTIVE if destroys else Access.WRITE
    return Classification(
        access=access,
        consent=ConsentRule.NOBODY if reads else ConsentRule.OPERATOR,
        agent=agent,
        customer_params=tuple(argument.name for argument in one.arguments if argument.required),
        confidence=0.5,
        evidence=(
            Evidence(
                kind="verb",
                text=f"It is a {one.method}.",
                points_to="read" if reads else "destructive" if destroys else "write",
            ),
        ),
    )
