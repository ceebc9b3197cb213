"""Comments: what each table holds, in the words of the glossary, for whoever looks at the database itself."""

from alembic import op

revision = "0013_comments"
down_revision = "0012_history"
branch_labels = None
depends_on = None

TABLES = {
    "conversations": "Conversations: one chat each; on the wire its key is thread_id.",
    "turns": "Turns: one message, or one answered approval, each; run one at a time per conversation, by lease.",
    "events": "Event log: what happened in each conversation, in order. The source of replay and of all figures.",
    "actions": "Actions: writes by tools, from proposed to settled; each is executed at most once.",
    "interrupts": "Approvals: writes that wait for a yes, one row per audience that is asked; on the wire: interrupt.",
    "deliveries": "Outbox of the escalation webhook: each delivery with its attempts.",
    "identities": "Identities: who a visitor is, as a signed token of the company said.",
    "apis": "APIs: each with its base URL, its limits and the import whose tools are live.",
    "api_credentials": "Credentials of APIs, encrypted, one per security scheme.",
    "imports": "Imports: OpenAPI documents on their way to tools; the import job holds a lease on its row.",
    "operations": "Operations of imports, with their classification and what reviewers edited.",
    "import_agents": "Agents that an import proposes, as they are being reviewed.",
    "agent_versions": "Agents as staff set them; the newest version of a name is live, none is ever changed.",
    "review_log": "Audit log of reviews: which member of staff did what to an API. It outlives the API.",
    "withdrawn_tools": "Tools that changed or went, whose pending approvals have to expire.",
    "live_set": "One row: the version of the live tools and agents, raised by every change.",
    "conversation_facts": "Facts: what each conversation has come to, folded from its events.",
    "conversation_text": "Search documents: the words and marks that each conversation is found by.",
    "figures": "Rollups: sums over the conversations that began in a span of time, by agent, tool and model.",
    "figure_durations": "Rollups of durations: how many fell into each bin, over the same spans.",
    "figures_kept": "One row: when the rollups last changed, for pages that show them live.",
}
COLUMNS = {
    "conversations.last_seq": "Number of the newest event.",
    "conversations.counted_seq": "Number of the last event that facts and rollups have counted.",
    "conversations.visitor_id": "Browser session that the conversation belongs to.",
    "conversations.customer": "Identity under which it was begun; NULL for a stranger.",
    "turns.run_id": "Run of the graph that the turn begins or goes on with; the key of its checkpoints.",
    "turns.lease_until": "Until when the worker may run it without renewing its lease.",
    "events.key": "Idempotency key: what happens only once is logged only once.",
    "events.visible": "Whether the customer sees it; the rest are records for staff.",
    "events.frame": "The frame as it travels on the socket, or the record for staff.",
    "actions.digest": "Digest of tool, arguments, target and version: consent holds for exactly this.",
    "actions.consents": "Audiences whose consent is needed, in the order in which they are asked.",
    "actions.access": "What the action may do: write, destructive or unknown.",
    "interrupts.audience": "Who may answer: the customer or staff (operator).",
    "interrupts.digest": "Digest of the action that was shown; an answer to another one is refused.",
    "conversation_facts.tally": "The stored fold, which counting goes on from. It names no customer.",
    "conversation_facts.settle_at": "When silence ends the conversation.",
    "conversation_text.doc": "Words, and marks behind '=', each behind the week in which the conversation began.",
    "figures.level": "Width of the span: 0 a quarter of an hour, 1 a day, 2 a week (UTC).",
    "figures.cost_e8": "Hundred-millionths of a US dollar.",
    "figure_durations.bin": "Bin of the duration; each is a tenth wider than the one before.",
}


def upgrade() -> None:
    """Apply the step."""
    for table, words in TABLES.items():
        op.execute(f"COMMENT ON TABLE {table} IS {_text(words)}")
    for column, words in COLUMNS.items():
        op.execute(f"COMMENT ON COLUMN {column} IS {_text(words)}")


def downgrade() -> None:
    """Take the step back."""
    for table in TABLES:
        op.execute(f"COMMENT ON TABLE {table} IS NULL")
    for column in COLUMNS:
        op.execute(f"COMMENT ON COLUMN {column} IS NULL")


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
