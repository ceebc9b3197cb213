"""The HTML export shows every type of event, under its name and as text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.db.event_pages import StepRow
from app.events.frame_table import FRAMES
from app.protocol import members
from app.records import LoggedFrame
from app.replay.html_export import step
from tests.frames import NOW, filled

KINDS: list[Any] = list(members(LoggedFrame))


def row_of(frame: dict[str, Any], kind: str) -> StepRow:
    return StepRow(
        seq=1,
        at=NOW,
        type=kind,
        visible=True,
        agent=None,
        turn_id=None,
        duration_ms=None,
        prompt_tokens=None,
        completion_tokens=None,
        cost_usd=None,
        frame=json.dumps(frame),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_is_shown_under_its_name(kind: Any) -> None:
    frame = filled(kind)
    written = step(row_of(frame, frame["type"]))
    label = FRAMES[frame["type"]].label.replace("'", "&#x27;")
    assert f"<b>{label}</b>" in written
    assert "<p>" in written or "<pre>" in written


def test_a_type_that_nobody_knows_is_shown_whole() -> None:
    """An event of a version to come, or of one long gone."""
    written = step(row_of({"type": "telepathy", "seq": 1, "thought": "<b>"}, "telepathy"))
    assert "<b>telepathy</b>" in written
    assert "&quot;thought&quot;: &quot;&lt;b&gt;&quot;" in written
