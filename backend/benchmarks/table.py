"""Table of measurements, as the docs show it."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing measured, with what it has to reach; `ok` is None where there is no goal."""

    what: str
    goal: str
    measured: str
    ok: bool | None = None


class Meter:
    """The time that the processors have worked for us, in seconds: our processes and the database's.

    On a machine that does other things beside, the clock tells how busy those were.
    """

    def __init__(self, backend_pid: int) -> None:
        """Read from the database server that `backend_pid` serves a connection of."""
        self._server = psutil.Process(backend_pid).parent()

    def seconds(self) -> float:
        """Return what has been used up so far."""
        return sum(os.times()[:4]) + self.database_seconds()

    def database_seconds(self) -> float:
        """Return what the database has used up of it."""
        if self._server is None:
            return 0.0
        used = sum(self._server.cpu_times()[:4])  # with its children that have ended
        for child in self._server.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                used += sum(child.cpu_times()[:2])
        return used


def p95(values: Sequence[float]) -> float:
    """Return what 19 of 20 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def machine() -> str:
    """Say on what it was measured, and how busy that was."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def write(rows: Iterable[Row]) -> str:
    """Write the table in Markdown."""
    lines = ["| | goal | measured | |", "|---|---|---|---|"]
    signs = {True: "reached", False: "missed", None: ""}
    lines += [f"| {row.what} | {row.goal} | {row.measured} | {signs[row.ok]} |" for row in rows]
    return "\n".join(lines)
