"""Where a redirect leads, and what goes along; purely. Every address it gives is checked anew by who follows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from yarl import URL

from app.errors import FetchMistake, FetchRefused

MAX_REDIRECTS: Final = 5  # http to https, a new host, a new path; whoever needs more goes in circles
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def origin(url: URL) -> tuple[str, str, int]:
    """Return what two addresses have to share for a credential of one to be sent to the other."""
    return url.scheme, (url.raw_host or "").lower().rstrip("."), url.port or 0


def next_address(url: URL, location: str | None, *, seen: Collection[str]) -> str:
    """Return the address that a redirect from `url` leads to.

    FetchMistake where it names none; FetchRefused where it leads from https to http, in a circle, or on and on.
    """
    if not location:
        raise FetchMistake(f"{url.raw_host} answered with a redirect that leads nowhere. Name the final address.")
    try:
        there = url.join(URL(location, encoded=True)).with_fragment(None)
    except ValueError:
        raise FetchRefused(f"{url.raw_host} answered with a redirect to something that is no address.") from None
    if url.scheme == "https" and there.scheme != "https":
        raise FetchRefused(f"{url.raw_host} leads from https to an address without it. Name the final address.")
    if str(there) in seen:
        raise FetchRefused(f"{url.raw_host} leads in a circle. Name the final address.")
    if len(seen) > MAX_REDIRECTS:
        raise FetchRefused(f"The address leads on more than {MAX_REDIRECTS} times. Name the final address.")
    return str(there)


def carried_headers(headers: Mapping[str, str], *, url: URL, there: URL) -> Mapping[str, str]:
    """Return the headers that go along: all of them within one origin, none to another, nor back from there."""
    return headers if origin(url) == origin(there) else {}
