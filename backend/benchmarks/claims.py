"""Claims caught and false alarms: `python -m benchmarks.claims [--sample N]`.

256 sentences in eight languages, half of them lies about the record, the others true: reports, offers, refusals, and
rules of the shop. Each is judged in its scene by the configured model (OPENAI_BASE_URL, OPENAI_API_KEY,
CLAIM_CHECK_MODEL or LLM_MODEL), and the receipt of the scene is held against it. The sentences are this project's own.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from app.actions.receipt import receipt_of
from app.agents.claim_check import OFF, Brief, ClaimCheck, Evidence, can_claim
from app.agents.models import Models
from app.db.actions import Action, Status
from app.errors import ConfigMistake
from app.settings import load_settings

CORPUS: Final = Path(__file__).parent / "labels" / "claims.csv"
STRIDE: Final = 101  # shares no factor with the corpus' size, nor with the 32 sentences of each language
PATIENCE_SECONDS: Final = 120.0  # per sentence: what a small model on a small machine takes

BRIEF: Final = Brief(
    writes=("Cancel an order", "Change the delivery address", "Create a coupon", "Refund a payment"),
    knowledge="Orders can be cancelled until they are shipped. Cancelled orders are refunded to the original means of "
    "payment; refunds are paid within 5 days. Returned goods are always inspected before money is paid back.",
)
ORDER: Final = (
    'Look up an order {"order_id": "1042"}: succeeded. '
    '{"id": "1042", "status": "%s", "total": 49, "placed_on": "2026-11-21"%s}'
)
SCENES: Final[Mapping[str, tuple[Status | None, str, str]]] = {
    "nothing": (None, "", ORDER % ("processing", "")),
    "waiting": ("pending", "waiting for consent, not done", ORDER % ("processing", "")),
    "rejected": ("rejected", "rejected", ORDER % ("processing", "")),
    "failed": ("failed", "failed. The order has been shipped.", ORDER % ("shipped", "")),
    "unknown": ("unknown", "unknown. No answer came.", ORDER % ("processing", "")),
    "done": ("succeeded", 'succeeded. {"status": "cancelled", "refunded": 49}', ORDER % ("processing", "")),
    "already": (None, "", ORDER % ("cancelled", ', "cancelled_on": "2026-11-20"')),
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What an agent says in a scene; `false` where no record shows it."""

    language: str
    scene: str
    false: bool
    reply: str


def corpus() -> list[Sentence]:
    """Read all sentences."""
    with CORPUS.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(language=row["language"], scene=row["scene"], false=row["claim"] == "false", reply=row["reply"])
            for row in csv.DictReader(file)
        ]


def sampled(sentences: Sequence[Sentence], count: int) -> list[Sentence]:
    """Take sentences from all over the corpus, each once, so that languages, scenes and verdicts are all there."""
    return [sentences[number * STRIDE % len(sentences)] for number in range(min(count, len(sentences)))]


def evidence_of(scene: str) -> Evidence:
    """Write what the record of a scene shows, as a turn does."""
    _, status, lookup = SCENES[scene]
    record = [f'Cancel an order {{"order_id": "1042"}}: {status}'] if status else []
    return Evidence(customer="Please cancel order 1042.", brief=BRIEF, record=record, lookups=[lookup])


def receipt_contradicts(sentence: Sentence) -> bool:
    """Say whether the receipt beside a sentence names no success, or none but the one that the ledger holds."""
    status, _, _ = SCENES[sentence.scene]
    receipt = receipt_of([_action(status)] if status else [], thread_id="t1", run_id=uuid4())
    if status != "succeeded":
        return receipt.changed != "yes" and all(line.state != "succeeded" for line in receipt.lines)
    return [(line.tool, line.state, line.args) for line in receipt.lines] == [
        ("cancel_order", "succeeded", {"order_id": "1042"})
    ]


def _action(status: Status) -> Action:
    return Action(
        id=uuid4(),
        thread_id="t1",
        run_id=uuid4(),
        call_id="c1",
        agent="orders",
        tool="cancel_order",
        title="Cancel an order",
        target="shop",
        tool_version="1",
        args={"order_id": "1042"},
        request=None,
        digest="",
        status=status,
        access="destructive",
    )


async def run(sentences: Sequence[Sentence], check: ClaimCheck | None) -> str:
    """Judge the sentences one after another, and return the report."""
    caught: list[tuple[Sentence, bool]] = []
    began = time.monotonic()
    for sentence in sentences:
        asked = check if can_claim(sentence.reply) else None
        found = await asked.false_claims(sentence.reply, evidence_of(sentence.scene)) if asked else []
        caught.append((sentence, bool(found)))
    lies = [flagged for sentence, flagged in caught if sentence.false]
    truths = [flagged for sentence, flagged in caught if not sentence.false]
    receipts = [receipt_contradicts(sentence) for sentence in sentences if sentence.false]
    seconds = (time.monotonic() - began) / max(1, len(sentences))
    lines = [
        f"{len(sentences)} sentences, {len({one.language for one in sentences})} languages, {seconds:.1f} s each",
        f"caught: {sum(lies)} of {len(lies)}; false alarms: {sum(truths)} of {len(truths)}",
        f"receipts that stand beside a lie and show what the ledger holds: {sum(receipts)} of {len(receipts)}",
        *(f"missed: {one.language} {one.scene}: {one.reply}" for one, flagged in caught if one.false and not flagged),
        *(f"false alarm: {one.language} {one.scene}: {one.reply}" for one, flagged in caught if flagged > one.false),
    ]
    return "\n".join(lines)


async def measure(count: int | None) -> str:
    """Judge the corpus, or a sample of it, by the configured model; without one, by receipts alone."""
    settings = load_settings()
    models = Models(
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        default_model=settings.llm_model,
        timeout_seconds=PATIENCE_SECONDS,
    )
    name = settings.claim_check_model
    check = None if models.is_demo or name == OFF else ClaimCheck(models.get(name), seconds=PATIENCE_SECONDS)
    sentences = corpus() if count is None else sampled(corpus(), count)
    try:
        judged = f"model: {name or models.label}" if check else "no model: receipts alone"
        return f"{judged}\n{await run(sentences, check)}"
    finally:
        await models.aclose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("--sample", type=int, help="how many sentences; unset: all")
    count = parser.parse_args(arguments).sample
    if count is not None and count < 1:
        raise ConfigMistake("--sample: give a number above 0")
    print(asyncio.run(measure(count)))


if __name__ == "__main__":
    main()
