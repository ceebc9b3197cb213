from datetime import date
from pathlib import Path

import pytest

from app.agents.prices import Price, Prices
from app.errors import ConfigMistake

KNOWN = Prices(
    {
        "gpt-4o": Price(prompt=2.5, completion=10, date=date(2024, 10, 1), source="a"),
        "gpt-4o-mini": Price(prompt=0.15, completion=0.6, date=date(2024, 7, 18), source="a"),
    }
)


class TestCost:
    def test_a_million_tokens_cost_what_is_published(self) -> None:
        """Prices are for a million tokens, read and written apart."""
        assert KNOWN.cost("gpt-4o", prompt_tokens=1_000_000, completion_tokens=0) == 2.5
        assert KNOWN.cost("gpt-4o", prompt_tokens=0, completion_tokens=500_000) == 5.0
        assert KNOWN.cost("gpt-4o", prompt_tokens=0, completion_tokens=0) == 0

    @pytest.mark.parametrize(
        ("model", "prompt"),
        [
            ("gpt-4o", 2.5),
            ("gpt-4o-2024-08-06", 2.5),
            ("gpt-4o-mini", 0.15),
            ("gpt-4o-mini-2024-07-18", 0.15),
            ("gpt-4o-0806", 2.5),
            ("gpt-4o-audio", None),
            ("gpt-4", None),
            ("my-gpt-4o", None),
            ("", None),
        ],
    )
    def test_a_dated_name_costs_as_its_model(self, model: str, prompt: float | None) -> None:
        """A date behind a model's name changes nothing; another name is another model, whose price nobody knows."""
        price = KNOWN.of(model)
        assert (price.prompt if price else None) == prompt

    def test_an_unknown_model_has_no_cost(self) -> None:
        """What is not known is not said to be free."""
        assert KNOWN.cost("qwen3", prompt_tokens=5, completion_tokens=5) is None


class TestFile:
    def test_ours_names_date_and_source_for_each(self) -> None:
        """Every price that is delivered has its date and its source, and the demo model is free."""
        prices = Prices.load()
        assert prices.cost("demo model", prompt_tokens=10_000, completion_tokens=10_000) == 0
        assert prices.cost("gpt-4.1-mini-2025-04-14", prompt_tokens=1_000_000, completion_tokens=1_000_000) == 2.0
        for price in prices.known.values():
            assert price.source
            assert date(2023, 1, 1) <= price.date
            assert price.completion >= price.prompt >= 0

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("{prompt: -1, completion: 1, date: 2025-01-01}", r"prices.yaml:3: prompt is -1"),
            ("{prompt: 1, completion: 1}", "has no date"),
            ("{prompt: 1, completion: 1, date: 2025-01-01, pormpt: 1}", 'did you mean "prompt"'),
        ],
    )
    def test_a_mistake_is_named(self, tmp_path: Path, row: str, message: str) -> None:
        """A mistake in the prices is named by file and line."""
        path = tmp_path / "prices.yaml"
        path.write_text(f"source: a\nmodels:\n  a: {row}\n")
        with pytest.raises(ConfigMistake, match=message):
            Prices.load(path)
