"""Quarters, days and weeks apart, with room beside each row.

A range is read as weeks, with days and quarters at its ends. Among the quarters each row of a week lay on a page of its
own, so that reading them cost the more the longer the history was.
"""

from alembic import op

revision = "0011_levels_apart"
down_revision = "0010_weeks_of_words"
branch_labels = None
depends_on = None

# A row of today is changed by every conversation that goes on; with room on its page it stays there, and no index has
# to be told. Of 24 sums that fit a page, half may change at once.
TABLES = {
    "figures": ("level, dimension, at, name", 50),
    "figure_durations": ("level, measure, at, name, bin", 70),
}
LEVELS = ("quarters", "days", "weeks")


def upgrade() -> None:
    """Apply the step."""
    for table, (key, room) in TABLES.items():
        parts = "".join(
            f"CREATE TABLE {table}_of_{name} PARTITION OF {table} FOR VALUES IN ({level}) WITH (fillfactor = {room});"
            for level, name in enumerate(LEVELS)
        )
        _make_anew(table, key, "PARTITION BY LIST (level)", parts)


def downgrade() -> None:
    """Take the step back."""
    for table, (key, _) in TABLES.items():
        _make_anew(table, key, "", "")


def _make_anew(table: str, key: str, how: str, parts: str) -> None:
    op.execute(
        f"""
        ALTER TABLE {table} RENAME TO before;
        ALTER TABLE before RENAME CONSTRAINT {table}_pkey TO before_pkey;
        CREATE TABLE {table} (LIKE before INCLUDING CONSTRAINTS, PRIMARY KEY ({key})) {how};
        {parts}
        INSERT INTO {table} SELECT * FROM before;
        DROP TABLE before;
        """  # noqa: S608  # only our own constants stand in the text
    )
