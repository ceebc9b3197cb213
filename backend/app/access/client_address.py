"""Client address: who stands behind our proxies, and whether the page that asks may use this server.

A forwarded header counts only from a trusted proxy; whatever cannot be read counts as absent.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_HOPS: Final = 20  # proxies in a row; a longer list is an attack
IPV6_CLIENT_BITS: Final = 64  # one client is given a whole /64, so addresses within it are the same client

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a request comes from and how it was asked for, as far as our own proxies tell the truth."""

    address: str
    scheme: str
    host: str
    proxied: bool = False
    trusted: bool = False

    @property
    def secure(self) -> bool:
        """Whether the browser speaks https."""
        return self.scheme == "https"

    @property
    def client(self) -> str:
        """What tells clients apart: the address, of IPv6 the /64 that one client is given."""
        address = _address(self.address)
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, IPV6_CLIENT_BITS), strict=False))
        return self.address

    @property
    def tells_clients_apart(self) -> bool:
        """Whether the address is a client's own; on loopback it may be that of a proxy, and so of everybody."""
        address = _address(self.address)
        return address is not None and not address.is_loopback

    @property
    def is_loopback(self) -> bool:
        """Whether it was made on this machine, directly, and under a name that no other site can take."""
        address, named = _address(self.address), _split_host(self.host)[0]
        local_name = named == "localhost" or bool((literal := _address(named)) and literal.is_loopback)
        return bool(address and address.is_loopback) and local_name and not self.proxied


def source_of(
    *, peer: str | None, headers: Mapping[str, str], host: str, scheme: str, trusted: Collection[Network] = ()
) -> Source:
    """Tell where a request comes from; what X-Forwarded-For, -Proto and -Host say counts only from a trusted proxy.

    The address is the last one in the list that is not a trusted proxy itself: what stands before it was
    written by the client.
    """
    proxied = any(name in headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"))
    direct = _address(peer or "")
    if direct is None or not _within(direct, trusted):
        return Source(address=str(direct or ""), scheme=scheme, host=host, proxied=proxied)
    client = direct
    for hop in reversed(headers.get("X-Forwarded-For", "").split(",")[-MAX_HOPS:]):
        address = _address(_split_host(hop.strip())[0])
        if address is None:
            break
        client = address
        if not _within(address, trusted):
            break
    forwarded = headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    return Source(
        address=str(client),
        scheme=forwarded if forwarded in {"http", "https"} else scheme,
        host=headers.get("X-Forwarded-Host", "").rpartition(",")[2].strip() or host,
        proxied=proxied,
        trusted=True,
    )


def is_own_origin(origin: str | None, *, host: str, scheme: str) -> bool:
    """Say whether a page of `origin` is one of the server's own, which was addressed as `host`.

    No origin means no browser page, so it counts as our own; `null`, which sandboxed and local files send, does not.
    """
    if origin is None:
        return True
    theirs = _origin(origin)
    if theirs is None:
        return False
    if scheme == "https" and theirs[0] != "https":
        return False
    name, port = _split_host(host.lower())
    # A proxy may end https without telling, so a host without a port stands on the origin's own default.
    return (name, port or _DEFAULT_PORTS[theirs[0]]) == theirs[1:]


def is_listed(origin: str | None, listed: Collection[str]) -> bool:
    """Say whether the operator listed this origin as one whose pages may use the customer's part of the server."""
    theirs = _origin(origin or "")
    return theirs is not None and theirs in {_origin(text) for text in listed}


def is_allowed_host(host: str, allowed: Collection[str]) -> bool:
    """Say whether a request addressed as `host` is for us; any is where no host is listed. Ports are not compared."""
    return not allowed or _split_host(host.lower())[0] in {one.lower() for one in allowed}


def canonical_origin(text: str) -> str | None:
    """Write an origin as browsers send it: small letters, no slash, no port that goes without saying.

    None where it is none.
    """
    origin = _origin(text)
    if origin is None:
        return None
    scheme, host, port = origin
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{name}:{port}"


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PORT: Final = re.compile(r"[0-9]{1,5}")


def _origin(text: str) -> tuple[str, str, int] | None:
    """Split an origin into scheme, host and port; None where it is none of ours to trust."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme]


def _split_host(text: str) -> tuple[str, int | None]:
    """Split `host:port`, `[v6]:port` or a bare address."""
    if text.startswith("["):
        name, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") > 1:
        name, port = text, ""
    else:
        name, _, port = text.partition(":")
    return name, int(port) if _PORT.fullmatch(port) else None


def _address(text: str) -> Address | None:
    """Read an address; an IPv4 one written as IPv6 is the IPv4 one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _within(address: Address, networks: Collection[Network]) -> bool:
    return any(address in network for network in networks)
