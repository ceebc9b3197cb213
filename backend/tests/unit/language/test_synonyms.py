import pytest

from app.language.synonyms import actions_in, concept, concepts_of, is_action, normal, specific_actions_in


class TestConcepts:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("annul", "cancel"),
            ("terminate", "cancel"),
            ("reimburse", "refund"),
            ("voucher", "coupon"),
            ("discount", "coupon"),
            ("package", "parcel"),
            ("shipment", "parcel"),
            ("purchase", "order"),
            ("bills", "invoice"),
            ("freezing", "block"),
            ("unlock", "unblock"),
            ("seats", "user"),
            ("where", "get"),
        ],
    )
    def test_synonyms_share_a_concept(self, said: str, meant: str) -> None:
        """Words that mean the same stand for the same concept."""
        assert concept(said) == concept(meant)

    @pytest.mark.parametrize(("one", "other"), [("block", "unblock"), ("cancel", "return"), ("order", "coupon")])
    def test_opposites_do_not(self, one: str, other: str) -> None:
        """Words that mean different things stay apart."""
        assert concept(one) != concept(other)

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("I want my money back", ["refund"]),
            ("send it back", ["return"]),
            ("send my order 1045 back", ["return"]),
            ("Give me a promo code", ["create", "coupon"]),
            ("What are your opening hours?", ["get", "hour"]),
            ("is it in stock", ["stock"]),
            ("the ZIP code", ["postcod"]),
            ("", []),
        ],
    )
    def test_a_text_is_its_concepts(self, text: str, meant: list[str]) -> None:
        """A text is reduced to what it speaks of; phrases count as the one word they mean."""
        assert concepts_of(text) == meant

    def test_curly_quotes_are_quotes(self) -> None:
        """Typographic signs are as good as plain ones."""
        assert normal("\u201cit\u2019s\u201d") == '"it\'s"'


class TestActions:
    @pytest.mark.parametrize(
        ("text", "actions"),
        [
            ("Cancel order 1042", {"cancel"}),
            ("I want a coupon", {"create"}),
            ("I need my order", set()),
            ("where is it", set()),
            ("turn it off", {"block"}),
            ("Switch dark mode on", {"unblock"}),
            ("Switch a feature on or off", {"block", "unblock"}),
            ("it should go to another address", {"change"}),
            ("send 20 euros to savings", {"transfer"}),
            ("send invoice INV-1", {"send"}),
        ],
    )
    def test_a_text_names_its_actions(self, text: str, actions: set[str]) -> None:
        """The changes that a text asks for are found, and nothing else counts as one."""
        assert actions_in(text) == actions

    def test_generic_actions_are_not_specific(self) -> None:
        """Creating and changing say little; refunding says all."""
        assert specific_actions_in("create a refund") == {"refund"}
        assert is_action("create")
        assert not is_action("order")
