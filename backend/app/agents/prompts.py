"""Prompt templates of `config/prompts`, checked at start (`ConfigMistake`) and filled with what an agent is."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import ConfigMistake
from app.tools.builtin import TRANSFER

if TYPE_CHECKING:
    from app.agents.config import AgentConfig, AgentSpec

PROMPTS: Final = Path(__file__).parents[2] / "config" / "prompts"
PLACES: Final = {
    "specialist": frozenset(
        {"business", "agent", "description", "tone", "greeting", "escalation_message", "may", "knowledge", "examples"}
        | {"instructions", "handover"}
    ),
    "router": frozenset({"business", "agents", "fallback"}),
    "classifier": frozenset(),
    "claim_check": frozenset(),
}
NO_INSTRUCTIONS: Final = "(none beside the rules below)"
HANDOVER: Final = (
    f"- What is not your job but a colleague's: call {TRANSFER} at once, and say nothing. Never refuse it or answer it "
    "yourself. Where only a part is a colleague's, do your own part and pass on the other one."
)
NO_KNOWLEDGE: Final = "(nothing beyond what the tools answer)"


def check_prompts(folder: Path = PROMPTS) -> None:
    """Make sure that every prompt is there and names only what can be filled in; raises `ConfigMistake`."""
    for name, places in PLACES.items():
        path = folder / f"{name}.md"
        try:
            template = string.Template(path.read_text(encoding="utf-8"))
        except OSError:
            raise ConfigMistake(f"{path}: there is no such prompt; restore it from the distribution") from None
        if not template.is_valid():
            raise ConfigMistake(f"{path}: a $ stands alone; write $$ for a dollar sign")
        if unknown := sorted(set(template.get_identifiers()) - places):
            raise ConfigMistake(f"{path}: ${unknown[0]} is unknown; write one of: {', '.join(sorted(places))}")


def specialist_prompt(agent: AgentSpec, config: AgentConfig, *, hands_over: bool = False) -> str:
    """Return the system prompt of an agent; one that `hands_over` is told when to."""
    is_fallback = agent.name == config.fallback
    spoken_of = config.agents if is_fallback else (agent,)
    examples = [f"- {example}" for one in spoken_of for example in one.examples]
    return _template("specialist").substitute(
        business=config.name,
        agent=agent.name,
        description=agent.description,
        tone=agent.personality.tone,
        greeting=agent.personality.greeting or config.greeting,
        escalation_message=agent.personality.escalation_message,
        may="read and, after consent, change things" if agent.permission == "write" else "only look things up",
        handover=HANDOVER if hands_over else "",
        instructions=agent.instructions.strip() or NO_INSTRUCTIONS,
        knowledge=agent.knowledge or NO_KNOWLEDGE,
        examples="\n".join(examples) or "- (none given)",
    )


def router_prompt(*, business: str, agents: str, fallback: str) -> str:
    """Return the system prompt of the router; `agents` is the list of agents as data."""
    return _template("router").substitute(business=business, agents=agents, fallback=fallback)


def classifier_prompt() -> str:
    """Return the system prompt for judging what an API's operations do."""
    return _template("classifier").substitute()


def claim_check_prompt() -> str:
    """Return the system prompt for checking what an agent has said against the record."""
    return _template("claim_check").substitute()


@lru_cache(maxsize=len(PLACES))
def _template(name: str) -> string.Template:
    return string.Template((PROMPTS / f"{name}.md").read_text(encoding="utf-8"))


def section(prompt: str, heading: str, headings: Sequence[str]) -> str:
    """Return the text under `heading:` up to the next of `headings`; empty where there is none."""
    lines = prompt.splitlines()
    starts = {f"{name.lower()}:" for name in headings}
    found: list[str] = []
    inside = False
    for line in lines:
        bare = line.strip().lower()
        if bare in starts:
            inside = bare == f"{heading.lower()}:"
        elif inside:
            found.append(line)
    return "\n".join(found).strip()
