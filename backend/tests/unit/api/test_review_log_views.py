from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from app.api.review_log_views import MAX_GROUPS, MAX_NAMED, AnyEntry, OperationsEdited, entry_view
from app.db.review_log import LogEntry, What


def logged(what: str, details: dict[str, Any]) -> LogEntry:
    """A line of the log."""
    return LogEntry(
        id=7,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        by="ann",
        what=what,
        api_id=None,
        api_name="orders",
        import_id=None,
        import_there=False,
        details=details,
    )


def test_every_kind_has_a_view() -> None:
    """Whatever can be recorded can be shown."""
    mapping = TypeAdapter(AnyEntry).json_schema()["discriminator"]["mapping"]
    assert sorted(mapping) == sorted(get_args(What))


def edit_of(count: int, groups: int = 1) -> OperationsEdited:
    """What is shown of an edit of this many operations, in this many ways."""
    edits = [
        {
            "operations": [{"key": f"GET /{group}/{at}", "name": f"get_{group}_{at}"} for at in range(count)],
            "changes": [{"field": "title", "was": f"{group}", "now": "New"}],
        }
        for group in range(groups)
    ]
    view = entry_view(logged("operations_edited", {"edits": edits}))
    assert isinstance(view, OperationsEdited)
    return view


def test_of_a_large_edit_the_first_are_named() -> None:
    """All are counted, and no answer is as large as the API that was edited."""
    view = edit_of(5_000)
    assert (view.count, view.groups, view.edits[0].count, len(view.edits[0].operations)) == (5_000, 1, 5_000, MAX_NAMED)
    view = edit_of(1, groups=5_000)
    assert (view.count, view.groups, len(view.edits)) == (5_000, 5_000, MAX_GROUPS)


@pytest.mark.parametrize(
    ("what", "details"),
    [
        ("operations_edited", {"operations": ["GET /a"], "set": {"enabled": False}}),
        ("agent_edited", {"agent": "orders", "set": {"tone": "dry"}}),
        ("agent_changed", {"agent": "orders", "set": {"tone": "dry"}}),
        ("api_changed", {"base_url": "https://api.example"}),
        ("import_approved", {"operations": 4, "revision": 2}),
        ("import_begun", {}),
        ("api_deleted", {}),
    ],
)
def test_what_was_written_before_is_shown(what: str, details: dict[str, Any]) -> None:
    """Lines of earlier versions, which held less, are still lines."""
    view = entry_view(logged(what, details))
    assert (view.what, view.by, view.id) == (what, "ann", 7)


@pytest.mark.parametrize("value", [True, 3, 2.5, "text", ["a"], {"id": "sub"}, None])
def test_values_stay_what_they_are(value: object) -> None:
    """A switch is no number, and a whole number has no point."""
    change = {"field": "x", "was": value, "now": value}
    view = entry_view(logged("api_changed", {"changes": [change]}))
    assert view.model_dump(mode="json")["changes"] == [change]
    assert type(view.model_dump(mode="json")["changes"][0]["now"]) is type(value)
