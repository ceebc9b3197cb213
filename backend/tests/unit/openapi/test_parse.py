"""The text of a document becomes data: JSON and YAML alike, within bounds, with the line of what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.openapi.document import DocumentMistake
from app.openapi.operation import Note
from app.openapi.parse import MAX_DEPTH, MAX_TEXT_BYTES, parse_text


def test_json_and_yaml_say_the_same() -> None:
    """Whichever a maker prefers."""
    assert parse_text('{"a": [1, "b", null, 1.5, true]}') == parse_text("a:\n  - 1\n  - b\n  -\n  - 1.5\n  - true\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("2024-01-31", "2024-01-31"),
        ("12:30:45", "12:30:45"),
        ("0123", "0123"),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("9" * 400, "9" * 400),
        ("'7'", "7"),
        ('"true"', "true"),
        ("!!str 7", "7"),
        ("!!python/object/apply:os.system [x]", ["x"]),
        ("=", "="),
        ("-", [None]),
    ],
)
def test_yaml_means_what_its_version_1_2_says(text: str, value: Any) -> None:
    """Words are words, dates are text, and nothing is ever executed."""
    assert parse_text(f"a: {text}" if text != "-" else "a:\n  -") == {"a": value}


def test_keys_are_texts() -> None:
    """Also those that look like something else, such as the status of a response."""
    assert parse_text("200: ok\non: x\nnull: y\n1.0: z\ntrue: w") == {
        "200": "ok",
        "on": "x",
        "null": "y",
        "1.0": "z",
        "true": "w",
    }


def test_anchors_and_merges_are_followed() -> None:
    """What is written out wins over what is merged in."""
    text = "base: &b {x: 1, y: 2}\nlist: &l [1]\none: {<<: *b, y: 3}\ntwo:\n  y: 4\n  <<: [*b, {z: 5}]\nsame: *l\n"
    made = parse_text(text)
    assert made["one"] == {"x": 1, "y": 3}
    assert made["two"] == {"y": 4, "x": 1, "z": 5}
    assert made["same"] == [1]


def test_only_the_first_document_of_a_file_is_read() -> None:
    """The others are other documents."""
    assert parse_text("a: 1\n---\nb: 2\n") == {"a": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    """With or without a mark at the beginning."""
    assert parse_text('{"a": "ü"}'.encode(encoding)) == {"a": "ü"}
    assert parse_text("a: ü".encode(encoding)) == {"a": "ü"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1]", "one object"),
        ("just text", "one object"),
        ("", "one object"),
        ('{"a": 1,\n "b": ]}', "Line 2, column 7: this is not JSON"),
        ("a: 1\nb: [1", "Line 3, column 1: this is not YAML"),
        ("a: 1\n\tb: 2", "Line 2"),
        ("a: *nothing", "Line 1: the alias \\*nothing"),
        ("a: &a [*a]", "the alias \\*a"),
        ("? [1]\n: 2", "Line 1: a key is not a text"),
        ("a: &a [1]\n*a : 2", "Line 2: a key is not a text"),
        ("a: \x00", "not YAML"),
        ('{"a": ' + "9" * 5_000 + "}", "more digits"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, says: str) -> None:
    """So that whoever wrote it finds the place."""
    with pytest.raises(DocumentMistake, match=says):
        parse_text(text)


def test_text_that_is_no_text_is_said_with_its_line() -> None:
    """A document in an old encoding is told from a broken one."""
    with pytest.raises(DocumentMistake, match="Line 2: the text is not in UTF-8"):
        parse_text(b"a: 1\nb: \xfc")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("paths:\n  /a:\n    get: {}\n  /a:\n    post: {}\n", "line 4"),
        ('{"paths": {"/a": {"get": {}}, "/a": {"post": {}}}}', "#"),
    ],
)
def test_a_key_that_stands_twice_is_told(text: str, place: str) -> None:
    """The last one counts, as everywhere; what the first one held must not be lost unseen."""
    notes: list[Note] = []
    assert parse_text(text, notes) == {"paths": {"/a": {"post": {}}}}
    assert [(note.place, note.message) for note in notes] == [
        (place, "'/a' stands twice there; what the first one holds is left out.")
    ]


def test_a_key_that_a_merge_brings_too_is_no_repetition() -> None:
    """`<<` may stand more than once, and never replaces what is written out."""
    notes: list[Note] = []
    text = "a: &a {x: 1}\nb: &b {y: 2}\nc:\n  <<: *a\n  <<: *b\n  z: 3\n"
    assert parse_text(text, notes)["c"] == {"x": 1, "y": 2, "z": 3}
    assert notes == []


def test_json_with_a_comma_too_many_is_read_as_yaml() -> None:
    """YAML allows it, and people write it."""
    assert parse_text('{"a": [1, 2,],}') == {"a": [1, 2]}


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}'])
def test_numbers_that_json_does_not_have_are_nothing(text: str) -> None:
    """No database and no browser reads them."""
    assert parse_text(text) == {"a": None}


def test_a_number_beyond_all_bounds_is_text() -> None:
    """It would become infinite."""
    assert parse_text('{"a": 1e999}') == {"a": "1e999"}


def test_characters_that_no_database_stores_are_replaced() -> None:
    """NUL, and halves of a character; whole ones stay."""
    assert parse_text('{"a\\u0000": ["\\ud800", "\\ud83d\\ude00"]}') == {"a\ufffd": ["\ufffd", "\U0001f600"]}
    assert parse_text('a: "x\\0y"') == {"a": "x\ufffdy"}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_an_alias_counts_as_much_as_what_it_names() -> None:
    """A few lines cannot become a billion values."""
    assert len(parse_text(bomb(4))) == 4
    with pytest.raises(DocumentMistake, match="too many values"):
        parse_text(bomb(9))


@pytest.mark.parametrize(
    "text",
    ['{"a":' * (MAX_DEPTH * 10) + "1" + "}" * (MAX_DEPTH * 10), "a: " + "[" * 5_000, "- " * 5_000 + "x",
     '{"a":"\\u0000","b":' + '{"a":' * 900 + "1" + "}" * 901],
)  # fmt: skip
def test_depth_is_bounded(text: str) -> None:
    """Nothing is nested so deep that reading it falls over."""
    with pytest.raises(DocumentMistake, match="deep"):
        parse_text(text)


def test_size_is_bounded() -> None:
    """What is larger is not even looked at."""
    with pytest.raises(DocumentMistake, match="larger than 32 MB"):
        parse_text(b" " * (MAX_TEXT_BYTES + 1))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc <-:#on1", max_size=6), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text("abco1", min_size=1, max_size=4), values, max_size=4))
def test_what_is_written_is_read(content: dict[str, Any]) -> None:
    """As JSON, and as YAML by another library's writer."""
    assert parse_text(json.dumps(content)) == content
    text = yaml.safe_dump(content, allow_unicode=True)
    assert parse_text(text).keys() == {str(key) for key in content}


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    """Never another error."""
    try:
        assert isinstance(parse_text(text), dict)
    except DocumentMistake:
        return
