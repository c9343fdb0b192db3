"""The SQL of reading documents: those that a caller may see, by filters or by id.

Rows are written by `axis.documents.new_documents`.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, not_, or_, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.agencies.tables import agencies
from axis.database import Read
from axis.database.paging import Driver, opaque, unindexed
from axis.database.store_facts import business_now
from axis.documents.deadlines import delivery_is, document_is
from axis.documents.filters import NONE, DocumentQuery
from axis.documents.tables import (
    NOT_NEW,
    RECIPIENTS_PER_DOCUMENT,
    SENT_LATE,
    attachments,
    deliveries,
    document_signatures,
    documents,
    expired_deliveries,
    manifests,
    references,
    signature_facts,
    verdicts,
)
from axis.documents.text_search import found_by_words, holds
from axis.protocol.document_types import MESSAGE
from axis.protocol.text_folding import words

Side = Literal["sent", "received", "all"]
"""As whom a caller sees a document: as its sender, as a recipient, or as an auditor."""

SIGNED = ("both", "organisation")
"""Whose signatures make a document count as signed."""

_FIRST_PLACE = documents.c.position * RECIPIENTS_PER_DOCUMENT
_OF_DOCUMENT = deliveries.c.position.between(_FIRST_PLACE, _FIRST_PLACE + RECIPIENTS_PER_DOCUMENT - 1)
"""The keys of a document's deliveries follow one another, so that no index is needed to find them."""
OF_DOCUMENT: Final = (
    documents.c.id,
    documents.c.sender,
    documents.c.number,
    documents.c.issued_on,
    documents.c.type,
    documents.c.subject,
    documents.c.priority,
    documents.c.action,
    documents.c.accepted_at,
    documents.c.indication,
    documents.c.sub_indication,
    documents.c.signed_by,
)
"""What lists of documents and of deliveries show of a document."""
EXPIRED_AT: Final = (
    select(expired_deliveries.c.at)
    .where(expired_deliveries.c.delivery == deliveries.c.position)
    .correlate(deliveries)
    .scalar_subquery()
    .label("expired_at")
)
"""When the sender of a delivery was told that it had expired."""
STANDING: Final = (
    deliveries.c.ordinal,
    deliveries.c.recipient,
    deliveries.c.status,
    deliveries.c.status_by,
    deliveries.c.status_note,
    deliveries.c.status_at,
    deliveries.c.request,
    deliveries.c.request_action,
    deliveries.c.answer_due,
    deliveries.c.answered_at,
    EXPIRED_AT,
)
"""Whose a delivery is, and where it stands."""
LISTED = select(
    documents.c.position,
    *OF_DOCUMENT,
    documents.c.signed_on,
    documents.c.send_due,
)
_DETAILED = LISTED.add_columns(
    documents.c.manifest_sha256, documents.c.relay, manifests.c.content.label("manifest")
).join(manifests, manifests.c.document == documents.c.position)
_BY_ID = documents.c.id == bindparam("id")
_RECIPIENTS = (
    select(deliveries.c.document, deliveries.c.recipient)
    .where(deliveries.c.document.in_(bindparam("documents", expanding=True)))
    .order_by(deliveries.c.position)
)
_ATTACHMENT_COUNTS = (
    select(attachments.c.document, func.count().label("attachments"))
    .where(attachments.c.document.in_(bindparam("documents", expanding=True)))
    .group_by(attachments.c.document)
)
_DELIVERIES = (
    select(*STANDING, deliveries.c.request_document)
    .where(deliveries.c.document == bindparam("document"))
    .order_by(deliveries.c.position)
)


def drivers_of(tx: Read, query: DocumentQuery, caller: Caller, side: Side) -> list[Driver]:
    """Return a driver for each filter that has an index. The caller's side is one of them."""
    drivers = document_drivers(tx, query, caller, side)
    if side == "received":
        drivers.append(_received(subtree_filter(deliveries.c.recipient, caller)))
    if query.recipient is not None:
        drivers.append(_received(deliveries.c.recipient == query.recipient))
    return drivers


def document_drivers(tx: Read, query: DocumentQuery, caller: Caller, side: Side) -> list[Driver]:
    """Return the drivers of filters on the document itself, not on its deliveries."""
    column = documents.c
    equal = [
        (column.sender, query.sender),
        (column.type, query.type),
        (column.signed_by, query.signed_by),
        (column.sub_indication, None if query.sub_indication == NONE else query.sub_indication),
        (column.indication, None if query.indication == NONE else query.indication),
    ]
    conditions: list[ColumnElement[bool]] = [
        filtered == value for filtered, value in equal if value is not None
    ]
    if query.indication == NONE:
        conditions.append(column.indication.is_(None))
    if side == "sent":
        conditions.append(subtree_filter(column.sender, caller))
    if query.action not in {None, "new"}:
        conditions.append(and_(column.action == query.action, NOT_NEW))
    sender = query.sender or (caller.agency if side == "sent" and not caller.subtree else None)
    if query.sent_deadline == "late" and sender is not None:
        conditions.append(and_(column.sender == sender, SENT_LATE))
    drivers = [Driver(select(column.position).where(one), column.position) for one in conditions]
    if query.certificate is not None:
        facts = signature_facts.c
        signed = select(facts.document).where(facts.certificate == query.certificate)
        drivers.append(Driver(signed, facts.document))
    sought = query.phrases + (_number_phrase(query) if query.number is not None else ())
    if sought:
        drivers.append(found_by_words(tx, sought))
    return drivers


def filters_of(query: DocumentQuery, caller: Caller, side: Side) -> list[ColumnElement[bool]]:
    """Return every filter as a condition on `documents`, in a form for which no index is used."""
    return [*document_filters(query, caller, side), *_delivered(query, caller, side)]


def document_filters(query: DocumentQuery, caller: Caller, side: Side) -> list[ColumnElement[bool]]:
    """Return the filters on the document itself, in a form for which no index is used."""
    column = documents.c
    equal = [
        (column.sender, query.sender),
        (column.type, query.type),
        (column.action, query.action),
        (column.priority, query.priority),
        (column.kind, query.kind),
        (column.number, query.number_key),
        (column.indication, query.indication),
        (column.sub_indication, query.sub_indication),
        (column.signed_by, query.signed_by),
    ]
    conditions = [opaque(filtered) == value for filtered, value in equal if value is not None]
    if query.from_ is not None:
        conditions.append(opaque(column.day) >= query.from_)
    if query.to is not None:
        conditions.append(opaque(column.day) <= query.to)
    if query.phrases:
        conditions.append(holds(query.phrases))
    if query.sent_deadline is not None:
        conditions.append(unindexed(document_is(query.sent_deadline)))
    if query.sender_level is not None:
        conditions.append(of_level(column.sender, query.sender_level))
    if query.signed is not None:
        conditions.append(_either(query.signed, opaque(column.signed_by).in_(SIGNED)))
    if query.counted is not None:
        conditions.append(_either(query.counted, _counted(query.type)))
    if side == "sent":
        conditions.append(subtree_filter(opaque(column.sender), caller))
    return [*conditions, *_signed(query)]


def of_level(code: ColumnElement[str], level: int) -> ColumnElement[bool]:
    """Return the condition that the directory has an agency on this level."""
    return exists().where(agencies.c.code == code, agencies.c.level == level)


def sides_of(query: DocumentQuery, caller: Caller) -> Sequence[Side]:
    """Return the sides from which a caller sees what a query asks for."""
    if caller.role == "auditor":
        return ("all",)
    return ("sent", "received") if query.side is None else (query.side,)


def recipients_of(tx: Read, positions: Sequence[int]) -> Iterable[Row[Any]]:
    """Return the recipients of documents, each document's in its manifest's order."""
    return tx.execute(_RECIPIENTS, {"documents": positions})


def attachment_counts(tx: Read, positions: Sequence[int]) -> dict[int, int]:
    """Return the number of attachments of each document."""
    return {row.document: row.attachments for row in tx.execute(_ATTACHMENT_COUNTS, {"documents": positions})}


def position_of(tx: Read, caller: Caller, document: str) -> tuple[int, Side] | None:
    """Return a document's position and the side from which the caller sees it, or None."""
    seen = select(documents.c.position, documents.c.sender).where(_BY_ID)
    if caller.role != "auditor":
        mine = subtree_filter(documents.c.sender, caller)
        received = exists().where(_OF_DOCUMENT, subtree_filter(deliveries.c.recipient, caller))
        seen = seen.add_columns(mine.label("mine")).where(or_(mine, received))
    row = tx.execute(seen, {"id": document}).one_or_none()
    if row is None:
        return None
    if caller.role == "auditor":
        return row.position, "all"
    return row.position, "sent" if row.mine else "received"


def document_row(tx: Read, position: int) -> Row[Any]:
    """Return the row of a document without its contents."""
    return tx.execute(_DETAILED.where(documents.c.position == position)).one()


def delivery_rows(tx: Read, caller: Caller, position: int, side: Side) -> Sequence[Row[Any]]:
    """Return a document's deliveries: all for its sender and for auditors, its own for a recipient."""
    mine = (
        _DELIVERIES
        if side != "received"
        else _DELIVERIES.where(subtree_filter(deliveries.c.recipient, caller))
    )
    return tx.execute(mine, {"document": position}).all()


def attachment_rows(tx: Read, position: int) -> Sequence[Row[Any]]:
    """Return the rows of a document's attachments without their bytes."""
    column = attachments.c
    statement = select(column.ordinal, column.name, column.media_type, column.size, column.sha256)
    return tx.execute(statement.where(column.document == position).order_by(column.ordinal)).all()


def signature_row(tx: Read, position: int, ordinal: int) -> Row[Any] | None:
    """Return a signature as it was received, and its SHA-256."""
    column = document_signatures.c
    statement = select(column.content, column.sha256)
    return tx.execute(statement.where(column.document == position, column.ordinal == ordinal)).one_or_none()


def signature_digests(tx: Read, position: int) -> Sequence[str]:
    """Return the SHA-256 of each signature, in the order received."""
    column = document_signatures.c
    statement = select(column.sha256).where(column.document == position).order_by(column.ordinal)
    return tx.execute(statement).scalars().all()


def reference_targets(tx: Read, position: int) -> dict[int, int | None]:
    """Return the positions of the documents referred to, by place; None for those not on this axis."""
    column = references.c
    statement = select(column.ordinal, column.target).where(column.document == position)
    return {row.ordinal: row.target for row in tx.execute(statement)}


def verdict_rows(tx: Read, position: int, *, newest: bool = False) -> Sequence[Row[Any]]:
    """Return the verdicts on a document, oldest first; with `newest` the newest alone."""
    statement = select(verdicts.c.sequence, verdicts.c.at, verdicts.c.report).where(
        verdicts.c.document == position
    )
    if newest:
        return tx.execute(statement.order_by(verdicts.c.sequence.desc()).limit(1)).all()
    return tx.execute(statement.order_by(verdicts.c.sequence)).all()


def positions_of(tx: Read, ids: Collection[str]) -> list[int]:
    """Return the positions of documents by their ids, in order."""
    statement = select(documents.c.position).where(documents.c.id.in_(ids)).order_by(documents.c.position)
    return list(tx.execute(statement).scalars())


def newest_verdicts(tx: Read, positions: Collection[int]) -> dict[int, Row[Any]]:
    """Return the newest verdict of each document: its report, indications and `signed_by`."""
    column = verdicts.c
    later = verdicts.alias("later")
    newest = select(func.max(later.c.sequence)).where(later.c.document == column.document).scalar_subquery()
    statement = select(
        column.document, column.indication, column.sub_indication, column.signed_by, column.report
    ).where(column.document.in_(positions), column.sequence == newest)
    return {row.document: row for row in tx.execute(statement)}


def _received(condition: ColumnElement[bool]) -> Driver:
    document = deliveries.c.position // RECIPIENTS_PER_DOCUMENT  # read from the index alone
    return Driver(
        select(document.label("position")).where(condition), deliveries.c.position, RECIPIENTS_PER_DOCUMENT
    )


def _number_phrase(query: DocumentQuery) -> tuple[tuple[str, ...], ...]:
    phrase = tuple(words(query.number_key or ""))
    return (phrase,) if phrase else ()


def _delivered(query: DocumentQuery, caller: Caller, side: Side) -> list[ColumnElement[bool]]:
    """Return the conditions on deliveries. A recipient's filter by status looks at its own delivery alone."""
    to = opaque(deliveries.c.recipient)
    status = [] if query.status is None else [opaque(deliveries.c.status) == query.status]
    addressed = [] if query.recipient is None else [to == query.recipient]
    if query.unanswered is not None:
        status.append(unindexed(delivery_is(query.unanswered, business_now())))
    if query.recipient_level is not None:
        addressed.append(of_level(deliveries.c.recipient, query.recipient_level))
    if side == "received":
        own = exists().where(_OF_DOCUMENT, subtree_filter(to, caller), *status)
        return [own, *([exists().where(_OF_DOCUMENT, *addressed)] if addressed else [])]
    if status or addressed:
        return [exists().where(_OF_DOCUMENT, *addressed, *status)]
    return []


def _counted(asked: str | None) -> ColumnElement[bool]:
    """Return the condition that statistics count a document when asked for this type."""
    of_message = documents.c.kind.is_not(None) if asked == MESSAGE else documents.c.kind.is_(None)
    return and_(opaque(documents.c.action) != "recall", of_message)


def _either(wanted: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition if wanted == "true" else not_(condition)


def _signed(query: DocumentQuery) -> list[ColumnElement[bool]]:
    """Return the condition that one signature passes all filters on signatures."""
    column = signature_facts.c
    wanted: list[tuple[ColumnElement[Any], str | None]] = [
        (column.kind, query.signature_kind),
        (column.algorithm, query.algorithm),
        (func.nullif(column.issuer, ""), query.issuer),
        (column.certificate, query.certificate),
    ]
    asked = [opaque(fact) == value for fact, value in wanted if value is not None]
    return [exists().where(and_(column.document == documents.c.position, *asked))] if asked else []
