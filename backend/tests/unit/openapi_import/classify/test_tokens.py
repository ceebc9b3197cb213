import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi_import.classify.tokens import read_id, read_path, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("getOrder", ("get", "order")),
        ("get_order", ("get", "order")),
        ("get-order", ("get", "order")),
        ("GetOrders_v2", ("get", "orders")),
        ("HTTPServerError", ("http", "server", "error")),
        ("order1042Items", ("order", "items")),
        ("a/b", ()),
        ("", ()),
    ],
)
def test_a_name_is_its_words(name: str, words: tuple[str, ...]) -> None:
    """Every spelling gives the same words."""
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("path", "literals", "tail", "ends_in_parameter"),
    [
        ("/orders/{id}/cancel", ["orders", "cancel"], "cancel", False),
        ("/v1/orders/{id}", ["orders"], "orders", True),
        ("/v2.1/2023-10-16/orders", ["orders"], "orders", False),
        ("/orders.json", ["orders"], "orders", False),
        ("/orders/{id}.json", ["orders"], "orders", True),
        ("/v1/{name}:cancel", ["cancel"], "cancel", False),
        ("/v1/items:batchGet", ["items", "batchGet"], "batchGet", False),
        ("/chat.postMessage", ["chat.postMessage"], "chat.postMessage", False),
        ("/?Action=DeleteQueue&Version=1", ["DeleteQueue"], "DeleteQueue", False),
        ("/#X-Amz-Target=Store_2012.ListTables", ["Store_2012.ListTables"], "Store_2012.ListTables", False),
        ("/api.php?action={action}", ["api"], "api", False),
        ("/Orders({id})/Default.Approve", ["Orders", "Default.Approve"], "Default.Approve", False),
        ("/Orders({id})", ["Orders"], "Orders", True),
        ("/", [], None, False),
        ("/{tenant}/{id}", [], None, True),
        ("//double//slash/", ["double", "slash"], "slash", False),
    ],
)
def test_a_path_is_its_segments(path: str, literals: list[str], tail: str | None, *, ends_in_parameter: bool) -> None:
    """What stands as it is, what comes last, and whether one thing is named."""
    read = read_path(path)
    assert [one.text for one in read.literals] == literals
    assert (read.tail.text if read.tail else None) == tail
    assert read.ends_in_parameter is ends_in_parameter


@pytest.mark.parametrize(
    ("path", "words", "is_procedure"),
    [
        ("/chat.postMessage", ("post", "message"), True),
        ("/v1/{name}:batchGet", ("batch", "get"), True),
        ("/orders.json", ("orders",), False),
        ("/apis/apps.example.io", ("apps", "example", "io"), False),
        ("/.well-known", ("well", "known"), False),
        ("/#Action=ListUsers", ("list", "users"), True),
        ("/orders", ("orders",), False),
    ],
)
def test_a_procedure_is_called_by_its_last_name(path: str, words: tuple[str, ...], *, is_procedure: bool) -> None:
    """chat.postMessage is the procedure postMessage; a file's ending and a domain are none."""
    tail = read_path(path).tail
    assert tail is not None
    assert (tail.words, tail.is_procedure) == (words, is_procedure)


@pytest.mark.parametrize(
    ("segment", "head"),
    [
        ("price-lists", "list"),
        ("orders", "order"),
        ("lineItems", "item"),
        ("addresses", "address"),
        ("status", "status"),
    ],
)
def test_a_segment_is_what_its_last_word_says(segment: str, head: str) -> None:
    """Price lists are lists."""
    tail = read_path(f"/{segment}").tail
    assert tail is not None
    assert tail.head == head


@pytest.mark.parametrize(
    ("operation_id", "verb"),
    [
        ("listOrders", "list"),
        ("list_orders", "list"),
        ("orders.list", "list"),
        ("orders/list", "list"),
        ("Orders_List", "list"),
        ("OrdersController_findAll", "find"),
        ("orders_create", "orders"),
        ("bulkDeleteOrders", "delete"),
        ("batch-get-orders", "get"),
        ("deprecated_list_pins", "list"),
        ("GET_DescribeOrders", "describe"),
        ("listOrdersUsingGET_1", "list"),
        ("perform-search", "search"),
        ("actions/re-run-workflow", "run"),
    ],
)
def test_the_verb_of_an_id_is_found(operation_id: str, verb: str) -> None:
    """Namespaces before it and what only says how are passed over."""
    found = read_id(operation_id, method="GET", path="/things")
    assert found.verbs[0] == verb
    assert not found.is_generated


@pytest.mark.parametrize(
    ("operation_id", "method", "path"),
    [
        ("", "GET", "/orders"),
        ("PostOrdersIdCancel", "POST", "/orders/{id}/cancel"),
        ("post_orders_id_cancel", "POST", "/orders/{id}/cancel"),
        ("get", "GET", "/orders"),
        ("GetOrders", "GET", "/orders"),
    ],
)
def test_an_id_that_repeats_method_and_path_says_nothing(operation_id: str, method: str, path: str) -> None:
    """What a generator made of the path is not a second witness."""
    found = read_id(operation_id, method=method, path=path)
    assert found.is_generated
    assert found.verbs == ()


def test_a_name_before_path_and_method_is_the_name() -> None:
    """read_item_items__item_id__get is the function read_item."""
    found = read_id("read_item_items__item_id__get", method="GET", path="/items/{item_id}")
    assert found.words == ("read", "item")
    assert found.verbs[0] == "read"


def test_the_last_word_may_be_the_verb() -> None:
    """charges_create creates."""
    assert "create" in read_id("charges_create", method="POST", path="/charges").verbs


@given(path=st.text(max_size=80), operation_id=st.text(max_size=80), method=st.sampled_from(["GET", "POST", "delete"]))
def test_any_text_can_be_taken_apart(path: str, operation_id: str, method: str) -> None:
    """No path and no id makes it fail, and words are small letters."""
    read = read_path(f"/{path}")
    found = read_id(operation_id, method=method, path=path)
    for word in (*read.words, *found.words, *found.verbs):
        assert word == word.lower()
        assert len(word) > 1
    assert all(one.words for one in read.literals)
