"""Checks that the due times stored with documents and deliveries follow from the newest verdict.

The rules are in `axis.protocol.deadlines`. When deliveries were answered is checked by
`axis.compliance.store_checks.states`.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from axis.database import Read
from axis.documents.deadlines import due_times
from axis.documents.signing_days import signed_on
from axis.documents.tables import RECIPIENTS_PER_DOCUMENT, deliveries, documents, verdicts
from axis.ledger.tree_checks import Difference
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

PAGE = 500
"""Documents whose verdicts are in memory together."""


def check_due_times(tx: Read) -> Iterator[Difference]:
    """Yield every difference, in the ledger's order. A verdict that cannot be read is named elsewhere."""
    after = -1
    while page := list(tx.execute(_page(after))):
        first, after = page[0].position, page[-1].position
        answers = _answers(tx, first, after)
        for row in page:
            yield from _check(row, answers.get(row.position, []))


def _page(after: int) -> Select[Any]:
    other = verdicts.alias()
    newest = (
        select(func.max(other.c.sequence))
        .where(other.c.document == documents.c.position)
        .correlate(documents)
        .scalar_subquery()
    )
    judged = and_(verdicts.c.document == documents.c.position, verdicts.c.sequence == newest)
    statement = select(documents, verdicts.c.report).select_from(documents.join(verdicts, judged))
    return statement.where(documents.c.position > after).order_by(documents.c.position).limit(PAGE)


def _answers(tx: Read, first: int, last: int) -> dict[int, list[Row[Any]]]:
    column = deliveries.c
    statement = select(column.position, column.document, column.answer_due).where(
        column.position >= first * RECIPIENTS_PER_DOCUMENT,
        column.position < (last + 1) * RECIPIENTS_PER_DOCUMENT,
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.execute(statement.order_by(column.position)):
        found.setdefault(row.document, []).append(row)
    return found


def _check(row: Row[Any], answers: list[Row[Any]]) -> Iterator[Difference]:
    try:
        day = signed_on(DocumentVerdict.from_stored(row.report), row.issued_on, row.accepted_at)
        facts = (row.action, row.type, row.priority, row.issued_on)
        due = due_times(*facts, day, row.accepted_at)
    except (UnreadableVerdict, ValueError, TypeError, OverflowError):
        return  # what it follows from was spoilt, and is compared with leaf and manifest
    for name, found, expected in (("signed_on", row.signed_on, day), ("send_due", row.send_due, due.sent)):
        if found != expected:
            yield Difference(f"document {row.id} {name}", str(found), str(expected))
    for delivery in answers:
        if delivery.answer_due != due.answered:
            found = str(delivery.answer_due)
            yield Difference(f"delivery {delivery.position} answer_due", found, str(due.answered))
