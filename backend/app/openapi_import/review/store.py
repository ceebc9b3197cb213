"""Store of what was read: compared with what is live, then handed to review; one transaction, an import's last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from app.db import agents, apis, imports, live_set, operations
from app.db.operations import ImportAgent, OperationRow
from app.db.stored_json import to_jsonb
from app.openapi.operation import OperationDefinition
from app.openapi_import.review.diff import GONE, REVIEWED, Before, carried, what_changed
from app.openapi_import.unique_names import free, slug, tool_names

if TYPE_CHECKING:
    from app.db.imports import ImportRow
    from app.db.pool import Connection, Pool

ROWS_AT_ONCE = 50  # rows written without a pause for others: a few milliseconds


class Reserved(Protocol):
    """The names that imports have to respect, because no import brought what bears them."""

    @property
    def reserved_names(self) -> frozenset[str]:
        """The names of the tools that no import may take: the built-ins and those of agents.yaml."""

    @property
    def file_agents(self) -> frozenset[str]:
        """The names of the agents of agents.yaml."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of an API from before: what is live, what was edited in this import's earlier attempt."""

    live: Mapping[str, OperationRow]
    earlier: Mapping[str, OperationRow]
    definitions: Mapping[str, str]
    gone: Mapping[str, str]
    taken: Collection[str]


async def store_for_review(
    pool: Pool, job: ImportRow, *, rows: Sequence[dict[str, Any]], facts: Mapping[str, Any], live: Reserved
) -> bool:
    """Store operations and agents, and hand the import to people; False where it is no longer this attempt's."""
    async with pool.acquire() as connection, connection.transaction():
        job = await _named(connection, job, facts["api"]["title"])
        known = await _known(connection, job, rows, live.reserved_names)
    done = await asyncio.to_thread(_compared, job, rows, known)
    try:
        await _store(pool, job, done, facts, live)
    except _NoLongerOurs:
        return False
    return True


async def _named(connection: Connection, job: ImportRow, title: str) -> ImportRow:
    """Name an API that nobody has named for its title, the first time that is known; its tools may bear its name."""
    api = await apis.get(connection, api_id=job.api_id, lock=True)
    if api is None or api.live_job is not None or job.source.get("named") or job.title or not title:
        return job
    name = free(slug(title), await apis.names(connection) - {api.name})
    return replace(job, api_name=name) if await apis.rename(connection, api_id=api.id, name=name) else job


async def _store(
    pool: Pool, job: ImportRow, done: Sequence[dict[str, Any]], facts: Mapping[str, Any], live: Reserved
) -> None:
    async with pool.acquire() as connection, connection.transaction():
        if await imports.get(connection, job_id=job.id, lock=True) is None:
            raise _NoLongerOurs
        await operations.clear(connection, import_id=job.id)
        for at in range(0, len(done), ROWS_AT_ONCE):
            await operations.add_all(connection, import_id=job.id, rows=done[at : at + ROWS_AT_ONCE])
        await _store_agents(connection, job, done, facts["agents"], of_file=live.file_agents)
        described = await _describe_api(connection, job, facts["api"])
        progress = {"done": len(done), "total": len(done), "note": ""}
        if not await imports.to_review(
            connection, job_id=job.id, attempt=job.attempt, facts=described, progress=progress
        ):
            raise _NoLongerOurs


class _NoLongerOurs(Exception):
    """Takes the whole transaction back."""


async def _known(
    connection: Connection, job: ImportRow, rows: Sequence[Mapping[str, Any]], taken: Collection[str]
) -> _Known:
    before: dict[str, OperationRow] = {}
    definitions: dict[str, str] = {}
    gone: dict[str, str] = {}
    if job.previous is not None:
        found = await operations.all_of(connection, import_id=job.previous)
        before = {row.key: row for row in found if row.change != "removed"}
        now = {row["key"]: row["fingerprint"] for row in rows}
        other = [key for key, row in before.items() if key in now and now[key] != row.fingerprint]
        definitions = await operations.definitions(connection, import_id=job.previous, keys=other)
        lost = [key for key in before if key not in now]
        gone = await operations.definitions(connection, import_id=job.previous, keys=lost)
    earlier = {row.key: row for row in await operations.all_of(connection, import_id=job.id)}
    others = await live_set.names_of_others(connection, but_of=job.api_id)
    return _Known(live=before, earlier=earlier, definitions=definitions, gone=gone, taken={*others, *taken})


def _compared(job: ImportRow, rows: Sequence[dict[str, Any]], known: _Known) -> list[dict[str, Any]]:
    names = tool_names(
        [(row["key"], row["name"]) for row in rows],
        before={key: row.name for key, row in known.live.items()},
        taken=known.taken,
        api=job.api_name,
    )
    by_wanted = {row["name"]: names[row["key"]] for row in rows}
    done = [_row(job, row, known, names, by_wanted) for row in rows]
    done.extend(
        _gone(row, known.gone[key], idx=len(rows) + at)
        for at, (key, row) in enumerate((key, row) for key, row in known.live.items() if key in known.gone)
    )
    return done


def _row(
    job: ImportRow, row: dict[str, Any], known: _Known, names: Mapping[str, str], by_wanted: Mapping[str, str]
) -> dict[str, Any]:
    """Complete a row: its name, its comparison, and what was edited of it before this import was compared anew."""
    key = row["key"]
    arguments = {one["name"] for one in row["shown"]["arguments"]}
    fresh = {
        "enabled": True,
        "edited": {},
        "edited_by": None,
        "change": None if job.previous is None else "added",
        "changes": [],
        **row,
        "argument_names": arguments,
        "twin": by_wanted.get(row["twin"] or ""),
    }
    if (was := known.live.get(key)) is not None:
        changes: list[str] = []
        if key in known.definitions:
            old = OperationDefinition.from_json(json.loads(known.definitions[key]))
            changes = what_changed(old, OperationDefinition.from_json(json.loads(row["definition"])))
        fresh = carried(_before(was), fresh, sentences=changes, names=by_wanted)
    if (earlier := known.earlier.get(key)) is not None and earlier.change != "removed":
        fresh = _with_edits(fresh, earlier)
    return _storable({**fresh, "name": names[key], "revision": _revision(known, key)})


def _storable(row: dict[str, Any]) -> dict[str, Any]:
    """Write the parts of a row that are data as the JSON text that is stored."""
    return {**row, "shown": to_jsonb(row["shown"]), "classification": to_jsonb(row["classification"])}


def _revision(known: _Known, key: str) -> int:
    """Go on counting, so that what an editor saw before the import was compared anew is never taken for what is now."""
    return known.earlier[key].revision + 1 if key in known.earlier else 0


def _before(row: OperationRow) -> Before:
    return Before(
        fingerprint=row.fingerprint,
        proposed=row.classification["access"],
        reviewed={name: getattr(row, name) for name in REVIEWED},
        edited=row.edited,
        edited_by=row.edited_by,
    )


def _with_edits(row: dict[str, Any], earlier: OperationRow) -> dict[str, Any]:
    """Keep what people have edited in this very import, as far as it still fits."""
    if earlier.fingerprint != row["fingerprint"]:
        return row
    kept = {name: getattr(earlier, name) for name in earlier.edited}
    edited = {**row["edited"], **earlier.edited}
    return {**row, **kept, "edited": edited, "edited_by": earlier.edited_by or row["edited_by"]}


def _gone(row: OperationRow, definition: str, *, idx: int) -> dict[str, Any]:
    """Show an operation that is no longer in the document."""
    kept = {name: getattr(row, name) for name in (*REVIEWED, "key", "name", "fingerprint", "tokens", "confidence")}
    return _storable(
        {
            **kept,
            "idx": idx,
            "revision": 0,
            "shown": row.shown,
            "classification": row.classification,
            "definition": definition,
            "enabled": False,
            "edited": {},
            "edited_by": None,
            "change": "removed",
            "changes": [GONE],
        }
    )


async def _store_agents(
    connection: Connection,
    job: ImportRow,
    rows: Sequence[Mapping[str, Any]],
    proposed: Sequence[Mapping[str, str]],
    *,
    of_file: frozenset[str],
) -> None:
    """Propose the agents that the operations name, each as it is live already, or was edited, or was proposed.

    Of an agent of agents.yaml nothing is proposed: the file says what it is for, until a person says more.
    """
    wanted = {
        one["name"]: ImportAgent(
            name=one["name"], title=one["title"], description=one["description"], tone="", instructions=""
        )
        for one in proposed
    } | {name: nothing_proposed(name) for name in of_file}
    known = {**wanted, **{one.name: one for one in await operations.agents(connection, import_id=job.id)}}
    for name, version in (await agents.newest(connection)).items():
        if name not in known or name in wanted:
            spec = version.spec
            base = known.get(name) or nothing_proposed(name)
            given = {
                field: spec[field] for field in ("title", "description", "tone", "instructions") if spec.get(field)
            }
            known[name] = replace(base, **given)
    used = dict.fromkeys(row["agent"] for row in rows if row["change"] != "removed")
    await operations.replace_agents(
        connection,
        import_id=job.id,
        agents=[known.get(name) or plain_agent(name) for name in used],
    )


def nothing_proposed(name: str) -> ImportAgent:
    """Propose nothing of an agent that agents.yaml describes."""
    return ImportAgent(name=name, title="", description="", tone="", instructions="")


def plain_agent(name: str) -> ImportAgent:
    """Propose an agent of which nothing but the name is known."""
    title = name.replace("_", " ").capitalize()
    return ImportAgent(name=name, title=title, description=f"Handles {title.lower()}.", tone="", instructions="")


async def _describe_api(connection: Connection, job: ImportRow, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Let an API that has nothing live be described by this document; a live one waits until the import is published.

    Returns the facts, with a warning where the document says that a live API is somewhere else now.
    """
    api = await apis.get(connection, api_id=job.api_id, lock=True)
    if api is None:
        return dict(facts)
    if api.live_job is not None:
        moved = [server for server in facts["servers"] if server not in {*api.servers, api.base_url}]
        message = (
            f"The document names {', '.join(moved[:3])}. Requests still go to {api.base_url}, until you change that."
        )
        warned = [{"place": "servers", "message": message}] if moved and not job.source.get("base_url") else []
        return {**facts, "warnings": [*warned, *facts["warnings"]]}
    address = job.source.get("base_url") or (facts["servers"][0] if facts["servers"] else "")
    await apis.describe(
        connection,
        api_id=api.id,
        title=facts["title"] or api.title,
        servers=facts["servers"],
        schemes=facts["schemes"],
        base_url=address,
    )
    return dict(facts)
