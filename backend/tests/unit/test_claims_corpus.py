"""Corpus of claims: as large and as varied as the docs say, and receipts that are right beside every lie."""

from collections import Counter

from benchmarks.claims import SCENES, corpus, receipt_contradicts, sampled


def test_the_corpus_is_balanced() -> None:
    """250 sentences or more in eight languages, as many true as untrue, in every scene that there is."""
    sentences = corpus()
    assert len({(one.language, one.reply) for one in sentences}) == len(sentences) >= 250
    assert len(Counter(one.language for one in sentences)) == 8
    assert Counter(one.false for one in sentences)[True] * 2 == len(sentences)
    assert {one.scene for one in sentences} == set(SCENES)


def test_the_receipt_is_right_beside_every_sentence() -> None:
    """Whatever is said, the receipt shows what the ledger holds and nothing else."""
    assert all(receipt_contradicts(one) for one in corpus())


def test_a_sample_is_spread_over_the_corpus() -> None:
    """A few sentences hold every language, and lies as well as truths."""
    some = sampled(corpus(), 32)
    assert len({one.language for one in some}) == 8
    assert 10 <= sum(one.false for one in some) <= 22
