"""Operations and agents of an import, in the tables `operations` and `import_agents`: as proposed, and as reviewed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection


@dataclass(frozen=True, kw_only=True)
class OperationRow:
    """One operation under review, without its large parts. `edited` holds, by field, who changed it, when, from what.

    `shown` is what a list shows of the definition: method, path, arguments and their like.
    """

    import_id: UUID
    idx: int
    key: str
    name: str
    revision: int
    fingerprint: str
    classification: dict[str, Any]
    shown: dict[str, Any]
    tokens: int
    title: str
    description: str
    access: str
    consent: str
    agent: str
    customer_params: list[str]
    bound: dict[str, str]
    twin: str | None
    confidence: float
    enabled: bool
    edited: dict[str, dict[str, Any]]
    edited_by: str | None
    change: str | None
    changes: list[str]


@dataclass(frozen=True, kw_only=True)
class BriefRow:
    """What decides about an operation's tool; `bound` is JSON text, to be compared."""

    idx: int
    key: str
    name: str
    fingerprint: str
    access: str
    consent: str
    agent: str
    bound: str
    enabled: bool
    change: str | None


@dataclass(frozen=True, kw_only=True)
class ImportAgent:
    """An agent as an import proposes it, and how many operations are its own."""

    name: str
    title: str
    description: str
    tone: str
    instructions: str
    operations: int = 0
    writes: int = 0


DOUBT: Final = 0.6  # a label less sure than this is shown first on the review page, and asked of an operator

AT_ONCE: Final = 100  # rows read or written without a pause for others: some milliseconds
BEFORE_THE_FIRST: Final = -1  # the number after which all of them come
EDITABLE: Final = (
    "title",
    "description",
    "access",
    "consent",
    "agent",
    "customer_params",
    "bound",
    "twin",
    "enabled",
)
_COLUMNS: Final = """import_id, idx, key, name, revision, fingerprint, classification, shown, tokens, title,
    description, access, consent, agent, customer_params, bound, twin, confidence, enabled, edited, edited_by, change,
    changes"""
_NEW: Final = (*_COLUMNS.replace("\n", " ").replace(" ", "").split(","), "definition")
_TEXTS: Final = frozenset({"classification", "shown", "definition"})  # JSON that was written elsewhere: stored as is


async def clear(connection: Connection, *, import_id: UUID) -> None:
    """Remove the operations of an import."""
    await connection.execute("DELETE FROM operations WHERE import_id = $1", import_id)


async def add_all(connection: Connection, *, import_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add operations to an import; the large parts come as JSON text."""
    places = ", ".join(f"${at}::text::jsonb" if name in _TEXTS else f"${at}" for at, name in enumerate(_NEW, start=1))
    await connection.executemany(
        f"INSERT INTO operations ({', '.join(_NEW)}) VALUES ({places})",  # noqa: S608  # our own constants
        [[import_id if name == "import_id" else row[name] for name in _NEW] for row in rows],
    )


async def page(connection: Connection, *, import_id: UUID, after: int, limit: int) -> list[OperationRow]:
    """List the operations of an import after a number, in order."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM operations WHERE import_id = $1 AND idx > $2 ORDER BY idx LIMIT $3",  # noqa: S608
        import_id,
        after,
        limit,
    )
    return [OperationRow(**row) for row in rows]


async def some(connection: Connection, *, import_id: UUID, idxs: Collection[int]) -> dict[int, OperationRow]:
    """Read these operations of an import, by number, and lock them; those that are not there are left out."""
    found: dict[int, OperationRow] = {}
    wanted = sorted(idxs)
    for at in range(0, len(wanted), AT_ONCE):
        rows = await connection.fetch(
            f"SELECT {_COLUMNS} FROM operations WHERE import_id = $1 AND idx = ANY($2) FOR UPDATE",  # noqa: S608
            import_id,
            wanted[at : at + AT_ONCE],
        )
        found |= {row["idx"]: OperationRow(**row) for row in rows}
    return found


async def store_edits(connection: Connection, *, rows: Sequence[OperationRow]) -> None:
    """Store what was edited, and count it."""
    for at in range(0, len(rows), AT_ONCE):
        await connection.executemany(
            """
            UPDATE operations SET revision = revision + 1, title = $3, description = $4, access = $5, consent = $6,
                   agent = $7, customer_params = $8, bound = $9, twin = $10, enabled = $11, edited = $12,
                   edited_by = $13
             WHERE import_id = $1 AND idx = $2
            """,
            [
                [row.import_id, row.idx, *(getattr(row, name) for name in EDITABLE), row.edited, row.edited_by]
                for row in rows[at : at + AT_ONCE]
            ],
        )


async def definition(connection: Connection, *, import_id: UUID, idx: int) -> str | None:
    """Read the whole definition of an operation, as JSON text; None where there is no such operation."""
    found: str | None = await connection.fetchval(
        "SELECT definition::text FROM operations WHERE import_id = $1 AND idx = $2", import_id, idx
    )
    return found


async def definitions(
    connection: Connection, *, import_id: UUID, keys: Collection[str] | None = None
) -> dict[str, str]:
    """Read whole definitions as JSON text, by key: of the enabled operations, or of those that `keys` names."""
    found: dict[str, str] = {}
    after = BEFORE_THE_FIRST
    while True:
        rows = await connection.fetch(
            """
            SELECT idx, key, definition::text AS text FROM operations
             WHERE import_id = $1 AND idx > $2 AND (CASE WHEN $3::text[] IS NULL THEN enabled ELSE key = ANY($3) END)
             ORDER BY idx LIMIT $4
            """,
            import_id,
            after,
            None if keys is None else list(keys),
            AT_ONCE,
        )
        if not rows:
            return found
        found |= {row["key"]: row["text"] for row in rows}
        after = rows[-1]["idx"]


async def all_of(connection: Connection, *, import_id: UUID) -> list[OperationRow]:
    """List every operation of an import."""
    found: list[OperationRow] = []
    while rows := await page(
        connection, import_id=import_id, after=found[-1].idx if found else BEFORE_THE_FIRST, limit=AT_ONCE
    ):
        found.extend(rows)
    return found


async def briefly(connection: Connection, *, import_id: UUID) -> list[BriefRow]:
    """List every operation of an import by what decides about its tool."""
    rows = await connection.fetch(
        """
        SELECT idx, key, name, fingerprint, access, consent, agent, bound::text AS bound, enabled, change
          FROM operations WHERE import_id = $1 ORDER BY idx
        """,
        import_id,
    )
    return [BriefRow(**row) for row in rows]


async def read_names(connection: Connection, *, import_id: UUID) -> set[str]:
    """Name the tools of an import that only read."""
    rows = await connection.fetch(
        "SELECT name FROM operations WHERE import_id = $1 AND access = 'read' AND change IS DISTINCT FROM 'removed'",
        import_id,
    )
    return {row["name"] for row in rows}


async def rename(connection: Connection, *, import_id: UUID, names: Mapping[int, str]) -> None:
    """Give operations other tool names, and take the references to the old ones along."""
    for idx, name in names.items():
        await connection.execute(
            """
            WITH old AS (SELECT name FROM operations WHERE import_id = $1 AND idx = $2),
                 twins AS (UPDATE operations SET twin = $3 WHERE import_id = $1 AND idx <> $2
                            AND twin = (SELECT name FROM old))
            UPDATE operations SET name = $3 WHERE import_id = $1 AND idx = $2
            """,
            import_id,
            idx,
            name,
        )


# --- the agents that an import proposes ------------------------------------------------------------------------


async def replace_agents(connection: Connection, *, import_id: UUID, agents: Sequence[ImportAgent]) -> None:
    """Let these be the agents that an import proposes."""
    await connection.execute("DELETE FROM import_agents WHERE import_id = $1", import_id)
    for agent in agents:
        await add_agent(connection, import_id=import_id, agent=agent)


async def add_agent(connection: Connection, *, import_id: UUID, agent: ImportAgent) -> None:
    """Propose one more agent; one that is there already stays as it is."""
    await connection.execute(
        """
        INSERT INTO import_agents (import_id, name, title, description, tone, instructions)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """,
        import_id,
        agent.name,
        agent.title,
        agent.description,
        agent.tone,
        agent.instructions,
    )


async def agents(connection: Connection, *, import_id: UUID) -> list[ImportAgent]:
    """List the agents that an import proposes, with how much is theirs."""
    rows = await connection.fetch(
        """
        SELECT a.name, a.title, a.description, a.tone, a.instructions,
               count(o.idx) FILTER (WHERE o.enabled) AS operations,
               count(o.idx) FILTER (WHERE o.enabled AND o.access <> 'read') AS writes
          FROM import_agents a LEFT JOIN operations o ON o.import_id = a.import_id AND o.agent = a.name
         WHERE a.import_id = $1 GROUP BY a.import_id, a.name ORDER BY a.name
        """,
        import_id,
    )
    return [ImportAgent(**row) for row in rows]


async def store_agent(connection: Connection, *, import_id: UUID, name: str, agent: ImportAgent) -> None:
    """Store an edited agent, under a new name too, and take its operations along."""
    await connection.execute(
        """
        UPDATE import_agents SET name = $3, title = $4, description = $5, tone = $6, instructions = $7
         WHERE import_id = $1 AND name = $2
        """,
        import_id,
        name,
        agent.name,
        agent.title,
        agent.description,
        agent.tone,
        agent.instructions,
    )
    if agent.name != name:
        await connection.execute(
            "UPDATE operations SET agent = $3, revision = revision + 1 WHERE import_id = $1 AND agent = $2",
            import_id,
            name,
            agent.name,
        )
