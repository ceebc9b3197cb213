"""Every failure that the product speaks of can be told to people and to machines."""

from __future__ import annotations

import inspect
import re

import pytest

from app import errors
from app.errors import AppError


def app_errors() -> list[type[AppError]]:
    """Every failure that the product speaks of."""
    return [
        error
        for _, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, AppError) and error is not AppError
    ]


class TestErrors:
    def test_codes_are_unique(self) -> None:
        """A code means one thing."""
        codes = [error.code for error in app_errors()]
        assert sorted(codes) == sorted(set(codes))

    @pytest.mark.parametrize("error", app_errors(), ids=lambda error: error.__name__)
    def test_says_what_happened(self, error: type[AppError]) -> None:
        """Each has a snake_case code, an HTTP status of a failure and a sentence that ends."""
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code)
        assert 400 <= error.status < 600
        assert error().message == error.sentence
        assert error.sentence[0].isupper()
        assert error.sentence.endswith((".", "!"))
        assert error("Other words.", field="x").details == {"field": "x"}
