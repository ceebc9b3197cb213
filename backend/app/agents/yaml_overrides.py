"""What `agents.yaml` says of an API's operations: who must consent to them, and what is bound to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from app.agents.yaml_file import did_you_mean
from app.errors import ConfigMistake
from app.tools.overrides import reviewed

if TYPE_CHECKING:
    from app.agents.config import ApiSpec
    from app.tools.base import ConsentRule, Tool


def review_tools(api: ApiSpec, tools: Sequence[Tool]) -> list[Tool]:
    """Return the API's tools as the file says; raises `ConfigMistake` for a name that no tool or argument has."""
    names = [tool.spec.name for tool in tools]
    for pattern in api.consent:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise _mistake(api, f'consent: "{pattern}" is no operation of {api.name}', pattern, names)
    arguments = sorted({name for tool in tools for name in tool.spec.schema.get("properties", {})})
    for argument in api.bind:
        if argument not in arguments:
            raise _mistake(api, f'bind: no operation of {api.name} takes "{argument}"', argument, arguments)
    return [reviewed(tool, consent=_rule(api, tool.spec.name), bound=api.bind) for tool in tools]


def _rule(api: ApiSpec, name: str) -> ConsentRule | None:
    """Find the rule for a tool: its own name goes before a pattern, an earlier pattern before a later one."""
    if name in api.consent:
        return api.consent[name]
    return next((rule for pattern, rule in api.consent.items() if fnmatchcase(name, pattern)), None)


def _mistake(api: ApiSpec, what: str, wrong: str, known: Sequence[str]) -> ConfigMistake:
    close = did_you_mean(wrong, known)
    advice = f'did you mean "{close}"?' if close else f"write one of: {', '.join(known) or '(there are none)'}"
    where = api.where or api.name
    return ConfigMistake(f"{where}: {what}; {advice}", where=where)
