"""The description of the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from app.access.rights import RIGHTS, Right
from app.api.openapi import describe
from app.api.route import Route
from app.api.routes import ROUTES
from app.errors import NotFound

DOCUMENT = describe(ROUTES)
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def every_schema(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from every_schema(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_schema(inner)


class TestTable:
    def test_no_route_stands_twice(self) -> None:
        """Method and path name one route, and so does its id."""
        assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
        assert len({route.name for route in ROUTES}) == len(ROUTES)

    def test_every_route_has_a_right(self) -> None:
        """No route is open by accident: its right is in the table of rights."""
        assert all(route.right in RIGHTS for route in ROUTES)

    def test_what_is_read_takes_no_body(self) -> None:
        """GET takes no body; whatever changes something has a method that browsers never use by themselves."""
        assert all(route.body is None for route in ROUTES if route.method == "GET")
        assert {route.method for route in ROUTES} <= {"GET", "POST", "PUT", "DELETE"}


class TestDocument:
    def test_form(self) -> None:
        """It is OpenAPI 3.1 with a title and the product's version."""
        assert DOCUMENT["openapi"].startswith("3.1.")
        assert set(DOCUMENT) == {"openapi", "info", "paths", "components"}
        assert DOCUMENT["info"]["title"] == "Smart Support"

    def test_references_lead_somewhere(self) -> None:
        """Every $ref names a schema that is there."""
        known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
        used = {schema["$ref"] for schema in every_schema(DOCUMENT) if isinstance(schema.get("$ref"), str)}
        assert used <= known

    def test_schemas_are_schemas(self) -> None:
        """Each schema is valid JSON Schema, as OpenAPI 3.1 uses it."""
        for schema in DOCUMENT["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)

    def test_names_are_good_names_for_types(self) -> None:
        """Generated types get plain names: no brackets, no suffixes for reading and writing."""
        assert all(name.isalnum() for name in DOCUMENT["components"]["schemas"])

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_operations_are_whole(self, operation: dict[str, Any]) -> None:
        """Each operation has an id, a sentence, an area, an answer and an error."""
        assert operation["operationId"].isidentifier()
        assert operation["summary"].endswith(".")
        assert len(operation["tags"]) == 1
        assert {"200", "500"} <= set(operation["responses"])
        assert all(answer["description"] for answer in operation["responses"].values())

    def test_paths_declare_their_parameters(self) -> None:
        """What stands in braces is a parameter, and required."""
        operation = DOCUMENT["paths"]["/api/v1/conversations/{thread_id}/events"]["get"]
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert parameters["thread_id"]["in"] == "path"
        assert parameters["thread_id"]["required"]
        assert parameters["after"]["in"] == "query"
        assert not parameters["after"]["required"]
        assert parameters["after"]["description"]

    def test_answers_are_in_the_envelope(self) -> None:
        """Success carries data and no error."""
        answer = DOCUMENT["paths"]["/api/v1/session"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        assert schema["required"] == ["success", "data", "error"]
        assert schema["properties"]["success"]["const"] is True
        assert schema["properties"]["data"] == {"$ref": "#/components/schemas/Session"}

    def test_errors_name_their_codes(self) -> None:
        """Each status says which codes it can carry and what they mean."""
        answers = DOCUMENT["paths"]["/api/v1/approvals/{approval_id}/decision"]["post"]["responses"]
        assert "`interrupt_answered`" in answers["409"]["description"]
        assert "`interrupt_expired`" in answers["410"]["description"]
        assert "`sign_in_required`" in answers["401"]["description"]
        assert "`consent_not_yours`" in answers["403"]["description"]
        assert "`origin_refused`" in answers["403"]["description"]
        assert "`request_too_large`" in answers["413"]["description"]

    def test_says_who_may(self) -> None:
        """Routes for staff name the staff cookie; open ones name none."""
        assert DOCUMENT["paths"]["/api/v1/agents"]["get"]["security"] == [{"staff": []}]
        assert DOCUMENT["paths"]["/api/v1/session"]["get"]["security"] == []
        events = DOCUMENT["paths"]["/api/v1/conversations/{thread_id}/events"]["get"]
        assert events["security"] == [{"staff": []}, {"visitor": []}]

    def test_says_what_a_role_may_not(self) -> None:
        """Where not all staff may, the refusal for the others is described."""
        answers = DOCUMENT["paths"]["/api/v1/team"]["get"]["responses"]
        assert "right_missing" in answers["403"]["description"]
        assert "403" not in DOCUMENT["paths"]["/api/v1/agents"]["get"]["responses"]

    def test_frames_are_the_socket_s(self) -> None:
        """A conversation's events are described as the socket's frames, told apart by their type."""
        items = DOCUMENT["components"]["schemas"]["Events"]["properties"]["items"]["items"]
        assert items["discriminator"]["propertyName"] == "type"
        assert items["discriminator"]["mapping"]["interrupt"] == "#/components/schemas/InterruptRequest"

    def test_its_own_page_s_files_are_left_out(self) -> None:
        """The page's script and style are nobody's API."""
        assert not any(path.startswith("/api/docs/") for path in DOCUMENT["paths"])


async def nothing(_request: web.Request) -> web.Response:
    return web.Response()


def test_a_route_of_one_line() -> None:
    """The least that a route can say is described whole."""
    route = Route(
        method="GET",
        path="/x/{id}",
        handler=nothing,
        right=Right.SEE_HEALTH,
        summary="X.",
        area="x",
        errors=(NotFound,),
    )
    operation = describe([route])["paths"]["/x/{id}"]["get"]
    assert operation["parameters"] == [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    assert set(operation["responses"]) == {"200", "404", "500"}
    assert "requestBody" not in operation
