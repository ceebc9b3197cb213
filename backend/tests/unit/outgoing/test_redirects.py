"""Where a redirect leads, and what goes along."""

from __future__ import annotations

import pytest
from yarl import URL

from app.errors import FetchMistake, FetchRefused
from app.outgoing.redirects import MAX_REDIRECTS, carried_headers, next_address, origin

START = URL("https://api.example/docs/v1")


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("https://other.example/x", "https://other.example/x"),
        ("/openapi.json", "https://api.example/openapi.json"),
        ("v2?a=%2F", "https://api.example/docs/v2?a=%2F"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("/x#part", "https://api.example/x"),
        ("?page=2", "https://api.example/docs/v1?page=2"),
    ],
)
def test_a_location_is_read_as_browsers_read_it(location: str, there: str) -> None:
    """Absolute, relative to the host, to the path, to the scheme; without its fragment."""
    assert next_address(START, location, seen=[str(START)]) == there


@pytest.mark.parametrize("location", [None, ""])
def test_a_redirect_without_an_address_leads_nowhere(location: str | None) -> None:
    """It is a failure of the server's."""
    with pytest.raises(FetchMistake, match="leads nowhere"):
        next_address(START, location, seen=[])


@pytest.mark.parametrize("location", ["http://api.example/docs/v1", "ftp://api.example/x", "javascript:alert(1)"])
def test_https_is_never_left(location: str) -> None:
    """Whoever listens on the way must not get to answer."""
    with pytest.raises(FetchRefused, match="without it"):
        next_address(START, location, seen=[])


def test_https_may_be_reached_from_http() -> None:
    """That way it only becomes safer."""
    assert next_address(URL("http://api.example/"), "https://api.example/", seen=[]) == "https://api.example/"


@pytest.mark.parametrize("location", ["https://[::1", "http://[x"])
def test_what_is_no_address_is_refused(location: str) -> None:
    """It is not guessed at."""
    with pytest.raises(FetchRefused, match="no address"):
        next_address(START, location, seen=[])


def test_a_circle_is_noticed() -> None:
    """Before the request is repeated."""
    with pytest.raises(FetchRefused, match="circle"):
        next_address(START, "/docs/v1", seen=["https://api.example/", str(START)])


def test_it_does_not_lead_on_for_ever() -> None:
    """Five redirects are followed, the sixth is not."""
    seen = [f"https://api.example/{n}" for n in range(MAX_REDIRECTS)]
    assert next_address(START, "/last", seen=seen) == "https://api.example/last"
    with pytest.raises(FetchRefused, match="more than 5"):
        next_address(START, "/last", seen=[*seen, str(START)])


@pytest.mark.parametrize(
    ("there", "same"),
    [
        ("https://api.example/other", True),
        ("https://API.EXAMPLE:443/", True),
        ("https://api.example./", True),
        ("https://api.example:8443/", False),
        ("https://docs.api.example/", False),
        ("http://api.example/", False),
        ("https://api.example.evil.example/", False),
    ],
)
def test_headers_stay_within_their_origin(there: str, same: bool) -> None:
    """Scheme, host and port have to be the same."""
    assert (origin(URL(there)) == origin(START)) is same
    assert carried_headers({"Authorization": "x"}, url=START, there=URL(there)) == (
        {"Authorization": "x"} if same else {}
    )
