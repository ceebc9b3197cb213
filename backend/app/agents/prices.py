"""Price list of models, from `config/prices.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from app.agents.yaml_file import read_yaml

FILE: Final = Path(__file__).parents[2] / "config" / "prices.yaml"
PER: Final = 1_000_000  # prices are published for a million tokens

Dollars = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a model's tokens cost in dollars per million, as published by `source` on `date`."""

    prompt: float
    completion: float
    date: date
    source: str


class _PriceForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prompt: Dollars
    completion: Dollars
    date: date
    source: str | None = None


class _FileForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: str
    models: dict[str, _PriceForm]


@dataclass(frozen=True)
class Prices:
    """The prices of the models that are known."""

    known: Mapping[str, Price]

    @classmethod
    def load(cls, path: Path = FILE) -> Prices:
        """Read the prices; raises `ConfigMistake` with file and line."""
        form = read_yaml(path).parse(_FileForm)
        return cls(
            {
                name: Price(
                    prompt=one.prompt, completion=one.completion, date=one.date, source=one.source or form.source
                )
                for name, one in form.models.items()
            }
        )

    def of(self, model: str) -> Price | None:
        """Return the price of a model: under its own name, or under that name without its date."""
        fitting = [name for name in self.known if model == name or re.fullmatch(rf"{re.escape(name)}-\d[\d-]*", model)]
        return self.known[max(fitting, key=len)] if fitting else None

    def cost(self, model: str, *, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return what a call costs in dollars; None where the model's price is not known."""
        price = self.of(model)
        if price is None:
            return None
        return (prompt_tokens * price.prompt + completion_tokens * price.completion) / PER
