"""An answer is read by its type where it keeps to it, and as what it is where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outgoing.message import HttpResponse
from app.tools.response_content import parsed


def read(body: str | bytes, kind: str = "application/json", charset: str = "", *, defect: str | None = None) -> Any:
    raw = body if isinstance(body, bytes) else body.encode()
    return parsed(
        HttpResponse(
            status=200,
            headers={"Content-Type": kind + (f"; charset={charset}" if charset else "")},
            body=raw,
            content_type=kind,
            duration_ms=1,
            defect=defect,
        )
    )


@pytest.mark.parametrize(
    "kind", ["application/json", "application/vnd.api+json", "text/plain", "", "application/octet-stream", "text/json"]
)
def test_json_is_json_under_any_name(kind: str) -> None:
    """Many servers misname it."""
    assert read('{"a": [1, null]}', kind) == {"a": [1, None]}


def test_a_mark_at_the_beginning_is_no_text() -> None:
    """Some servers send a byte order mark."""
    assert read(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_charset_is_believed_where_it_fits() -> None:
    """Old systems answer in theirs; what is wrong or unknown is tried as UTF-8."""
    assert read("Größe".encode("latin-1"), "text/plain", "ISO-8859-1") == "Größe"
    assert read("Größe", "text/plain", "no-such-charset") == "Größe"
    assert read("Größe", "text/plain", "ascii") == "Größe"
    assert read("Größe", "text/plain", "base64") == "Größe"


@pytest.mark.parametrize("charset", ["idna", "punycode", "unicode_escape", "rot13", "undefined", "utf-7\x00"])
def test_only_what_texts_are_written_in_is_believed(charset: str) -> None:
    """Some codecs take minutes for a text that a hostile server may send."""
    assert read("xn--" + "a" * 200_000, "text/plain", charset) == "xn--" + "a" * 200_000


def test_json_that_was_cut_is_read_as_far_as_it_came() -> None:
    """The first orders of a list that was too long; also where the cut went through a letter."""
    assert read('{"orders": [{"id": 1}, {"id": 2}, {"na', defect="too_large") == {"orders": [{"id": 1}, {"id": 2}]}
    assert read('["a", "b", "ü'.encode()[:-1], defect="too_large") == ["a", "b"]
    assert read("plain and cut", defect="too_large") == "plain and cut"
    assert read(b"\xff\xd8\xff", "image/jpeg", defect="too_large") == {
        "note": "An answer of type image/jpeg with 3 bytes."
    }


def test_lines_of_json_are_a_list() -> None:
    """One thing a line."""
    assert read('{"id": 1}\n\n{"id": 2}\n', "application/x-ndjson") == [{"id": 1}, {"id": 2}]
    assert read("{broken\n", "application/x-ndjson") == "{broken\n"


def test_a_table_is_a_list_of_rows_by_name() -> None:
    """Quotes, line breaks in them, missing ends."""
    assert read('id,name\r\n1,"A, ""B""\nC"\r\n2\r\n', "text/csv") == [{"id": "1", "name": 'A, "B"\nC'}, {"id": "2"}]
    assert read("id\tname\n1\tA\n", "text/tab-separated-values") == [{"id": "1", "name": "A"}]


@pytest.mark.parametrize("text", ["a,a\n1,2\n", "a\n1,2,3\n", "\n\n", 'a\n"' + "x" * 200_000])
def test_what_is_no_table_is_text(text: str) -> None:
    """Two columns of one name, more values than names, nothing at all, a value without end."""
    assert read(text, "text/csv") == text


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "application/soap+xml"])
def test_xml_is_read_as_objects(kind: str) -> None:
    """Attributes, repeated elements, text, without the prefixes of namespaces."""
    text = '<?xml version="1.0"?><o:order xmlns:o="urn:x" id="7">'
    text += "<line>A</line><line>B</line><due/><n>1<b>2</b></n></o:order>"
    assert read(text, kind) == {"order": {"@id": "7", "line": ["A", "B"], "due": None, "n": {"b": "2", "#text": "1"}}}


def test_xml_that_declares_entities_is_not_read() -> None:
    """A billion laughs stay a short text, and no file is fetched."""
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert read(bomb, "text/xml") == bomb
    stolen = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert read(stolen, "text/xml") == stolen


@pytest.mark.parametrize("text", ["<a>", "not xml", "<a>&undefined;</a>"])
def test_broken_xml_is_text(text: str) -> None:
    """As it came."""
    assert read(text, "text/xml") == text


def test_deep_xml_ends() -> None:
    """Ten thousand elements in each other are no trouble."""
    assert "…" in repr(read("<a>" * 500 + "</a>" * 500, "text/xml"))


def test_a_page_is_its_words() -> None:
    """Without scripts, styles and markup."""
    page = "<html><head><title>T</title><style>p{}</style></head><body><h1>Down</h1><script>x<1</script>"
    page += "<p>Back&nbsp;at 5.</p></body></html>"
    assert read(page, "text/html") == "Down\nBack at 5."


@pytest.mark.parametrize("text", ["a < b &amp; c", "a < b & c<!-- hidden", "a < b & c<script>x", "a < b & c<p"])
def test_a_page_need_not_be_right(text: str) -> None:
    """What has no end is not seen; a sign that opens nothing is a word."""
    assert read(text, "text/html") == "a < b & c"


@pytest.mark.parametrize("part", ["<!--", "<a ", "&", "<", "<script>", "</", '<a b="', "<svg", "&#", "<!", "<b>1</b>"])
def test_no_page_takes_long(part: str) -> None:
    """Half a million signs of any kind are passed over once; with one look back each this would take hours."""
    read(part * (500_000 // len(part)), "text/html")


@pytest.mark.parametrize(("body", "kind"), [(b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"), (b"PK\x03\x04abc", "x/zip")])
def test_what_is_no_text_is_named(body: bytes, kind: str) -> None:
    """A model cannot read a picture, also where its bytes happen to be letters."""
    assert read(body, kind) == {"note": f"An answer of type {kind} with {len(body)} bytes."}


def test_nothing_is_nothing() -> None:
    """204 and its like."""
    assert read(b"", "text/xml") is None


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(["application/json", "text/csv", "text/html", "text/xml", "application/x-ndjson", "image/png"]),
    st.sampled_from(["", "utf-16", "latin-1", "idna", "rot13"]),
)
def test_nothing_is_too_strange(body: bytes, kind: str, charset: str) -> None:
    """Whatever is sent under whatever name."""
    read(body, kind, charset)
