import inspect
import re
from typing import Any

import jsonschema
import pytest

from app import errors
from app.cli import main
from app.commands.schema import protocol_page, protocol_schema
from app.protocol import CLIENT_TYPES, Message, Token
from app.settings import PROJECT

PAGE = protocol_page()


def definition(name: str) -> dict[str, Any]:
    schema = protocol_schema()
    return {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}


def test_the_page_in_the_repository_is_fresh() -> None:
    """What stands in docs/protocol.md is what the code says today; `make generate` writes it."""
    assert (PROJECT / "docs/protocol.md").read_text() == PAGE


def test_the_schema_knows_every_frame() -> None:
    """Each type a client may send is an alternative of ClientFrame."""
    union = protocol_schema()["$defs"]["ClientFrame"]
    assert set(union["discriminator"]["mapping"]) == CLIENT_TYPES


def test_the_schema_accepts_real_frames_and_no_others() -> None:
    """A frame of ours is valid by its union's schema; an invented one is not."""
    jsonschema.validate(Message(thread_id="t1", content="hello").model_dump(mode="json"), definition("ClientFrame"))
    jsonschema.validate(
        Token(thread_id="t1", agent="orders", content="hi").model_dump(mode="json"), definition("ServerFrame")
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "shout", "thread_id": "t1"}, definition("ClientFrame"))


def test_the_page_lists_every_error_code() -> None:
    """No error code of ours is missing from the page, and none stands there twice."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.AppError)]
    table = PAGE.split("## Error codes")[1]
    listed = re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
    assert sorted(listed) == sorted({kind.code for kind in kinds})


def test_the_page_gives_every_limit_a_reason() -> None:
    """Each limit stands on the page with its value and why it is so."""
    rows = re.findall(r"^\| `[A-Z_]+` \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 10
    assert ("32,768", "the longest content in any common script, plus the envelope") in rows


@pytest.mark.parametrize(
    ("what", "begins"), [("protocol", "{"), ("openapi", "{"), ("page", "# The WebSocket protocol")]
)
def test_the_command_prints_it(capsys: pytest.CaptureFixture[str], what: str, begins: str) -> None:
    """`schema` prints each of the three on stdout and nothing else."""
    assert main(["schema", what]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(begins)
    assert said.err == ""
