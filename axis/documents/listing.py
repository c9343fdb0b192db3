"""Lists documents and refusals a page at a time, in the ledger's order or backwards.

An agency sees the documents it sent and received, and the refusals of what it sent; an auditor sees all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, Table, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.clock import rfc3339
from axis.database import Read
from axis.database.paging import Driver, Page, opaque, positions_of_days, walk
from axis.documents import queries
from axis.documents.filters import DocumentQuery, PageQuery, RefusalQuery
from axis.documents.tables import documents, refusals

Q = TypeVar("Q", bound=PageQuery)
T = TypeVar("T")

_REFUSED = select(
    refusals.c.position,
    refusals.c.id,
    refusals.c.at,
    refusals.c.sender,
    refusals.c.number,
    refusals.c.code,
    refusals.c.manifest_sha256,
    refusals.c.problem,
    refusals.c.verdict,
    refusals.c.request_id,
)


@dataclass(frozen=True, slots=True)
class Back:
    """That a list goes from the newest back: from before a position, or from the end."""

    before: int | None = None


def list_documents(
    tx: Read, query: DocumentQuery, caller: Caller, *, back: Back | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of documents and the next one's cursor, None at the end; with `back` newest first."""
    bounds = bounds_of(tx, documents, query, back)
    if bounds is None or query.finds_nothing:
        return [], None
    pages = [
        walk(
            tx,
            queries.LISTED,
            documents.c.position,
            drivers=queries.drivers_of(tx, query, caller, side),
            filters=queries.filters_of(query, caller, side),
            after=bounds[0],
            until=bounds[1],
            limit=query.limit + 1,
            newest_first=back is not None,
        )
        for side in queries.sides_of(query, caller)
    ]
    rows, following = merged(pages, query.limit, newest_first=back is not None)
    positions = [row.position for row in rows]
    to: dict[int, list[str]] = {position: [] for position in positions}
    for row in queries.recipients_of(tx, positions):
        to[row.document].append(row.recipient)
    counts = queries.attachment_counts(tx, positions)
    items = [
        {**listed(row), "to": to[row.position], "attachments": counts.get(row.position, 0)} for row in rows
    ]
    return items, following


def whole_list(query: Q, read_page: Callable[[Q], tuple[Sequence[T], str | None]]) -> Iterator[Sequence[T]]:
    """Yield every page of a list, to its end."""
    after: str | None = None
    while True:
        page, after = read_page(query.next_page(after))
        yield page
        if after is None:
            return


def refusal_rows(
    tx: Read, query: RefusalQuery, caller: Caller, *, back: Back | None = None
) -> tuple[Sequence[Row[Any]], str | None]:
    """Return a page of refusals and the cursor of the next one, None at the end; with `back` newest first."""
    bounds = bounds_of(tx, refusals, query, back)
    if bounds is None:
        return [], None
    column = refusals.c
    equal = [
        (column.sender, query.sender),
        (column.code, query.code),
        (column.request_id, query.request_id),
    ]
    indexed = [filtered == value for filtered, value in equal if value is not None]
    equal.append((column.number, query.number_key))
    filters = [opaque(filtered) == value for filtered, value in equal if value is not None]
    if query.from_ is not None:
        filters.append(opaque(column.day) >= query.from_)
    if query.to is not None:
        filters.append(opaque(column.day) <= query.to)
    if caller.role != "auditor":
        indexed.append(subtree_filter(column.sender, caller))
        filters.append(subtree_filter(opaque(column.sender), caller))
    page = walk(
        tx,
        _REFUSED,
        column.position,
        drivers=[Driver(select(column.position).where(one), column.position) for one in indexed],
        filters=filters,
        after=bounds[0],
        until=bounds[1],
        limit=query.limit + 1,
        newest_first=back is not None,
    )
    return merged([page], query.limit, newest_first=back is not None)


def listed(row: Row[Any]) -> dict[str, Any]:
    """Return the members that a list's item and the document itself have in common."""
    return {
        "id": row.id,
        "from": row.sender,
        **document_facts(row),
        "signed_on": row.signed_on,
        "send_due": None if row.send_due is None else rfc3339(row.send_due),
    }


def document_facts(row: Row[Any]) -> dict[str, Any]:
    """Return what every list that names a document says of it, beside its id and its parties."""
    return {
        "number": row.number,
        "issued_on": row.issued_on,
        "type": row.type,
        "subject": row.subject,
        "priority": row.priority,
        "action": row.action,
        "accepted_at": rfc3339(row.accepted_at),
        "indication": row.indication,
        "sub_indication": row.sub_indication,
        "signed_by": row.signed_by,
    }


def bounds_of(
    tx: Read, table: Table, query: DocumentQuery | RefusalQuery, back: Back | None = None
) -> tuple[int, int | None] | None:
    """Return the position after which to begin and the last one; None where those days have nothing."""
    days = days_of(tx, table, query)
    return None if days is None else (max(query.after_position, days[0]), last_of(days[1], back))


def last_of(last: int | None, back: Back | None) -> int | None:
    """Return the last position of a page: that of its days, or the one before those shown already."""
    if back is None or back.before is None:
        return last
    return back.before - 1 if last is None else min(last, back.before - 1)


def days_of(tx: Read, table: Table, query: DocumentQuery | RefusalQuery) -> tuple[int, int | None] | None:
    """Return the position before the days that a query asks for and their last one, if they have an end.

    None where those days have nothing.
    """
    if query.from_ is None and query.to is None:
        return -1, None
    days = positions_of_days(tx, table, query.from_, query.to)
    return None if days is None else (days[0] - 1, days[1])


def merged(
    pages: Sequence[Page], limit: int, *, newest_first: bool = False
) -> tuple[list[Row[Any]], str | None]:
    """Merge several pages into one, each document once, and return it with the cursor of the next page.

    A page says nothing about what is beyond its end, so the merged page ends at the first of their ends.
    """
    ends = [page.reached for page in pages if page.reached is not None]
    each: Mapping[int, Row[Any]] = {row.position: row for page in pages for row in page.rows}
    if newest_first:
        reached = max(ends, default=None)
        rows = [each[at] for at in sorted(each, reverse=True) if reached is None or at >= reached]
    else:
        reached = min(ends, default=None)
        rows = [each[at] for at in sorted(each) if reached is None or at <= reached]
    if len(rows) > limit:
        return rows[:limit], str(rows[limit - 1].position)
    return rows, None if reached is None else str(reached)
