import pytest

from app.language.stem import stem
from app.language.synonyms import related, terms_of
from app.language.tokens import is_question
from app.tools.base import Access, ToolSpec
from app.tools.search import ToolIndex


def tool(name: str, title: str, description: str = "", access: Access = Access.READ, **parameters: str) -> ToolSpec:
    return ToolSpec(
        name=name,
        title=title,
        description=description or title,
        access=access,
        parameters={"type": "object", "properties": {key: {"type": kind} for key, kind in parameters.items()}},
        schema={},
        source="shop",
        target="",
        version="1",
    )


GET_ORDER = tool("GetOrdersId", "Get an order", order_id="string")
LIST_ORDERS = tool("GetOrders", "List orders")
CANCEL = tool("PostOrdersIdCancel", "Cancel an order", access=Access.WRITE, order_id="string")
REFUND = tool("capturesRefund", "Refund captured payment", access=Access.DESTRUCTIVE, amount="number")
RETURN = tool("create_return", "Create a return", access=Access.WRITE, items="array")
ADDRESS = tool("update_address", "Change the address of a customer", access=Access.WRITE, street="string")
PRODUCTS = tool("search_products", "Search products", "Finds articles by words.")
WEBHOOK = tool("create_webhook", "Create a webhook", access=Access.WRITE)
TOOLS = (WEBHOOK, PRODUCTS, ADDRESS, RETURN, REFUND, CANCEL, LIST_ORDERS, GET_ORDER)
INDEX = ToolIndex(TOOLS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Please cancel my order 1042", CANCEL),
        ("I'd like to call off my order", CANCEL),
        ("Refund me", REFUND),
        ("I want my money back", REFUND),
        ("I'd like to be reimbursed", REFUND),
        ("I want to send the shoes back", RETURN),
        ("Where is my order?", GET_ORDER),
        ("I moved, my address is wrong", ADDRESS),
        ("Do you sell hats? Any product for the winter?", PRODUCTS),
        ("CANCEL THE ORDER!!!", CANCEL),
        ("cancelling orders", CANCEL),
        ("webhooks", WEBHOOK),
    ],
)
def test_the_tool_that_is_meant_comes_first(said: str, meant: ToolSpec) -> None:
    """What customers say finds the tool, in the words of an API or in their own."""
    assert INDEX.best(said, 1) == [meant]


def test_a_question_leans_to_reads_and_an_order_to_writes() -> None:
    """The same subject in a question and in an order finds different tools first."""
    assert INDEX.best("Which orders do I have?", 1)[0].access is Access.READ
    assert INDEX.best("Cancel it, the order", 1)[0].access is Access.WRITE


@pytest.mark.parametrize("limit", [0, 1, 3, len(TOOLS), 100])
def test_no_more_than_the_limit_comes_back(limit: int) -> None:
    """The budget is kept, and used where there are enough tools."""
    found = INDEX.best("order", limit)
    assert len(found) == min(limit, len(TOOLS))
    assert len({one.name for one in found}) == len(found)


@pytest.mark.parametrize("said", ["", "yes, please", "1042", "!?", "不明"])
def test_a_text_that_names_nothing_leaves_the_tools_in_their_order(said: str) -> None:
    """Where nothing is said of the subject, the first tools stand ready."""
    assert INDEX.best(said, 3) == list(TOOLS[:3])


def test_the_order_is_always_the_same() -> None:
    """Two tools that fit equally stand in their own order."""
    twins = [tool("a", "Get things"), tool("b", "Get things")]
    assert ToolIndex(twins).best("things", 2) == twins
    assert ToolIndex(twins[::-1]).best("things", 2) == twins[::-1]


def test_no_tools_are_no_trouble() -> None:
    """An empty set finds nothing."""
    assert ToolIndex([]).best("order", 5) == []


def test_a_long_description_does_not_win_by_its_length() -> None:
    """Saying a word often in a long text is worth less than being named so."""
    chatty = tool("other", "Other", "order " * 50 + "and more " * 50)
    assert ToolIndex([chatty, GET_ORDER]).best("order", 1) == [GET_ORDER]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("getOrderById", ["get", "order"]),
        ("GET_orders", ["get", "order"]),
        ("Cancelled orders!", ["cancel", "order"]),
        ("The customer's addresses", ["customer", "address"]),
        ("my money back", ["refund", "money", "back"]),
        ("", []),
        ("a b c 12", []),
    ],
)
def test_terms_are_stems_of_what_says_something(text: str, terms: list[str]) -> None:
    """Sentences and identifiers come out alike."""
    assert terms_of(text) == [stem(word) for word in terms]


def test_related_words_are_related_both_ways() -> None:
    """Who finds refund by reimburse finds reimburse by refund."""
    (reimburse,) = terms_of("reimburse")
    (refund,) = terms_of("refund")
    assert refund in related(reimburse)
    assert reimburse in related(refund)
    assert refund not in related(refund)
    assert related("xyzzy") == frozenset()


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Where is it?", True),
        ("what do I owe", True),
        ("You have it in blue?", True),
        ("Cancel it", False),
        ("", False),
    ],
)
def test_what_a_question_is(text: str, asks: bool) -> None:
    """A question word at the start or a question mark at the end."""
    assert is_question(text) is asks
