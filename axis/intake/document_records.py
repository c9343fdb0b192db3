"""A document in the form in which the writer takes it: plain values that can be pickled.

It holds rows, a leaf, and what the writer has to compare and count, since the writer may be another process.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from axis.clock import Microseconds, day_of
from axis.compliance.new_verdicts import leaf_verdict
from axis.counters.counter_changes import SigningClass, counted, counted_type, signing_class
from axis.counters.verdict_profiles import VerdictProfile, profile_of
from axis.documents.identities import NumberKey
from axis.documents.new_documents import NOTHING_SUPPLIED, DocumentRows, NewDocument, Target
from axis.intake.lookups import number_of
from axis.ledger.leaves import DocumentFacts, Leaf, acceptance_leaf
from axis.protocol.manifest import Action
from axis.trust.kept_material import named_material
from signing.verdict import DocumentVerdict
from signing.verdict_vocabulary import MaterialDigest


class DocumentRecord(NamedTuple):
    """Everything that is written of an accepted document, all but its position."""

    id: str
    identity: str
    """The manifest's SHA-256; for a message of the old protocol its own identity."""
    enveloped: bool
    """Whether it came as a message of the old protocol, which may repeat a number."""
    number: NumberKey
    at: Microseconds
    day: str
    sender: str
    recipients: tuple[str, ...]
    type: str
    action: Action
    subject: str
    counted_as: SigningClass | None
    """The class it counts in; None where it counts nowhere."""
    profile: VerdictProfile
    """What its verdict found, by which it is counted too."""
    sent_late: bool
    answer_due: Microseconds | None
    """The last moment to answer it in time; None where it has no deadline."""
    counted_type: str
    """The type it counts under."""
    asks: tuple[Target, ...]
    """The earlier documents whose deliveries get a request."""
    leaf: Leaf
    rows: DocumentRows
    material: tuple[MaterialDigest, ...]
    """What its verdict names, by kind and digest."""
    supplied: Mapping[str, bytes]
    """Of this, the bytes that the store was found not to have."""


def document_record(
    new: NewDocument,
    verdict: DocumentVerdict | None = None,
    supplied: Mapping[str, bytes] = NOTHING_SUPPLIED,
) -> DocumentRecord:
    """Put together what the writer needs of a document; `verdict`, where it is to be recorded with another.

    `supplied`: of the verdict's material, the bytes that the store was found not to have.
    """
    if verdict is None:
        verdict = new.verdict
    elif verdict is not new.verdict:
        new = replace(new, verdict=verdict)
    manifest = new.manifest
    is_counted = counted(manifest.action)
    return DocumentRecord(
        id=new.id,
        identity=manifest.sha256 if new.envelope is None else new.envelope.identity,
        enveloped=new.envelope is not None,
        number=number_of(manifest).key,
        at=new.accepted_at,
        day=day_of(new.accepted_at),
        sender=manifest.sender,
        recipients=tuple(new.recipients),
        type=manifest.type,
        action=manifest.action,
        subject=manifest.subject,
        counted_as=signing_class(verdict.indication, verdict.signed_by) if is_counted else None,
        profile=profile_of(verdict),
        sent_late=new.due.is_late(new.accepted_at),
        answer_due=new.due.answered,
        counted_type=counted_type(manifest.type, manifest.kind),
        asks=_asks(new),
        leaf=_acceptance(new),
        rows=new.rows,
        material=tuple(named_material(verdict)),
        supplied=supplied,
    )


def _asks(new: NewDocument) -> tuple[Target, ...]:
    if new.manifest.action == "new":
        return ()
    if new.asks is not None:
        return new.asks
    return tuple(Target(found) for found in new.targets if found is not None)


def _acceptance(item: NewDocument) -> Leaf:
    manifest = item.manifest
    facts = DocumentFacts(
        sender=manifest.sender,
        to=item.recipients,
        number=manifest.number_key,
        issued_on=manifest.issued_on,
        type=manifest.type,
        action=manifest.action,
        priority=manifest.priority,
        signed_on=item.signed_on,
        kind=manifest.kind,
        manifest=manifest.sha256,
        signatures=[sha256 for _, sha256 in item.signatures],
        message=item.envelope.sha256 if item.envelope else None,
        relay=item.relay,
    )
    return acceptance_leaf(item.id, facts, leaf_verdict(item.verdict))
