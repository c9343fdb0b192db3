"""Step 8 of docs/flow.md: writes a group of documents, or of refusals, in one transaction.

Each of a group has its own outcome: a document whose identity is taken does not affect the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from axis.compliance.new_verdicts import leaf_verdict
from axis.counters.counter_changes import CounterChanges, apply
from axis.counters.verdict_changes import VerdictChanges, apply_verdicts
from axis.database import Read, Write
from axis.deliveries.new_deliveries import NewDeliveries, delivery_position, open_deliveries
from axis.deliveries.queues import NewItem, queue_items
from axis.deliveries.recalls import NewRequest, open_requests
from axis.deliveries.refusal_events import announce_refusals
from axis.documents.envelopes import claim_identities, find_by_identity
from axis.documents.identities import (
    NumberKey,
    claim_manifests,
    claim_numbers,
    find_by_manifest,
    ids_at,
    taken_numbers,
)
from axis.documents.new_documents import NewRefusal, store_documents, store_refusals
from axis.documents.signing_days import signed_on
from axis.intake.document_records import DocumentRecord
from axis.ledger.journal import Journal
from axis.ledger.leaves import DocumentFacts, Leaf, refusal_leaf
from axis.protocol.errors import NumberTaken
from axis.trust.kept_material import KeptMaterial, MaterialWanted, named_material

# It runs under the lock of the ledger's head, so that what is taken stays taken until the commit. Anything
# unforeseen is raised, and the writer then tries each item by itself.


class Accepted(NamedTuple):
    """The document's position in the ledger; `repeated` when it was accepted before."""

    position: int
    repeated: bool
    asked_again: bool = False
    """It is this very document that was accepted before: a writer was lost before it said so."""


def record_documents(
    tx: Write, journal: Journal, items: Sequence[DocumentRecord]
) -> Sequence[Accepted | Exception]:
    """Write a group of documents, and what their verdicts rested on; a kind of the ledger's `Recorder`.

    `NumberTaken` names no place: who sent the document knows what to say of it.
    """
    taken = _Taken.read(tx, items)
    material = KeptMaterial(tx, [item.material for item in items])
    outcomes: list[Accepted | Exception] = []
    placed: list[tuple[int, DocumentRecord]] = []
    repeated: list[tuple[int, int, str]] = []
    for item in items:
        earlier = taken.identities.get(item.identity)
        if earlier is not None:
            outcomes.append(Accepted(earlier, repeated=True))
            repeated.append((len(outcomes) - 1, earlier, item.id))
        elif not item.enveloped and item.number in taken.numbers:
            outcomes.append(NumberTaken())
        elif wanted := material.missing(item.material, item.supplied):
            outcomes.append(MaterialWanted(wanted))
        else:
            position = journal.append(item.leaf, item.at)
            taken.add(position, item)
            material.take(item.material, item.supplied)
            placed.append((position, item))
            outcomes.append(Accepted(position, repeated=False))
    if placed:
        taken.claim(tx)
        material.write(tx, journal.at)
        store_documents(tx, [(position, item.rows) for position, item in placed])
        _route(tx, journal, placed)
    if repeated:
        ids = ids_at(tx, [position for _, position, _ in repeated])
        for place, position, own in repeated:
            if ids[position] == own:
                outcomes[place] = Accepted(position, repeated=False, asked_again=True)
    return outcomes


@dataclass(slots=True)
class _Taken:
    """Identities and numbers that are taken, in the store and by the group itself.

    A message of the old protocol has an identity of its own and may repeat a number. The number stays with
    the first document that had it.
    """

    identities: dict[str, int]
    numbers: dict[NumberKey, int]
    new_manifests: list[tuple[int, str]] = field(default_factory=list)
    new_envelopes: list[tuple[int, str]] = field(default_factory=list)
    new_numbers: list[tuple[int, NumberKey]] = field(default_factory=list)

    @classmethod
    def read(cls, tx: Read, items: Sequence[DocumentRecord]) -> "_Taken":
        manifests = [item.identity for item in items if not item.enveloped]
        envelopes = [item.identity for item in items if item.enveloped]
        identities = find_by_manifest(tx, manifests) if manifests else {}
        if envelopes:
            identities |= find_by_identity(tx, envelopes)
        return cls(identities, taken_numbers(tx, [item.number for item in items]))

    def add(self, position: int, item: DocumentRecord) -> None:
        self.identities[item.identity] = position
        (self.new_envelopes if item.enveloped else self.new_manifests).append((position, item.identity))
        if item.number not in self.numbers:
            self.numbers[item.number] = position
            self.new_numbers.append((position, item.number))

    def claim(self, tx: Write) -> None:
        claim_manifests(tx, self.new_manifests)
        claim_identities(tx, self.new_envelopes)
        claim_numbers(tx, self.new_numbers)


def record_refusals(tx: Write, journal: Journal, items: Sequence[NewRefusal]) -> Sequence[int | Exception]:
    """Write a group of refusals and return their positions; a kind of the ledger's `Recorder`."""
    named = [() if item.verdict is None else tuple(named_material(item.verdict)) for item in items]
    material = KeptMaterial(tx, named)
    placed: list[tuple[int, NewRefusal]] = []
    outcomes: list[int | Exception] = []
    for item, names in zip(items, named, strict=True):
        if wanted := material.missing(names, item.supplied):
            outcomes.append(MaterialWanted(wanted))
            continue
        position = journal.append(_refusal(item), item.at)
        material.take(names, item.supplied)
        placed.append((position, item))
        outcomes.append(position)
    material.write(tx, journal.at)
    store_refusals(tx, placed)
    announce_refusals(tx, [(position, item.id, item.at, item.sender, item.code) for position, item in placed])
    return outcomes


def _route(tx: Write, journal: Journal, placed: Sequence[tuple[int, DocumentRecord]]) -> None:
    """Open, count and queue the deliveries, and open the requests of recalls, updates and replacements."""
    changes = CounterChanges()
    by_verdict = VerdictChanges()
    opened: list[NewDeliveries] = []
    requests: list[NewRequest] = []
    queued: list[NewItem] = []
    for position, item in placed:
        opened.append(
            NewDeliveries(
                position,
                item.sender,
                item.recipients,
                item.type,
                item.action,
                item.day,
                item.answer_due,
            )
        )
        if item.counted_as is not None:
            changes.accepted(
                item.day,
                item.sender,
                item.counted_type,
                item.counted_as,
                item.recipients,
                late=item.sent_late,
            )
            by_verdict.accepted(item.day, item.sender, item.counted_type, item.profile)
        if item.asks:
            addressed = frozenset(item.recipients)
            requests.append(
                NewRequest(item.id, item.sender, item.action, item.subject, item.at, item.asks, addressed)
            )
        queued += [
            NewItem(recipient, "edoc", delivery_position(position, ordinal), item.at)
            for ordinal, recipient in enumerate(item.recipients)
        ]
    open_deliveries(tx, opened)
    queue_items(tx, queued)
    for request in requests:
        open_requests(tx, journal, changes, request)
    apply(tx, changes)
    apply_verdicts(tx, by_verdict)


def _refusal(item: NewRefusal) -> Leaf:
    manifest = item.manifest
    facts = DocumentFacts(
        sender=item.sender,
        to=manifest.to if manifest else None,
        number=item.number,
        issued_on=manifest.issued_on if manifest else None,
        type=manifest.type if manifest else None,
        action=manifest.action if manifest else None,
        priority=manifest.priority if manifest else None,
        signed_on=_refused_signed_on(item),
        kind=manifest.kind if manifest else None,
        manifest=item.manifest_sha256,
        signatures=item.signatures,
        relay=item.relay,
    )
    return refusal_leaf(item.id, item.code, facts, leaf_verdict(item.verdict) if item.verdict else None)


def _refused_signed_on(item: NewRefusal) -> str | None:
    if item.manifest is None:
        return None
    issued_on = item.manifest.issued_on
    return issued_on if item.verdict is None else signed_on(item.verdict, issued_on, item.at)
