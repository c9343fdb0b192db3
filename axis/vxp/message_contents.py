"""Reads from the store what a message consists of, for an item of a queue or a sender's own document.

A document that came as edXML goes out as it was received, with one more hop. Messages of other documents are
composed by `axis.vxp.message_composition`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from axis.agencies.callers import Caller
from axis.clock import Microseconds, to_datetime
from axis.database import Read
from axis.deliveries.queries import status_message
from axis.deliveries.queues import Item, find_item
from axis.documents import queries
from axis.documents.downloads import Body, find_attachment, whole
from axis.documents.envelopes import document_ids_of, find_envelope
from axis.intake.context import IntakeContext
from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.manifest import Manifest, parse_manifest
from axis.protocol.manifest_limits import ManifestLimits
from axis.protocol.statuses import REQUESTED
from axis.vxp.document_ids import made_document_id
from axis.vxp.message_composition import Named, StatusFacts, compose_document, compose_status, document_id_of

_DOCUMENT = re.compile(r"[0-9a-f-]{36}")
_ANY = ManifestLimits(*[2**62] * len(ManifestLimits.__slots__))
"""Limits of manifests that were accepted: none, since today's limits may be lower."""


@dataclass(frozen=True, slots=True)
class Original:
    """A message that came as edXML. `hop_at`: when the axis received it; None where no hop is added."""

    body: Body
    hop_at: Microseconds | None

    @property
    def size(self) -> int:
        """Its size in bytes, as it was received."""
        return self.body.size


@dataclass(frozen=True, slots=True)
class Composed:
    """A document that came over REST: the parts of its message without the bytes of its files."""

    position: int
    manifest: Manifest
    manifest_bytes: bytes
    accepted_at: Microseconds
    signatures: tuple[bytes, ...]
    referred: tuple[str, ...]
    names: dict[str, Named]

    @property
    def size(self) -> int:
        """The size of all its files together, in bytes."""
        return sum(attachment.size for attachment in self.manifest.attachments)


Source = Original | Composed | edxml.Status | bytes
"""What a message is made of. Bytes are a status message as it was received."""


def find_source(tx: Read, intake: IntakeContext, caller: Caller, said: str) -> Source | None:
    """Return what the message with an id is made of: that of an item, or of the caller's own document.

    None where there is none, or it is not the caller's.
    """
    item = find_item(tx, caller, said)
    if item is not None and item.kind == "status":
        kept = status_message(tx, item.position)
        return _status(tx, intake, item) if kept is None else kept
    if item is not None:
        return _document(tx, intake, item.document_position, hop=True)
    own = queries.position_of(tx, caller, said) if _DOCUMENT.fullmatch(said) else None
    return _document(tx, intake, own[0], hop=False) if own is not None and own[1] == "sent" else None


def made_of(source: Source, intake: IntakeContext) -> bytes:
    """Return the message. Large contents are read in transactions of their own."""
    if isinstance(source, Original):
        original = whole(intake.objects, source.body)
        if source.hop_at is None:
            return original
        return edxml.insert_hop(
            edxml.mend_start(original), intake.settings.hop_organ_id, to_datetime(source.hop_at)
        )
    if isinstance(source, edxml.Status):
        return edxml.write(source)
    if isinstance(source, bytes):
        return edxml.mend_start(source)
    message = compose_document(
        source.manifest,
        names=source.names,
        attachments=_contents(source, intake),
        signatures=source.signatures,
        manifest_bytes=source.manifest_bytes,
        accepted_at=source.accepted_at,
        hop_organ_id=intake.settings.hop_organ_id,
        referred=source.referred,
    )
    return edxml.write(message)


def _contents(source: Composed, intake: IntakeContext) -> list[tuple[str, bytes]]:
    files = []
    for ordinal, declared in enumerate(source.manifest.attachments):
        with intake.database.read() as tx:
            body = find_attachment(tx, source.position, ordinal)
        if body is None:
            raise LookupError((source.position, ordinal))
        files.append((declared.name, whole(intake.objects, body)))
    return files


def _document(tx: Read, intake: IntakeContext, position: int, *, hop: bool) -> Original | Composed:
    row = queries.document_row(tx, position)
    body = find_envelope(tx, position)
    if body is not None:
        return Original(body, row.accepted_at if hop else None)
    manifest = parse_manifest(row.manifest, _ANY)
    count = len(queries.signature_digests(tx, position))
    rows = (queries.signature_row(tx, position, ordinal) for ordinal in range(count))
    return Composed(
        position=position,
        manifest=manifest,
        manifest_bytes=row.manifest,
        accepted_at=row.accepted_at,
        signatures=tuple(row.content for row in rows if row is not None),
        referred=_referred(tx, position, manifest),
        names=_names(tx, intake, (manifest.sender, *manifest.to)),
    )


def _referred(tx: Read, position: int, manifest: Manifest) -> tuple[str, ...]:
    """Return the DocumentIds of the documents referred to: their own, or made for them."""
    targets = queries.reference_targets(tx, position)
    known = document_ids_of(tx, [target for target in targets.values() if target is not None])
    own = {ordinal: known.get(target) for ordinal, target in targets.items() if target is not None}
    return tuple(
        own.get(ordinal) or document_id_of(reference) for ordinal, reference in enumerate(manifest.refers_to)
    )


def _status(tx: Read, intake: IntakeContext, item: Item) -> edxml.Status:
    """Return a status as a message between the two parties of its delivery."""
    row = queries.document_row(tx, item.document_position)
    own_id = document_ids_of(tx, [item.document_position]).get(item.document_position)
    code = item.code or ""
    facts = StatusFacts(
        code=code,
        note=item.note,
        at=item.at,
        by=item.sender,
        sender=row.sender,
        recipient=item.agency if code == REQUESTED else item.sender,
        number=row.number,
        issued_on=row.issued_on,
        document_id=own_id or made_document_id(row.sender, row.issued_on, row.number),
    )
    return compose_status(facts, _names(tx, intake, (AgencyCode(item.sender),)))


def _names(tx: Read, intake: IntakeContext, codes: Iterable[AgencyCode]) -> dict[str, Named]:
    """Return the directory's names of agencies, as far as they are still in it."""
    found = intake.directory.find(tx, set(codes))
    above = intake.directory.find(
        tx, {agency.parent for agency in found.values() if agency.parent is not None}
    )
    named: dict[str, Named] = {}
    for code, agency in found.items():
        parent = None if agency.parent is None else above.get(agency.parent)
        named[code] = Named(
            name=agency.name,
            in_charge="" if parent is None else parent.name,
            mail=agency.mail or "",
            phone=agency.mobile or "",
            fax=agency.fax or "",
        )
    return named
