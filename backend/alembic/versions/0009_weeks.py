"""Sums by the week, made of those by the day: a dashboard of 90 days reads a quarter of the rows."""

from alembic import op

revision = "0009_weeks"
down_revision = "0008_replay"
branch_labels = None
depends_on = None

SUMS = (
    "conversations, ended, resolved_confirmed, resolved_assumed, automated, escalated, abandoned, unresolved, turns, "
    "messages, errors, proposed, approved, edited, rejected, expired, succeeded, failed, unknown, calls, "
    "calls_succeeded, calls_failed, calls_unknown, calls_ms, model_calls, tokens_in, tokens_out, cost_e8, unpriced, "
    "ratings, rating_sum"
)
WEEK = "date_bin('7 days', at, '1970-01-01T00:00:00Z')"


def upgrade() -> None:
    """Apply the step."""
    added = ", ".join(f"sum({name})" for name in SUMS.split(", "))
    op.execute(
        f"""
        INSERT INTO figures (level, dimension, at, name, {SUMS})
        SELECT 2, dimension, {WEEK}, name, {added} FROM figures WHERE level = 1 GROUP BY 2, 3, 4;
        INSERT INTO figure_durations (level, measure, at, name, bin, times)
        SELECT 2, measure, {WEEK}, name, bin, sum(times) FROM figure_durations WHERE level = 1 GROUP BY 2, 3, 4, 5;
        """  # noqa: S608  # only our own words
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM figures WHERE level = 2; DELETE FROM figure_durations WHERE level = 2")
