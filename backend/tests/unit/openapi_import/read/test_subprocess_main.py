from __future__ import annotations

import json
from typing import Any

import pytest

from app.openapi_import.read.bundle import pack
from app.openapi_import.read.collect import references
from app.openapi_import.read.subprocess_main import MAX_NOTES, run

MINIMAL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Acme", "version": "1"},
    "servers": [{"url": "https://a.example"}],
    "paths": {"/a": {"get": {"operationId": "get_a", "responses": {"200": {"description": "Done."}}}}},
}


def read(files: dict[str, Any], *, source: str = "", root: str | None = None) -> list[dict[str, Any]]:
    packed = pack({name: one if isinstance(one, bytes) else json.dumps(one).encode() for name, one in files.items()})
    return list(run(packed, source=source, root=root))


def last(files: dict[str, Any], **more: Any) -> dict[str, Any]:
    return read(files, **more)[-1]


class TestWhatIsTold:
    def test_progress_operations_and_the_api(self) -> None:
        """First comes progress, then each operation, at the end the API with its agents."""
        told = read({"a.json": MINIMAL})
        assert [next(iter(one)) for one in told] == ["progress", "progress", "operation", "api"]
        assert told[-1]["api"]["title"] == "Acme"
        assert told[-1]["agents"][0]["name"] == told[2]["operation"]["agent"]

    def test_everything_is_json(self) -> None:
        """Whatever is told can be written as JSON, and the definition, which may be large, is JSON text."""
        row = read({"a.json": MINIMAL})[2]["operation"]
        assert json.loads(json.dumps(row)) == row
        assert json.loads(row["definition"])["key"] == "GET /a"
        assert all(isinstance(row[name], dict) for name in ("classification", "shown", "question"))

    def test_where_the_api_is_does_not_count(self) -> None:
        """The same operation at another address is the same operation."""
        moved = {**MINIMAL, "servers": [{"url": "https://b.example"}]}
        one, other = (read({"a.json": document})[2]["operation"] for document in (MINIMAL, moved))
        assert one["fingerprint"] == other["fingerprint"]

    def test_notes_are_limited(self) -> None:
        """Of many notes the first are told, and how many more there are."""
        broken = {"get": {"responses": {}, "parameters": [{"$ref": "#/nowhere"}]}}
        paths = {f"/a{at}": broken for at in range(MAX_NOTES + 5)}
        skipped = last({"a.json": {**MINIMAL, "paths": paths}})["api"]["skipped"]
        assert len(skipped) <= MAX_NOTES + 1


class TestMistakes:
    @pytest.mark.parametrize(
        "content", [b"\x00\xff", b"{", b"- a\n- b", b"just words", b"!!python/object:os.system {}"]
    )
    def test_what_is_no_document(self, content: bytes) -> None:
        """Whatever is no document ends in an error with a code and a sentence."""
        error = last({"a": content})["error"]
        assert error["code"] == "document_mistake"
        assert error["message"].endswith(".")

    def test_several_files_without_a_document(self) -> None:
        """An archive of parts alone says what is missing."""
        assert last({"a.json": {}, "b.json": {}})["error"]["code"] == "no_openapi_document"

    def test_the_named_root_has_to_be_read(self) -> None:
        """Where the document is known, another file does not take its place."""
        assert "error" in last({"https://a/x.json": b"{", "https://a/y.json": MINIMAL}, root="https://a/x.json")


class TestRoot:
    def test_the_highest_document_counts(self) -> None:
        """Of several documents the one nearest to the top is meant, and of those the one that is named as one."""
        other = {**MINIMAL, "info": {"title": "Other", "version": "1"}}
        assert (
            last({"old/openapi.json": other, "readme.json": other, "openapi.json": MINIMAL})["api"]["title"] == "Acme"
        )

    def test_a_file_that_cannot_be_read_is_noted(self) -> None:
        """One broken part does not lose the document."""
        api = last({"openapi.json": MINIMAL, "broken.yaml": b"{"})["api"]
        assert [note["place"] for note in api["warnings"]] == ["broken.yaml"]


class TestReferences:
    def test_of_the_same_origin(self) -> None:
        """Files of the same server are named, each once, without the part after #."""
        body = b'{"a": {"$ref": "parts/a.json#/x"}, "b": {"$ref": "./parts/a.json"}, "c": {"$ref": "/up.yaml"}}'
        assert references("https://a.example/v1/openapi.json", body) == [
            "https://a.example/v1/parts/a.json",
            "https://a.example/up.yaml",
        ]

    @pytest.mark.parametrize(
        "reference", ["#/components/a", "https://b.example/a.json", "//b.example/a", "http://a.example/a", "http://[x"]
    )
    def test_of_nowhere_else(self, reference: str) -> None:
        """What is within the document, or on another server, is not fetched."""
        body = json.dumps({"$ref": reference}).encode()
        assert references("https://a.example/openapi.json", body) == []

    def test_in_yaml(self) -> None:
        """References of YAML are seen, quoted or not."""
        body = b"a:\n  $ref: parts/a.yaml\nb: {$ref: 'parts/b.yaml#/x'}\n"
        assert references("https://a.example/openapi.yaml", body) == [
            "https://a.example/parts/a.yaml",
            "https://a.example/parts/b.yaml",
        ]
