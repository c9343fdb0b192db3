"""Step 8: what one transaction writes for a group of documents, and what becomes of each.

It runs under the lock of the ledger's head, so that what it finds taken stays so until it commits. An item
whose identity is taken costs nothing and spoils nobody else's; anything unforeseen is raised, and the
writer then tries each item alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from axis.clock import day_of
from axis.compliance.verdicts import leaf_verdict
from axis.counters.changes import CounterChanges, apply, counted, signing_class
from axis.database import Write
from axis.deliveries.opening import NewDeliveries, open_deliveries
from axis.deliveries.refusals import announce_refusals
from axis.deliveries.requests import NewRequest, open_requests
from axis.documents.identities import Number, claim, find_by_manifest, taken_numbers
from axis.documents.storing import NewDocument, NewRefusal, store_documents, store_refusals
from axis.intake.standing import number_of, number_taken
from axis.ledger.journal import Journal
from axis.ledger.leaves import DocumentFacts, Leaf, acceptance_leaf, refusal_leaf


@dataclass(frozen=True, slots=True)
class Accepted:
    """The document stands at this position of the ledger; `repeated` when it stood there before."""

    position: int
    repeated: bool


def record_documents(
    tx: Write, journal: Journal, items: Sequence[NewDocument]
) -> Sequence[Accepted | Exception]:
    """Write a group of documents; a kind of the ledger's `Recorder`."""
    manifests = find_by_manifest(tx, [item.manifest.sha256 for item in items])
    numbers = taken_numbers(tx, [number_of(item.manifest) for item in items])
    outcomes: list[Accepted | Exception] = []
    placed: list[tuple[int, NewDocument]] = []
    claims: list[tuple[int, str, Number]] = []
    for item in items:
        number = number_of(item.manifest)
        earlier = manifests.get(item.manifest.sha256)
        if earlier is not None:
            outcomes.append(Accepted(earlier, repeated=True))
        elif number.key in numbers:
            outcomes.append(number_taken(item.manifest, None))
        else:
            position = journal.append(_acceptance(item), item.accepted_at)
            manifests[item.manifest.sha256] = numbers[number.key] = position
            placed.append((position, item))
            claims.append((position, item.manifest.sha256, number))
            outcomes.append(Accepted(position, repeated=False))
    if placed:
        claim(tx, claims)
        store_documents(tx, placed)
        _route(tx, journal, placed)
    return outcomes


def record_refusals(tx: Write, journal: Journal, items: Sequence[NewRefusal]) -> Sequence[int | Exception]:
    """Write a group of refusals and return their positions; a kind of the ledger's `Recorder`."""
    placed = [(journal.append(_refusal(item), item.at), item) for item in items]
    store_refusals(tx, placed)
    announce_refusals(tx, [(position, item.id, item.at, item.sender, item.code) for position, item in placed])
    return [position for position, _ in placed]


def _route(tx: Write, journal: Journal, placed: Sequence[tuple[int, NewDocument]]) -> None:
    """Open the deliveries, count them, and ask back what recalls, updates and replacements concern."""
    changes = CounterChanges()
    opened: list[NewDeliveries] = []
    requests: list[NewRequest] = []
    for position, item in placed:
        manifest = item.manifest
        day = day_of(item.accepted_at)
        opened.append(
            NewDeliveries(position, manifest.sender, manifest.to, manifest.type, manifest.action, day)
        )
        if counted(manifest.action):
            signed = signing_class(item.verdict.indication, item.verdict.signed_by)
            changes.accepted(day, manifest.sender, manifest.type, signed, manifest.to)
        if manifest.action != "new":
            found = tuple(target for target in item.targets if target is not None)
            requests.append(
                NewRequest(
                    item.id, manifest.sender, manifest.action, manifest.subject, item.accepted_at, found
                )
            )
    open_deliveries(tx, opened)
    for request in requests:
        open_requests(tx, journal, changes, request)
    apply(tx, changes)


def _acceptance(item: NewDocument) -> Leaf:
    manifest = item.manifest
    facts = DocumentFacts(
        sender=manifest.sender,
        to=manifest.to,
        number=manifest.number_key,
        issued_on=manifest.issued_on,
        type=manifest.type,
        action=manifest.action,
        manifest=manifest.sha256,
        signatures=[sha256 for _, sha256 in item.signatures],
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
        manifest=item.manifest_sha256,
        signatures=item.signatures,
    )
    return refusal_leaf(item.id, item.code, facts, leaf_verdict(item.verdict) if item.verdict else None)
