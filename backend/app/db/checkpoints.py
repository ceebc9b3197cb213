"""Checkpoints, tables `checkpoints`, `checkpoint_blobs`, `checkpoint_writes`: where runs of the graph stand.

A checkpoint names the version of each channel; a channel's value is stored once per version, and what the parts of a
step have put out lies beside the checkpoint that they began from. The layout is that of LangGraph's own saver, which
made these tables before, so that runs which waited then go on now. What the bytes mean is known to `agents/` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.db.pool import Connection, Pool


@dataclass(frozen=True, kw_only=True)
class Value:
    """A channel's value in one version; `kind` says how the bytes are to be read."""

    channel: str
    version: str
    kind: str
    data: bytes | None


@dataclass(frozen=True, kw_only=True)
class Write:
    """What a part of a step has put out; the same `index` of the same part replaces it."""

    task_id: str
    task_path: str
    index: int
    channel: str
    kind: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class CheckpointRow:
    """One checkpoint of a run, read with its channels' values and the writes beside it."""

    thread_id: str
    namespace: str
    id: str
    parent_id: str | None
    checkpoint: dict[str, Any]
    metadata: dict[str, Any]
    values: Sequence[Value] = field(default_factory=tuple)
    writes: Sequence[Write] = field(default_factory=tuple)


_SELECT: Final = """
    SELECT c.thread_id, c.checkpoint_ns, c.checkpoint_id, c.parent_checkpoint_id, c.checkpoint, c.metadata,
           v.channels, v.versions, v.kinds, v.data,
           w.task_ids, w.task_paths, w.indexes, w.written, w.written_kinds, w.written_data
      FROM checkpoints c
     CROSS JOIN LATERAL (
        SELECT array_agg(b.channel) AS channels, array_agg(b.version) AS versions, array_agg(b.type) AS kinds,
               array_agg(b.blob) AS data
          FROM jsonb_each_text(c.checkpoint -> 'channel_versions') AS named
          JOIN checkpoint_blobs b ON b.thread_id = c.thread_id AND b.checkpoint_ns = c.checkpoint_ns
                                 AND b.channel = named.key AND b.version = named.value) v
     CROSS JOIN LATERAL (
        SELECT array_agg(task_id ORDER BY at) AS task_ids, array_agg(task_path ORDER BY at) AS task_paths,
               array_agg(idx ORDER BY at) AS indexes, array_agg(channel ORDER BY at) AS written,
               array_agg(type ORDER BY at) AS written_kinds, array_agg(blob ORDER BY at) AS written_data
          FROM (SELECT *, row_number() OVER (ORDER BY task_path COLLATE "C", task_id COLLATE "C", idx) AS at
                  FROM checkpoint_writes
                 WHERE thread_id = c.thread_id AND checkpoint_ns = c.checkpoint_ns
                   AND checkpoint_id = c.checkpoint_id) ordered) w
"""


async def find(
    connection: Connection | Pool, *, thread_id: str, namespace: str, checkpoint_id: str | None = None
) -> CheckpointRow | None:
    """Read a checkpoint of a run, the newest where none is named; None where there is none."""
    row = await connection.fetchrow(
        f"""{_SELECT} WHERE c.thread_id = $1 AND c.checkpoint_ns = $2 AND ($3::text IS NULL OR c.checkpoint_id = $3)
            ORDER BY c.checkpoint_id DESC LIMIT 1""",
        thread_id,
        namespace,
        checkpoint_id,
    )
    return _row(row) if row else None


async def page(
    connection: Connection | Pool,
    *,
    thread_id: str | None,
    namespace: str | None,
    checkpoint_id: str | None,
    before: str | None,
    metadata: Mapping[str, Any],
    limit: int | None,
) -> list[CheckpointRow]:
    """List the checkpoints that fit, newest first; None leaves a question out."""
    rows = await connection.fetch(
        f"""{_SELECT}
         WHERE ($1::text IS NULL OR c.thread_id = $1) AND ($2::text IS NULL OR c.checkpoint_ns = $2)
           AND ($3::text IS NULL OR c.checkpoint_id = $3) AND ($4::text IS NULL OR c.checkpoint_id < $4)
           AND c.metadata @> $5 ORDER BY c.checkpoint_id DESC LIMIT $6""",
        thread_id,
        namespace,
        checkpoint_id,
        before,
        dict(metadata),
        limit,
    )
    return [_row(row) for row in rows]


async def store(connection: Connection | Pool, row: CheckpointRow) -> None:
    """Store a checkpoint and its values at once; a value that is there in that version stays."""
    await connection.execute(
        """
        WITH stored AS (
            INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
            SELECT $1, $2, * FROM unnest($7::text[], $8::text[], $9::text[], $10::bytea[])
            ON CONFLICT DO NOTHING)
        INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
        DO UPDATE SET checkpoint = EXCLUDED.checkpoint, metadata = EXCLUDED.metadata
        """,
        row.thread_id,
        row.namespace,
        row.id,
        row.parent_id,
        row.checkpoint,
        row.metadata,
        [value.channel for value in row.values],
        [value.version for value in row.values],
        [value.kind for value in row.values],
        [value.data for value in row.values],
    )


async def store_writes(
    connection: Connection | Pool,
    *,
    thread_id: str,
    namespace: str,
    checkpoint_id: str,
    writes: Sequence[Write],
    replace: bool,
) -> None:
    """Store what parts of a step have put out; what is there already stays, unless it is to be replaced."""
    conflict = "UPDATE SET channel = EXCLUDED.channel, type = EXCLUDED.type, blob = EXCLUDED.blob"
    await connection.execute(
        f"""
        INSERT INTO checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type,
                                       blob)
        SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::bytea[])
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx) DO {conflict if replace else "NOTHING"}
        """,  # noqa: S608  # our own constants
        thread_id,
        namespace,
        checkpoint_id,
        [write.task_id for write in writes],
        [write.task_path for write in writes],
        [write.index for write in writes],
        [write.channel for write in writes],
        [write.kind for write in writes],
        [write.data for write in writes],
    )


async def drop(connection: Connection | Pool, *, thread_ids: Sequence[str]) -> None:
    """Drop everything that is kept of these runs."""
    await connection.execute(
        """
        WITH writes AS (DELETE FROM checkpoint_writes WHERE thread_id = ANY($1)),
             blobs AS (DELETE FROM checkpoint_blobs WHERE thread_id = ANY($1))
        DELETE FROM checkpoints WHERE thread_id = ANY($1)
        """,
        list(thread_ids),
    )


def _row(row: Any) -> CheckpointRow:
    values = zip(row["channels"] or (), row["versions"] or (), row["kinds"] or (), row["data"] or (), strict=True)
    written = (row[name] or () for name in ("task_ids", "task_paths", "indexes"))
    written_values = (row[name] or () for name in ("written", "written_kinds", "written_data"))
    return CheckpointRow(
        thread_id=row["thread_id"],
        namespace=row["checkpoint_ns"],
        id=row["checkpoint_id"],
        parent_id=row["parent_checkpoint_id"],
        checkpoint=row["checkpoint"],
        metadata=row["metadata"],
        values=[
            Value(channel=channel, version=version, kind=kind, data=data) for channel, version, kind, data in values
        ],
        writes=[
            Write(task_id=task, task_path=path, index=index, channel=channel, kind=kind, data=data)
            for task, path, index, channel, kind, data in zip(*written, *written_values, strict=True)
        ],
    )
