"""PostgreSQL reads the arrays that we write as what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.db.arrays import numbers, texts

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
ODD = [
    "",
    "NULL",
    "None",
    'with "quotes"',
    "back\\slash\\",
    "comma, {brace}",
    "two\nlines\t",
    "ümlaut 😀",
    " ",
    "'",
    '"',
]


@pytest.mark.parametrize("values", [[], [""], ["", ""], ODD])
async def test_texts(pool: Pool, values: list[str]) -> None:
    assert await pool.fetchval("SELECT $1::text::text[]", texts(values)) == values


async def test_lists_of_texts_in_texts(pool: Pool) -> None:
    """As the names in a conversation's facts are sent."""
    lists = [[], ODD, [""], ["one"]]
    sent = texts(map(texts, lists))
    rows = await pool.fetch("SELECT one::text[] FROM unnest($1::text::text[]) AS one", sent)
    assert [row[0] for row in rows] == lists


@pytest.mark.parametrize("values", [[], [0], [-1, None, 2**63 - 1, -(2**63)], [None]])
async def test_numbers(pool: Pool, values: list[int | None]) -> None:
    assert await pool.fetchval("SELECT $1::text::bigint[]", numbers(values)) == values


async def test_truth_values(pool: Pool) -> None:
    values = [True, False, None]
    assert await pool.fetchval("SELECT $1::text::boolean[]", numbers(values)) == values
