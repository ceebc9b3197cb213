import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.knowledge import MAX_SENTENCES, answer_from
from app.language.tokens import words_of

KNOWLEDGE = """
Refund policy: you can send back anything within 30 days of delivery and get your money back.
Refunds arrive within 5 working days after we have received the parcel.
- Standard delivery takes 3 to 5 working days and costs 4.90 euros. From 100 euros on it is free.
We deliver to Germany, Austria and Belgium
You can pay by card, PayPal or bank transfer.
Our stoneware is dishwasher safe.
Support hours: weekdays from 9 am to 5 pm.
"""


class TestAnswers:
    @pytest.mark.parametrize(
        ("question", "begins"),
        [
            ("What is your refund policy?", "Refund policy: you can send back"),
            ("how long does delivery take", "Standard delivery takes 3 to 5 working days"),
            ("do you deliver to Austria?", "We deliver to Germany, Austria and Belgium."),
            ("can I pay with PayPal?", "You can pay by card, PayPal"),
            ("is the mug dishwasher safe?", "Our stoneware is dishwasher safe."),
            ("what are your opening hours?", "Support hours: weekdays"),
            ("when are you open?", "Support hours: weekdays"),
        ],
    )
    def test_the_sentence_that_speaks_of_it(self, question: str, begins: str) -> None:
        """A question is answered by the sentence that speaks of what it asks, word for word."""
        answer = answer_from(KNOWLEDGE, question)
        assert answer is not None
        assert answer.text.startswith(begins)

    @pytest.mark.parametrize(
        "question",
        ["who is the president?", "do you sell bicycles?", "what can you do?", "", "hello", "how is the weather?"],
    )
    def test_what_is_not_known_is_not_answered(self, question: str) -> None:
        """A question that the knowledge does not speak of has no answer."""
        assert answer_from(KNOWLEDGE, question) is None

    def test_without_knowledge_there_are_no_answers(self) -> None:
        """An agent without knowledge answers nothing from it."""
        assert answer_from("", "What is your refund policy?") is None

    def test_a_full_match_scores_more_than_half_of_one(self) -> None:
        """The score is the part of the question that is covered."""
        whole, part = answer_from(KNOWLEDGE, "refund policy?"), answer_from(KNOWLEDGE, "refund policy for bicycles?")
        assert whole is not None
        assert part is not None
        assert whole.score > part.score

    @given(st.text(max_size=200), st.text(max_size=60))
    def test_nothing_is_said_that_is_not_known(self, knowledge: str, question: str) -> None:
        """Every word of an answer stands in the knowledge."""
        answer = answer_from(knowledge, question)
        if answer is not None:
            assert 0 < answer.score <= 1
            assert words_of(answer.text) == [] or set(words_of(answer.text)) <= set(words_of(knowledge))

    def test_not_more_than_a_few_sentences(self) -> None:
        """However much fits, a few sentences are told."""
        answer = answer_from(
            "\n".join(f"Refund number {word}." for word in ("one", "two", "three", "four", "five")), "refund?"
        )
        assert answer is not None
        assert answer.text.count(".") == MAX_SENTENCES
