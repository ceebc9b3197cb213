import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.understand import Act, act_of, clauses_of, is_request_to_do, starts_with_verb


class TestActs:
    @pytest.mark.parametrize(
        "text",
        [
            "Cancel order 1042",
            "Please cancel order 1042",
            "can you cancel order 1042?",
            "Could you please refund me",
            "I want to return order 1045",
            "I'd like a coupon",
            "I need a refund",
            "would you mind cancelling it",
            "Can I have a coupon",
            "refund it?",
            "List my orders",
            "ok, cancel it",
            "let's cancel it",
            "Track 1044",
            "and give me a 10% coupon",
            "Thanks, now cancel order 1042",
            "I would really like to cancel",
        ],
    )
    def test_orders(self, text: str) -> None:
        """A text that wants something done is an order, however politely it is put."""
        assert act_of(text) is Act.ORDER

    @pytest.mark.parametrize(
        "text",
        [
            "Where is order 1042?",
            "where is my parcel",
            "Can I cancel order 1042?",
            "What is your refund policy?",
            "How do I cancel an order",
            "is it possible to change the address",
            "did you cancel it?",
            "Do you ship?",
            "was order 1046 cancelled",
            "refund policy?",
            "What happens if I cancel?",
            "I was wondering if I can cancel",
            "I want to know whether it was cancelled",
            "can you tell me how to cancel?",
            "why was it cancelled",
        ],
    )
    def test_questions(self, text: str) -> None:
        """A text that asks is a question: it changes nothing."""
        assert act_of(text) is Act.QUESTION

    @pytest.mark.parametrize(
        ("text", "act"),
        [
            ("yes", Act.YES),
            ("Yes, please!", Act.YES),
            ("ok", Act.YES),
            ("do it", Act.YES),
            ("go ahead", Act.YES),
            ("sure, go ahead", Act.YES),
            ("please do", Act.YES),
            ("yes please do that", Act.YES),
            ("no", Act.NO),
            ("No thanks", Act.NO),
            ("never mind", Act.NO),
            ("stop", Act.NO),
            ("don't", Act.NO),
            ("hi", Act.GREETING),
            ("Hello there!", Act.GREETING),
            ("Good morning", Act.GREETING),
            ("thanks", Act.THANKS),
            ("Thank you very much!", Act.THANKS),
            ("great, thanks a lot", Act.THANKS),
            ("bye", Act.GOODBYE),
            ("thank you, bye", Act.GOODBYE),
            ("that's all, thanks", Act.GOODBYE),
            ("no, that's all", Act.GOODBYE),
            ("nothing else", Act.GOODBYE),
            ("help", Act.HELP),
            ("What can you do?", Act.HELP),
            ("how can you help me?", Act.HELP),
            ("talk to a human", Act.PERSON),
            ("I would like to talk to a person", Act.PERSON),
            ("human please", Act.PERSON),
            ("connect me with an agent", Act.PERSON),
            ("let me speak to your manager", Act.PERSON),
            ("I want a real person", Act.PERSON),
            ("please escalate this", Act.PERSON),
            ("hand me over", Act.PERSON),
            ("1042", Act.STATEMENT),
            ("order 1042", Act.STATEMENT),
            ("Robin Vale", Act.STATEMENT),
            ("", Act.STATEMENT),
            ("10% coupon please", Act.STATEMENT),
            ("my card was stolen", Act.STATEMENT),
        ],
    )
    def test_everything_else(self, text: str, act: Act) -> None:
        """Agreement, refusal, courtesies and the wish for a person are told apart from orders and questions."""
        assert act_of(text) is act

    @pytest.mark.parametrize(
        "text", ["delivered in person", "the delivery person was rude", "cancel order 1042 in person"]
    )
    def test_persons_who_are_not_wanted(self, text: str) -> None:
        """A person who is only mentioned is not asked for."""
        assert act_of(text) is not Act.PERSON

    def test_a_yes_with_a_number_is_no_mere_yes(self) -> None:
        """A yes that names something says more than yes."""
        assert act_of("yes, 1042") is not Act.YES

    def test_a_question_about_ways_is_no_request(self) -> None:
        """How something could be done is asked, not ordered."""
        assert not is_request_to_do("how can I cancel my order?")
        assert is_request_to_do("please, I want to cancel my order")

    @pytest.mark.parametrize(
        ("text", "starts"),
        [("cancel it", True), ("please also cancel it", True), ("it is cancelled", False), ("", False)],
    )
    def test_verbs_at_the_beginning(self, text: str, starts: bool) -> None:
        """Polite words before a verb do not hide it."""
        assert starts_with_verb(text) is starts

    @given(st.text(max_size=200))
    def test_any_text_is_some_act(self, text: str) -> None:
        """Nothing that can be typed breaks it."""
        assert act_of(text) in Act


class TestClauses:
    @pytest.mark.parametrize(
        ("text", "clauses"),
        [
            ("Cancel order 1043 and give me a 10% coupon", ["Cancel order 1043", "give me a 10% coupon"]),
            ("where is order 1042 and can you cancel it?", ["where is order 1042", "can you cancel it?"]),
            ("cancel 1042, then track 1044", ["cancel 1042", "track 1044"]),
            ("Where is order 1042? Also cancel order 1043.", ["Where is order 1042?", "Also cancel order 1043."]),
            ("cancel order 1042; refund order 1041", ["cancel order 1042", "refund order 1041"]),
            ("cancel order 1042\nwhere is 1044", ["cancel order 1042", "where is 1044"]),
            ("Cancel it, but please refund me", ["Cancel it", "please refund me"]),
        ],
    )
    def test_things_that_are_asked_together(self, text: str, clauses: list[str]) -> None:
        """Each thing that a text asks for is a clause of its own, in order."""
        assert clauses_of(text) == clauses

    @pytest.mark.parametrize(
        "text",
        [
            "Where are orders 1042 and 1043?",
            "cancel orders 1042, 1043 and 1050",
            "I want to return order 1045, it arrived damaged",
            "Refund order 1041 because a candle was broken and the box was open",
            "Change the address to Robin Vale, 3 Mill Street, 80993 Northbrook, DE",
            "Hi, where is order 1042",
            "Hello! Can I cancel order 1042?",
            'Set the note to "cancel it and refund me"',
            "I want to return 1045. It is broken.",
            "cancel order no. 1042",
            "thanks",
        ],
    )
    def test_things_that_belong_together(self, text: str) -> None:
        """Lists, addresses, reasons, greetings and quotations are not torn apart."""
        assert clauses_of(text) == [text]

    def test_nothing_has_no_clauses(self) -> None:
        """An empty text says nothing."""
        assert clauses_of("  ") == []

    @given(st.text(alphabet='abc andthen,.!?\n1"', max_size=120))
    def test_clauses_only_ever_cut(self, text: str) -> None:
        """A clause stands in the text word for word, and clauses keep their order."""
        place = 0
        for clause in clauses_of(text):
            place = text.index(clause, place)
