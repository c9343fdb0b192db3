"""What is fetched from other authorities' servers, and above all what is not."""

import functools

import pytest
from support.authority_server import loopback, serving

from axis.outbound import guarded_http as module
from axis.outbound.guarded_http import OutsideError, is_allowed, public_addresses

MAX_BYTES = 100_000
HOSTS = frozenset({"crl.test", "own.test:8080", "10.0.0.1"})

fetch = functools.partial(module.fetch, max_bytes=MAX_BYTES)


@pytest.fixture
def outside():
    with serving() as server:
        yield server


@pytest.mark.parametrize(
    "url",
    [
        "http://crl.test/a.crl",
        "https://CRL.test/a.crl?x=1",
        "http://crl.test:80/a.crl",
        "https://crl.test:443/",
        "http://own.test:8080/a",
    ],
)
def test_addresses_at_allowed_hosts_are_allowed(url):
    assert is_allowed(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "http://other.test/a.crl",
        "http://crl.test.evil.test/a.crl",
        "http://crl.test:8080/a.crl",
        "https://crl.test:80/",
        "http://own.test/a",
        "ftp://crl.test/a.crl",
        "ldap://crl.test/cn=x",
        "file:///etc/passwd",
        "http://crl.test@other.test/",
        "http://user@crl.test/",
        "http://crl.test\\@other.test/",
        "http://crl.test /a",
        "http://crl.test\r\nX: y/",
        "http://crl.test:99999/",
        "http://[::1/",
        "http://crl.test/ả",
        "//crl.test/a",
        "http:///a",
        "",
        "http://crl.test/" + "a" * 2000,
    ],
)
def test_no_other_address_is_allowed(url):
    assert not is_allowed(url, HOSTS)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_a_host_with_an_address_that_is_not_public_is_refused_even_beside_one_that_is(monkeypatch, address):
    def look_up(_host, _port, **_more):
        return [(0, 0, 0, "", (each, 80)) for each in ("8.8.8.8", address)]

    monkeypatch.setattr(module.socket, "getaddrinfo", look_up)
    with pytest.raises(OutsideError):
        public_addresses("crl.test", 80)


def test_a_public_host_is_connected_to_at_the_address_that_was_looked_up(monkeypatch):
    monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_a, **_m: [(0, 0, 0, "", ("8.8.8.8", 80))])
    assert public_addresses("crl.test", 80) == ["8.8.8.8"]


def test_what_lies_there_is_fetched_under_its_own_name(outside):
    outside.files["/a.crl?n=1"] = b"list"
    assert fetch(outside.url("/a.crl?n=1"), loopback) == b"list"
    assert outside.asked == [("/a.crl?n=1", outside.host, b"")]
    assert fetch(outside.url("/a.crl?n=1"), loopback, b"asked") == b"list"
    assert outside.asked[1][2] == b"asked"


def test_loopback_is_not_reached_by_the_rule_itself(outside):
    outside.files["/"] = b"secret"
    with pytest.raises(OutsideError, match="not public"):
        fetch(f"http://127.0.0.1:{outside.port}/", public_addresses)
    assert outside.asked == []


@pytest.mark.parametrize("status", [204, 301, 302, 307, 404, 500])
def test_no_other_answer_counts_and_no_redirect_is_followed(outside, status):
    outside.status = status
    outside.files.update({"/a": b"list", "/other": b"elsewhere"})
    with pytest.raises(OutsideError, match=str(status)):
        fetch(outside.url("/a"), loopback)
    assert [path for path, _, _ in outside.asked] == ["/a"]


def test_a_large_answer_is_not_read_to_its_end(outside):
    outside.files["/a"] = bytes(MAX_BYTES + 1)
    with pytest.raises(OutsideError, match="larger"):
        fetch(outside.url("/a"), loopback)


def test_a_silent_server_is_waited_for_a_bounded_time(outside, monkeypatch):
    monkeypatch.setattr(module, "STEP_SECONDS", 0.2)
    outside.files["/a"], outside.delay_seconds = b"list", 1.0
    with pytest.raises(OutsideError):
        fetch(outside.url("/a"), loopback)


def test_a_server_that_drips_is_hung_up_on(outside, monkeypatch):
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.4)
    outside.files["/a"], outside.drip_seconds = b"list" * 100, 0.05
    with pytest.raises(OutsideError):
        fetch(outside.url("/a"), loopback)


def test_nobody_listening_is_an_outage():
    with pytest.raises(OutsideError):
        fetch("http://ca.test:1/a", loopback)
