from __future__ import annotations

import pytest

from app.errors import TooManySockets
from app.openapi_import.broadcast import MAX_WATCHERS, News


def test_those_who_watch_an_import_hear_of_it() -> None:
    """A change wakes those who watch that import, and nobody else."""
    news = News()
    with news.watching("a") as first, news.watching("a") as second, news.watching("b") as other:
        news.heard("a")
        assert first.is_set()
        assert second.is_set()
        assert not other.is_set()


def test_whatever_was_missed_wakes_everybody() -> None:
    """After a time of deafness everybody looks again."""
    news = News()
    with news.watching("a") as first, news.watching("b") as other:
        news.heard("")
        assert first.is_set()
        assert other.is_set()


def test_news_of_nobody_is_no_matter() -> None:
    """An import that nobody watches changes unheard, also after they have left."""
    news = News()
    with news.watching("a"):
        pass
    news.heard("a")


def test_watchers_are_limited() -> None:
    """There is room for so many watchers; who leaves makes room."""
    news = News()
    watching = [news.watching(str(at)) for at in range(MAX_WATCHERS)]
    for one in watching:
        one.__enter__()
    with pytest.raises(TooManySockets), news.watching("one more"):
        pass
    watching[0].__exit__(None, None, None)
    with news.watching("now there is room"):
        pass
