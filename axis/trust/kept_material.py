"""Keeps the material that verdicts rested on, each piece once by its SHA-256, in the verdict's transaction.

The material is certificates, revocation lists, OCSP responses and time-stamps, without which a verdict could
not be checked later. docs/decisions/trust-kept-material.md.
"""

import hashlib
import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.database.group_statements import BulkLookup
from axis.trust.tables import kept_material
from signing.judging_context import Enclosed
from signing.paths.validation import TrustMaterial
from signing.verdict import DocumentVerdict, SignatureVerdict
from signing.verdict_vocabulary import MaterialDigest

_log = logging.getLogger("axis.trust")

_KEPT: Final = BulkLookup(select(kept_material.c.sha256, kept_material.c.kind), kept_material.c.sha256)


class TrustIndex:
    """The parts of the trust material by their digests, each computed once. Threads may share it.

    Lists may have tens of megabytes, so they are hashed in the thread that judges and not in the writer's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digest = ""
        self._parts: Mapping[str, bytes] = {}

    def parts(self, trust: TrustMaterial) -> Mapping[str, bytes]:
        """Return the material's parts. Those of the last material are remembered."""
        with self._lock:
            if self._digest != trust.digest:
                everything = (*trust.roots, *trust.intermediates, *trust.crls, *trust.ocsps)
                known = {id(der): sha256 for sha256, der in self._parts.items()}  # kept alive by `_parts`
                self._parts = {known.get(id(der)) or _sha256(der): der for der in everything}
                self._digest = trust.digest
            return self._parts


class MaterialSources:
    """The sources of a verdict's material: the trust material, and what signatures enclosed.

    Only references are collected while a document is judged. Digests are computed when they are needed.
    """

    __slots__ = ("_came", "_index", "_tokens", "_trust")

    def __init__(self, trust: TrustMaterial, index: TrustIndex) -> None:
        self._trust = trust
        self._index = index
        self._came: list[tuple[bytes, Enclosed]] = []
        self._tokens: tuple[bytes, ...] = ()

    def add(self, certificate: bytes, enclosed: Enclosed) -> None:
        """Note a certificate whose path was validated, and what was enclosed with it."""
        self._came.append((certificate, enclosed))

    def add_tokens(self, verdicts: Sequence[SignatureVerdict]) -> None:
        """Note the time-stamps of the verdicts on signatures, which a document's verdict does not have."""
        for verdict in verdicts:
            self._tokens += verdict.tokens

    def find(self, digests: Collection[str]) -> dict[str, bytes]:
        """Return the bytes with these digests (SHA-256, lower-case hex), as far as they are at hand."""
        parts = self._index.parts(self._trust)
        found = {sha256: parts[sha256] for sha256 in digests if sha256 in parts}
        if len(found) < len(digests):
            found |= {sha256: der for der in self._came_along() if (sha256 := _sha256(der)) in digests}
        return found

    def _came_along(self) -> Iterator[bytes]:
        for certificate, enclosed in self._came:
            yield certificate
            for ders in enclosed:
                yield from ders
        yield from self._tokens


class MaterialWanted(Exception):
    """A verdict names material that the store has not: whoever records it is to supply the bytes."""

    def __init__(self, digests: AbstractSet[str]) -> None:
        super().__init__(digests)
        self.digests = digests


class KeptMaterial:
    """What of the material of a group's verdicts is kept, and what the group adds.

    One query for the whole group tells. It is made each time and not cached, so that a verdict never names
    material that is missing because a transaction was rolled back, a sandbox was reset, or another process
    did something. Use it under the lock of the ledger's head, so that two replicas never keep the same piece
    at once.
    """

    def __init__(self, tx: Read, named: Sequence[Sequence[MaterialDigest]]) -> None:
        digests = {sha256 for names in named for _, sha256 in names}
        self._kept = set(kept_kinds(tx, digests)) if digests else set()
        self._new: dict[str, tuple[str, bytes]] = {}

    def missing(self, named: Iterable[MaterialDigest], supplied: Mapping[str, bytes]) -> frozenset[str]:
        """Return the digests whose bytes are neither kept nor supplied."""
        return frozenset(sha256 for _, sha256 in named if sha256 not in self._kept and sha256 not in supplied)

    def take(self, named: Iterable[MaterialDigest], supplied: Mapping[str, bytes]) -> None:
        """Note the material of a verdict that will be recorded, of which nothing is missing."""
        for kind, sha256 in named:
            if sha256 not in self._kept:
                self._kept.add(sha256)
                self._new[sha256] = (kind, supplied[sha256])

    def write(self, tx: Write, at: Microseconds) -> None:
        """Keep what was noted."""
        for sha256, (kind, der) in sorted(self._new.items()):  # one by one: lists may have tens of megabytes
            row = {"sha256": sha256, "kind": kind, "der": der, "kept_at": at}
            tx.execute(insert(tx, kept_material).values(**row).on_conflict_do_nothing())


def named_material(verdict: DocumentVerdict) -> Iterator[MaterialDigest]:
    """Return the material that each signature's verdict names; none where it says `not kept`."""
    for signature in verdict.signatures:
        if signature.material:
            yield from signature.material


def naming_only_kept(verdict: DocumentVerdict, lost: AbstractSet[str]) -> DocumentVerdict:
    """Return the verdict with `not kept` for each signature whose material was not at hand."""
    if not lost or lost.isdisjoint(sha256 for _, sha256 in named_material(verdict)):
        return verdict
    _log.error("what a verdict rested on was not at hand", extra={"facts": {"digests": sorted(lost)}})
    return replace(
        verdict,
        signatures=tuple(
            each._replace(material=None) if _rests_on(each, lost) else each for each in verdict.signatures
        ),
    )


def kept_kinds(tx: Read, digests: Collection[str]) -> dict[str, str]:
    """Return the kinds of those of the digests whose bytes are kept."""
    return dict(_KEPT.rows(tx, [(digest,) for digest in digests]))


def _rests_on(signature: SignatureVerdict, digests: AbstractSet[str]) -> bool:
    return any(sha256 in digests for _, sha256 in signature.material or ())


def _sha256(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()
