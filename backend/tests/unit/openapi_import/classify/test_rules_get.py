"""Rules for GET: a path, a name or a text that acts makes it a write; what only names things stays a read."""

import pytest

from app.db.operations import DOUBT
from app.openapi_import.classify.rules import classify
from app.tools.base import Access, ConsentRule
from tests.unit.openapi_import.documents import A_THING, THAT_IT_WORKED, api, document, label, labels, operation

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


def test_every_label_can_be_stored() -> None:
    """Confidence is a share, and the agent's name a name."""
    found = labels(
        {path: {"get": operation(answer=A_THING)} for path in GETS_THAT_ACT if "?" not in path and "#" not in path}
    )
    for one in found.values():
        assert 0 < one.confidence <= 1
        assert one.agent.isidentifier()
    assert document({})["openapi"] == "3.1.0"
