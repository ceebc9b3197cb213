"""Client addresses behind proxies, and the origins that may use the server."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.client_address import Source, canonical_origin, is_listed, is_own_origin, source_of

ADDRESS = "203.0.113.9"
PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


def source(
    peer: str | None = "10.0.0.1",
    forwarded: dict[str, str] | None = None,
    *,
    host: str = "inside:8080",
    trusted: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = PROXIES,
) -> Source:
    headers = {f"X-Forwarded-{name.title()}": value for name, value in (forwarded or {}).items()}
    return source_of(peer=peer, headers=headers, host=host, scheme="http", trusted=trusted)


class TestSourceOf:
    def test_without_a_proxy_the_peer_counts(self) -> None:
        """A direct request comes from its peer."""
        found = source("203.0.113.9")
        assert found == Source(address="203.0.113.9", scheme="http", host="inside:8080")

    def test_strangers_are_not_believed(self) -> None:
        """What an untrusted peer says about itself changes nothing."""
        found = source("203.0.113.9", forwarded={"for": "198.51.100.1", "proto": "https", "host": "evil.example"})
        assert (found.address, found.scheme, found.host) == ("203.0.113.9", "http", "inside:8080")

    def test_a_trusted_proxy_is_believed(self) -> None:
        """The proxy says who asked, how and for which host."""
        found = source(forwarded={"for": "203.0.113.9", "proto": "https", "host": "support.example"})
        assert (found.address, found.scheme, found.host) == ("203.0.113.9", "https", "support.example")
        assert found.secure

    def test_what_the_client_wrote_is_skipped(self) -> None:
        """The last address that is not a proxy counts; what a client put before it does not."""
        assert source(forwarded={"for": "198.51.100.1, 203.0.113.9, 10.0.0.7"}).address == "203.0.113.9"

    def test_proxies_alone(self) -> None:
        """A request from inside the proxies' own network comes from its first address."""
        assert source(forwarded={"for": "10.0.0.8, 10.0.0.7"}).address == "10.0.0.8"

    @pytest.mark.parametrize("garbage", ["", "unknown", "203.0.113.9, garbage", ",", "'; drop table", "1.2.3.4.5"])
    def test_garbage_ends_the_list(self, garbage: str) -> None:
        """Where the list cannot be read, the last address known for sure counts."""
        assert source(forwarded={"for": garbage}).address == "10.0.0.1"

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ],
    )
    def test_forms_of_addresses(self, written: str, read: str) -> None:
        """Ports are dropped, and an IPv4 address written as IPv6 is the IPv4 one."""
        assert source(forwarded={"for": written}).address == read

    def test_the_nearest_proxy_says_how(self) -> None:
        """Of several schemes and hosts the last one counts; a scheme that is none is ignored."""
        assert source(forwarded={"proto": "http, https"}).scheme == "https"
        assert source(forwarded={"proto": "gopher"}).scheme == "http"
        assert source(forwarded={"host": "evil.example, support.example"}).host == "support.example"

    def test_a_mapped_peer_is_trusted_as_ipv4(self) -> None:
        """A dual-stack socket's spelling of a trusted address is trusted too."""
        assert source("::ffff:10.0.0.1", forwarded={"for": "203.0.113.9"}).address == "203.0.113.9"

    @pytest.mark.parametrize("peer", [None, "", "not an address"])
    def test_no_peer(self, peer: str | None) -> None:
        """A socket without an address, such as a Unix one, comes from nowhere and is trusted with nothing."""
        assert source(peer, forwarded={"for": "203.0.113.9"}).address == ""

    @given(text=st.text(max_size=200))
    def test_nothing_breaks_it(self, text: str) -> None:
        """Whatever stands in the headers, an answer comes and the address is one."""
        found = source(host=text, forwarded={"for": text, "proto": text, "host": text})
        ipaddress.ip_address(found.address)
        assert isinstance(found.is_loopback, bool)


class TestClient:
    def test_ipv4_clients_are_addresses(self) -> None:
        """Each IPv4 address is a client."""
        assert source("203.0.113.9").client == "203.0.113.9"

    def test_ipv6_clients_are_networks(self) -> None:
        """One client cannot pose as many within its /64."""
        assert source("2001:db8::1").client == source("2001:db8::2").client
        assert source("2001:db8:0:1::1").client != source("2001:db8::1").client

    @pytest.mark.parametrize(
        ("peer", "apart"), [("203.0.113.9", True), ("2001:db8::1", True), ("127.0.0.1", False), ("::1", False)]
    )
    def test_on_loopback_addresses_tell_nobody_apart(self, peer: str, apart: bool) -> None:
        """A loopback address may be everybody's, behind a proxy that nobody named; so may none at all."""
        assert source(peer, trusted=()).tells_clients_apart == apart
        assert not source(None).tells_clients_apart


class TestIsLoopback:
    @pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080", "127.1.2.3"])
    @pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
    def test_this_machine(self, peer: str, host: str) -> None:
        """A request from this machine under its own name is local."""
        assert source(peer, host=host, trusted=()).is_loopback

    def test_another_machine(self) -> None:
        """A request from elsewhere is not local, whatever it calls the host."""
        assert not source("203.0.113.9", host="localhost", trusted=()).is_loopback

    def test_a_page_that_took_a_name(self) -> None:
        """A name that a foreign site pointed at this machine (DNS rebinding) is not local."""
        assert not source("127.0.0.1", host="evil.example:8080", trusted=()).is_loopback
        assert not source("127.0.0.1", host="127.0.0.1.evil.example", trusted=()).is_loopback

    def test_through_a_proxy(self) -> None:
        """What a proxy on this machine passes on is not local, trusted or not."""
        for trusted in ((), (ipaddress.ip_network("127.0.0.0/8"),)):
            found = source("127.0.0.1", host="localhost", trusted=trusted, forwarded={"for": "127.0.0.1"})
            assert not found.is_loopback


def allowed(origin: str | None, host: str = "support.example", scheme: str = "https", *others: str) -> bool:
    return is_own_origin(origin, host=host, scheme=scheme) or is_listed(origin, others)


class TestOrigins:
    def test_no_origin_is_no_page(self) -> None:
        """A client that is not a browser sends none and may."""
        assert allowed(None)

    @pytest.mark.parametrize(
        ("origin", "host", "scheme"),
        [
            ("https://support.example", "support.example", "https"),
            ("https://support.example", "support.example:443", "https"),
            ("https://support.example:443", "support.example", "https"),
            ("https://SUPPORT.example", "support.EXAMPLE", "https"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", "http"),
            ("http://localhost:8080", "localhost:8080", "http"),
            ("http://[::1]:8080", "[::1]:8080", "http"),
            ("http://support.example", "support.example", "http"),
            # a proxy that ends https and does not say so
            ("https://support.example", "support.example", "http"),
        ],
    )
    def test_our_own_page(self, origin: str, host: str, scheme: str) -> None:
        """The same host and port is our own page, default ports written or not."""
        assert allowed(origin, host, scheme)

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "https://support.example.evil.example",
            "https://evil-support.example",
            "https://support.example:8443",
            "https://support.example@evil.example",
            "https://user@support.example",
            "http://support.example",
            "null",
            "",
            "support.example",
            "file://",
            "https://",
            "https://[::1",
            "https://support.example:99999",
            "chrome-extension://support.example",
        ],
    )
    def test_other_pages(self, origin: str) -> None:
        """Another host, port or form of origin is refused, and so is plain http on a site of https."""
        assert not allowed(origin)

    def test_other_ports_of_this_machine(self) -> None:
        """A page served on another port is another page."""
        assert not allowed("http://127.0.0.1:3000", "127.0.0.1:8080", "http")

    def test_named_origins(self) -> None:
        """An origin that the settings name may, and exactly that one."""
        assert allowed("https://shop.example", "support.example", "https", "https://shop.example/")
        assert allowed("http://127.0.0.1:5173", "support.example", "https", "http://127.0.0.1:5173")
        assert not allowed("http://shop.example", "support.example", "https", "https://shop.example")
        assert not allowed("https://shop.example:444", "support.example", "https", "https://shop.example")

    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("https://shop.example/", "https://shop.example"),
            ("HTTPS://Shop.Example:443", "https://shop.example"),
            ("http://127.0.0.1:5173", "http://127.0.0.1:5173"),
            ("http://[::1]:80", "http://[::1]"),
            ("shop.example", None),
            ("null", None),
        ],
    )
    def test_as_browsers_send_them(self, written: str, sent: str | None) -> None:
        """However an operator writes an origin, it is compared with what a browser sends."""
        assert canonical_origin(written) == sent

    def test_null_cannot_be_named(self) -> None:
        """Not even the settings can let `null` in."""
        assert not allowed("null", "support.example", "https", "null")

    @given(origin=st.text(max_size=80), host=st.text(max_size=80))
    def test_nothing_breaks_it(self, origin: str, host: str) -> None:
        """Whatever stands in the headers, the answer is yes or no."""
        assert isinstance(allowed(origin, host), bool)

    def test_a_port_of_many_digits(self) -> None:
        """A port longer than any port is no port; it breaks nothing."""
        assert not allowed("https://support.example:8080", "support.example:" + "8080" * 2000)
