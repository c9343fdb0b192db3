"""Fetches from servers of certificate authorities over HTTP: one answer, of limited size and time.

It follows no redirects and uses no proxies. It connects to allowed hosts, at public addresses, since URLs
come from certificates, whose writers must not reach servers within the hub's network.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

STEP_SECONDS = 5.0
"""How long connecting, or the next bytes, may take."""
TOTAL_SECONDS = 20.0
"""How long a fetch may take, so that a server that sends a byte now and then does not block it."""
MAX_ADDRESS = 1024
PORTS = {"http": 80, "https": 443}

Addresses = Callable[[str, int], list[str]]
"""Looks a host up and returns the addresses that may be connected to; raises `OutsideError` if there are
none."""


class OutsideError(Exception):
    """Nothing was fetched; the message says why."""


def is_allowed(url: str, hosts: frozenset[str]) -> bool:
    """Tell whether a URL is one of http or https at an allowed host.

    A host without a port is allowed at the scheme's default port alone.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return False
    host, port, default = parts.hostname.lower(), parts.port, PORTS[parts.scheme]
    return f"{host}:{port or default}" in hosts or (port in {None, default} and host in hosts)


def host_of(url: str) -> str | None:
    """Return the host of a URL of http or https, in lower case; None where it is no such URL."""
    parts = _split(url)
    return None if parts is None or parts.hostname is None else parts.hostname.lower()


def any_addresses(host: str, port: int) -> list[str]:
    """Look a host up that an operator, not a certificate, named.

    Raises:
        OutsideError: when it has no address.

    """
    try:
        return sorted({str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError) as error:
        raise OutsideError(f"{host} has no address") from error


def public_addresses(host: str, port: int) -> list[str]:
    """Look a host up. Every address must be public; otherwise none is used.

    Raises:
        OutsideError: when it has no address, or one that is not public.

    """
    found = any_addresses(host, port)
    for address in found:
        if not _is_public(address):
            raise OutsideError(f"{host} has an address that is not public")
    return found


def fetch(
    url: str,
    addresses: Addresses,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    max_bytes: int,
) -> bytes:
    """Fetch `url`, or post `body` to it, and return the answer's bytes. This takes up to `TOTAL_SECONDS`.

    Raises:
        OutsideError: when there is no answer with status 200, within time and size.

    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        raise OutsideError("not an address of http or https")
    port = parts.port or PORTS[parts.scheme]
    (address, *_others) = addresses(parts.hostname, port) or [""]
    if not address:
        raise OutsideError(f"{parts.hostname} has no address")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    until = time.monotonic() + TOTAL_SECONDS
    try:
        with _connected(parts, address, port) as connection:
            connection.request("GET" if body is None else "POST", target, body, dict(headers or {}))
            response = connection.getresponse()
            if response.status != http.HTTPStatus.OK:
                raise OutsideError(f"the answer was {response.status}")
            data = response.read(max_bytes + 1)
            if (response.length and len(data) <= max_bytes) or time.monotonic() > until:
                raise OutsideError("the answer ended early, or took too long")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutsideError(f"{type(error).__name__}") from error
    if len(data) > max_bytes:
        raise OutsideError(f"the answer is larger than {max_bytes} bytes")
    return data


@contextlib.contextmanager
def _connected(parts: SplitResult, address: str, port: int) -> Iterator[http.client.HTTPConnection]:
    """Connect to this very address, not to the name, and close the connection when the time is over."""
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(host, port, timeout=STEP_SECONDS)
    plain = socket.create_connection((address, port), STEP_SECONDS)
    timer = threading.Timer(TOTAL_SECONDS, _hang_up, (plain,))
    timer.daemon = True
    timer.start()
    try:
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
        yield connection
    finally:
        timer.cancel()
        connection.close()
        plain.close()


def _hang_up(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    is_plain = parts.scheme in PORTS and parts.hostname and "@" not in parts.netloc
    return parts if is_plain else None


def _is_public(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return all(each.is_global and not each.is_multicast for each in (parsed, mapped) if each is not None)
