"""Fills the queue of a new system of the old protocol with what is already there, as the system is made.

Later items are queued by `axis.deliveries.queues` when they arise.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select

from axis.agencies.systems import last_revoked_at
from axis.agencies.tables import agency_tree
from axis.clock import Microseconds
from axis.database import Write, insert
from axis.deliveries.tables import deliveries, event_audience, events, message_queue
from axis.documents.tables import documents
from axis.protocol import statuses

# Times of events are business time, and those of systems real time; they differ in a sandbox.

_COLUMNS: Final = ["agency", "kind", "position", "state", "created_at", "updated_at"]
_STATUS: Final = events.c.kind == "status"


def fill_queue(tx: Write, agency: str) -> None:
    """Queue what waits for the agencies for which a new system speaks.

    That is: deliveries to which the receiver gave no status and which it did not give up; open requests; and
    what others answered after the agency's previous system was revoked. A new secret is a new system.

    Call it under the lock of the ledger's head, so that nothing is accepted between this and the system's
    row.
    """
    waiting = [_unanswered(), _requests()]
    revoked_at = last_revoked_at(tx, agency)
    if revoked_at is not None:
        waiting.append(_answers(revoked_at))
    for found in waiting:
        statement = insert(tx, message_queue).from_select(
            _COLUMNS, found.where(agency_tree.c.ancestor == agency)
        )
        tx.execute(statement.on_conflict_do_nothing(index_elements=["agency", "kind", "position"]))


def _unanswered() -> Select[Any]:
    at = documents.c.accepted_at
    return (
        select(deliveries.c.recipient, literal("edoc"), deliveries.c.position, literal("initial"), at, at)
        .join_from(agency_tree, deliveries, deliveries.c.recipient == agency_tree.c.descendant)
        .join(documents, documents.c.position == deliveries.c.document)
        .where(
            deliveries.c.processing.is_(None),
            or_(deliveries.c.request.is_(None), deliveries.c.request != "agreed"),
        )
    )


def _requests() -> Select[Any]:
    """Return the status 13 of each open request.

    Receivers of the document that opened the request get that instead.
    """
    newest = (
        select(func.max(events.c.position))
        .where(events.c.delivery == deliveries.c.position, _STATUS, events.c.code == statuses.REQUESTED)
        .correlate(deliveries)
        .scalar_subquery()
    )
    asking, to_them = documents.alias(), deliveries.alias()
    is_told = exists().where(
        asking.c.id == deliveries.c.request_document,
        to_them.c.document == asking.c.position,
        to_them.c.recipient == deliveries.c.recipient,
    )
    return (
        _statuses_for(deliveries.c.recipient)
        .join_from(agency_tree, deliveries, deliveries.c.recipient == agency_tree.c.descendant)
        .join(events, events.c.position == newest)
        .where(deliveries.c.request == "open", ~is_told)
    )


def _answers(since: Microseconds) -> Select[Any]:
    return (
        _statuses_for(deliveries.c.sender)
        .join_from(agency_tree, event_audience, event_audience.c.agency == agency_tree.c.descendant)
        .join(events, events.c.position == event_audience.c.position)
        .join(deliveries, deliveries.c.position == events.c.delivery)
        .where(
            deliveries.c.sender == agency_tree.c.descendant,
            _STATUS,
            events.c.code != statuses.REQUESTED,
            events.c.at >= since,
        )
    )


def _statuses_for(agency: ColumnElement[str]) -> Select[Any]:
    return select(agency, literal("status"), events.c.position, literal("initial"), events.c.at, events.c.at)
