"""A document may lie beside the agents' file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.openapi.document import DocumentMistake
from app.openapi.fetch import read_document


class TestReadingAFile:
    """A document may lie beside the agents' file."""

    def test_gives_its_content(self, tmp_path: Path) -> None:
        """A JSON object is read as it is."""
        file = tmp_path / "shop.json"
        file.write_text('{"openapi": "3.1.0"}', encoding="utf-8")
        assert read_document(file) == {"openapi": "3.1.0"}

    def test_that_is_missing_names_it(self, tmp_path: Path) -> None:
        """What cannot be read is named, with what to write instead."""
        with pytest.raises(DocumentMistake, match=r"shop\.json cannot be read.*address or a file"):
            read_document(tmp_path / "shop.json")

    @pytest.mark.parametrize("text", ["[]", "not json", ""])
    def test_that_is_no_document_says_so(self, tmp_path: Path, text: str) -> None:
        """Anything but an object, in JSON or YAML, is refused."""
        file = tmp_path / "shop.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DocumentMistake, match=r"shop\.json: "):
            read_document(file)
