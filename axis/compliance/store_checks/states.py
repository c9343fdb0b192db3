"""Checks that states of deliveries, newest verdicts, identities and audiences follow from their history."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Integer, Row, Select, and_, cast, exists, func, not_, or_, select, true

from axis.compliance.reconciliation.recounts import replayed
from axis.database import Read
from axis.deliveries.tables import deliveries, event_audience, events
from axis.deliveries.transitions import PLAIN_REQUEST
from axis.documents.tables import (
    documents,
    envelope_identities,
    envelopes,
    manifest_identities,
    number_identities,
    verdicts,
)
from axis.ledger.tree_checks import Difference
from axis.protocol import statuses
from axis.protocol.deadlines import ANSWERS
from axis.protocol.statuses import DeliveryState

_ENVELOPED = exists().where(envelopes.c.document == documents.c.position).correlate(documents)
PAGE = 1_000
NAMED = 100
"""The most rows of one kind that are named. A store that lost a table would name all of them."""


def check_standing(tx: Read) -> Iterator[Difference]:
    """Yield every difference."""
    yield from _check_deliveries(tx)
    yield from _check_newest_verdicts(tx)
    yield from _check_identities(tx)
    yield from _check_audience(tx)


def _check_deliveries(tx: Read) -> Iterator[Difference]:
    after = -1
    while page := _delivery_page(tx, after):
        first, after = page[0].position, page[-1].position
        given: dict[int, list[Row[Any]]] = {}
        statement = select(events).where(
            events.c.delivery >= first, events.c.delivery <= after, events.c.kind == "status"
        )
        for row in tx.execute(statement.order_by(events.c.position)):
            given.setdefault(row.delivery, []).append(row)
        for delivery in page:
            yield from _check_delivery(delivery, given.get(delivery.position, []))


def _delivery_page(tx: Read, after: int) -> list[Row[Any]]:
    statement = (
        select(deliveries, documents.c.sender.label("from_sender"), documents.c.type.label("from_type"))
        .outerjoin(documents, documents.c.position == deliveries.c.document)
        .where(deliveries.c.position > after)
        .order_by(deliveries.c.position)
        .limit(PAGE)
    )
    return list(tx.execute(statement))


def _check_delivery(row: Row[Any], given: list[Row[Any]]) -> Iterator[Difference]:
    state, action = DeliveryState(), None
    for event in given:
        state = replayed(state, event.code)
        if event.code == statuses.REQUESTED:
            action = event.request or PLAIN_REQUEST
    newest = given[-1] if given else None
    found = (row.processing, row.request, row.request_action, row.status, row.status_by, row.status_note)
    expected = (
        state.processing,
        state.request,
        action,
        newest.code if newest else None,
        newest.by if newest else None,
        newest.note if newest else None,
    )
    if found != expected:
        yield Difference(f"delivery {row.position}", str(found), f"{expected} after {len(given)} statuses")
    answered_at = next((event.at for event in given if event.code in ANSWERS), None)
    if row.answered_at != answered_at:
        yield Difference(f"delivery {row.position} answered_at", str(row.answered_at), str(answered_at))
    if (row.sender, row.type) != (row.from_sender, row.from_type):
        found_document = f"{row.sender} {row.type}"
        yield Difference(f"delivery {row.position}", found_document, f"{row.from_sender} {row.from_type}")


def _check_newest_verdicts(tx: Read) -> Iterator[Difference]:
    newest = (
        select(verdicts.c.document, func.max(verdicts.c.sequence).label("sequence"))
        .group_by(verdicts.c.document)
        .subquery()
    )
    names = ("indication", "sub_indication", "signed_by")
    differs = [documents.c[name].is_distinct_from(verdicts.c[name]) for name in names]
    statement = (
        select(documents.c.id, documents.c.indication, verdicts.c.indication.label("judged"))
        .join(newest, newest.c.document == documents.c.position)
        .join(
            verdicts,
            and_(verdicts.c.document == newest.c.document, verdicts.c.sequence == newest.c.sequence),
        )
        .where(or_(*differs))
    )
    for row in tx.execute(statement.limit(NAMED)):
        found, expected = str(row.indication), f"{row.judged}, as its newest verdict"
        yield Difference(f"document {row.id} indication", found, expected)
    told = (
        select(events.c.document, func.count().label("events"))
        .where(events.c.kind == "verdict")
        .group_by(events.c.document)
        .subquery()
    )
    untold = (
        select(documents.c.id, newest.c.sequence, func.coalesce(told.c.events, 0).label("events"))
        .join(newest, newest.c.document == documents.c.position)
        .outerjoin(told, told.c.document == documents.c.id)
        .where(newest.c.sequence != func.coalesce(told.c.events, 0))
    )
    for row in tx.execute(untold.limit(NAMED)):
        found, expected = f"{row.sequence} given later", f"{row.events}, as its events say"
        yield Difference(f"document {row.id} verdicts", found, expected)


def _check_identities(tx: Read) -> Iterator[Difference]:
    """Check that every document has its identity and number.

    A message may have the number of an earlier document.
    """
    by_manifest = and_(
        manifest_identities.c.sha256 == documents.c.manifest_sha256,
        manifest_identities.c.document == documents.c.position,
    )
    by_envelope = envelope_identities.c.document == documents.c.position
    by_number = and_(
        number_identities.c.sender == documents.c.sender,
        number_identities.c.number == documents.c.number,
        number_identities.c.year == cast(func.substr(documents.c.issued_on, 1, 4), Integer),
        or_(
            number_identities.c.document == documents.c.position,
            and_(_ENVELOPED, number_identities.c.document < documents.c.position),
        ),
    )
    for name, table, condition, concerned in (
        ("manifest", manifest_identities, by_manifest, not_(_ENVELOPED)),
        ("message", envelope_identities, by_envelope, _ENVELOPED),
        ("number", number_identities, by_number, true()),
    ):
        statement: Select[Any] = (
            select(documents.c.id)
            .select_from(documents.outerjoin(table, condition))
            .where(table.c.document.is_(None), concerned)
            .limit(NAMED)
        )
        for document in tx.execute(statement).scalars():
            yield Difference(f"document {document} {name}", "free", "taken for ever")


def _check_audience(tx: Read) -> Iterator[Difference]:
    """Check that the audience of every status is its two parties."""
    for party in (deliveries.c.sender, deliveries.c.recipient):
        reached = and_(event_audience.c.position == events.c.position, event_audience.c.agency == party)
        statement = (
            select(events.c.position, party.label("party"))
            .join(deliveries, deliveries.c.position == events.c.delivery)
            .outerjoin(event_audience, reached)
            .where(event_audience.c.agency.is_(None), events.c.kind == "status")
        )
        for row in tx.execute(statement.limit(NAMED)):
            yield Difference(f"event {row.position}", f"not shown to {row.party}", "shown to both parties")
