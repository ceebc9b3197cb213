"""Live set of one replica: tools of approved operations and agents as people set them, swapped while conversations run.

The database says what is live; a notification or a poll loads what changed. An API that cannot be loaded has no tools
and says why, the others are live all the same; where nothing can be loaded, what was live stays.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.agents.config import AgentConfig, AgentSpec
from app.catalog.keyring import Keyring, elsewhere
from app.catalog.live_agents import AgentOverride, is_off, merged
from app.catalog.make_tools import connect, make_tools
from app.db import agents, apis, credentials, live_set, operations
from app.errors import AppError, ConfigMistake, InternalError
from app.jobs.poll_loop import PollLoop
from app.openapi.operation import OperationDefinition
from app.openapi_import.unique_names import tool_names
from app.tools.builtin import RESERVED

if TYPE_CHECKING:
    from uuid import UUID

    from app.db.agents import AgentVersion
    from app.db.apis import ApiRow
    from app.db.credentials import CredentialRow
    from app.db.live_set import LiveOperation
    from app.db.pool import Pool
    from app.outgoing.client import OutgoingClient
    from app.tools.base import ToolSpec
    from app.tools.openapi_tool import OpenApiTool
    from app.tools.registry import ToolRegistry

POLL_SECONDS: Final = 5.0  # how soon a change is seen whose message was lost

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Loaded:
    """An API's tools, and of what they were made."""

    mark: tuple[Any, ...]
    tools: tuple[OpenApiTool, ...] = ()
    agents: Mapping[str, str] = field(default_factory=dict)
    fault: AppError | None = None


class LiveTools:
    """The tools and agents of this replica, kept equal to what the database says is live."""

    def __init__(
        self,
        *,
        pool: Pool,
        http: OutgoingClient,
        keyring: Keyring,
        tools: ToolRegistry,
        base: AgentConfig,
        swap: Callable[[AgentConfig], None],
    ) -> None:
        """`base` is what agents.yaml says, with its tools in `tools` already; `swap` lets other agents answer."""
        self._pool = pool
        self._http = http
        self._keyring = keyring
        self._tools = tools
        self._base = base
        self._swap = swap
        self._fixed = frozenset(tools.names)
        self._loaded: dict[UUID, _Loaded] = {}
        self._sources: dict[str, tuple[OpenApiTool, ...]] = {}
        self._version = -1
        self._lock = asyncio.Lock()
        self._loop = PollLoop(self.reload, failed="live_tools_not_loaded", seconds=POLL_SECONDS)
        self.config = base
        self.off: tuple[AgentSpec, ...] = ()
        """The agents that people switched off: they answer nothing, and can be switched on again."""
        self.versions: Mapping[str, int] = {}

    @property
    def reserved_names(self) -> frozenset[str]:
        """The names of the tools that no import may take: the built-ins and those of agents.yaml."""
        return self._fixed | RESERVED

    @property
    def file_agents(self) -> frozenset[str]:
        """The names of the agents of agents.yaml."""
        return frozenset(agent.name for agent in self._base.agents)

    def on_notify(self, _: str = "") -> None:
        """Load again: something changed, here or on another replica."""
        self._loop.wake()

    async def work(self) -> None:
        """Load whenever something changed, until cancelled."""
        await self._loop.work()

    async def refresh(self) -> None:
        """Load what was changed; where that fails, what is live stays, and it is tried again a little later."""
        try:
            await self.reload()
        except Exception as error:  # noqa: BLE001  # a database that is gone has many words, and comes back
            log.warning("live_tools_not_loaded", reason=str(error))

    async def reload(self) -> None:
        """Make tools and agents what the database says; nothing happens where they are that already.

        An API that cannot be loaded has no tools, is logged and shows why; the others are live all the same.
        """
        async with self._lock:
            async with self._pool.acquire() as connection:
                version = await live_set.version(connection)
                if version == self._version:
                    return
                rows = [row for row in await apis.list_all(connection) if row.live_job is not None]
                sealed = await credentials.list_all(connection)
                overrides = await agents.newest(connection)
            self._loaded = {
                row.id: await self._load(row, [one for one in sealed if one.api_id == row.id]) for row in rows
            }
            by_agent = self._register(rows)
            await self._note_faults(rows)
            self.config = self._configured(by_agent, overrides)
            self.versions = {name: one.version for name, one in overrides.items()}
            await asyncio.to_thread(self._swap, self.config)  # compiling the graph of many agents takes a while
            self._version = version
            log.info("live_tools_loaded", version=version, tools=len(self._tools.names), agents=len(self.config.agents))

    async def _load(self, row: ApiRow, sealed: list[CredentialRow]) -> _Loaded:
        """Make an API's tools, unless they are made already."""
        mark = (row.live_job, row.updated_at, row.base_url, tuple((one.scheme, one.set_at) for one in sealed))
        known = self._loaded.get(row.id)
        if known is not None and known.mark == mark:
            return known
        values: Mapping[str, Mapping[str, str]] = {}
        fault: AppError | None = None
        try:
            values = self._keyring.opened(sealed)
            fault = elsewhere(row, values)
        except AppError as error:
            fault = error
        try:
            tools, agent_of = await self._make(row, values)
        except Exception as error:  # whatever is wrong with one API, the others are live
            log.exception("api_not_loaded", api=row.name)
            fault = error if isinstance(error, AppError) else InternalError()
            return _Loaded(mark=mark, fault=fault)
        return _Loaded(mark=mark, tools=tools, agents=agent_of, fault=fault)

    async def _make(
        self, row: ApiRow, values: Mapping[str, Mapping[str, str]]
    ) -> tuple[tuple[OpenApiTool, ...], dict[str, str]]:
        assert row.live_job is not None  # noqa: S101  # only live ones are loaded
        async with self._pool.acquire() as connection:
            approved = self._named(row, await live_set.operations(connection, import_id=row.live_job))
            definitions = await operations.definitions(connection, import_id=row.live_job)
        api = connect(row, http=self._http, values=values, renew=self._keyring.renewal(row.id))
        reviewed = ((one, OperationDefinition.from_json(json.loads(definitions[one.key]))) for one in approved)
        tools = await asyncio.to_thread(make_tools, reviewed, api)  # what is read from JSON there takes a while
        return tools, {one.name: one.agent for one in approved}

    def _named(self, row: ApiRow, approved: list[LiveOperation]) -> list[LiveOperation]:
        """Give a prefixed name to a tool whose name agents.yaml has taken since it was approved."""
        taken = self._fixed & {one.name for one in approved}
        if not taken:
            return approved
        log.warning("tools_renamed", api=row.name, tools=sorted(taken))
        kept = {one.key: one.name for one in approved if one.name not in taken}
        names = tool_names([(one.key, one.name) for one in approved], before=kept, taken=self._fixed, api=row.name)
        return [replace(one, name=names[one.key]) for one in approved]

    def _register(self, rows: Iterable[ApiRow]) -> dict[str, list[ToolSpec]]:
        """Let the tools be found, and say which agent has which."""
        for gone in self._sources.keys() - {row.name for row in rows}:
            self._tools.replace(gone, ())
            del self._sources[gone]
        by_agent: dict[str, list[ToolSpec]] = defaultdict(list)
        for row in rows:
            loaded = self._loaded[row.id]
            if self._sources.get(row.name) is not loaded.tools:
                try:
                    self._tools.replace(row.name, loaded.tools)
                except ConfigMistake as error:
                    self._loaded[row.id] = replace(loaded, fault=error)
                    continue
                self._sources[row.name] = loaded.tools
            for tool in loaded.tools:
                by_agent[loaded.agents[tool.spec.name]].append(tool.spec)
        return by_agent

    async def _note_faults(self, rows: Iterable[ApiRow]) -> None:
        for row in rows:
            fault = self._loaded[row.id].fault
            message = fault.message if fault else None
            if message != row.fault:
                log.warning("api_fault", api=row.name, fault=message)
                async with self._pool.acquire() as connection:
                    await apis.note_fault(connection, api_id=row.id, fault=message)

    def _configured(self, by_agent: Mapping[str, list[ToolSpec]], overrides: Mapping[str, AgentVersion]) -> AgentConfig:
        set_by_people = {name: AgentOverride(spec=one.spec, version=one.version) for name, one in overrides.items()}
        whole = merged(
            self._without_patterns() if by_agent else self._base,
            tools=by_agent,
            overrides=set_by_people,
            new=AgentSpec,
        )
        self.off = tuple(
            agent for agent in whole.agents if is_off(set_by_people.get(agent.name)) and agent.name != whole.fallback
        )
        return replace(whole, agents=tuple(agent for agent in whole.agents if agent not in self.off))

    def _without_patterns(self) -> AgentConfig:
        """Write the file's patterns out, so that `get_*` takes no tool that a person gave to another agent."""
        written = [
            replace(
                agent,
                tools=tuple(
                    tool.spec.name for tool in self._tools.select(agent.tools) if tool.spec.name in self._fixed
                ),
            )
            for agent in self._base.agents
        ]
        return replace(self._base, agents=tuple(written))
