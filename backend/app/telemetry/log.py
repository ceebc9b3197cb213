"""Structured log on stderr, for people (console) or machines (JSON); secrets are hidden in every line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN: Final = "[hidden]"
SECRET_FIELDS: Final = frozenset(
    {"admin_key", "api_key", "authorization", "cookie", "password", "secret", "secret_key", "set-cookie", "token"}
)
QUIET: Final = ("aiohttp.access", "asyncio", "alembic")  # they say at info what we say better
MIN_HIDDEN_CHARS: Final = 6  # hiding a shorter text would tear holes into ordinary words


def configure_logging(
    *,
    form: Literal["console", "json"] = "console",
    level: str = "info",
    hide: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log of ours and of the libraries to stderr (or `stream`); the texts in `hide` never appear."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secret_fields,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    render: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        _Hiding(
            hide=hide,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secret_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the value of each field that is named like a secret."""
    for name in event.keys() & SECRET_FIELDS:
        event[name] = HIDDEN
    return event


class _Hiding(structlog.stdlib.ProcessorFormatter):
    """Hides known secrets in the finished line, wherever they came from: a message, a field, a traceback."""

    def __init__(
        self, *, hide: Collection[str], foreign_pre_chain: list[Processor], processors: list[Processor]
    ) -> None:
        super().__init__(foreign_pre_chain=foreign_pre_chain, processors=processors)
        self._hide = sorted((text for text in hide if len(text) >= MIN_HIDDEN_CHARS), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Render one line without the hidden texts."""
        line = super().format(record)
        for text in self._hide:
            line = line.replace(text, HIDDEN)
        return line
