"""Command line: a table of commands, each a module of `commands/`.

Exit codes: 0 stopped as asked, 1 something needed did not start, 2 a setting or argument is wrong, 3 the address
can't be listened on, 4 an import failed, 5 the doctor found something broken.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from app.commands import analytics, doctor, import_document, keys, migrate, pause, schema, serve, sign_in_link
from app.commands.command import carry_out, parser_of

COMMANDS: Final = (
    serve.COMMAND,
    migrate.COMMAND,
    doctor.COMMAND,
    analytics.COMMAND,
    keys.COMMAND,
    sign_in_link.COMMAND,
    import_document.COMMAND,
    pause.PAUSE,
    pause.RESUME,
    schema.COMMAND,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; what went wrong is said in a sentence on stderr."""
    options = parser_of(COMMANDS, prog="python -m app.cli").parse_args(arguments)
    return carry_out(options.run, options)


if __name__ == "__main__":
    sys.exit(main())
