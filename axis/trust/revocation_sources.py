"""Finds where missing revocation data can be fetched: the addresses in the certificates of a path.

Addresses count where the path leads to a trusted root and lacks just revocation data, so that a stranger's
certificate names no address. RFC 5280 §4.2.1.13 and §4.2.2.1.
"""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from axis.outbound.guarded_http import is_allowed
from signing.material_parts import revocation_places
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial

SOURCES_NOTED = 1_000
"""The most sources between two runs of the chore. The next document notes again what had no room."""
ADDRESSES_PER_CERTIFICATE = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Where to fetch a list, or to ask about one certificate."""

    kind: Literal["crl", "ocsp"]
    url: str
    issuer: bytes
    """DER of the certificate that signs the list, or that issued the certificate asked about."""
    serial: str = ""
    """Serial number of the certificate asked about, hexadecimal; empty for a list."""

    @property
    def id(self) -> str:
        """An id for this source, in hexadecimal."""
        issuer = hashlib.sha256(self.issuer).hexdigest()
        return hashlib.sha256(f"{self.kind} {self.url} {issuer} {self.serial}".encode()).hexdigest()


class Wanted:
    """The sources that documents lacked since the chore's last run. Threads may share it."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts
        self._sources: set[Source] = set()
        self._lock = threading.Lock()

    def note(
        self, outcome: PathOutcome, certificate: bytes, enclosed: Enclosed, trust: TrustMaterial
    ) -> None:
        """Note the sources for this path, if revocation data is all it lacks."""
        if not self._hosts or not lacks_revocation(outcome):
            return
        found = set(
            sources_of(
                outcome,
                (certificate, *enclosed.certificates, *trust.intermediates, *trust.roots),
                self._hosts,
            )
        )
        with self._lock:
            self._sources |= set(list(found)[: SOURCES_NOTED - len(self._sources)])

    def take(self) -> set[Source]:
        """Return the noted sources and forget them."""
        with self._lock:
            taken, self._sources = self._sources, set()
        return taken


def lacks_revocation(outcome: PathOutcome) -> bool:
    """Tell whether the path is valid but for unknown revocation."""
    found = {check.name: check.outcome for check in outcome.checks}
    return found.get("certificate-path") == "passed" and found.get("revocation") == "unknown"


def sources_of(outcome: PathOutcome, known: tuple[bytes, ...], hosts: frozenset[str]) -> Iterator[Source]:
    """Return the allowed addresses in the path's certificates; OCSP where a certificate names no list."""
    by_digest = {hashlib.sha256(der).hexdigest(): der for der in known}
    for own, above in pairwise(outcome.chain):
        der, issuer = by_digest.get(own), by_digest.get(above)
        if der is None or issuer is None:
            continue
        serial, lists, responders = revocation_places(der)
        allowed = [url for url in lists if is_allowed(url, hosts)]
        for url in allowed[:ADDRESSES_PER_CERTIFICATE]:
            yield Source("crl", url, issuer)
        if not allowed:
            for url in [url for url in responders if is_allowed(url, hosts)][:ADDRESSES_PER_CERTIFICATE]:
                yield Source("ocsp", url, issuer, serial)
