import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.stems import singular, stem
from app.language.words import (
    actions_in,
    concept,
    concepts_of,
    is_action,
    join_words,
    name_words,
    normal,
    specific_actions_in,
    words_of,
)


class TestStems:
    @pytest.mark.parametrize(
        "forms",
        [
            "cancel cancels cancelled cancelling cancellation cancellations canceled",
            "refund refunds refunded refunding",
            "change changes changed changing",
            "ship ships shipped shipping",
            "track tracks tracked tracking",
            "delivery deliveries delivered delivering",
            "address addresses",
            "policy policies",
            "box boxes",
            "order orders ordered order's",
        ],
    )
    def test_forms_of_a_word_have_one_stem(self, forms: str) -> None:
        """Every form of a word has the same stem."""
        assert len({stem(word) for word in forms.split()}) == 1

    @pytest.mark.parametrize("word", ["status", "this", "is", "us", "glass", "red", "ring", "king", "bed", "sing"])
    def test_words_that_only_look_like_forms_stay(self, word: str) -> None:
        """What only looks like an ending is not cut off."""
        assert stem(word) == word

    @given(st.text(max_size=30))
    def test_any_text_has_a_stem(self, text: str) -> None:
        """A stem is never longer than its word, and nothing is too strange to have one."""
        assert len(stem(text)) <= len(text.lower())

    @pytest.mark.parametrize(
        ("many", "one"), [("mugs", "mug"), ("boxes", "box"), ("policies", "policy"), ("glass", "glass"), ("bus", "bus")]
    )
    def test_plurals_become_singular(self, many: str, one: str) -> None:
        """A plural loses its ending, a word that merely ends so keeps it."""
        assert singular(many) == one


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

    def test_words_have_no_numbers(self) -> None:
        """Words are letters; what stands between them does not matter."""
        assert words_of("Order #1042, please\u2019s!") == ["order", "please's"]


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


class TestNames:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("get_order", ["get", "order"]),
            ("getOrder", ["get", "order"]),
            ("GetOrdersOrder", ["get", "orders", "order"]),
            ("HTTPStatus", ["http", "status"]),
            ("orders/list", ["orders", "list"]),
            ("order-id", ["order", "id"]),
            ("v1.orders2", ["v", "orders"]),
            ("", []),
        ],
    )
    def test_identifiers_fall_into_words(self, name: str, words: list[str]) -> None:
        """A name falls into its words in every style of writing."""
        assert name_words(name) == words

    @pytest.mark.parametrize(
        ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
    )
    def test_lists_read_as_sentences(self, items: list[str], text: str) -> None:
        """Items are joined as in a sentence."""
        assert join_words(items) == text

    def test_alternatives_read_as_sentences(self) -> None:
        """The last word may be another one."""
        assert join_words(["a", "b"], last="or") == "a or b"
