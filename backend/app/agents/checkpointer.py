"""Checkpointer of the graph: LangGraph's face of `db/checkpoints.py`. The record of a conversation is the event log.

A run that goes on keeps its checkpoints in memory (`HeldRun`), and they are stored when something outside depends on
them: before a write is proposed, and when the turn ends and the run waits or can be tried again. After a crash the run
goes on from there: it asks its models again, and finds in the ledger whatever was proposed or sent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    CheckpointTuple,
    copy_checkpoint,
    get_checkpoint_id,
    get_serializable_checkpoint_metadata,
)

from app.db import checkpoints
from app.db.checkpoints import CheckpointRow, Value, Write

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata

    from app.db.pool import Connection, Pool

RESTART: Final = "restart"  # of a run's configuration: begin the step that was cut off anew
HELD: Final = "held"  # of a run's configuration: the `HeldRun` that keeps its checkpoints


class HeldRun:
    """The newest checkpoint of one run that goes on here, in memory until it is kept.

    A `new` run has nothing in the database yet, so nothing is looked for there.
    """

    def __init__(self, *, new: bool = False) -> None:
        """Begin with what the database has, unless the run is new."""
        self.is_read = new
        self.is_stored = not new
        self._newest: CheckpointTuple | None = None
        self._writes: dict[str, dict[tuple[str, int], tuple[str, str, Any]]] = {}
        self._saver: Saver | None = None
        self._keeping = asyncio.Lock()

    @property
    def newest(self) -> CheckpointTuple | None:
        """Where the run stands; None where it has not begun."""
        if self._newest is None:
            return None
        written = sorted(self._of_newest().items(), key=lambda item: (item[1][0], *item[0]))
        return self._newest._replace(
            checkpoint=copy_checkpoint(self._newest.checkpoint),  # a run changes what it begins from
            pending_writes=[(task, channel, value) for (task, _), (_, channel, value) in written],
        )

    def begin(self, found: CheckpointTuple | None, writes: Sequence[tuple[str, str, int, str, Any]]) -> None:
        """Begin where the database says that the run stands."""
        self.is_read, self._newest = True, found
        if found is not None:
            self._writes[_id_of(found)] = {
                (task, index): (path, channel, value) for task, path, index, channel, value in writes
            }

    def put(self, saver: Saver, newest: CheckpointTuple) -> None:
        """Note the next checkpoint; the writes of earlier ones are part of it."""
        self._saver, self._newest = saver, newest
        self._writes = {key: writes for key, writes in self._writes.items() if key >= _id_of(newest)}

    def put_writes(
        self, saver: Saver, checkpoint_id: str, writes: Sequence[tuple[str, Any]], task_id: str, path: str
    ) -> None:
        """Note what a part of a step has put out."""
        self._saver = saver
        kept = self._writes.setdefault(checkpoint_id, {})
        for index, (channel, value) in enumerate(writes):
            kept[task_id, WRITES_IDX_MAP.get(channel, index)] = (path, channel, value)

    async def keep(self, connection: Connection | Pool) -> None:
        """Store where the run stands, if it has moved since."""
        async with self._keeping:  # who comes second goes on only when it is stored
            saver, newest = self._saver, self._newest
            if saver is None or newest is None:
                return
            row = saver.row_of(newest, newest.checkpoint["channel_versions"])
            writes = [
                saver.write_of(task, path, index, channel, value)
                for (task, index), (path, channel, value) in self._of_newest().items()
            ]
            self.is_stored = True
            await checkpoints.store(connection, row)
            if writes:
                await checkpoints.store_writes(
                    connection,
                    thread_id=row.thread_id,
                    namespace=row.namespace,
                    checkpoint_id=row.id,
                    writes=writes,
                    replace=True,
                )

    def _of_newest(self) -> Mapping[tuple[str, int], tuple[str, str, Any]]:
        return self._writes.get(_id_of(self._newest), {}) if self._newest else {}


class Saver(BaseCheckpointSaver[str]):
    """LangGraph's saver on the pool that everything else uses; one statement each way.

    A step's parts are saved as they finish, sometimes before their frames were stored. After a crash they are
    left out, so that they run again; frames that were stored already are recognised, and a write is on the ledger.
    """

    def __init__(self, pool: Pool) -> None:
        """Read and write through `pool`."""
        super().__init__()
        self._pool = pool

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Read a checkpoint; where a run restarts its step, without the finished parts of its unfinished step."""
        configurable = config["configurable"]
        held: HeldRun | None = configurable.get(HELD)
        if held is not None and held.is_read:
            return held.newest
        row = await checkpoints.find(
            self._pool,
            thread_id=str(configurable["thread_id"]),
            namespace=configurable.get("checkpoint_ns", ""),
            checkpoint_id=get_checkpoint_id(config),
        )
        found = self._tuple_of(row) if row else None
        if found is not None and configurable.get(RESTART):
            row, found = None, found._replace(pending_writes=[])
        if held is None:
            return found
        held.begin(found, self._writes_of(row) if row else [])
        return held.newest

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002  # LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield the stored checkpoints that fit, newest first."""
        configurable = config["configurable"] if config else {}
        rows = await checkpoints.page(
            self._pool,
            thread_id=configurable.get("thread_id"),
            namespace=configurable.get("checkpoint_ns"),
            checkpoint_id=get_checkpoint_id(config) if config else None,
            before=get_checkpoint_id(before) if before else None,
            metadata=filter or {},
            limit=limit,
        )
        for row in rows:
            yield self._tuple_of(row)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint, or note it where its run is held; returns the configuration that names it."""
        configurable = config["configurable"]
        place = {"thread_id": str(configurable["thread_id"]), "checkpoint_ns": configurable.get("checkpoint_ns", "")}
        parent = configurable.get("checkpoint_id")
        saved = CheckpointTuple(
            config={"configurable": {**place, "checkpoint_id": checkpoint["id"]}},
            checkpoint=checkpoint,
            metadata=get_serializable_checkpoint_metadata(config, metadata),
            parent_config={"configurable": {**place, "checkpoint_id": parent}} if parent else None,
        )
        held: HeldRun | None = configurable.get(HELD)
        if held is not None:
            held.put(self, saved)
        else:
            await checkpoints.store(self._pool, self.row_of(saved, new_versions))
        return saved.config

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save what a part of a step has put out, or note it where its run is held."""
        configurable = config["configurable"]
        held: HeldRun | None = configurable.get(HELD)
        if held is not None:
            held.put_writes(self, configurable["checkpoint_id"], writes, task_id, task_path)
            return
        by_index = {
            index: self.write_of(task_id, task_path, index, channel, value)
            for at, (channel, value) in enumerate(writes)
            for index in [WRITES_IDX_MAP.get(channel, at)]
        }
        await checkpoints.store_writes(
            self._pool,
            thread_id=str(configurable["thread_id"]),
            namespace=configurable.get("checkpoint_ns", ""),
            checkpoint_id=configurable["checkpoint_id"],
            writes=list(by_index.values()),
            replace=all(channel in WRITES_IDX_MAP for channel, _ in writes),
        )

    async def adelete_thread(self, thread_id: str) -> None:
        """Drop everything that is kept of a run."""
        await checkpoints.drop(self._pool, thread_ids=[str(thread_id)])

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002  # LangGraph's signature
        """Name the next version of a channel: it sorts after `current`, and two that follow the same one differ."""
        number = int(current.split(".")[0]) + 1 if current else 1
        return f"{number:032}.{random.random():016}"  # noqa: S311  # no secret

    # --- rows of the tables, and what LangGraph calls them

    def row_of(self, saved: CheckpointTuple, versions: ChannelVersions) -> CheckpointRow:
        """Write a checkpoint down, with the values of the channels that are new in it."""
        checkpoint = cast("dict[str, Any]", saved.checkpoint)
        plain = {name: value for name, value in checkpoint["channel_values"].items() if _is_plain(value)}
        values = [
            Value(channel=name, version=str(versions[name]), kind=kind, data=data)
            for name, value in checkpoint["channel_values"].items()
            if name in versions and name not in plain
            for kind, data in [self.serde.dumps_typed(value)]
        ]
        place = saved.config["configurable"]
        return CheckpointRow(
            thread_id=place["thread_id"],
            namespace=place["checkpoint_ns"],
            id=place["checkpoint_id"],
            parent_id=saved.parent_config["configurable"]["checkpoint_id"] if saved.parent_config else None,
            checkpoint={**checkpoint, "channel_values": plain},
            metadata=dict(saved.metadata),
            values=values,
        )

    def write_of(self, task_id: str, task_path: str, index: int, channel: str, value: Any) -> Write:
        """Write down one thing that a part of a step has put out."""
        kind, data = self.serde.dumps_typed(value)
        return Write(task_id=task_id, task_path=task_path, index=index, channel=channel, kind=kind, data=data)

    def _tuple_of(self, row: CheckpointRow) -> CheckpointTuple:
        place = {"thread_id": row.thread_id, "checkpoint_ns": row.namespace}
        values = {
            value.channel: self.serde.loads_typed((value.kind, value.data or b""))
            for value in row.values
            if value.kind != "empty"
        }
        plain = row.checkpoint.get("channel_values") or {}
        return CheckpointTuple(
            config={"configurable": {**place, "checkpoint_id": row.id}},
            checkpoint=cast("Checkpoint", {**row.checkpoint, "channel_values": {**plain, **values}}),
            metadata=cast("CheckpointMetadata", row.metadata),
            parent_config={"configurable": {**place, "checkpoint_id": row.parent_id}} if row.parent_id else None,
            pending_writes=[(task, channel, value) for task, _, _, channel, value in self._writes_of(row)],
        )

    def _writes_of(self, row: CheckpointRow) -> list[tuple[str, str, int, str, Any]]:
        return [
            (one.task_id, one.task_path, one.index, one.channel, self.serde.loads_typed((one.kind, one.data)))
            for one in row.writes
        ]


def _is_plain(value: Any) -> bool:
    """Whether JSON holds a value exactly; not text, which may have characters that `jsonb` refuses."""
    return value is None or isinstance(value, bool | int)


def _id_of(saved: CheckpointTuple) -> str:
    return str(saved.config["configurable"]["checkpoint_id"])
