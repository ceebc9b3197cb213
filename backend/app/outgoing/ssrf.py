"""Guard against server-side request forgery: public addresses only, and hosts that an admin allowed by name.

A URL is checked when it is written, each redirect when it is met, and each IP address when the socket connects, so a
name that changes its answer gains nothing. What is not allowed is refused before anything is sent.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from socket import AF_INET, AddressFamily
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from app.errors import FetchMistake, FetchRefused
from app.outgoing.message import TargetRefused

MAX_URL_CHARS: Final = 8_000  # what common servers accept in a request line
MAX_REDIRECTS: Final = 5  # http to https, a new host, a new path; whoever needs more goes in circles
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_URL: Final = re.compile(r"[\x21-\x7e]+")
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_NUMBER: Final = re.compile(r"0[xX][0-9A-Fa-f]*|\d+")

# IANA's special-purpose registry for IPv4, and one public address that is metadata all the same.
_REFUSED_V4: Final = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-internal"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_PUBLIC_V6: Final = IPv6Network("2000::/3")  # everything else is loopback, local, multicast or unassigned
# Inside it: protocol assignments with Teredo, documentation, 6to4 (which carries any IPv4), documentation again.
_REFUSED_V6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def refusal(address: str) -> str | None:
    """Say in a word why this IP address is not connected to; None where it is a public one.

    An IPv6 address that carries an IPv4 one (mapped, NAT64) is judged by that; one that tunnels to it by both.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, IPv4Address):
        return _refusal_v4(ip)
    inner = _carried(ip)
    if inner is not None:
        return _refusal_v4(inner)
    return _refusal_v6(ip) or (_refusal_v4(_low(ip)) if _is_isatap(ip) else None)


def _refusal_v4(ip: IPv4Address) -> str | None:
    return next((reason for network, reason in _REFUSED_V4 if ip in network), None)


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return _low(ip) if ip in _NAT64 else None


def _is_isatap(ip: IPv6Address) -> bool:
    """Say whether a router that knows ISATAP (RFC 5214) would tunnel this to the IPv4 address in its last half."""
    return (int(ip) >> 32) & 0xFDFF_FFFF == 0x0000_5EFE  # noqa: PLR2004  # IANA's mark; one bit says "global"


def _low(ip: IPv6Address) -> IPv4Address:
    return IPv4Address(int(ip) & 0xFFFF_FFFF)


def _refusal_v6(ip: IPv6Address) -> str | None:
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local:
        return "link-local"
    if ip not in _PUBLIC_V6:
        return "multicast" if ip.is_multicast else "private"
    return "reserved" if any(ip in network for network in _REFUSED_V6) else None


def literal_address(host: str) -> str | None:
    """Return the host where it is an IP address and None where it is a name; ValueError where it is neither.

    2130706433, 127.1 and 0x7f.1 are spellings of 127.0.0.1 that only mislead: a name never ends in a number.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last_label = host.rstrip(".").rpartition(".")[2]
        if not _HOST_NAME.fullmatch(host) or _NUMBER.fullmatch(last_label):
            raise ValueError(f"'{host}' is not a host name or a plainly written IP address.") from None
        return None
    return host


@dataclass(frozen=True)
class AllowList:
    """Hosts that an admin allowed by name, each with or without a port."""

    entries: frozenset[tuple[str, int | None]]

    @classmethod
    def of(cls, allow: Collection[str]) -> AllowList:
        """Read `host`, `host:port`, `[v6]:port` or `v6`; ValueError where an entry is none of these."""
        return cls(frozenset(cls._entry(text) for text in allow))

    @staticmethod
    def _entry(text: str) -> tuple[str, int | None]:
        if text.count(":") > 1 and not text.startswith("["):
            return _plain_host(text), None
        url = URL(f"//{text}")
        if url.raw_host is None:
            raise ValueError(f"'{text}' is not a host or host:port.")
        return _plain_host(url.raw_host), url.explicit_port

    def holds(self, host: str, port: int) -> bool:
        """Say whether an admin named this host, with this port or with none."""
        name = _plain_host(host)
        return (name, None) in self.entries or (name, port) in self.entries


def _plain_host(host: str) -> str:
    return host.lower().rstrip(".")


def checked_url(text: str, *, allowed: AllowList) -> URL:
    """Parse the address, without its fragment.

    Raises `TargetRefused` for every form that could be read in two ways, and for an IP address that is not allowed.
    """
    if len(text) > MAX_URL_CHARS or not _URL.fullmatch(text):
        raise TargetRefused(f"The address is longer than {MAX_URL_CHARS} characters or not in plain ASCII.")
    try:
        url = URL(text, encoded=True)
        host, port = url.raw_host, url.port
    except ValueError:
        raise TargetRefused("The address is not a valid URL.") from None
    if url.scheme not in {"http", "https"} or not host or port is None:
        raise TargetRefused("The address is not a full http:// or https:// URL.")
    if url.raw_user is not None or url.raw_password is not None:
        raise TargetRefused("The address holds a name or password. Store credentials with the API instead.")
    try:
        address = literal_address(host)
    except ValueError as error:
        raise TargetRefused(str(error)) from None
    if address is not None and not allowed.holds(host, port):
        _refuse_address(address, host, port)
    return url.with_fragment(None)


class GuardedResolver(AbstractResolver):
    """Looks a name up once and hands on the addresses only where every one of them may be connected to."""

    def __init__(self, allowed: AllowList, lookup: AbstractResolver) -> None:
        """Take the hosts that are allowed whatever their address, and what looks names up."""
        self._allowed = allowed
        self._lookup = lookup

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """Return every address of the host; raises `TargetRefused` where one of them may not be connected to."""
        found = await self._lookup.resolve(host, port, family)
        if not self._allowed.holds(host, port):
            for address in found:
                _refuse_address(address["host"], host, port)
        return found

    async def close(self) -> None:
        """Close what looks names up."""
        await self._lookup.close()


def _refuse_address(address: str, host: str, port: int) -> None:
    reason = refusal(address)
    if reason is not None:
        raise TargetRefused(
            f"Requests to {host}:{port} are not allowed: it is a {reason} address. "
            f"An admin can allow it: OUTGOING_ALLOW={f'[{host}]' if ':' in host else host}:{port} in the settings.",
            host=host,
            port=port,
        )


def origin(url: URL) -> tuple[str, str, int]:
    """Return what two addresses have to share for a credential of one to be sent to the other."""
    return url.scheme, (url.raw_host or "").lower().rstrip("."), url.port or 0


def next_address(url: URL, location: str | None, *, seen: Collection[str]) -> str:
    """Return the address that a redirect from `url` leads to.

    Raises `FetchMistake` where it names none; `FetchRefused` where it leads from https to http, in a circle, or on and
    on.
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
