"""A conversation to keep: everything is in it, and nothing in it is anything but text."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from app.protocol import (
    Clarification,
    CustomerFeedback,
    CustomerMessage,
    ErrorFrame,
    Escalated,
    InterruptExpiredNotice,
    InterruptRequest,
    InterruptResolved,
    MessageComplete,
    Token,
    ToolCall,
    ToolResult,
)
from app.records import (
    LOGGED_FRAMES,
    ActionChanged,
    Candidate,
    EvidenceShown,
    FailedAttempt,
    ModelCalled,
    ModelFailed,
    Redacted,
    Routed,
    ToolRan,
    TurnStarted,
)
from app.replay.json_export import FORMAT, STEPS_AT_ONCE, VERSION
from tests.api_client import ApiClient
from tests.integration.replay.stored_conversations import log_frames, store_conversation, store_facts

if TYPE_CHECKING:
    from app.db.pool import Pool
    from app.protocol import ServerFrame
    from app.records import Record

pytestmark = pytest.mark.integration

HOSTILE = "</p></title></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp;{{7*7}}\u2028"


def routing_frames(text: str, t: str = "t1") -> list[ServerFrame | Record]:
    """A message on its way to an agent's model, with this text wherever one can stand."""
    candidate = Candidate(agent="orders", confidence=0.875, request=text, reason=text)
    return [
        CustomerMessage(thread_id=t, content=text),
        TurnStarted(thread_id=t, turn_id="x", kind="message", attempt=1, model=text),
        Routed(thread_id=t, intents=[candidate], candidates=[candidate], by="model", duration_ms=12),
        ModelCalled(
            thread_id=t,
            agent="orders",
            model=text,
            prompt_tokens=1_234,
            completion_tokens=56,
            cost_usd=0.000125,
            estimated=False,
            time_to_first_token_ms=321,
            duration_ms=4_567,
        ),
        ModelFailed(
            thread_id=t,
            agent="orders",
            model=text,
            code="model_busy",
            message=text,
            http_status=429,
            duration_ms=9,
        ),
    ]


def approval_frames(text: str, t: str = "t1") -> list[ServerFrame | Record]:
    """A call of a tool that somebody is asked about, with this text."""
    value = {text: [text]}
    return [
        ToolCall(thread_id=t, agent="orders", tool=text, args=value, call_id="c", title=text),
        EvidenceShown(thread_id=t, interrupt_id="i", tool=text, args=value, ok=True, summary=text, data=value, by=text),
        ActionChanged(
            thread_id=t, action_id="a", tool=text, status="edited", args=value, by="operator", name=text, note=text
        ),
        InterruptRequest(
            thread_id=t,
            interrupt_id="i",
            action=text,
            args=value,
            title=text,
            request=value,
            expires_at=datetime(2026, 3, 15, tzinfo=UTC),
            edited_from=value,
        ),
        InterruptResolved(thread_id=t, interrupt_id="i", decision="rejected", by="operator", comment=text),
        InterruptExpiredNotice(thread_id=t, interrupt_id="i", message=text),
    ]


def closing_frames(text: str, t: str = "t1") -> list[ServerFrame | Record]:
    """The call's results, and all that can follow them, with this text."""
    value = {text: [text]}
    return [
        ToolRan(
            thread_id=t,
            tool=text,
            call_id="c",
            agent="orders",
            request=value,
            http_status=503,
            response=value,
            error=text,
            retries=2,
            failed_attempts=[FailedAttempt(error=text, duration_ms=7), FailedAttempt(http_status=503, duration_ms=8)],
            full_response=[text, "the whole answer"],
        ),
        ToolResult(thread_id=t, tool=text, call_id="c", ok=False, summary=text, duration_ms=9, outcome="failed"),
        Token(thread_id=t, agent=text, content=text, message_id="m"),
        Clarification(thread_id=t, message=text, options=[text]),
        ErrorFrame(thread_id=t, code="model_down", message=text, retryable=True),
        Escalated(thread_id=t, reason=text, message=text),
        CustomerFeedback(thread_id=t, rating=4, comment=text),
        MessageComplete(thread_id=t),
        Redacted(thread_id=t, by=text, reason=text),
    ]


async def everything(pool: Pool, text: str) -> None:
    """One event of every kind, with this text wherever one can stand."""
    await log_frames(pool, *routing_frames(text), *approval_frames(text), *closing_frames(text))
    await store_facts(pool)


class Elements(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


class TestJson:
    async def test_it_holds_every_step_as_it_is_stored(self, api: ApiClient, pool: Pool) -> None:
        """The document says what it is, and holds the row of the list and each step, as the API gives them."""
        await everything(pool, HOSTILE)
        await api.sign_in()
        response = await api.client.get("/api/v1/replay/t1/export.json")
        assert response.content_type == "application/json"
        assert response.headers["Content-Disposition"] == 'attachment; filename="conversation-t1.json"'
        document = await response.json()
        assert list(document) == ["format", "version", "exported_at", "conversation", "steps"]
        assert (document["format"], document["version"]) == (FORMAT, VERSION)
        assert document["conversation"] == (await api.get("/api/v1/conversations"))["items"][0]
        assert document["steps"] == (await api.get("/api/v1/replay/t1/steps"))["items"]
        for step in document["steps"]:
            LOGGED_FRAMES.validate_python(step["frame"])

    @pytest.mark.parametrize("steps", [0, 1, STEPS_AT_ONCE - 1, STEPS_AT_ONCE, STEPS_AT_ONCE + 1])
    async def test_any_number_of_steps(self, api: ApiClient, pool: Pool, steps: int) -> None:
        """Each comes once, in order, also where pages meet."""
        await log_frames(pool)
        await _many(pool, steps)
        await api.sign_in()
        document = await (await api.client.get("/api/v1/replay/t1/export.json")).json()
        assert [step["seq"] for step in document["steps"]] == list(range(1, steps + 1))

    async def test_others_are_served_meanwhile(self, api: ApiClient, pool: Pool) -> None:
        """It is sent while it is read: the event loop gets its turn between the pages."""
        await log_frames(pool)
        await _many(pool, STEPS_AT_ONCE * 8)
        await api.sign_in()
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        task = asyncio.create_task(others())
        await (await api.client.get("/api/v1/replay/t1/export.json")).read()
        task.cancel()
        assert turns > 8


class TestPage:
    async def test_it_is_a_page_of_its_own(self, api: ApiClient, pool: Pool) -> None:
        """It has no script and asks nobody for anything, and says so to the browser."""
        await everything(pool, "Where is my order?")
        await api.sign_in()
        response = await api.client.get("/api/v1/replay/t1/export.html")
        assert (response.content_type, response.charset) == ("text/html", "utf-8")
        assert response.headers["Content-Disposition"] == 'attachment; filename="conversation-t1.html"'
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        page = await response.text()
        elements = Elements()
        elements.feed(page)
        assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(elements.elements)
        assert not {"src", "href", "style", "srcset"} & elements.attributes
        assert "url(" not in page
        assert "@import" not in page
        assert "prefers-color-scheme:dark" in page
        assert "@media print" in page

    async def test_numbers_are_shown_to_their_last_digit(self, api: ApiClient, pool: Pool) -> None:
        """Also those that are longer than a machine counts."""
        args = {"long": 2**70, "more": {"list": [1, 2]}, "name": "Müller", "price": 19.9}
        await log_frames(pool, ToolCall(thread_id="t1", agent="a", tool="pay", args=args, call_id="c", title="Pay"))
        await api.sign_in()
        elements = Elements()
        elements.feed(await (await api.client.get("/api/v1/replay/t1/export.html")).text())
        assert json.dumps(args, ensure_ascii=False, indent=2) in elements.text

    async def test_what_was_said_is_text_and_nothing_else(self, api: ApiClient, pool: Pool) -> None:
        """Whatever stands in a message, an argument, an answer or a name, the page has the same elements."""
        await api.sign_in()
        seen = []
        for text in ("harmless", HOSTILE):
            await pool.execute("TRUNCATE conversations, conversation_facts CASCADE")
            await everything(pool, text)
            elements = Elements()
            elements.feed(await (await api.client.get("/api/v1/replay/t1/export.html")).text())
            seen.append((elements.elements, elements.attributes))
            assert text.split("\u2028")[0].split('"')[0] in elements.text
        assert seen[0] == seen[1]

    @pytest.mark.parametrize(
        "fact",
        [
            "Cancel order 1042",
            "1,234 tokens in, 56 out",
            "$0.000125",
            "first token after 321 ms",
            "4,567 ms",
            "HTTP 503",
            "tried again 2 times",
            "Attempt 1: Cancel order 1042, 7 ms",
            "Attempt 2: HTTP 503, 8 ms",
            "the whole answer",
            "model_busy · HTTP 429",
            "orders, 88%",
            "seen by Cancel order 1042",
            "rejected by operator",
            "edited (operator",
            "Edited from",
            "4 of 5",
            "model_down",
            "for staff only",
            "Handed to a person",
        ],
    )
    async def test_it_says_what_happened(self, api: ApiClient, pool: Pool, fact: str) -> None:
        """Who answered and why, what it cost, what was sent and answered, who consented, what failed."""
        await everything(pool, "Cancel order 1042")
        await api.sign_in()
        elements = Elements()
        elements.feed(await (await api.client.get("/api/v1/replay/t1/export.html")).text())
        assert fact in re.sub(r"\s+", " ", elements.text)

    async def test_a_huge_answer_is_cut_and_that_is_said(self, api: ApiClient, pool: Pool) -> None:
        """The page stays readable; the JSON document has all of it."""
        response = {"rows": ["x" * 100] * 1_000}
        frame = ToolRan(
            thread_id="t1", tool="x", call_id="c", agent="a", request=None, http_status=200, response=response
        )
        await log_frames(pool, frame)
        await api.sign_in()
        page = await (await api.client.get("/api/v1/replay/t1/export.html")).text()
        assert "the JSON export has all of it" in page
        assert len(page) < 50_000
        document = await (await api.client.get("/api/v1/replay/t1/export.json")).json()
        assert document["steps"][0]["frame"]["response"] == response

    async def test_a_redacted_one_says_so(self, api: ApiClient, pool: Pool) -> None:
        """Nobody takes what is left for all that there was."""
        await store_conversation(pool, "My name is Erdbeere")
        await api.sign_in()
        await api.post("/api/v1/replay/t1/redact", {"reason": "asked"})
        page = await (await api.client.get("/api/v1/replay/t1/export.html")).text()
        assert "What the customer had said was taken out on" in page
        assert "Erdbeere" not in page


@pytest.mark.parametrize("path", ["export.json", "export.html"])
async def test_it_is_for_staff_and_of_what_is_there(api: ApiClient, pool: Pool, path: str) -> None:
    """Nobody else gets it, and there is none of what is not there."""
    await log_frames(pool)
    assert (await api.get(f"/api/v1/replay/t1/{path}", status=401))["code"] == "sign_in_required"
    await api.sign_in()
    assert (await api.get(f"/api/v1/replay/t2/{path}", status=404))["code"] == "conversation_unknown"


async def _many(pool: Pool, count: int) -> None:
    """Log many messages at once."""
    await pool.execute(
        """
        INSERT INTO events (thread_id, seq, type, visible, frame)
        SELECT 't1', n, 'message', true, jsonb_build_object('type', 'message', 'thread_id', 't1', 'content', n::text)
          FROM generate_series(1, $1::int) n
        """,
        count,
    )
    await pool.execute("UPDATE conversations SET last_seq = $1", count)
