"""Calls that say something: what they say is the answer's text, as it comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.provider.speech import SpeechReader
from app.tools.builtin import ANSWER, ASK


def read(args: str, *, step: int = 1, tool: str = ANSWER) -> list[str]:
    """Read arguments that come `step` signs at a time."""
    reader = SpeechReader(tool)
    return [reader.read(args[: end + step]) for end in range(0, len(args), step)]


@given(st.text(), st.integers(min_value=1, max_value=9), st.booleans())
def test_every_text_comes_whole(text: str, step: int, ascii_only: bool) -> None:
    """However the arguments are cut, the pieces together are what the model says."""
    if not ascii_only and any("\ud800" <= sign <= "\udfff" for sign in text):
        return
    assert "".join(read(json.dumps({"text": text}, ensure_ascii=ascii_only), step=step)) == text


def test_words_come_as_soon_as_they_are_there() -> None:
    """The first words are read long before the call is whole."""
    assert SpeechReader(ASK).read('{"question": "Which or') == "Which or"


def test_a_pair_of_escapes_is_one_sign() -> None:
    """Half of a sign outside the first plane is not shown."""
    assert read('{"text": "\\ud83d\\ude00!"}', step=18) == ["", "😀!"]


def test_line_ends_that_json_does_not_allow() -> None:
    """Small models put them in; they are line ends."""
    assert "".join(read('{"text": "one\ntwo"}')) == "one\ntwo"


def test_other_arguments_are_not_said() -> None:
    """What stands before or after the text is nothing for a customer."""
    assert "".join(read('{"why": "greeting", "text": "Hi", "more": "x"}')) == "Hi"


@pytest.mark.parametrize(
    ("args", "said"), [('{"message": "Hi"}', "Hi"), ('{"n": 1}', ""), ('"Hi"', ""), ("{", ""), ('{"text": "Hi"}', "")]
)
def test_a_text_under_another_name(args: str, said: str) -> None:
    """Whole arguments that have no text under the right name say the first they have, and nothing twice."""
    reader = SpeechReader(ANSWER)
    reader.read(args)
    assert reader.unnamed(args) == said
