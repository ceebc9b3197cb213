from __future__ import annotations

from tests.demo_apis.document_client import DocumentClient


async def test_the_subscription_says_plan_price_and_renewal(api: DocumentClient) -> None:
    """Which plan am I on? Team, twelve seats at nine euros."""
    now = (await api.ask("get_subscription")).body
    assert (now["plan"], now["seats"], now["price"], now["renews_on"]) == ("team", 12, 108.0, "2026-03-27")


async def test_plans_are_listed_cheapest_first(api: DocumentClient) -> None:
    """A year costs ten months."""
    plans = (await api.ask("list_plans")).body["plans"]
    assert [plan["plan"] for plan in plans] == ["starter", "team", "business"]
    assert all(plan["yearly_price_per_seat"] == 10 * plan["monthly_price_per_seat"] for plan in plans)


async def test_a_plan_can_be_changed(api: DocumentClient) -> None:
    """The new plan and period show in the price."""
    now = (await api.ask("change_plan", plan="business", billing_period="yearly")).body
    assert (now["plan"], now["billing_period"], now["price"]) == ("business", "yearly", 1920.0)


async def test_only_the_period_can_be_changed(api: DocumentClient) -> None:
    """The same plan billed otherwise is a change, the same plan billed the same way is not."""
    assert (await api.ask("change_plan", plan="team", billing_period="yearly")).status == 200
    assert (await api.ask("change_plan", plan="team")).error == "same_plan"


async def test_a_plan_must_have_room_for_the_seats(api: DocumentClient) -> None:
    """Twelve seats don't fit into the starter plan, nor 51 into the team plan."""
    assert (await api.ask("change_plan", plan="starter")).error == "too_many_seats"
    assert (await api.ask("change_seats", seats=51)).error == "too_many_seats"


async def test_seats_in_use_cannot_be_given_up(api: DocumentClient) -> None:
    """Nine people have a seat, so nine is the least."""
    assert (await api.ask("change_seats", seats=8)).error == "seats_in_use"
    assert (await api.ask("change_seats", seats=9)).body["seats"] == 9


async def test_a_paused_subscription_is_not_billed_until_it_resumes(api: DocumentClient) -> None:
    """Pausing stops the renewal and resuming brings it back."""
    paused = (await api.ask("pause_subscription", months=2)).body
    assert (paused["status"], paused["paused_until"], paused["renews_on"]) == ("paused", "2026-05-10", None)
    assert (await api.ask("pause_subscription", months=1)).error == "subscription_paused"
    resumed = (await api.ask("resume_subscription")).body
    assert (resumed["status"], resumed["paused_until"], resumed["renews_on"]) == ("active", None, "2026-03-27")


async def test_cancelling_takes_effect_at_the_end_of_the_period(api: DocumentClient) -> None:
    """Until then it can be taken back."""
    ending = (await api.ask("cancel_subscription", reason="Too expensive")).body
    assert (ending["status"], ending["ends_on"]) == ("ending", "2026-03-27")
    assert (await api.ask("cancel_subscription")).error == "subscription_ending"
    assert (await api.ask("resume_subscription")).body["status"] == "active"


async def test_cancelling_at_once_is_final(api: DocumentClient) -> None:
    """A subscription that is over can't be resumed or changed."""
    await api.ask("cancel_subscription")
    assert (await api.ask("cancel_subscription", when="now")).body["ends_on"] == "2026-03-10"
    assert (await api.ask("resume_subscription")).error == "subscription_cancelled"
    assert (await api.ask("change_plan", plan="business")).error == "subscription_cancelled"


async def test_invoices_are_listed_by_status(api: DocumentClient) -> None:
    """One invoice is overdue."""
    assert len((await api.ask("list_invoices")).body["invoices"]) == 4
    (overdue,) = (await api.ask("list_invoices", status="overdue")).body["invoices"]
    assert overdue["invoice_id"] == "INV-2030"


async def test_an_invoice_goes_to_the_billing_address_unless_told_otherwise(api: DocumentClient) -> None:
    """Each sending is counted."""
    first = (await api.ask("send_invoice", invoice_id="INV-2031")).body
    assert (first["sent_to"], first["times_sent"]) == ("billing@larkspur.example.com", 1)
    second = (await api.ask("send_invoice", invoice_id="INV-2031", email="avery@example.com")).body
    assert (second["sent_to"], second["times_sent"]) == ("avery@example.com", 2)


async def test_the_status_of_every_key_is_shown(api: DocumentClient) -> None:
    """One key works, one has expired, one was revoked."""
    keys = (await api.ask("list_api_keys")).body["api_keys"]
    assert {key["key_id"]: key["status"] for key in keys} == {
        "key_build": "active",
        "key_reports": "expired",
        "key_trial": "revoked",
    }


async def test_a_feature_is_switched(api: DocumentClient) -> None:
    """The list shows what was set."""
    assert (await api.ask("set_feature", feature="beta_timeline", enabled=True)).body["enabled"] is True
    features = (await api.ask("list_features")).body["features"]
    assert {each["feature"] for each in features if each["enabled"]} == {"beta_timeline", "dark_mode", "guest_access"}


async def test_a_feature_comes_with_its_plan(api: DocumentClient) -> None:
    """The audit log needs the business plan; switching off is always allowed."""
    refused = await api.ask("set_feature", feature="audit_log", enabled=True)
    assert "business plan" in refused.body["error"]["message"]
    assert (await api.ask("set_feature", feature="audit_log", enabled=False)).status == 200
    await api.ask("change_plan", plan="business")
    assert (await api.ask("set_feature", feature="audit_log", enabled=True)).body["enabled"] is True
