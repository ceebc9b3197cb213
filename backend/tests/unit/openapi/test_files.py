"""Several documents that refer to each other become one; nothing is ever fetched."""

from __future__ import annotations

from typing import Any

import pytest

from app.openapi.api import read_api
from app.openapi.files import HOME, bundled, external_references

ROOT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop"},
    "paths": {
        "/pets": {"$ref": "paths/pets.yaml"},
        "/pets/{id}": {"get": {"parameters": [{"$ref": "./common.yaml#/parameters/id"}]}},
    },
    "components": {"schemas": {"Own": {"type": "string"}}},
}
FILES: dict[str, Any] = {
    "api/paths/pets.yaml": {
        "post": {
            "operationId": "addPet",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "../schemas/pet.yaml"}}},
            },
        }
    },
    "api/common.yaml": {"parameters": {"id": {"name": "id", "in": "path", "schema": {"type": "integer"}}}},
    "api/schemas/pet.yaml": {
        "type": "object",
        "properties": {
            "name": {"$ref": "../openapi.yaml#/components/schemas/Own"},
            "parent": {"$ref": "pet.yaml"},
            "kind": {"$ref": "#/$defs/kind"},
        },
        "$defs": {"kind": {"enum": ["cat", "dog"]}},
    },
}


def test_files_of_an_archive_are_put_together() -> None:
    """Each reference is relative to the file that it stands in, also back into the first one."""
    api = read_api(ROOT, source="api/openapi.yaml", files=FILES)
    assert [(operation.key, operation.name) for operation in api.operations] == [
        ("POST /pets", "add_pet"),
        ("GET /pets/{id}", "get_pets_id"),
    ]
    assert api.skipped == ()
    added = api.operations[0]
    assert set(added.parameters["properties"]) == {"name", "parent", "kind"}
    assert added.parameters["properties"]["name"] == {"type": "string"}
    assert added.parameters["properties"]["kind"] == {"enum": ["cat", "dog"]}


def test_documents_at_addresses_are_put_together() -> None:
    """The same with URLs."""
    files = {f"https://a.example/{name}": file for name, file in FILES.items()}
    api = read_api(ROOT, source="https://a.example/api/openapi.yaml", files=files)
    assert len(api.operations) == 2
    assert set(api.operations[0].parameters["properties"]) == {"name", "parent", "kind"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("api/openapi.yaml", {"api/paths/pets.yaml", "api/common.yaml"}),
        ("openapi.yaml", {"paths/pets.yaml", "common.yaml"}),
        ("", {"paths/pets.yaml", "common.yaml"}),
        ("https://a.example/x/o.yaml", {"https://a.example/x/paths/pets.yaml", "https://a.example/x/common.yaml"}),
    ],
)
def test_what_is_missing_is_named(source: str, expected: set[str]) -> None:
    """So that whoever imports can fetch it, or ask for it."""
    assert external_references(ROOT, source) == expected


def test_references_into_the_document_itself_are_not_external() -> None:
    """Whether they name it or not."""
    content = {"a": {"$ref": "#/b"}, "c": [{"$ref": "openapi.yaml#/b"}], "properties": {"$ref": {"type": "string"}}}
    assert external_references(content, "openapi.yaml") == set()


def test_a_document_alone_stays_as_it_is() -> None:
    """Nothing is copied without need."""
    content = {"openapi": "3.1.0", "paths": {}}
    assert bundled(content, source="", files={"other.yaml": {}}) is content


def test_what_was_not_handed_in_stays_a_reference() -> None:
    """Whatever needs it says so; the others are read."""
    api = read_api(ROOT, source="api/openapi.yaml", files={"api/common.yaml": FILES["api/common.yaml"]})
    assert [operation.key for operation in api.operations] == ["GET /pets/{id}"]
    assert "another file (paths/pets.yaml)" in api.skipped[0].message


def test_an_unsafe_name_leads_nowhere() -> None:
    """Only what was handed in can be reached."""
    content = {"openapi": "3.1.0", "paths": {"/a": {"$ref": "../../../etc/passwd"}, "/b": {"$ref": "file:///etc/x"}}}
    assert len(read_api(content, source="o.yaml", files={"a.yaml": {}}).skipped) == 2


def test_files_that_refer_to_each_other_in_a_circle_end() -> None:
    """Each is taken in once."""
    files = {"a.yaml": {"x": {"$ref": "b.yaml"}}, "b.yaml": {"y": {"$ref": "a.yaml"}}}
    made = bundled({"z": {"$ref": "a.yaml#/x"}}, source="", files=files)
    assert made["z"] == {"$ref": f"#/{HOME}/a_0/x"}
    assert made[HOME] == {"a_0": {"x": {"$ref": f"#/{HOME}/b_1"}}, "b_1": {"y": {"$ref": f"#/{HOME}/a_0"}}}


def test_a_document_may_say_its_own_address() -> None:
    """As OpenAPI 3.2 has it."""
    content = {"openapi": "3.2.0", "$self": "https://a.example/o", "paths": {}, "x": {"$ref": "https://a.example/o#/y"}}
    assert bundled(content, source="", files={})["x"] == {"$ref": "#/y"}


def test_swagger_in_several_files_is_converted() -> None:
    """Parameters and definitions of other files are old-fashioned too."""
    root: dict[str, Any] = {
        "swagger": "2.0",
        "paths": {"/p": {"get": {"parameters": [{"$ref": "p.json#/limit"}, {"$ref": "p.json#/body"}]}}},
    }
    files: dict[str, Any] = {
        "p.json": {
            "limit": {"name": "limit", "in": "query", "type": "integer", "maximum": 9},
            "body": {"name": "b", "in": "body", "required": True, "schema": {"$ref": "d.json#/Pet"}},
        },
        "d.json": {"Pet": {"properties": {"name": {"type": "string"}}}},
    }
    (operation,) = read_api(root, files=files).operations
    assert operation.parameters["properties"] == {
        "limit": {"type": "integer", "maximum": 9},
        "name": {"type": "string"},
    }
