from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator

import demo_apis
from demo_apis.app import create_app
from tests.demo_apis.document_client import SERVICES, DocumentClient, document
from tests.demo_apis.exchanges import AFTER_ANOTHER, EXCHANGES

TEXT = {"type": "string", "minLength": 3}
REFERENCE = {"type": "object", "required": ["$ref"], "properties": {"$ref": TEXT}, "additionalProperties": False}
CONTENT = {
    "type": "object",
    "required": ["application/json"],
    "properties": {"application/json": {"type": "object", "required": ["schema"]}},
    "additionalProperties": False,
}


def fields(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


# What OpenAPI 3.1 allows, narrowed to what these documents use and to what this project asks of them.
PARAMETER = fields(
    {"name": TEXT, "in": {"enum": ["path", "query", "header"]}, "description": TEXT, "schema": {"type": "object"}},
    {"required": {"const": True}, "example": {}},
)
RESPONSE = fields({"description": TEXT, "content": CONTENT})
PARAMETERS = {"type": "array", "items": {"anyOf": [REFERENCE, PARAMETER]}}
OPERATION = fields(
    {
        "operationId": {"type": "string", "pattern": "^[a-z]+(_[a-z]+)+$"},
        "tags": {"type": "array", "minItems": 1},
        "summary": TEXT,
        "description": {"type": "string", "minLength": 30},
        "responses": {
            "type": "object",
            "patternProperties": {"^[24][0-9]{2}$": {"anyOf": [REFERENCE, RESPONSE]}},
            "additionalProperties": False,
        },
    },
    {"parameters": PARAMETERS, "requestBody": fields({"required": {"type": "boolean"}, "content": CONTENT})},
)
METHODS = dict.fromkeys(("get", "put", "post"), OPERATION)
DOCUMENT = fields(
    {
        "openapi": {"const": "3.1.0"},
        "info": fields({"title": TEXT, "version": TEXT, "description": TEXT}),
        "servers": {"type": "array", "items": fields({"url": TEXT})},
        "tags": {"type": "array", "items": fields({"name": TEXT, "description": TEXT})},
        "paths": {
            "type": "object",
            "patternProperties": {"^/": fields({}, METHODS | {"parameters": PARAMETERS})},
            "additionalProperties": False,
        },
        "components": fields(
            {
                "parameters": {"type": "object", "additionalProperties": PARAMETER},
                "responses": {"type": "object", "additionalProperties": RESPONSE},
                "schemas": {"type": "object", "additionalProperties": {"type": "object"}},
            }
        ),
    }
)


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


@pytest.mark.parametrize("service", SERVICES)
class TestDocument:
    def test_it_has_the_form_of_openapi(self, service: str) -> None:
        """A document holds what OpenAPI 3.1 asks for and no field that it doesn't know."""
        Draft202012Validator(DOCUMENT).validate(document(service).content)

    def test_its_schemas_are_schemas(self, service: str) -> None:
        """Each schema in a document is itself valid JSON Schema."""
        content = document(service).content
        schemas = [node["schema"] for node in walk(content) if isinstance(node.get("schema"), dict)]
        for schema in [*schemas, *content["components"]["schemas"].values()]:
            Draft202012Validator.check_schema(schema)

    def test_every_reference_leads_somewhere_and_every_component_is_used(self, service: str) -> None:
        """References and components match one to one."""
        content = document(service).content
        used = {node["$ref"] for node in walk(content) if "$ref" in node}
        offered = {f"#/components/{kind}/{name}" for kind, found in content["components"].items() for name in found}
        assert used == offered

    def test_the_parameters_in_a_path_are_the_ones_declared(self, service: str) -> None:
        """A placeholder in a path is a declared, required parameter, and the other way round."""
        for operation in document(service).operations.values():
            declared = {each.name for each in operation.parameters if each.place == "path" and each.required}
            assert declared == set(re.findall(r"{(\w+)}", operation.path)), operation.id

    def test_examples_are_allowed_values(self, service: str) -> None:
        """An example in a document would be accepted."""
        found = document(service)
        for node in walk(found.content):
            if "example" in node:
                found.validator(node["schema"]).validate(node["example"])

    def test_every_value_to_be_sent_is_described(self, service: str) -> None:
        """Whoever fills in a body reads what each field means."""
        found = document(service)
        for operation in found.operations.values():
            for name, schema in operation.body["properties"].items():
                assert found.resolve(schema).get("description"), f"{operation.id}: {name}"

    def test_writes_take_an_idempotency_key_and_reads_do_not(self, service: str) -> None:
        """Exactly the writes declare the Idempotency-Key header."""
        for operation in document(service).operations.values():
            takes_key = "Idempotency-Key" in {each.name for each in operation.parameters}
            assert takes_key == operation.is_write, operation.id

    def test_the_services_say_the_same_about_errors_and_keys(self, service: str) -> None:
        """Errors and idempotency look alike in all three documents."""
        first, other = document("shop").content["components"], document(service).content["components"]
        for kind, name in (
            ("schemas", "Problem"),
            ("parameters", "IdempotencyKey"),
            ("responses", "BadRequest"),
            ("responses", "NotFound"),
            ("responses", "Conflict"),
            ("responses", "Unprocessable"),
        ):
            assert first[kind][name] == other[kind][name]

    async def test_it_is_served(self, client: TestClient[Any, Any], service: str) -> None:
        """A service hands out its document."""
        async with client.get(f"/{service}/openapi.json") as response:
            assert response.content_type == "application/json"
            assert json.loads(await response.read()) == document(service).content

    async def test_nothing_undocumented_is_served(self, tmp_path: Path, service: str) -> None:
        """Without the test switches, a service answers only what it documents, and hands out its document."""
        documented = {(each.method, f"/{service}{each.path}") for each in document(service).operations.values()}
        app = create_app(data=tmp_path)
        async with TestServer(app):
            served = {
                (route.method, route.resource.canonical)
                for route in app.router.routes()
                if route.resource and route.resource.canonical.startswith(f"/{service}/")
            }
        assert served == documented | {(method, f"/{service}/openapi.json") for method in ("GET", "HEAD")}


def test_operation_ids_differ_between_the_services() -> None:
    """An agent that uses all three services meets no name twice."""
    ids = [name for service in SERVICES for name in document(service).operations]
    assert len(ids) == len(set(ids))


def test_every_documented_status_is_tried() -> None:
    """There is a request for each operation and each status that the documents name."""
    documented = {
        (operation["operationId"], int(status))
        for service in SERVICES
        for path in document(service).content["paths"].values()
        for method, operation in path.items()
        if method in METHODS
        for status in operation["responses"]
    }
    tried = {(operation_id, status) for operation_id, status, _ in EXCHANGES} | AFTER_ANOTHER
    assert tried == documented


@pytest.mark.parametrize(("operation_id", "status", "values"), EXCHANGES)
async def test_answer(api: DocumentClient, operation_id: str, status: int, values: dict[str, Any]) -> None:
    """The service answers with the documented status, and a body of the documented form."""
    answer = await api.ask(operation_id, **values)
    assert answer.status == status


def test_the_readme_names_every_operation() -> None:
    """The table of the README lists each service's reads and writes."""
    readme = (Path(demo_apis.__file__).parent / "README.md").read_text()
    for service in SERVICES:
        (line,) = re.findall(rf"^\| `/{service}` \|(.+)\|(.+)\|$", readme, re.MULTILINE)
        reads, writes = (set(re.findall(r"`(\w+)`", column)) for column in line)
        operations = document(service).operations.values()
        assert reads == {each.id for each in operations if not each.is_write}
        assert writes == {each.id for each in operations if each.is_write}
