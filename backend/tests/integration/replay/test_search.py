"""Finding conversations: what is found, in which order, and that the way it is found makes no difference."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.db.conversation_text import MAX_WORDS, Place
from app.protocol import (
    Clarification,
    CustomerFeedback,
    CustomerMessage,
    ErrorFrame,
    Escalated,
    Token,
    ToolCall,
    ToolResult,
)
from app.records import ActionChanged, ToolRan
from app.replay.search import Wanted, find
from tests.integration.replay.stored_conversations import NOON, log_frames, store_conversation, store_facts

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def found(pool: Pool, *, limit: int = 100, **wanted: Any) -> list[str]:
    """Name what is found, in order."""
    async with pool.acquire() as connection:
        return [place.thread_id for place in await find(connection, Wanted(**wanted), limit=limit)]


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "order 1042",
            "1042",
            "cancel_order",
            "cancel",
            "ord_9x",
            "gift wrap",
            "on its way",
            "ana@shop.example",
            "10:30",
            "delayed",
            "pay-7731",
            "hand over",
            "too slow",
            "t1",
            "late",
            "tool_timeout",
        ],
    )
    async def test_everything_said_and_asked_for_is_found(self, pool: Pool, text: str) -> None:
        """Messages, answers, names of tools, their arguments, reasons, errors and comments are searched."""
        await log_frames(
            pool,
            CustomerMessage(thread_id="t1", content="Where is order #1042? ana@shop.example"),
            ToolCall(
                thread_id="t1",
                agent="orders",
                tool="cancel_order",
                call_id="c1",
                args={"id": "ord_9x", "notes": [{"text": "Gift wrap"}], "at": "10:30"},
            ),
            ToolRan(
                thread_id="t1", tool="x", call_id="c1", agent="a", request=None, http_status=1, error="tool_timeout"
            ),
            ToolResult(
                thread_id="t1", tool="cancel_order", call_id="c1", ok=True, summary="It is delayed", duration_ms=1
            ),
            Token(thread_id="t1", agent="orders", content="It is on its way.", message_id="m"),
            ActionChanged(thread_id="t1", action_id="pay-7731", tool="pay", status="proposed", args={}),
            Escalated(thread_id="t1", reason="hand over", message="A person will answer."),
            ErrorFrame(thread_id="t1", code="model_down", message="It is late", retryable=True),
            Clarification(thread_id="t1", message="Which?", options=["First"]),
            CustomerFeedback(thread_id="t1", rating=2, comment="Too slow"),
        )
        await store_facts(pool)
        await store_conversation(pool, "Another thing", "x2")
        assert await found(pool, text=text) == ["t1"]

    @pytest.mark.parametrize(
        "text", ["order 1043", "refund", "=status:open", "' | 'x", "\\", "!order refund", "'); DROP TABLE"]
    )
    async def test_nothing_else_is_found(self, pool: Pool, text: str) -> None:
        """What was not said finds nothing, and signs have no meaning of their own."""
        await store_conversation(pool, "Where is order #1042?")
        assert await found(pool, text=text) == []

    async def test_signs_alone_find_nothing(self, pool: Pool) -> None:
        """A search without a word is not a search for everything."""
        await store_conversation(pool, "Hello?")
        assert await found(pool, text="?") == []
        assert await found(pool, text="  ") == ["t1"]

    async def test_what_is_said_later_is_found_too(self, pool: Pool) -> None:
        """A second fold adds to the first."""
        await store_conversation(pool, "The first thing")
        await log_frames(pool, CustomerMessage(thread_id="t1", content="and the second"))
        await store_facts(pool)
        assert await found(pool, text="first second") == ["t1"]

    async def test_a_fold_from_the_beginning_forgets_what_was_there(self, pool: Pool) -> None:
        """A rebuilt conversation is found by its log and by nothing else."""
        await store_conversation(pool, "Hello")
        await pool.execute("UPDATE events SET frame = jsonb_set(frame, '{content}', '\"Goodbye\"')")
        await store_facts(pool, begun=True)
        assert await found(pool, text="Hello") == []
        assert await found(pool, text="Goodbye") == ["t1"]

    async def test_a_conversation_without_an_end_stays_storable(self, pool: Pool) -> None:
        """However much is said, its index entry stays within what PostgreSQL takes."""
        for part in range(10):
            words = " ".join(f"{part}x{n}{'w' * 70}" for n in range(650))
            await log_frames(pool, Token(thread_id="t1", agent="a", content=words, message_id=f"m{part}"))
            await store_facts(pool)
        assert await pool.fetchval("SELECT length(doc) FROM conversation_text") > MAX_WORDS


class TestTitle:
    async def test_it_is_what_was_said_first(self, pool: Pool) -> None:
        """The first message stays the title, in one line."""
        await store_conversation(pool, "Where is\n my  order?")
        await log_frames(pool, CustomerMessage(thread_id="t1", content="Hello?"))
        await store_facts(pool)
        assert await pool.fetchval("SELECT title FROM conversation_text") == "Where is my order?"

    async def test_it_is_cut(self, pool: Pool) -> None:
        """A long message is cut, and that is shown."""
        await store_conversation(pool, "x" * 500)
        title = await pool.fetchval("SELECT title FROM conversation_text")
        assert (len(title), title[-1]) == (120, "…")


class TestFilters:
    @pytest.mark.parametrize(
        ("wanted", "facts"),
        [
            ({"status": "ended"}, {"status": "ended"}),
            ({"outcomes": ("escalated",)}, {"outcome": "escalated"}),
            ({"outcomes": ("escalated", "abandoned")}, {"outcome": "abandoned"}),
            ({"agent": "billing"}, {"agents": ["orders", "billing"]}),
            ({"tool": "cancel_order"}, {"tools": ["get_order", "cancel_order"]}),
            ({"approval": True}, {"approvals": 2}),
            ({"error": True}, {"errors": 1}),
            ({"action": True}, {"actions": 1}),
            ({"ratings": ("1", "2")}, {"rating": 2}),
            ({"rated": True}, {"rating": 5}),
            ({"since": NOON + timedelta(hours=1)}, {"started_at": NOON + timedelta(hours=1)}),
            ({"until": NOON}, {"started_at": NOON - timedelta(seconds=1)}),
            ({"cost_min": 0.3}, {"cost_usd": 0.3}),
            ({"cost_min": 250}, {"cost_usd": 250}),
        ],
    )
    async def test_each_finds_what_is_so(self, pool: Pool, wanted: dict[str, Any], facts: dict[str, Any]) -> None:
        """A filter finds the conversation of which it is true, and not the other."""
        await store_conversation(pool, "Hello", "plain", cost_usd=0.29)
        await store_conversation(pool, "Hello", "other", **facts)
        assert await found(pool, **wanted) == ["other"]

    async def test_the_contrary_can_be_asked_for(self, pool: Pool) -> None:
        """Without errors, without approvals."""
        await store_conversation(pool, "Hello", "fine")
        await store_conversation(pool, "Hello", "bad", errors=1, approvals=1)
        assert await found(pool, error=False) == ["fine"]
        assert await found(pool, approval=False) == ["fine"]

    async def test_a_cost_has_an_upper_end(self, pool: Pool) -> None:
        """The bounds of a cost are both included, exactly."""
        for cost in (0.0, 0.0299, 0.03, 0.0301, 7.0):
            await store_conversation(pool, "Hello", f"c{cost}".replace(".", "_"), cost_usd=cost)
        assert set(await found(pool, cost_max=0.03)) == {"c0_0", "c0_0299", "c0_03"}
        assert set(await found(pool, cost_min=0.03, cost_max=0.0301)) == {"c0_03", "c0_0301"}

    async def test_a_cost_below_every_step_of_the_index_is_found_behind_newer_ones(self, pool: Pool) -> None:
        """The bound counts for itself, also where no mark stands for it and a page is short."""
        for number in range(5):
            await store_conversation(
                pool, "Hello", f"cheap{number}", cost_usd=0.0001, started_at=NOON + timedelta(hours=number)
            )
        await store_conversation(pool, "Hello", "dearer", cost_usd=0.0006)
        assert await found(pool, cost_min=0.0005, limit=2) == ["dearer"]

    async def test_what_time_has_settled_is_found_as_settled(self, pool: Pool) -> None:
        """Marks follow the facts, also where nothing new was said."""
        await store_conversation(pool, "Hello")
        await store_facts(pool, status="ended", outcome="abandoned")
        assert await found(pool, status="ended", text="hello") == ["t1"]
        assert await found(pool, status="open") == []

    async def test_a_conversation_that_began_earlier_than_was_known_is_found_at_its_place(self, pool: Pool) -> None:
        """When a late event moves the beginning into another week, words and marks move with it."""
        await store_conversation(pool, "Where is order 1042?")
        await store_facts(pool, started_at=NOON - timedelta(days=40), errors=1)
        await store_conversation(pool, "Another order", "newer", started_at=NOON - timedelta(days=1))
        assert await found(pool, text="order") == ["newer", "t1"]
        assert await found(pool, text="1042", error=True, until=NOON - timedelta(days=39)) == ["t1"]
        assert await found(pool, text="1042", since=NOON - timedelta(days=39)) == []

    @pytest.mark.parametrize("back", [timedelta(0), timedelta(microseconds=1), timedelta(days=7)])
    async def test_the_ends_of_a_week_belong_to_one_week_each(self, pool: Pool, back: timedelta) -> None:
        """Whoever began in the first or the last moment of a week is found, once."""
        thursday = datetime(2026, 3, 12, tzinfo=UTC)  # as 1 January 1970 was: weeks begin on it
        await store_conversation(pool, "order", started_at=thursday - back)
        await store_conversation(pool, "order", "older", started_at=thursday - timedelta(days=100))
        assert await found(pool, text="order") == ["t1", "older"]
        assert await found(pool, text="order", since=thursday - back, until=thursday + timedelta(days=1)) == ["t1"]


class TestWays:
    """The newest one by one, the index week by week: whichever is taken, the same is found."""

    @pytest.fixture
    async def stored(self, pool: Pool) -> list[tuple[str, datetime, dict[str, Any]]]:
        """Eighty conversations over a year, some at the same moment."""
        dice = random.Random(4)  # noqa: S311  # the same conversations every time
        rows = []
        for n in range(80):
            at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=dice.randrange(180) * 2)
            facts = {
                "started_at": at,
                "outcome": dice.choice(["open", "escalated"]),
                "errors": dice.choice([0, 0, 0, 1]),
                "cost_usd": dice.choice([0.01, 0.4]),
            }
            thread_id = f"c{n:03}"
            words = f"order {n} {dice.choice(['late', 'lost', 'blue'])}"
            await store_conversation(pool, words, thread_id, **facts)
            rows.append((thread_id, at, facts | {"words": words}))
        return sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)

    @pytest.mark.parametrize("newest", [1_000, 10, 3, 1])
    @pytest.mark.parametrize("limit", [1, 7, 300])
    async def test_pages_of_any_size_give_each_once(
        self, pool: Pool, stored: list[Any], newest: int, limit: int
    ) -> None:
        """Page after page, everything that is wanted comes once, newest first, and nothing else."""
        tests: list[tuple[Wanted, Any]] = [
            (Wanted(text="late"), lambda row: "late" in row["words"]),
            (Wanted(text="l*", outcomes=("escalated",), error=True), _escalated_with_error),
            (
                Wanted(cost_min=0.3, since=stored[60][1], until=stored[10][1]),
                lambda row: row["cost_usd"] > 0.3,
            ),
        ]
        for wanted, fits in tests:
            since, until = (
                wanted.since or datetime.min.replace(tzinfo=UTC),
                wanted.until or datetime.max.replace(tzinfo=UTC),
            )
            expected = [name for name, at, facts in stored if fits(facts) and since <= at < until]
            assert await pages(pool, wanted, limit=limit, newest=newest) == expected


def _escalated_with_error(row: dict[str, Any]) -> bool:
    return row["outcome"] == "escalated" and row["errors"] > 0 and "blue" not in row["words"]


async def pages(pool: Pool, wanted: Wanted, *, limit: int, **how: int) -> list[str]:
    """Read a whole list, page by page."""
    names: list[str] = []
    after: Place | None = None
    async with pool.acquire() as connection:
        while True:
            page = await find(connection, wanted, after=after, limit=limit, **how)
            names.extend(place.thread_id for place in page)
            if len(page) < limit:
                return names
            after = page[-1]
