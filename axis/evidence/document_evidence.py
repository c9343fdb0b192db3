"""Gathers the evidence of a document: what proves, without the hub, what became of it.

It is read from one state of the store; the same state and view give the same bytes. What each part is:
docs/evidence.md.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from axis.agencies.callers import Caller
from axis.database import Database, Read
from axis.database.snapshots import hold_snapshot
from axis.documents import queries as document_queries
from axis.documents.content_rights import require_contents
from axis.documents.downloads import Body, find_attachment
from axis.documents.envelopes import find_envelope
from axis.documents.single_document import find
from axis.evidence import parts as names
from axis.evidence.archive import archive_size
from axis.evidence.histories import (
    Members,
    named_material,
    named_positions,
    status_members,
    to_text,
    verdict_members,
)
from axis.evidence.page import evidence_page
from axis.evidence.parts import Part, measured, part, signed_sums, written
from axis.evidence.queries import material_bytes
from axis.evidence.readme import ListFacts, evidence_readme, list_facts
from axis.ledger.receipts import receipt
from axis.objects.store import Objects, read_pieces
from axis.protocol.manifest import parse_manifest
from axis.protocol.manifest_limits import WIDE_LIMITS
from signing.notes import NoteSigner, VerifierKey


class EvidenceDamagedError(Exception):
    """The store lacks something that the evidence is made of, or has it with another digest."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An evidence archive that is ready to be sent."""

    document: str
    parts: Sequence[Part]

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return archive_size([each.entry for each in self.parts])

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes."""
        return written(self.parts)


@dataclass(frozen=True, slots=True)
class Collected:
    """What the store says of a document, within one state of it; large contents are not read yet."""

    document: str
    manifest: bytes
    manifest_sha256: str
    verdicts: Members
    statuses: Members
    signatures: Sequence[tuple[str, bytes]]
    bodies: Sequence[tuple[str, Body]]
    named: Mapping[str, str]
    """The kinds of what the verdicts rested on, by digest."""
    receipts: Sequence[Part]

    def evidence(self, objects: Objects, signer: NoteSigner, keys: Sequence[VerifierKey]) -> Evidence:
        """Read every byte once, compare it with its digest, and return the archive.

        Raises:
            EvidenceDamagedError: when the store lacks a part, or has it with another digest.

        """
        material, lists = _material(objects.database, self.named)
        manifest = parse_manifest(self.manifest, WIDE_LIMITS)
        readme = evidence_readme(
            self.document,
            self.verdicts,
            len(self.signatures),
            [each.name for each in manifest.attachments],
            lists,
        )
        parts = [
            part(names.README, readme.encode()),
            part(names.PAGE, evidence_page(manifest, self.verdicts, self.statuses).encode()),
            _checked(part(names.MANIFEST, self.manifest), self.manifest_sha256),
            *(_body(objects, name, body) for name, body in self.bodies if name == names.MESSAGE),
            *(
                _checked(part(names.signature_name(ordinal), content), sha256)
                for ordinal, (sha256, content) in enumerate(self.signatures)
            ),
            *(_body(objects, name, body) for name, body in self.bodies if name != names.MESSAGE),
            part(names.VERDICTS, to_text(self.verdicts)),
            part(names.STATUSES, to_text(self.statuses)),
            *material,
            *self.receipts,
            part(names.KEYS, "".join(f"{key}\n" for key in keys).encode()),
        ]
        return Evidence(self.document, (*parts, signed_sums(parts, signer)))


def collect(tx: Read, caller: Caller, document: str) -> Collected:
    """Read what the store says of a document, as far as the caller may see it.

    A recipient gets its own deliveries alone.

    Raises:
        NotFound: when there is no such document, or it is not the caller's.
        NotPermitted: when it is a message that its parties alone read.

    """
    position, side = find(tx, caller, document)
    require_contents(tx, caller, position)
    row = document_queries.document_row(tx, position)
    verdicts = verdict_members(tx, position, document)
    statuses = status_members(tx, caller, position, side, row)
    receipts = [
        part(names.receipt_name(place), receipt(tx, place).encode())
        for place in named_positions(verdicts, statuses)
    ]
    return Collected(
        document=document,
        manifest=row.manifest,
        manifest_sha256=row.manifest_sha256,
        verdicts=verdicts,
        statuses=statuses,
        signatures=_signatures(tx, position),
        bodies=_bodies(tx, position),
        named=named_material(verdicts),
        receipts=(*receipts, part(names.RECEIPT, receipt(tx, position).encode())),
    )


def gather(
    objects: Objects, caller: Caller, document: str, signer: NoteSigner, keys: Sequence[VerifierKey]
) -> Evidence:
    """Gather the evidence of a document as it is now.

    Raises:
        NotFound: when there is no such document, or it is not the caller's.
        EvidenceDamagedError: when the store lacks a part, or has it with another digest.

    """
    with objects.database.read() as tx:
        hold_snapshot(tx)
        collected = collect(tx, caller, document)
    return collected.evidence(objects, signer, keys)


def _signatures(tx: Read, position: int) -> list[tuple[str, bytes]]:
    """Return the digest and the bytes of each signature over the manifest."""
    return [
        (sha256, row.content)
        for ordinal, sha256 in enumerate(document_queries.signature_digests(tx, position))
        if (row := document_queries.signature_row(tx, position, ordinal)) is not None
    ]


def _bodies(tx: Read, position: int) -> list[tuple[str, Body]]:
    """Return the message that the document came in, if any, and its attachments, by their parts' names."""
    message = find_envelope(tx, position)
    bodies = [] if message is None else [(names.MESSAGE, message)]
    for row in document_queries.attachment_rows(tx, position):
        body = find_attachment(tx, position, row.ordinal)
        assert body is not None
        bodies.append((names.attachment_name(row.ordinal, row.name), body))
    return bodies


def _body(objects: Objects, name: str, body: Body) -> Part:
    if body.upload is None:
        return _checked(part(name, body.content or b""), body.sha256)
    opened = functools.partial(read_pieces, objects, body.upload, 0, body.size)
    return _checked(measured(name, opened), body.sha256)


def _material(database: Database, named: Mapping[str, str]) -> tuple[list[Part], dict[str, ListFacts]]:
    """Return what the verdicts rested on, and facts about the revocation lists among it.

    A list may have tens of megabytes, so none is held.
    """

    def opened(sha256: str) -> Iterator[bytes]:
        with database.read() as tx:
            yield material_bytes(tx, sha256) or b""

    found: list[Part] = []
    lists: dict[str, ListFacts] = {}
    for sha256, kind in named.items():
        der = next(opened(sha256))
        now = part(names.material_name(kind, sha256), der)
        found.append(_checked(Part(now.entry, now.sha256, functools.partial(opened, sha256)), sha256))
        if kind == "crl" and (facts := list_facts(der)) is not None:
            lists[sha256] = facts
    return found, lists


def _checked(made: Part, sha256: str) -> Part:
    if made.sha256 != sha256:
        raise EvidenceDamagedError(f"{made.entry.name} has the digest {made.sha256} and not {sha256}")
    return made
