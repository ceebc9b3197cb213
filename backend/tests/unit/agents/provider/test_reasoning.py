import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.provider.reasoning import ReasoningFilter


def heard(*pieces: str) -> list[str]:
    """Return what comes of each piece, and what is left at the end."""
    reasoning = ReasoningFilter()
    return [*(reasoning.feed(piece) for piece in pieces), reasoning.flush()]


class TestThoughts:
    def test_a_text_without_thoughts_is_passed_on_at_once(self) -> None:
        """Every piece of an ordinary text comes out as it went in, when it went in."""
        assert heard("Hello", " there", " <think> is a tag") == ["Hello", " there", " <think> is a tag", ""]

    @pytest.mark.parametrize(
        "pieces",
        [
            ["<think>hm</think>", "Hello", " you"],
            ["<think>", "hm", "</think>", "\n\n", "Hello", " you"],
            ["\n<th", "ink>h", "m</thi", "nk>\n", "\nHello you"],
            ["<think>\n\n</think>\n\nHello you"],
            ["<think>" + "x" * 100, "</", "think", ">Hello", " you"],
        ],
    )
    def test_a_thought_is_dropped(self, pieces: list[str]) -> None:
        """A thought at the beginning is dropped, however it is torn."""
        assert "".join(heard(*pieces)) == "Hello you"

    def test_a_thought_without_end_is_no_answer(self) -> None:
        """Who never stops thinking has said nothing."""
        assert "".join(heard("<think>", "and on", " and on")) == ""

    def test_a_beginning_that_was_none_is_not_lost(self) -> None:
        """What only looked like the beginning of a thought is said after all."""
        assert heard("<", "b>bold") == ["", "<b>bold", ""]
        assert heard("<thi") == ["", "<thi"]

    @given(st.lists(st.text(alphabet="<think/>ab \n", max_size=9), max_size=6))
    def test_how_it_is_torn_does_not_matter(self, pieces: list[str]) -> None:
        """The answer is the same in one piece and in many."""
        assert "".join(heard(*pieces)) == "".join(heard("".join(pieces)))
