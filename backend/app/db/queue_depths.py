"""Queue depths for the metrics: how much waits and for how long, from indexes that hold little else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.telemetry.metrics import Backlog

if TYPE_CHECKING:
    from app.db.pool import Connection


async def look(connection: Connection) -> Backlog:
    """Count what waits."""
    row = await connection.fetchrow(
        """
        SELECT t.*, i.*, d.*, j.*,
               (SELECT count(*) FROM actions WHERE status = 'unknown') AS actions_unknown,
               (SELECT count(*) FROM model_alerts WHERE raised_at IS NOT NULL AND ended_at IS NULL) AS model_alerts
          FROM (SELECT count(*) FILTER (WHERE status = 'queued') AS turns_queued,
                       count(*) FILTER (WHERE status = 'running') AS turns_running,
                       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'queued')), 0)::float8
                           AS oldest_turn_seconds
                  FROM turns WHERE status IN ('queued', 'running')) t,
               (SELECT count(*) FILTER (WHERE audience = 'customer') AS approvals_customer,
                       count(*) FILTER (WHERE audience = 'operator') AS approvals_operator,
                       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE audience = 'operator')), 0)
                           ::float8 AS oldest_approval_seconds
                  FROM interrupts WHERE status = 'pending' AND expires_at > now()) i,
               (SELECT count(*) FILTER (WHERE status = 'waiting') AS deliveries_waiting,
                       count(*) FILTER (WHERE status = 'dead') AS deliveries_dead
                  FROM deliveries WHERE status <> 'delivered') d,
               (SELECT count(*) FILTER (WHERE status IN ('pending', 'fetching', 'parsing', 'classifying'))
                           AS imports_working,
                       count(*) FILTER (WHERE status = 'failed' AND updated_at > now() - interval '1 day')
                           AS imports_failed
                  FROM imports) j
        """
    )
    return Backlog(**row)
