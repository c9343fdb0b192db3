"""Keeps the identities of documents: the manifest's digest, and the sender's number within a year.

Identities are not released, so they have tables of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, tuple_

from axis.database import Read, Write
from axis.database.group_statements import BulkLookup, bulk_insert
from axis.documents.tables import documents, manifest_identities, number_identities
from axis.protocol.agency_codes import AgencyCode

_BY_MANIFEST = BulkLookup(
    select(manifest_identities.c.sha256, manifest_identities.c.document), manifest_identities.c.sha256
)
_IDS = select(documents.c.position, documents.c.id).where(
    documents.c.position.in_(bindparam("positions", expanding=True))
)
_NUMBER_COLUMNS = (number_identities.c.sender, number_identities.c.number, number_identities.c.year)
_BY_NUMBER = BulkLookup(select(*_NUMBER_COLUMNS, number_identities.c.document), *_NUMBER_COLUMNS)
_ISSUED_ON = (
    select(*_NUMBER_COLUMNS, documents.c.issued_on, documents.c.position, documents.c.id)
    .join(documents, documents.c.position == number_identities.c.document)
    .where(tuple_(*_NUMBER_COLUMNS).in_(bindparam("numbers", expanding=True)))
)


NumberKey = tuple[str, str, int]
"""A number as the database compares it: sender, number, year."""


@dataclass(frozen=True, slots=True)
class Number:
    """A sender's number within a year: the number in NFC, trimmed."""

    sender: AgencyCode
    number: str
    year: int

    @property
    def key(self) -> NumberKey:
        """The three as the database compares them."""
        return (self.sender, self.number, self.year)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The document that holds a number."""

    position: int
    id: str
    issued_on: str


def find_by_manifest(tx: Read, digests: Sequence[str]) -> dict[str, int]:
    """Return the positions of the documents whose manifests have these SHA-256 digests (hex)."""
    return dict(_BY_MANIFEST.rows(tx, [(digest,) for digest in digests]))


def ids_at(tx: Read, positions: Sequence[int]) -> dict[int, str]:
    """Return the ids of the documents at these positions."""
    return {row.position: row.id for row in tx.execute(_IDS, {"positions": list(positions)})}


def taken_numbers(tx: Read, numbers: Sequence[NumberKey]) -> dict[NumberKey, int]:
    """Return which of these numbers are taken, each with its document's position."""
    return {(sender, number, year): at for sender, number, year, at in _BY_NUMBER.rows(tx, numbers)}


def find_by_number(tx: Read, numbers: Sequence[Number]) -> dict[NumberKey, Numbered]:
    """Return the documents that hold these numbers."""
    if not numbers:
        return {}
    rows = tx.execute(_ISSUED_ON, {"numbers": [number.key for number in numbers]})
    return {(row.sender, row.number, row.year): Numbered(row.position, row.id, row.issued_on) for row in rows}


_CLAIM_MANIFESTS = bulk_insert(manifest_identities)
_CLAIM_NUMBERS = bulk_insert(number_identities)


def claim_manifests(tx: Write, claims: Sequence[tuple[int, str]]) -> None:
    """Record the manifest digest of each accepted document, with its position."""
    _CLAIM_MANIFESTS.run(tx, [(digest, position) for position, digest in claims])


def claim_numbers(tx: Write, claims: Sequence[tuple[int, NumberKey]]) -> None:
    """Record the number of each accepted document, with its position."""
    _CLAIM_NUMBERS.run(tx, [(*number, position) for position, number in claims])
