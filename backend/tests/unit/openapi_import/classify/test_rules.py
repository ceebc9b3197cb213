"""What the rules say of operations as they are written in the wild. Every document here is made up for its case."""

from typing import Any

import pytest

from app.db.operations import DOUBT
from app.openapi_import.classify.rules import classify
from app.tools.base import Access, ConsentRule
from tests.unit.openapi_import.documents import (
    A_LIST,
    A_PAGE,
    A_THING,
    THAT_IT_WORKED,
    api,
    document,
    label,
    labels,
    operation,
)


@pytest.mark.parametrize(
    ("method", "path", "access", "consent"),
    [
        ("GET", "/orders/{id}", Access.READ, ConsentRule.NOBODY),
        ("POST", "/orders", Access.WRITE, ConsentRule.CUSTOMER),
        ("PATCH", "/orders/{id}", Access.WRITE, ConsentRule.CUSTOMER),
        ("DELETE", "/orders/{id}", Access.DESTRUCTIVE, ConsentRule.BOTH),
        ("POST", "/orders/{id}/cancel", Access.DESTRUCTIVE, ConsentRule.BOTH),
        ("POST", "/admin/price-lists", Access.WRITE, ConsentRule.OPERATOR),
        ("DELETE", "/admin/price-lists/{id}", Access.DESTRUCTIVE, ConsentRule.OPERATOR),
    ],
)
def test_the_plain_case(method: str, path: str, access: Access, consent: ConsentRule) -> None:
    """Where method and path agree, that is what it is."""
    found = label(method, path, answer=A_THING)
    assert (found.access, found.consent) == (access, consent)
    assert found.confidence > 0.8
    assert found.evidence


def test_labels_come_in_the_order_of_the_operations() -> None:
    """The n-th label is that of the n-th operation."""
    read = api({"/a": {"get": operation(), "delete": operation()}, "/b": {"post": operation()}})
    assert [one.access for one in classify(read)] == [
        {"GET": Access.READ, "POST": Access.WRITE, "DELETE": Access.DESTRUCTIVE}[one.method] for one in read.operations
    ]


def test_an_api_without_operations_has_no_labels() -> None:
    """Nothing in, nothing out."""
    assert classify(api({})) == []


GETS_THAT_ACT = [
    "/logout",
    "/user/logout",
    "/auth/login",
    "/unsubscribe",
    "/newsletter/unsubscribe/{token}",
    "/accounts/{id}/activate",
    "/users/{id}/deactivate",
    "/send",
    "/messages/send",
    "/sms/send/{number}",
    "/sendMessage",
    "/bot/sendPhoto",
    "/delete/{id}",
    "/items/delete",
    "/items/{id}/remove",
    "/orders/{id}/cancel",
    "/delete/user",
    "/create/order",
    "/notifications/mark-as-read",
    "/notifications/{id}/mark_read",
    "/users.setActive",
    "/auth.revoke",
    "/chat.delete",
    "/chat.postMessage",
    "/conversations.open",
    "/devices/{id}/reboot",
    "/server/restart",
    "/cache/clear",
    "/jobs/{id}/run",
    "/jobs/{id}:cancel",
    "/v1/{name}:undelete",
    "/email/verify/{token}",
    "/confirm/{code}",
    "/password/reset/{token}",
    "/invitations/{id}/accept",
    "/friends/{id}/follow",
    "/pods/{name}/exec",
    "/pods/{name}/attach",
    "/pods/{name}/portforward",
    "/services/{name}/proxy",
    "/services/{name}/proxy/{path}",
    "/sync",
    "/queue/{name}/pop",
    "/oauth/authorize",
    "/oauth/callback",
    "/?Action=DeleteQueue",
    "/#Action=CreateUser",
    "/api.php?action=deleteUser",
    "/rpc?method=transferFunds",
    "/pay",
    "/wallet/withdraw",
    "/lights/{id}/toggle",
    "/graphql",
    "/sql",
    "/sign-out",
    "/log-out",
    "/users/sign_in",
    "/flights/{id}/check-in",
    "/opt-out/{token}",
    "/light/on",
    "/relay/0?turn=on",
    "/make_admin",
    "/deck/{id}/draw",
    "/reload",
    "/hangup",
    "/transfer",
    "/vote",
    "/import",
    "/command/{name}",
]


@pytest.mark.parametrize("path", GETS_THAT_ACT)
def test_a_get_that_acts_is_no_read(path: str) -> None:
    """What a path orders is done, whatever the method promises."""
    assert label("GET", path, answer=A_THING).access is not Access.READ


@pytest.mark.parametrize(
    "path",
    [
        "/orders",
        "/orders/{id}",
        "/refunds",
        "/refunds/{id}",
        "/transfers",
        "/charges/{charge}/refunds",
        "/updates",
        "/shipments/{id}",
        "/orders/cancelled",
        "/users/deleted",
        "/subscriptions/{id}/cancellations",
        "/archive/{year}",
        "/sync/status",
        "/imports/{id}/errors",
        "/deployments/{id}/logs",
        "/login/history",
        "/users.list",
        "/users.profile.get",
        "/conversations.history",
        "/team.info",
        "/v1/{name}:search",
        "/v1/{parent}/items:batchGet",
        "/?Action=DescribeInstances",
        "/#Action=ListUsers",
        "/apis/apps.example.io/v1/namespaces/{namespace}/deployments",
        "/apis/batch.example.io/",
        "/.well-known/openid-configuration",
        "/widget.png",
        "/feed.rss",
        "/orders.json",
        "/orders/{id}.json",
        "/search",
        "/exports/{id}/download",
        "/products/{id}/reviews",
        "/settings",
        "/me",
        "/users/@me/connections",
        "/fulfillment-sets/{id}",
        "/orders/{id}/preview",
        "/health",
        "/ping",
        "/",
        "/{tenant}/{id}",
        "/Orders({id})",
        "/release/{id}",
        "/report",
        "/add-ons",
        "/mark-price",
        "/mail/batch/{id}",
        "/capital/withdraw/quota",
        "/commands",
        "/commands/{id}",
        "/order",
        "/export",
        "/make/{id}",
        "/stops/nearby",
        "/sets/{id}",
        "/commit/{sha}/comments",
        "/namespaces/{name}/deployments/{deployment}/scale",
    ],
)
def test_a_get_that_names_things_is_a_read(path: str) -> None:
    """Nouns do nothing, also those that could be verbs elsewhere."""
    found = label("GET", path, answer=A_THING)
    assert found.access is Access.READ, found.evidence
    assert found.consent is ConsentRule.NOBODY


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_safe_methods_read_too(method: str) -> None:
    """HEAD and OPTIONS look."""
    read = api({"/orders/{id}": {method.lower(): operation()}})
    assert [one.access for one in classify(read)] == [Access.READ] * len(read.operations)


@pytest.mark.parametrize(
    "operation_id",
    ["loginUser", "logoutUser", "deleteOrder", "GET_AddPermission", "Users_Deactivate", "orders.cancel",
     "connectPodExec", "sendReceipt", "UsersController_activate", "charges_capture_create", "ReceiveMessage",
     "signOut", "users_sign_in", "logOutUser",
     "resetPasswordUsingGET", "transferFunds", "voteForPost"],
)  # fmt: skip
def test_a_get_is_no_read_where_its_name_acts(operation_id: str) -> None:
    """The operation's own name counts, however it is spelled."""
    assert label("GET", "/things/{id}", operationId=operation_id, answer=A_THING).access is not Access.READ


@pytest.mark.parametrize(
    "operation_id",
    ["getUser", "get_user", "users.list", "Users_List", "UsersController_findOne", "listUpdates", "GetOrdersId",
     "read_item_things__id__get", "getCancelledOrders", "orders-list", "getSendStatus", "usersUsingGET",
     "fetchCreateOptions", "GET_DescribeInstances", "actions/list-deleted", "claimTypes",
     "shipList", "reportSales", ""],
)  # fmt: skip
def test_a_get_with_a_reading_name_stays_a_read(operation_id: str) -> None:
    """The verb of a name is its first word; what it reads may be called anything."""
    assert label("GET", "/things/{id}", operationId=operation_id, answer=A_THING).access is Access.READ


@pytest.mark.parametrize(
    "text",
    ["Deletes the order", "Delete an order.", "Sends a mail to the customer", "Activates the account",
     "Cancel the subscription", "Logout of the session", "Resets all counters. Use with care.",
     "Logs the user out", "Sign in with a code"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["summary", "description"])
def test_a_text_can_make_a_get_a_write(text: str, where: str) -> None:
    """A text may make a label safer."""
    found = label("GET", "/things/{id}", answer=A_THING, **{where: text})
    assert found.access is not Access.READ
    assert found.confidence < DOUBT
    assert found.consent is ConsentRule.OPERATOR


@pytest.mark.parametrize(
    "text",
    ["Update history", "Cancel reasons", "Returns an order", "Lists updates", "Login options", "Create date",
     "Upload limits", "Get a thing", "Deleted things", "Reset", ""],
)  # fmt: skip
def test_a_text_that_names_things_changes_nothing(text: str) -> None:
    """Words such as "Update history" name a thing, and are no order."""
    assert label("GET", "/things/{id}", answer=A_THING, summary=text).access is Access.READ


@pytest.mark.parametrize("path", ["/orders/{id}/refund", "/orders/{id}/ship", "/posts/{id}/like"])
def test_what_comes_back_decides_where_a_path_is_unclear(path: str) -> None:
    """A refund that comes back is looked at; where only "it worked" comes back, something was done."""
    assert label("GET", path, answer=A_THING).access is Access.READ
    assert label("GET", path, answer=THAT_IT_WORKED).access is not Access.READ
    assert label("GET", path).access is not Access.READ


def test_an_argument_that_chooses_what_is_done_makes_a_get_a_write() -> None:
    """?action=delete acts on any path."""
    assert label("GET", "/index", answer=A_THING, parameters={"action": "query"}).access is Access.WRITE


# --- POST --------------------------------------------------------------------------------------------------------

POSTS_THAT_READ: list[tuple[str, dict[str, Any]]] = [
    ("/search", {}),
    ("/orders/search", {}),
    ("/v1/contacts/search", {"operationId": "searchContacts", "summary": "Search contacts"}),
    ("/files/search_v2", {"answer": A_PAGE}),
    ("/{index}/_search", {"answer": A_PAGE}),
    ("/_msearch", {}),
    ("/{index}/_count", {}),
    ("/databases/{id}/query", {"answer": A_PAGE, "fields": {"filter": {"type": "object"}}}),
    ("/orders/lookup", {}),
    ("/users/find", {"operationId": "findUsers"}),
    ("/addresses/autocomplete", {}),
    ("/invoices/preview", {"operationId": "previewInvoice"}),
    ("/users/get_current_account", {"operationId": "getCurrentAccount"}),
    ("/v1/{parent}/items:search", {}),
    ("/v1/{parent}/items:batchGet", {"answer": A_PAGE}),
    ("/v1/{parent}:query", {"answer": A_PAGE}),
    ("/users.list", {"answer": A_PAGE}),
    ("/files/list_folder", {"answer": A_PAGE}),
    ("/accounts/get", {"operationId": "accountsGet", "answer": A_PAGE}),
    ("/getUsers", {"answer": A_LIST}),
    ("/getUser", {"operationId": "getUser", "answer": A_THING}),
    ("/orders/list", {"answer": A_LIST}),
    ("/orders/filter", {"answer": A_LIST}),
    ("/coupons/validate", {"operationId": "validateCoupon", "answer": {"type": "object"}}),
    ("/shipping/calculate", {"operationId": "calculateShipping", "answer": A_THING}),
    ("/requests/estimate", {"operationId": "estimateRequest", "answer": A_THING}),
    ("/{dataset}/records", {"operationId": "perform-search", "answer": A_LIST}),
    ("/#X-Amz-Target=Store_20120810.ListTables", {"operationId": "ListTables", "answer": A_PAGE}),
    ("/reports", {"operationId": "listReports", "answer": A_PAGE}),
]


@pytest.mark.parametrize(("path", "what"), POSTS_THAT_READ)
def test_a_post_that_only_looks_something_up_is_a_read(path: str, what: dict[str, Any]) -> None:
    """Its path or its name says so, and nothing speaks against it."""
    found = label("POST", path, **what)
    assert found.access is Access.READ, found.evidence


POSTS_THAT_DO_NOT: list[tuple[str, dict[str, Any]]] = [
    ("/orders", {"answer": A_THING}),
    ("/searches", {"answer": A_THING}),
    ("/saved-search", {}),
    ("/saved/search", {}),
    ("/search/jobs", {}),
    ("/search/indexes", {}),
    ("/search", {"summary": "Create a search"}),
    ("/search", {"description": "Deletes what is found."}),
    ("/search", {"operationId": "createSearch"}),
    ("/search/reindex", {}),
    ("/orders/search/delete", {}),
    ("/orders/search-and-cancel", {}),
    ("/orders/{id}/refund", {"operationId": "searchRefunds", "answer": A_LIST}),
    ("/graphql", {"fields": {"query": {"type": "string"}}, "answer": A_THING}),
    ("/query", {"fields": {"sql": {"type": "string"}}, "answer": A_LIST}),
    ("/query", {"fields": {"query": {"type": "string"}}, "answer": A_LIST}),
    ("/search", {"fields": {"script": {"type": "string"}}}),
    ("/rpc", {"answer": A_LIST}),
    ("/_bulk", {"answer": A_PAGE}),
    ("/batch", {"answer": A_PAGE}),
    ("/email/validate", {"fields": {"token": {"type": "string"}}, "operationId": "validateEmail"}),
    ("/otp/check", {"fields": {"code": {"type": "string"}}, "operationId": "checkOtp", "answer": A_THING}),
    ("/flights/check-in", {"operationId": "checkIn", "answer": A_THING}),
    ("/rides/find", {}),
    ("/campaigns/{id}/preview", {}),
    ("/events/simulate", {"answer": A_THING}),
    ("/quotes", {"answer": A_THING}),
    ("/lists", {"answer": A_THING}),
    ("/list", {}),
    ("/estimates", {"operationId": "createEstimate"}),
    ("/calculate", {}),
    ("/users", {"operationId": "getUsers"}),
    ("/tokens/get", {"answer": A_THING, "operationId": "getTokens"}),
    ("/queries", {"answer": A_LIST}),
    ("/invoices/create_preview", {}),
    ("/find-and-replace", {}),
    ("/orders/get-or-create", {"answer": A_LIST}),
    ("/search", {"x-openai-isConsequential": True}),
    ("/search", {"x-readOnly": False}),
    ("/search", {"x-mcp": {"annotations": {"destructiveHint": True}}}),
]


@pytest.mark.parametrize(("path", "what"), POSTS_THAT_DO_NOT)
def test_doubt_means_write(path: str, what: dict[str, Any]) -> None:
    """A POST that may do more than look is a write."""
    assert label("POST", path, **what).access is not Access.READ


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("path", "what"), POSTS_THAT_READ)
def test_only_a_post_can_be_a_look_up(method: str, path: str, what: dict[str, Any]) -> None:
    """PUT, PATCH and DELETE never become reads."""
    assert label(method, path, **what).access is not Access.READ


def test_a_list_at_the_same_place_makes_a_post_no_look_up() -> None:
    """Where GET lists the things, a POST of the same path makes one, whatever it is called."""
    found = labels(
        {
            "/reports": {
                "get": operation(answer=A_PAGE),
                "post": operation(answer=A_PAGE, operationId="listReports"),
            }
        }
    )
    assert found["POST /reports"].access is Access.WRITE


# --- what cannot be taken back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("DELETE", "/orders/{id}", {}),
        ("DELETE", "/carts/{id}/items/{item}", {}),
        ("POST", "/orders/{id}/cancel", {}),
        ("PUT", "/orders/{id}/cancel", {}),
        ("POST", "/payments/{id}/refund", {}),
        ("POST", "/payments/{id}/capture", {}),
        ("POST", "/authorizations/{id}/void", {}),
        ("POST", "/refunds", {}),
        ("POST", "/payouts", {}),
        ("POST", "/keys/{id}/revoke", {}),
        ("POST", "/messages/bulk-delete", {}),
        ("POST", "/messages/bulk_delete", {}),
        ("POST", "/item/remove", {}),
        ("POST", "/chat.delete", {}),
        ("POST", "/v1/{name}:cancel", {}),
        ("POST", "/things", {"operationId": "deleteThings"}),
        ("POST", "/things/{id}", {"operationId": "Things_Purge"}),
        ("POST", "/things/batch", {"fields": {"create": A_LIST, "delete": A_LIST}}),
        ("POST", "/things/{id}/close", {"description": "Closes it. This cannot be undone."}),
        ("POST", "/things", {"summary": "Permanently delete things"}),
        ("POST", "/things/{id}/act", {"summary": "Cancels the thing"}),
        ("POST", "/things", {"x-destructive": True}),
        ("POST", "/things", {"x-access": "destructive"}),
        ("POST", "/things", {"x-mcp-annotations": {"destructiveHint": "true"}}),
        ("GET", "/delete/{id}", {}),
        ("GET", "/things/{id}", {"x-destructiveHint": True, "answer": A_THING}),
        ("POST", "/_delete_by_query", {}),
    ],
)
def test_what_is_gone_or_paid_for_good_is_destructive(method: str, path: str, what: dict[str, Any]) -> None:
    """A deletion, a cancellation or money that moved asks for more than a write does."""
    found = label(method, path, **what)
    assert found.access is Access.DESTRUCTIVE, found.evidence
    assert found.consent in {ConsentRule.BOTH, ConsentRule.OPERATOR}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/refund-reasons"),
        ("POST", "/return-reasons/{id}"),
        ("PATCH", "/refunds/{id}"),
        ("POST", "/refunds/{id}"),
        ("POST", "/payment-collections"),
        ("POST", "/orders/{id}/archive"),
        ("PUT", "/orders/{id}"),
        ("POST", "/users/{id}/activate"),
        ("POST", "/disputes/{id}/send-message"),
    ],
)
def test_what_can_be_changed_back_is_a_write(method: str, path: str) -> None:
    """Not every word about money moves it."""
    assert label(method, path, answer=A_THING).access is Access.WRITE


# --- hints and scopes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hint",
    [
        {"x-requireConfirmation": True},
        {"x-openai-isConsequential": True},
        {"x-readOnly": False},
        {"x-access": "write"},
        {"x-acme-requires-approval": "true"},
        {"x-mcp": {"readOnlyHint": False}},
        {"x-operation-type": "Mutation"},
        {"x-risk-level": "high"},
    ],
)
def test_an_extension_can_make_a_get_a_write(hint: dict[str, Any]) -> None:
    """Extensions of any vendor may make a label safer."""
    assert label("GET", "/things/{id}", answer=A_THING, **hint).access is Access.WRITE


READ_HINTS = [
    {"x-readOnly": True},
    {"x-openai-isConsequential": False},
    {"x-access": "read"},
    {"x-mcp": {"annotations": {"readOnlyHint": True}}},
]


@pytest.mark.parametrize("hint", READ_HINTS)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/orders"), ("POST", "/orders/{id}/cancel"), ("PUT", "/orders/{id}"),
                         ("DELETE", "/orders/{id}"), ("GET", "/logout")],
)  # fmt: skip
def test_an_extension_alone_makes_nothing_a_read(hint: dict[str, Any], method: str, path: str) -> None:
    """A document may say that deleting only reads; it is not believed."""
    assert label(method, path, answer=A_LIST, **hint).access is not Access.READ


@pytest.mark.parametrize("hint", READ_HINTS)
def test_an_extension_never_decides_for_a_read(hint: dict[str, Any]) -> None:
    """It makes a read surer that structure found, and leaves what is doubtful a write."""
    assert label("POST", "/coupons/validate", **hint).access is Access.WRITE
    assert label("POST", "/search", **hint).access is Access.READ
    assert label("POST", "/search", **hint).confidence > label("POST", "/search").confidence


def scoped(*scopes: list[str]) -> dict[str, Any]:
    return {"security": [{"oauth": list(one)} for one in scopes]}


SCHEMES = {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {"clientCredentials": {
    "tokenUrl": "https://api.example.com/token", "scopes": {}}}}}}  # fmt: skip


@pytest.mark.parametrize(
    ("scopes", "access"),
    [
        (scoped(["write:things"]), Access.WRITE),
        (scoped(["things.write"], ["things:manage"]), Access.WRITE),
        (scoped(["write:things", "read:things"]), Access.READ),
        (scoped(["write:things"], ["read:things"]), Access.READ),
        (scoped(["things"]), Access.READ),
        (scoped(["https://auth.example.com/auth/things.readonly"]), Access.READ),
        (scoped([]), Access.READ),
    ],
)
def test_a_get_that_asks_only_to_write_is_doubtful(scopes: dict[str, Any], access: Access) -> None:
    """Whoever needs a permission to write may write."""
    found = labels({"/things/{id}": {"get": operation(answer=A_THING, **scopes)}}, components=SCHEMES)
    assert found["GET /things/{id}"].access is access


def test_a_scope_to_read_counts_together_with_structure() -> None:
    """A read scope completes a path that may look something up, and does nothing for one that does not."""
    scopes = scoped(["things.readonly"])
    found = labels(
        {"/things/validate": {"post": operation(**scopes)}, "/things": {"post": operation(**scopes)}},
        components=SCHEMES,
    )
    assert found["POST /things/validate"].access is Access.READ
    assert found["POST /things"].access is Access.WRITE


# --- who is asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "consent"),
    [
        ("POST", "/orders/{id}/notes", ConsentRule.CUSTOMER),
        ("POST", "/stores/{id}/orders", ConsentRule.CUSTOMER),
        ("POST", "/me/addresses", ConsentRule.CUSTOMER),
        ("POST", "/widgets", ConsentRule.OPERATOR),
        ("POST", "/gadgetries", ConsentRule.CUSTOMER),
        ("POST", "/webhooks", ConsentRule.OPERATOR),
        ("POST", "/customer-groups/{id}/customers", ConsentRule.OPERATOR),
        ("POST", "/auth/token", ConsentRule.OPERATOR),
        ("POST", "/users/{id}/password", ConsentRule.OPERATOR),
        ("PUT", "/admin/users/{id}", ConsentRule.OPERATOR),
        ("DELETE", "/customers/{id}/addresses/{address}", ConsentRule.BOTH),
        ("DELETE", "/products/{id}", ConsentRule.OPERATOR),
        ("POST", "/payment-collections", ConsentRule.CUSTOMER),
        ("POST", "/graphql", ConsentRule.OPERATOR),
        ("LINK", "/orders/{id}", ConsentRule.OPERATOR),
    ],
)
def test_who_is_asked(method: str, path: str, consent: ConsentRule) -> None:
    """The customer decides about what is theirs, an operator about what is the business's or in doubt."""
    read = api({path: {method.lower(): operation(answer=A_THING)}})
    if not read.operations:
        return  # a method that no request can be made of
    assert classify(read)[0].consent is consent


# --- texts of the evidence ---------------------------------------------------------------------------------------


def test_the_evidence_speaks_to_people() -> None:
    """A reviewer reads sentences, and sees which way each points."""
    found = label("POST", "/orders/{id}/cancel")
    assert [(one.text, one.points_to) for one in found.evidence][:2] == [
        ("POST changes something.", "write"),
        ('The path ends in "cancel".', "destructive"),
    ]
    read = label("GET", "/orders", answer=A_PAGE, operationId="listOrders")
    assert [one.text for one in read.evidence] == [
        "GET is how things are looked up.",
        'The name says "list".',
        "It answers with a list.",
    ]


def test_what_agrees_makes_a_label_surer() -> None:
    """A name, an answer and an extension that agree raise the confidence."""
    assert label("GET", "/orders").confidence < label("GET", "/orders", operationId="listOrders").confidence


def test_every_label_can_be_stored() -> None:
    """Confidence is a share, and the agent's name a name."""
    found = labels(
        {path: {"get": operation(answer=A_THING)} for path in GETS_THAT_ACT if "?" not in path and "#" not in path}
    )
    for one in found.values():
        assert 0 < one.confidence <= 1
        assert one.agent.isidentifier()
    assert document({})["openapi"] == "3.1.0"
