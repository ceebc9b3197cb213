"""Command `keys`: prints values for ADMIN_KEY and SECRET_KEY, or a customer's token to try the chat with."""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Sequence
from typing import Final

from app.access.identity_tokens import identity_tokens
from app.commands.command import Command
from app.errors import ConfigMistake
from app.settings import SECRET_BYTES, Settings, load_settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--identity",
        action="append",
        metavar="CLAIM=VALUE",
        help="print a token that says who the customer is, such as sub=1042; may be given several times",
    )


def _run(options: argparse.Namespace) -> None:
    print(_identity_token(load_settings(), options.identity) if options.identity else _keys())


def _keys() -> str:
    """Make two fresh lines for .env."""
    return "\n".join(f"{name}={secrets.token_urlsafe(SECRET_BYTES)}" for name in ("ADMIN_KEY", "SECRET_KEY"))


def _identity_token(settings: Settings, pairs: Sequence[str]) -> str:
    """Sign a token with these claims, as the customers' page would. Raises `ConfigMistake` where it names nobody."""
    claims = dict(pair.partition("=")[::2] for pair in pairs)
    if not claims.get("sub"):
        raise ConfigMistake("A token has to name the customer: write --identity sub=1042.")
    return identity_tokens(settings).sign(claims, now=time.time(), seconds=settings.identity_max_age_seconds)


COMMAND: Final = Command(
    name="keys",
    help="make values for ADMIN_KEY and SECRET_KEY, or a customer's token",
    run=_run,
    add_arguments=_add_arguments,
)
