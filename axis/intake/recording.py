"""Step 8: writes a group of documents in one transaction; each has its own outcome.

It runs under the lock of the ledger's head, so that what is taken stays taken until the commit. A document
whose identity is taken has no effect on the others. Anything unforeseen is raised, and the writer then tries
each document alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from axis.clock import day_of
from axis.compliance.new_verdicts import leaf_verdict
from axis.counters.counter_changes import CounterChanges, apply, counted, counted_type, signing_class
from axis.database import Read, Write
from axis.deliveries.new_deliveries import NewDeliveries, delivery_position, open_deliveries
from axis.deliveries.queues import NewItem, queue_items
from axis.deliveries.recalls import NewRequest, open_requests
from axis.deliveries.refusal_events import announce_refusals
from axis.documents.envelopes import claim_identities, find_by_identity
from axis.documents.identities import (
    Number,
    claim_manifests,
    claim_numbers,
    find_by_manifest,
    taken_numbers,
)
from axis.documents.new_documents import NewDocument, NewRefusal, Target, store_documents, store_refusals
from axis.documents.signing_days import signed_on
from axis.intake.lookups import number_of, number_taken
from axis.ledger.journal import Journal
from axis.ledger.leaves import DocumentFacts, Leaf, acceptance_leaf, refusal_leaf
from axis.trust.kept_material import keep_material
from signing.verdict import DocumentVerdict

_New = TypeVar("_New", NewDocument, NewRefusal)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The document's position in the ledger; `repeated` when it was accepted before."""

    position: int
    repeated: bool
    verdict: DocumentVerdict | None = None
    """The verdict as it was recorded; None when repeated."""


def record_documents(
    tx: Write, journal: Journal, items: Sequence[NewDocument]
) -> Sequence[Accepted | Exception]:
    """Write a group of documents, and what their verdicts rested on; a kind of the ledger's `Recorder`."""
    taken = _Taken.read(tx, items)
    outcomes: list[Accepted | Exception] = []
    placed: list[tuple[int, NewDocument]] = []
    places: list[int] = []
    for place, item in enumerate(items):
        number = number_of(item.manifest)
        earlier = taken.identities.get(_identity(item))
        if earlier is not None:
            outcomes.append(Accepted(earlier, repeated=True))
        elif item.envelope is None and number.key in taken.numbers:
            outcomes.append(number_taken(item.manifest, None))
        else:
            position = journal.append(_acceptance(item), item.accepted_at)
            taken.add(position, item, number)
            placed.append((position, item))
            places.append(place)
            outcomes.append(Accepted(position, repeated=False))
    if placed:
        taken.claim(tx)
        placed = _keep_material(tx, journal, placed)
        for place, (position, item) in zip(places, placed, strict=True):
            outcomes[place] = Accepted(position, repeated=False, verdict=item.verdict)
        store_documents(tx, placed)
        _route(tx, journal, placed)
    return outcomes


@dataclass(slots=True)
class _Taken:
    """Identities and numbers that are taken, in the store and by the group itself.

    A message of the old protocol has an identity of its own and may repeat a number. The number stays with
    the first document that had it.
    """

    identities: dict[str, int]
    numbers: dict[tuple[str, str, int], int]
    new_manifests: list[tuple[int, str]] = field(default_factory=list)
    new_envelopes: list[tuple[int, str]] = field(default_factory=list)
    new_numbers: list[tuple[int, Number]] = field(default_factory=list)

    @classmethod
    def read(cls, tx: Read, items: Sequence[NewDocument]) -> "_Taken":
        manifests = [item.manifest.sha256 for item in items if item.envelope is None]
        envelopes = [item.envelope.identity for item in items if item.envelope is not None]
        identities = find_by_manifest(tx, manifests) if manifests else {}
        if envelopes:
            identities |= find_by_identity(tx, envelopes)
        return cls(identities, taken_numbers(tx, [number_of(item.manifest) for item in items]))

    def add(self, position: int, item: NewDocument, number: Number) -> None:
        identity = _identity(item)
        self.identities[identity] = position
        (self.new_manifests if item.envelope is None else self.new_envelopes).append((position, identity))
        if number.key not in self.numbers:
            self.numbers[number.key] = position
            self.new_numbers.append((position, number))

    def claim(self, tx: Write) -> None:
        claim_manifests(tx, self.new_manifests)
        claim_identities(tx, self.new_envelopes)
        claim_numbers(tx, self.new_numbers)


def _identity(item: NewDocument) -> str:
    return item.manifest.sha256 if item.envelope is None else item.envelope.identity


def record_refusals(tx: Write, journal: Journal, items: Sequence[NewRefusal]) -> Sequence[int | Exception]:
    """Write a group of refusals and return their positions; a kind of the ledger's `Recorder`."""
    placed = [(journal.append(_refusal(item), item.at), item) for item in items]
    store_refusals(tx, _keep_material(tx, journal, placed))
    announce_refusals(tx, [(position, item.id, item.at, item.sender, item.code) for position, item in placed])
    return [position for position, _ in placed]


def _keep_material(tx: Write, journal: Journal, placed: Sequence[tuple[int, _New]]) -> list[tuple[int, _New]]:
    """Keep the material of the verdicts. Return the items with the verdicts to be recorded."""
    judged = [(item.verdict, item.find_material) for _, item in placed if item.verdict is not None]
    verdicts = iter(keep_material(tx, judged, journal.at))
    kept: list[tuple[int, _New]] = []
    for position, item in placed:
        verdict = None if item.verdict is None else next(verdicts)
        kept.append((position, item if verdict is item.verdict else replace(item, verdict=verdict)))
    return kept


def _route(tx: Write, journal: Journal, placed: Sequence[tuple[int, NewDocument]]) -> None:
    """Open, count and queue the deliveries, and open the requests of recalls, updates and replacements."""
    changes = CounterChanges()
    opened: list[NewDeliveries] = []
    requests: list[NewRequest] = []
    queued: list[NewItem] = []
    for position, item in placed:
        manifest = item.manifest
        day = day_of(item.accepted_at)
        opened.append(
            NewDeliveries(position, manifest.sender, manifest.to, manifest.type, manifest.action, day)
        )
        if counted(manifest.action):
            signed = signing_class(item.verdict.indication, item.verdict.signed_by)
            document_type = counted_type(manifest.type, manifest.kind)
            changes.accepted(day, manifest.sender, document_type, signed, manifest.to)
        if manifest.action != "new" and (asks := _asks(item)):
            requests.append(
                NewRequest(
                    item.id,
                    manifest.sender,
                    manifest.action,
                    manifest.subject,
                    item.accepted_at,
                    asks,
                    frozenset(manifest.to),
                )
            )
        queued += [
            NewItem(recipient, "edoc", delivery_position(position, ordinal), item.accepted_at)
            for ordinal, recipient in enumerate(manifest.to)
        ]
    open_deliveries(tx, opened)
    queue_items(tx, queued)
    for request in requests:
        open_requests(tx, journal, changes, request)
    apply(tx, changes)


def _asks(item: NewDocument) -> tuple[Target, ...]:
    if item.asks is not None:
        return item.asks
    return tuple(Target(found) for found in item.targets if found is not None)


def _acceptance(item: NewDocument) -> Leaf:
    manifest = item.manifest
    facts = DocumentFacts(
        sender=manifest.sender,
        to=manifest.to,
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
    )
    return acceptance_leaf(item.id, facts, leaf_verdict(item.verdict))


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
    )
    return refusal_leaf(item.id, item.code, facts, leaf_verdict(item.verdict) if item.verdict else None)


def _refused_signed_on(item: NewRefusal) -> str | None:
    if item.manifest is None:
        return None
    issued_on = item.manifest.issued_on
    return issued_on if item.verdict is None else signed_on(item.verdict, issued_on, item.at)
