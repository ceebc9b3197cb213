"""One replica's services on a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.house import House

if TYPE_CHECKING:
    from app.db.pool import Pool


@pytest.fixture
def house(pool: Pool, pg_url: str) -> House:
    """The services of one replica; its worker runs inside `house.working()`."""
    return House(pool, pg_url)
