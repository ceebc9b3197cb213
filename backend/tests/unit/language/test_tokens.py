import pytest

from app.language.tokens import join_words, name_words, words_of


class TestNames:
    def test_words_have_no_numbers(self) -> None:
        """Words are letters; what stands between them does not matter."""
        assert words_of("Order #1042, please\u2019s!") == ["order", "please's"]

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
