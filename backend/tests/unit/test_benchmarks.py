"""The labels that the benchmark of the classification rests on are whole, and the command runs without documents."""

import csv
import re
from pathlib import Path

import pytest

from app.tools.base import Access, ConsentRule
from benchmarks import classification
from benchmarks.classification import WRITTEN

LABELS = Path(classification.__file__).parent / "labels"
REQUESTS = Path(classification.__file__).parent / "requests" / "requests.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DOCUMENTS = rows(LABELS / "documents.csv")


def test_enough_operations_of_enough_makers_are_labelled() -> None:
    """At least 400 operations of at least six documents; some are held out."""
    assert sum(len(rows(LABELS / one["labels"])) for one in DOCUMENTS) >= 400
    assert len({one["document"] for one in DOCUMENTS}) >= 6
    assert len({one["maker"] for one in DOCUMENTS}) >= 6
    assert {one["part"] for one in DOCUMENTS} == {"tuning", "hold-out"}


@pytest.mark.parametrize("labels", [*(one["labels"] for one in DOCUMENTS), *(f"{name}.csv" for name in WRITTEN)])
def test_every_label_is_one(labels: str) -> None:
    """No operation is labelled twice, and every value is one that the guide knows."""
    found = rows(LABELS / labels)
    assert len({(one["method"], one["path"]) for one in found}) == len(found)
    for one in found:
        assert one["path"].startswith("/")
        assert one["method"] in {"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"}
        assert Access(one["access"]) is not Access.UNKNOWN
        assert not one.get("consent") or ConsentRule(one["consent"])
        assert not one.get("bound") or one["bound"] == "-" or "=" in one["bound"]
        assert one["access"] == "destructive" or one["method"] != "DELETE"


def test_every_request_names_a_labelled_operation() -> None:
    """What a customer asks for is there to be found."""
    known = {
        one["document"]: {f"{row['method']} {row['path']}" for row in rows(LABELS / one["labels"])} for one in DOCUMENTS
    }
    requests = rows(REQUESTS)
    assert len(requests) >= 120
    for one in requests:
        assert set(one["operations"].split("|")) <= known[one["document"]], one["request"]


def test_without_the_documents_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that lacks them is no failure; each is named."""
    assert classification.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("left out, not in the folder") == len(DOCUMENTS)


def test_what_is_there_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Operations are compared one by one; what the document lacks is named."""
    flights = """
        openapi: 3.1.0
        info: {title: Flights, version: "1"}
        paths:
          /board: {get: {responses: {"200": {description: ok}}}}
          /board/{row}/{column}:
            get: {responses: {"200": {description: ok}}}
    """
    target = tmp_path / "oai-examples/v3.1/tictactoe.yaml"
    target.parent.mkdir(parents=True)
    target.write_text(flights, encoding="utf-8")
    assert classification.main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "hold-out: 2 operations of 1 documents" in out
    assert "false reads 0" in out
    assert re.search(r"unseen-1: 192 operations.*acting called read 0 of 124", out, re.DOTALL)
    assert "not among the operations: oai-examples/v3.1/tictactoe.yaml PUT /board/{row}/{column}" in out
