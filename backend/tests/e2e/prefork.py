"""Fork server: it has imported the product once and forks it on request, so a start costs no seconds of imports.

Each child is a process of its own, running what `python -m app.cli serve` runs, and is killed like one. Orders come
in on stdin, one JSON object a line; the child's process id goes out on stdout.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import app.main  # noqa: F401 - imported here so that the children need not
from app import cli


def main() -> None:
    """Fork a server for each order until stdin ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever dies is buried at once
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_server(order)
        print(pid, flush=True)  # noqa: T201 - this is the answer


def _become_server(order: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for path, number in (("/dev/null", 0), (order["out"], 1), (order["log"], 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.environ.update(order["environment"])  # noqa: TID251 - it is the child's to be given
    code = 1
    try:
        code = cli.main(["serve"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
