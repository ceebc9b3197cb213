"""Regular expressions of the program: none takes more than its share of time, whatever text it is given.

Every pattern of `app` is found in its source, so a new one is tried without being registered anywhere. Texts of
customers, models, targets and documents reach most of them on the event loop, where one that is quadratic in a message
of 10,000 characters stands still for everybody.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]  # the standard library's own reader of patterns has no types
from typing import Any, Final

import pytest

import app
from app.demo_model.script import script

CALLS: Final = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
# Where the flags stand in a call, counted from 0.
FLAGS: Final = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2}
LONGEST: Final = 8_000  # characters; a customer's message has at most 10,000
FIRST_LENGTH: Final = 62
NOTICEABLE_SECONDS: Final = 0.002  # below this a growth is noise
GROWTH: Final = 3.0  # for twice the text: 2 where it is linear, 4 where it is quadratic
TRIES: Final = 3  # of which the quickest counts
CONFIRMING_TRIES: Final = 7  # where a growth is suspected
CONFIRMATIONS: Final = 3  # all of which have to show it

AWKWARD: Final = (
    *(" ", "\n", "\t", "0", "a", "A", "_", "-", ".", ",", "'", '"', "(", "[", "{", "<", "|", "/", "\\", "=", ":", "#"),
    *("a ", "1,", "1 ", "a.", "a@", "A1 ", "1a-", "a=", '"a" ', ". ", "; ", "a\n", "1\n", "aB", "no ", "\r\n"),
    *("\u00e9", "\u4e2d", "\u200b", "e\u0301", "\u2026", "\U0001f600"),
)
"""Pieces of which awkward texts are made, by repetition; the literals of each pattern are tried as well."""

# Made at run time, of words that the program knows or of text that was escaped; each says of what.
READ_BY_THE_DEMO_MODEL: Final = "names and nouns of a tool, over a text of at most MAX_READ_CHARS"
BUILT_AT_RUN_TIME: Final = {
    ("app.demo_model.fill", "pattern"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.fill", "listed"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.fill", "one"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.fill", "before"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.fill", "after"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.fill", "f'\\\\b{word}'"): READ_BY_THE_DEMO_MODEL,
    (
        "app.demo_model.fill",
        "f'\\\\b(?:{prepositions})\\\\s+(?:my |the |our )?([\\\\w ]+?){end}'",
    ): READ_BY_THE_DEMO_MODEL,
    (
        "app.demo_model.fill",
        'f"\\\\b(?:not|no|without|don\'t|never)\\\\s+(?:\\\\w+\\\\s+)?{own[0]}"',
    ): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.understand", "f'{noun} .*'"): READ_BY_THE_DEMO_MODEL,
    ("app.demo_model.script", "said"): "the script's own patterns, tried below",
    ("app.demo_model.script", "written.replace('\\n', '').replace('{number}', NUMBER)"): (
        "the script's own patterns, tried below"
    ),
    ("app.agents.claim_check", "pattern"): "words that a model quoted, escaped",
    ("app.agents.prices", "f'{re.escape(name)}-\\\\d[\\\\d-]*'"): "a model's name in config/prices.yaml",
    ("app.agents.provider.marks", "'|'.join((re.escape(mark) for mark in sorted(marks, key=len, reverse=True)))"): (
        "marks that stand in the code"
    ),
    ("app.language.synonyms", "f'\\\\b(?:{pattern})\\\\b'"): "phrases that stand in the code",
    ("app.tools.masking", "'|'.join(map(re.escape, longest_first))"): "secrets, escaped",
}


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and how it is used."""

    module: str
    line: int
    call: str
    pattern: str | bytes
    flags: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line}"


def uses_in(name: str, source: Path) -> Iterator[ast.Call]:
    """Give every call of the library in a module."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        function = node.func if isinstance(node, ast.Call) else None
        is_library = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        if is_library and function.value.id == "re" and function.attr in CALLS:  # type: ignore[union-attr]
            yield node  # type: ignore[misc]


def collected() -> tuple[list[Found], set[tuple[str, str]]]:
    """Return the patterns that are known before the program runs, and those that are made while it does."""
    found: list[Found] = []
    made: set[tuple[str, str]] = set()
    for info in pkgutil.walk_packages(app.__path__, "app."):
        module = importlib.import_module(info.name)
        known = {**vars(module), "re": re}
        for call in uses_in(info.name, Path(str(module.__file__))):
            expression = ast.unparse(call.args[0])
            method = call.func.attr  # type: ignore[attr-defined]
            place = FLAGS.get(method, len(call.args))
            named = next((ast.unparse(one.value) for one in call.keywords if one.arg == "flags"), "0")
            flags = ast.unparse(call.args[place]) if len(call.args) > place else named
            try:
                pattern = eval(expression, known)  # noqa: S307  # our own source
                found.append(Found(info.name, call.lineno, method, pattern, int(eval(flags, known))))  # noqa: S307
            except NameError:
                made.add((info.name, expression))
    return found, made


def of_the_script() -> list[Found]:
    """Return the patterns of the demo model's script."""
    read = script()
    named = {f"{name}, act": (*act.says, *act.unless) for name, act in read.acts.items()}
    named |= {f"{name}, kind": (*kind.finds, *kind.values.values()) for name, kind in read.kinds.items()}
    named |= {f"{name}, pattern": (read.pattern(name),) for name in (*read.written["patterns"], "address")}
    named |= {f"means {place}": (pattern,) for place, (pattern, _) in enumerate(read.means)}
    return [Found(name, 0, "search", one.pattern, one.flags) for name, several in named.items() for one in several]


PATTERNS, MADE = collected()
PATTERNS += of_the_script()


def literals_of(pattern: str, flags: int) -> set[str]:
    """Return the runs of plain letters in a pattern, of which its nearly matching texts are made."""
    runs: set[str] = set()

    def walk(parsed: Any) -> None:
        run = ""
        for operator, value in parsed:
            if str(operator) == "LITERAL":
                run += chr(value)
                continue
            runs.add(run)
            run = ""
            for part in value if isinstance(value, tuple | list) else [value]:
                for one in part if isinstance(part, list) else [part]:
                    if isinstance(one, _parser.SubPattern):
                        walk(one)
        runs.add(run)

    walk(_parser.parse(pattern, flags))
    return {run for run in runs if run}


def seconds(found: Found, compiled: re.Pattern[Any], piece: str, length: int, tries: int) -> float:
    """Return this thread's time for looking through so long a text as the program does, the quickest of some tries."""
    written = (piece * (length // len(piece) + 1))[:length] + "!"
    text: Any = written if isinstance(found.pattern, str) else written.encode()
    quickest = float("inf")
    for _ in range(tries):
        began = time.thread_time()
        if found.call == "fullmatch":
            compiled.fullmatch(text)
        elif found.call == "match":
            compiled.match(text)
        else:
            for _found in compiled.finditer(text):
                pass
        quickest = min(quickest, time.thread_time() - began)
        if quickest < NOTICEABLE_SECONDS:
            break
    return quickest


def grows_faster_than_its_text(found: Found) -> str | None:
    """Return the text for which the time grows faster than the length; None where there is none."""
    compiled = re.compile(found.pattern, found.flags)
    plain = found.pattern if isinstance(found.pattern, str) else found.pattern.decode("latin-1")
    for piece in (*AWKWARD, *sorted(literals_of(plain, found.flags & ~re.UNICODE))):
        before, length = 0.0, FIRST_LENGTH
        while length <= LONGEST:
            took = seconds(found, compiled, piece, length, TRIES)
            suspected = took > NOTICEABLE_SECONDS and before and took > GROWTH * before
            if suspected and all(keeps_growing(found, compiled, piece, length) for _ in range(CONFIRMATIONS)):
                return f"{piece!r} × {length}: {took:.4f} s, half of it {before:.4f} s"  # noqa: RUF001
            before, length = took, length * 2
    return None


def keeps_growing(found: Found, compiled: re.Pattern[Any], piece: str, length: int) -> bool:
    """Say whether it grows so over two more doublings: one measurement on a busy machine proves nothing."""
    once, twice = (seconds(found, compiled, piece, length * times, CONFIRMING_TRIES) for times in (1, 4))
    return twice > GROWTH**2 * once


def test_there_are_patterns() -> None:
    """The search for them finds them."""
    assert len(PATTERNS) > 100


def test_what_is_made_while_the_program_runs_is_known() -> None:
    """A pattern that depends on a text is a decision: it stands in the list above, with what it is made of."""
    assert set(BUILT_AT_RUN_TIME) == MADE


@pytest.mark.parametrize("found", PATTERNS, ids=str)
def test_a_pattern_takes_no_more_than_its_text(found: Found) -> None:
    """Twice the text takes twice the time, not four times: compared within one run, at a length that is noticeable."""
    assert grows_faster_than_its_text(found) is None


@pytest.mark.parametrize("pattern", [r"\d+\d+$", r".*.*=.*", r"(?:a|a\s)+\s*x$", r"\s*,?\s*x"])
def test_a_pattern_that_takes_more_is_noticed(pattern: str) -> None:
    """A pattern that is quadratic in its text fails, however busy the machine is."""
    assert grows_faster_than_its_text(Found("a quadratic one", 0, "search", pattern, 0)) is not None
