"""YAML overrides: who must consent to an API's operations and what is bound to the customer, as agents.yaml says.

What it leaves out stays as the rules propose it. A name that no operation or argument has stops the start.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from app.agents.yaml_file import did_you_mean
from app.errors import ConfigMistake

if TYPE_CHECKING:
    from app.agents.config import ApiSpec
    from app.db.live_set import LiveOperation
    from app.tools.base import ConsentRule


def overridden(
    api: ApiSpec, operations: Sequence[LiveOperation], arguments: Sequence[Collection[str]]
) -> list[LiveOperation]:
    """Return the API's operations as the file has them; `arguments` are the names of each one's, in the same order.

    Raises `ConfigMistake` for a name that no operation or argument has.
    """
    names = [one.name for one in operations]
    for pattern in api.consent:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise _mistake(api, f'consent: "{pattern}" is no operation of {api.name}', pattern, names)
    known = sorted({name for each in arguments for name in each})
    for argument in api.bind:
        if argument not in known:
            raise _mistake(api, f'bind: no operation of {api.name} takes "{argument}"', argument, known)
    return [
        replace(one, consent=_rule(api, one.name) or one.consent, bound=_bound(api, one.bound, there))
        for one, there in zip(operations, arguments, strict=True)
    ]


def _rule(api: ApiSpec, name: str) -> ConsentRule | None:
    """Find the rule for an operation: its own name goes before a pattern, an earlier pattern before a later one."""
    if name in api.consent:
        return api.consent[name]
    return next((rule for pattern, rule in api.consent.items() if fnmatchcase(name, pattern)), None)


def _bound(api: ApiSpec, proposed: dict[str, str], arguments: Collection[str]) -> dict[str, str]:
    """Lay the file's bindings over those that the rules propose; one to no claim takes a proposed one away."""
    wanted = {**proposed, **{name: claim for name, claim in api.bind.items() if name in arguments}}
    return {name: claim for name, claim in wanted.items() if claim is not None}


def _mistake(api: ApiSpec, what: str, wrong: str, known: Sequence[str]) -> ConfigMistake:
    close = did_you_mean(wrong, known)
    advice = f'did you mean "{close}"?' if close else f"write one of: {', '.join(known) or '(there are none)'}"
    where = api.where or api.name
    return ConfigMistake(f"{where}: {what}; {advice}", where=where)
