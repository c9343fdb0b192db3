"""Writes accepted documents and refusals: all rows of a group in one statement for each table.

It decides nothing. Positions come from the ledger, verdicts from `axis.judging`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axis.clock import Microseconds, day_of
from axis.database import Write
from axis.documents.envelopes import Envelope, envelope_row
from axis.documents.searching import searchable
from axis.documents.tables import (
    attachments,
    document_signatures,
    documents,
    envelopes,
    manifests,
    references,
    refusals,
    signature_facts,
    verdicts,
)
from axis.protocol.manifest import Manifest
from signing.verdict import DocumentVerdict

MaterialFinder = Callable[[Collection[str]], Mapping[str, bytes]]
"""Returns, by SHA-256, the bytes of the material of a verdict, as far as they are at hand."""


def nothing_at_hand(_digests: Collection[str]) -> Mapping[str, bytes]:
    """Return nothing: the `MaterialFinder` of verdicts that name no material."""
    return {}


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """Where an attachment's bytes are: in its row (`content`) or in an object (`upload`)."""

    content: bytes | None
    upload: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """An earlier document that a recall, an update or a replacement is about, and the recipients concerned.

    It is not stored: `axis.deliveries.recalls` opens the requests.
    """

    position: int
    recipients: frozenset[str] | None = None
    """The recipients concerned; None for all."""
    removed: frozenset[str] = frozenset()
    """Recipients that an update removes. They are asked to give the document back, as by a recall."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be accepted, with everything that is written of it."""

    id: str
    manifest: Manifest
    manifest_bytes: bytes
    signatures: tuple[tuple[bytes, str], ...]
    """Each signature's bytes and their SHA-256."""
    attachments: tuple[StoredAttachment, ...]
    """In the manifest's order."""
    verdict: DocumentVerdict
    accepted_at: Microseconds
    targets: tuple[int | None, ...]
    """The position of each document referred to; None for one that is not on this axis."""
    asks: tuple[Target, ...] | None = None
    """The earlier documents whose deliveries get a request. None: all deliveries of `targets`."""
    envelope: Envelope | None = None
    """The message of the old protocol that the manifest was made from, if it came over that."""
    find_material: MaterialFinder = nothing_at_hand
    """Finds what its verdict rested on."""


@dataclass(frozen=True, slots=True)
class NewRefusal:
    """A refusal to be recorded: code, parameters and places, in no language."""

    id: str
    sender: str
    number: str | None
    at: Microseconds
    code: str
    manifest_sha256: str | None
    problem: str
    """The refusal as `axis.protocol.stored_errors` writes it."""
    verdict: DocumentVerdict | None
    manifest: Manifest | None = None
    """The manifest, if it could be read. Only the leaf keeps its members."""
    signatures: Sequence[str] = ()
    """SHA-256 of each signature, for the leaf."""
    find_material: MaterialFinder = nothing_at_hand
    """Finds what its verdict rested on."""
    request_id: str | None = None
    """What the answer and the log call the request."""


def store_documents(tx: Write, placed: Sequence[tuple[int, NewDocument]]) -> None:
    """Write the documents of a group, each at its position in the ledger."""
    tx.execute(documents.insert(), [_document_row(position, new) for position, new in placed])
    tx.execute(
        manifests.insert(),
        [{"document": position, "content": new.manifest_bytes} for position, new in placed],
    )
    _insert(tx, attachments, [row for position, new in placed for row in _attachment_rows(position, new)])
    _insert(
        tx,
        document_signatures,
        [
            {"document": position, "ordinal": ordinal, "content": content, "sha256": sha256}
            for position, new in placed
            for ordinal, (content, sha256) in enumerate(new.signatures)
        ],
    )
    tx.execute(
        verdicts.insert(),
        [verdict_row(position, 0, new.accepted_at, new.verdict) for position, new in placed],
    )
    _insert(
        tx, signature_facts, [row for position, new in placed for row in fact_rows(position, new.verdict)]
    )
    _insert(tx, references, [row for position, new in placed for row in _reference_rows(position, new)])
    _insert(tx, envelopes, [envelope_row(position, new.envelope) for position, new in placed if new.envelope])


def store_refusals(tx: Write, placed: Sequence[tuple[int, NewRefusal]]) -> None:
    """Write the refusals of a group, each at its position in the ledger."""
    tx.execute(
        refusals.insert(),
        [
            {
                "position": position,
                "id": new.id,
                "sender": new.sender,
                "number": new.number,
                "at": new.at,
                "day": day_of(new.at),
                "code": new.code,
                "manifest_sha256": new.manifest_sha256,
                "problem": new.problem,
                "verdict": new.verdict.to_stored() if new.verdict else None,
                "request_id": new.request_id,
            }
            for position, new in placed
        ],
    )


def verdict_row(position: int, sequence: int, at: Microseconds, verdict: DocumentVerdict) -> dict[str, Any]:
    """Return the row of one verdict. Rows are added and never changed."""
    return {
        "document": position,
        "sequence": sequence,
        "at": at,
        "policy": verdict.policy,
        "trust": verdict.trust,
        **summary_columns(verdict),
        "report": verdict.to_stored(),
    }


def summary_columns(verdict: DocumentVerdict) -> dict[str, Any]:
    """Return the columns that verdicts and documents share."""
    return {
        "indication": verdict.indication,
        "sub_indication": verdict.sub_indication,
        "signed_by": verdict.signed_by,
    }


def fact_rows(position: int, verdict: DocumentVerdict) -> list[dict[str, Any]]:
    """Return the rows of facts about each signature, by which lists are filtered."""
    return [
        {
            "document": position,
            "ordinal": ordinal,
            "algorithm": signature.algorithms,
            "issuer": signature.certificate.issuer if signature.certificate else None,
            "certificate": signature.certificate.sha256 if signature.certificate else None,
        }
        for ordinal, signature in enumerate(verdict.signatures)
    ]


def _document_row(position: int, new: NewDocument) -> dict[str, Any]:
    manifest = new.manifest
    return {
        "position": position,
        "id": new.id,
        "sender": manifest.sender,
        "number": manifest.number_key,
        "issued_on": manifest.issued_on,
        "type": manifest.type,
        "subject": manifest.subject,
        "searchable": searchable(manifest.number_key, manifest.subject),
        "priority": manifest.priority,
        "action": manifest.action,
        "manifest_sha256": manifest.sha256,
        "accepted_at": new.accepted_at,
        "day": day_of(new.accepted_at),
        **summary_columns(new.verdict),
    }


def _attachment_rows(position: int, new: NewDocument) -> list[dict[str, Any]]:
    return [
        {
            "document": position,
            "ordinal": ordinal,
            "name": declared.name,
            "media_type": declared.media_type,
            "size": declared.size,
            "sha256": declared.sha256,
            "content": stored.content,
            "upload": stored.upload,
        }
        for ordinal, (declared, stored) in enumerate(
            zip(new.manifest.attachments, new.attachments, strict=True)
        )
    ]


def _reference_rows(position: int, new: NewDocument) -> list[dict[str, Any]]:
    return [
        {
            "document": position,
            "ordinal": ordinal,
            "sender": reference.sender,
            "number": reference.number_key,
            "issued_on": reference.issued_on,
            "target": target,
        }
        for ordinal, (reference, target) in enumerate(zip(new.manifest.refers_to, new.targets, strict=True))
    ]


def _insert(tx: Write, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(table.insert(), rows)
