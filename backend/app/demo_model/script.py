"""Script of the demo model: `config/demo_model.yaml`, read at first use; a mistake in it raises `ConfigMistake`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from app.errors import ConfigMistake
from app.language.synonyms import straight
from app.language.tokens import words_of

PATH: Final = Path(__file__).parents[2] / "config" / "demo_model.yaml"
NUMBER: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One way in which customers say something."""

    says: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()
    only: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()
    max_words: int | None = None

    def fits(self, text: str) -> bool:
        """Say whether a text says it."""
        words = words_of(text)
        if self.max_words is not None and len(words) > self.max_words:
            return False
        if any(pattern.search(text) for pattern in self.says):
            return not any(pattern.search(text) for pattern in self.unless)
        return bool(self.one_of.intersection(words)) and self.only.issuperset(words) and not re.search(r"\d", text)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of value: what arguments that hold it are called, and how people write it."""

    names: frozenset[str]
    finds: tuple[re.Pattern[str], ...] = ()
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    without: str = ""

    def found_in(self, text: str) -> list[str]:
        """Return the values of this kind that a text names."""
        matches = [match for pattern in self.finds for match in pattern.finditer(text)]
        written = [_written(match).replace(self.without, "") if self.without else _written(match) for match in matches]
        return written + [value for value, pattern in self.values.items() if pattern.search(text)]


def _written(match: re.Match[str]) -> str:
    parts = match.groupdict()
    if "y" in parts:
        month = parts["m"].lower()
        numbers = [n for n, name in enumerate(MONTHS, start=1) if name.lower().startswith(month)]
        return f"{parts['y']}-{int(month) if month.isdigit() else numbers[0]:02}-{int(parts['d']):02}"
    return (parts.get("value") or match[0]).strip()


@dataclass(frozen=True)
class Script:
    """The script as written, with its patterns compiled."""

    written: Mapping[str, Any]

    @cached_property
    def acts(self) -> dict[str, Saying]:
        """What messages do, in the order in which it is tried."""
        return {
            name: Saying(
                says=tuple(_compiled(one) for one in act.get("says", ())),
                unless=tuple(_compiled(one) for one in act.get("unless", ())),
                only=frozenset(act.get("only", "").split()),
                one_of=frozenset(act.get("one_of", "").split()),
                max_words=act.get("max_words"),
            )
            for name, act in self.written["acts"].items()
        }

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What an argument may hold."""
        return {
            name: Kind(
                names=frozenset(kind["names"].split()),
                finds=tuple(_compiled(one) for one in kind.get("finds", ())),
                values={value: _compiled(one) for value, one in kind.get("values", {}).items()},
                without=kind.get("without", ""),
            )
            for name, kind in self.written["kinds"].items()
        }

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        patterns = {**self.written["patterns"], "address": self.written["address"]["finds"]}
        return {name: _compiled(one) for name, one in patterns.items()}

    @cached_property
    def means(self) -> list[tuple[re.Pattern[str], str]]:
        """What is said in one way, and how it is meant."""
        return [(_compiled(said), meant) for said, meant in self.written["means"]]

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(words.split()) for name, words in self.written["words"].items()}

    def words(self, name: str) -> frozenset[str]:
        """Return a set of words of the script."""
        return self._words[name]

    @property
    def irregular(self) -> Mapping[str, str]:
        """Verbs with the participles that do not end as others do."""
        return dict(self.written["irregular"])

    def implied_by(self, question: str) -> list[str]:
        """Return the words of keys that a question means without naming them: when → delivery."""
        found = [words for said, words in self.written["implied"].items() if re.search(said, question, re.IGNORECASE)]
        return " ".join(found).split()

    def find(self, name: str, text: str) -> re.Match[str] | None:
        """Return where a pattern of the script fits in a text; None where it does not."""
        return self._patterns[name].search(text)

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return a pattern of the script."""
        return self._patterns[name]

    def answer(self, name: str) -> str:
        """Return a sentence of the script."""
        return str(self.written["answers"][name]).replace("{limits}", self.written["answers"]["limits"])

    def meant(self, text: str) -> str:
        """Return the text with what is said in one way put in the way that is meant."""
        text = straight(text)
        for pattern, meant in self.means:
            text = pattern.sub(meant, text)
        return text


def _compiled(written: str) -> re.Pattern[str]:
    return re.compile(written.replace("\n", "").replace("{number}", NUMBER), re.IGNORECASE | re.DOTALL)


def load_script(path: Path) -> Script:
    """Read a script; raises `ConfigMistake` where it cannot be read."""
    try:
        loaded = Script(yaml.safe_load(path.read_text(encoding="utf-8")))
        _ = loaded.acts, loaded.kinds, loaded.meant(""), loaded.find("polite", ""), loaded.answer("limits")
        _ = loaded.words("money"), loaded.irregular, loaded.implied_by("")
    except (OSError, yaml.YAMLError, re.error, KeyError, TypeError, AttributeError) as error:
        raise ConfigMistake(f"{path}: {error!r}; restore it from the distribution") from None
    return loaded


@lru_cache(maxsize=1)
def script() -> Script:
    """Return the script of the demo model; raises `ConfigMistake` where it cannot be read."""
    return load_script(PATH)
