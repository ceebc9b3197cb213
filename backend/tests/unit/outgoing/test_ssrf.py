"""The address guard never lets an address through that is not public, however it is written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from app.errors import FetchMistake, FetchRefused
from app.outgoing.ssrf import (
    MAX_REDIRECTS,
    AllowList,
    carried_headers,
    literal_address,
    next_address,
    origin,
    refusal,
)

NETWORKS_NEVER_REACHED = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
inner_v4 = st.sampled_from(NETWORKS_NEVER_REACHED).flatmap(lambda network: st.ip_addresses(v=4, network=network))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("100.64.0.1", "carrier-internal"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("168.63.129.16", "metadata"),
        ("169.254.169.254", "link-local"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "private"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "link-local"),
        ("::127.0.0.1", "private"),
        ("::ffff:0:127.0.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b:1::a00:1", "private"),
        ("2001::1", "reserved"),
        ("2001:db8::1", "reserved"),
        ("2002:7f00:1::", "reserved"),
        ("2606:4700::5efe:7f00:1", "loopback"),
        ("2606:4700::200:5efe:a9fe:a9fe", "link-local"),
        ("fd20:ce::254", "private"),
        ("100.100.100.200", "carrier-internal"),
        ("192.0.0.192", "reserved"),
        ("5f00::1", "private"),
        ("3fff::1", "reserved"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
    ],
)
def test_an_address_that_is_not_public_is_refused_with_its_reason(address: str, reason: str) -> None:
    """Each kind of internal address is refused, and the word for it is the one people know."""
    assert refusal(address) == reason


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2606:4700::5efe:808:808",
    ],
)
def test_a_public_address_is_let_through(address: str) -> None:
    """Public addresses pass, also inside an IPv6 address that only carries them."""
    assert refusal(address) is None


@given(inner_v4)
def test_no_internal_address_gets_through_in_any_wrapping(inner: IPv4Address) -> None:
    """An internal IPv4 address is refused plain, mapped, compatible, through NAT64, 6to4, Teredo and ISATAP."""
    number = int(inner)
    wrapped = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address(number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
        IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
        IPv6Address((0x26064700 << 96) | (0x5EFE << 32) | number),
    ]
    assert refusal(str(inner)) is not None
    assert all(refusal(str(address)) is not None for address in wrapped)


@given(st.ip_addresses())
def test_whatever_python_knows_as_internal_is_refused(address: IPv4Address | IPv6Address) -> None:
    """The table is never more lenient than the standard library's."""
    carries_v4 = isinstance(address, IPv6Address) and (address.ipv4_mapped or address in IPv6Network("64:ff9b::/96"))
    internal = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    assert carries_v4 or not internal or refusal(str(address)) is not None


@given(st.ip_addresses(v=6, network="64:ff9b::/96"))
def test_a_nat64_address_is_judged_by_the_address_it_carries(address: IPv6Address) -> None:
    """Behind NAT64 a public site stays reachable and an internal one stays refused."""
    assert refusal(str(address)) == refusal(str(IPv4Address(int(address) & 0xFFFFFFFF)))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "2606:4700::1111", "8.8.8.8"])
def test_a_plain_ip_address_is_recognised(host: str) -> None:
    """A host that is an IP address is known to be one."""
    assert literal_address(host) == host


@pytest.mark.parametrize(
    "host", ["example.com", "localhost", "a", "xn--bcher-kva.example", "db_1", "1.example", "x.y."]
)
def test_a_name_is_no_address(host: str) -> None:
    """A host name goes to the resolver."""
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "host",
    ["2130706433", "127.1", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.0.0.1.", "127.0.0.01",
     "1.2.3.4.5", "256.1.1.1", "example.com:80", "a%2fb", "exa mple", "-a", "a-", "", "..", "a/b", "a\x00b",
     "\uff11\uff12\uff17.0.0.1"],
)  # fmt: skip
def test_what_is_neither_a_name_nor_plainly_an_address_is_refused(host: str) -> None:
    """Octal, hexadecimal, short and decimal spellings of an address never reach the resolver."""
    with pytest.raises(ValueError, match="not a host name"):
        literal_address(host)


@given(st.ip_addresses(v=4), st.sampled_from(["{:d}", "0x{:x}", "0{:o}"]))
def test_an_address_as_one_number_is_refused(address: IPv4Address, spelling: str) -> None:
    """An IPv4 address as one number of any base is no host."""
    with pytest.raises(ValueError, match="not a host name"):
        literal_address(spelling.format(int(address)))


def test_a_host_allowed_without_a_port_is_allowed_on_every_port() -> None:
    """`intranet` allows intranet:80 as well as intranet:8443, and nothing else."""
    allowed = AllowList.of(["intranet"])
    assert allowed.holds("intranet", 80)
    assert allowed.holds("INTRANET.", 8443)
    assert not allowed.holds("intranet.example", 80)
    assert not allowed.holds("notintranet", 80)


def test_a_host_allowed_with_a_port_is_allowed_on_that_port_only() -> None:
    """`127.0.0.1:9000` does not open the rest of the machine."""
    allowed = AllowList.of(["127.0.0.1:9000"])
    assert allowed.holds("127.0.0.1", 9000)
    assert not allowed.holds("127.0.0.1", 5432)


@pytest.mark.parametrize("entry", ["::1", "[::1]", "[::1]:8080"])
def test_ipv6_hosts_can_be_allowed(entry: str) -> None:
    """An IPv6 address is allowed bare, in brackets, and with a port."""
    assert AllowList.of([entry]).holds("::1", 8080)


def test_an_entry_that_names_no_host_is_a_mistake() -> None:
    """An empty entry is refused at once rather than allowing something by accident."""
    with pytest.raises(ValueError, match="host"):
        AllowList.of([""])


def test_allowing_nothing_allows_nothing() -> None:
    """Without entries no host is exempt."""
    assert not AllowList.of([]).holds("localhost", 80)


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
