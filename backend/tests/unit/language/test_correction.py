"""Corrections: a quote in the product's own words, in each language."""

from app.language.correction import _WORDS, correction


def test_each_language_quotes_what_was_said() -> None:
    """Whatever the quote holds, it stands there once, as it was."""
    for language in _WORDS:
        assert correction("Done {x} %s", language).count("Done {x} %s") == 1


def test_a_language_without_words_is_answered_in_english() -> None:
    """A correction that one has to translate is better than none."""
    assert correction("Valmis.", "fi") == correction("Valmis.", "")
    assert correction("Valmis.", "").startswith("Correction:")
