"""The words of a text, and what a person types to find them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.replay.tokenizer import MAX_PARTS, MAX_QUERY_WORDS, MAX_WORD_BYTES, asked_of, quoted, words_of

TEXT = "Where is order #1042 (ord_9x)? Mail Ana@Shop.example or call +49-30-1234. It's Müller's."


def searched(text: str) -> list[tuple[str, bool]]:
    """What a search asks for, and whether it may be the beginning of a word."""
    return list(asked_of(text).items())


def finds(query: str, text: str) -> bool:
    """Whether a search finds a text, as PostgreSQL does it."""
    words = words_of([text])
    asked = searched(query)
    return bool(asked) and all(
        any(word.startswith(wanted) if beginning else word == wanted for word in words) for wanted, beginning in asked
    )


@pytest.mark.parametrize(
    "query",
    [
        "order 1042",
        "1042 order",
        "#1042",
        "104",
        "ord_9x",
        "ord_",
        "9x",
        "ORD_9X",
        "ana@shop.example",
        "ana@sh",
        "ana",
        "shop.example",
        "example",
        "49-30-1234",
        "30-12",
        "1234",
        "it's",
        "muller",
        "MÜLLER",
        "Müll*",
        "ord*",
        "whe* ord*",
        "where, is",
    ],
)
def test_what_stands_there_is_found(query: str) -> None:
    """Whole words, identifiers, addresses and numbers are found, and so are their beginnings."""
    assert finds(query, TEXT)


@pytest.mark.parametrize(
    "query", ["rder", "042", "orders", "orde", "Müll", "bob@shop.example", "ana@other", "1042 refund", "9y"]
)
def test_what_does_not_stand_there_is_not_found(query: str) -> None:
    """The inside of a word, another form of it, and one word of two that is missing find nothing."""
    assert not finds(query, TEXT)


@pytest.mark.parametrize("query", ["", "   ", "?!", "#", "_", "'"])
def test_without_a_word_there_is_no_query(query: str) -> None:
    """A lone sign is nothing that could be found."""
    assert asked_of(query) == {}


@pytest.mark.parametrize("query", ["注文", "東京", "文 1042"])
def test_scripts_without_spaces_are_found_inside(query: str) -> None:
    """Where words are not separated, one can begin at any character."""
    assert finds(query, "東京の注文 1042")


@pytest.mark.parametrize(("one", "other"), [("ﬁne", "fine"), ("Straße", "strasse"), ("café", "cafe\u0301"), ("①", "1")])
def test_ways_of_writing_the_same_find_each_other(one: str, other: str) -> None:
    """Ligatures, sharp s, accents and circled numbers are what they stand for."""
    assert finds(one, other)
    assert finds(other, one)


def test_a_long_word_is_found_by_its_beginning() -> None:
    """What is kept of a word is bounded, and so is what is asked for."""
    assert finds("a" * 500, "a" * 500)
    assert finds("é" * 500, "é" * 500)


def test_a_query_has_a_bounded_number_of_words() -> None:
    """What follows the first words of a long query is left out."""
    assert len(searched(" ".join(f"w{n}" for n in range(100)))) == MAX_QUERY_WORDS


def test_a_word_is_asked_for_once() -> None:
    """The same word twice is one word."""
    assert searched("order Order ORDER") == [("order", False)]
    assert searched("order* order") == [("order", False)]


def test_a_long_compound_has_a_bounded_number_of_parts() -> None:
    """A text made of joiners does not become thousands of words."""
    assert len(words_of([".".join(["a"] * 1_000)])) <= MAX_PARTS + 1


@given(st.lists(st.text(max_size=60), max_size=5))
def test_words_are_storable(texts: list[str]) -> None:
    """No word is empty, too long, marked, or holds a space."""
    for word in words_of(texts):
        assert word
        assert len(word.encode("utf-8", "surrogatepass")) <= MAX_WORD_BYTES
        assert not word.startswith("=")
        assert not re.search(r"\s", word)


@given(st.text(max_size=80))
def test_whatever_stands_there_finds_itself(text: str) -> None:
    """A text searched for as it is finds itself, if it has a word in it."""
    assert finds(text, text) or not asked_of(text)


@given(st.text(max_size=30))
def test_quoting_keeps_a_word_whole(word: str) -> None:
    """Inside its quotes a word ends nowhere."""
    inner = quoted(word)[1:-1]
    assert inner.replace("''", "'").replace("\\\\", "\\") == word
    assert "'" not in inner.replace("''", "")
