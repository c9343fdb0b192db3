"""Answers the old protocol's three lists of agencies.

Members are those that the published client reads; it breaks on nulls, so there are none. Changes are made by
`axis.vxp.register_agency`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Row
from starlette.responses import Response, StreamingResponse

from axis.agencies import queries
from axis.clock import VIET_NAM, Microseconds, to_datetime
from axis.database import Read
from axis.protocol.agency_codes import short_form
from axis.protocol.errors import shorten
from axis.vxp.context import Asked
from axis.vxp.replies import MEDIA_TYPE, Code, Refused, fine

# The directory may have more than 110,000 entries. So a list is read and sent a page at a time, each in a
# transaction of its own, and holds no memory or snapshot while the client reads. A change made meanwhile may
# be in the list or not; no agency is in it twice.

PAGE: Final = 1_000
"""Agencies in a page: some 200 KB of reply, made in a few milliseconds, so that nothing else waits long."""
LEVELS: Final = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list: its items as JSON without the brackets, and the last code; None at the end."""

    content: bytes
    after: str | None


Items = Callable[[Read, list[Row[Any]]], list[dict[str, object]]]
"""Makes the items of a page from rows."""


async def list_agencies(asked: Asked) -> Response:
    """List every agency, locked ones too, with codes of the form 000.00.00.H49."""
    return await _list(asked, lambda _tx, rows: [agency_item(row, row.code) for row in rows])


async def list_agencies_qd20(asked: Asked) -> Response:
    """List every agency with codes of the form H49; `level` picks those of one level, 1 to 4.

    Raises:
        Refused: when `level` is no level.

    """
    level = asked.call.first("level").strip()
    if level and level not in LEVELS:
        raise Refused(Code.SYSTEM_ERROR, f"level: found {shorten(level)}, expected 1, 2, 3, 4 or nothing.")
    return await _list(
        asked,
        lambda _tx, rows: [agency_item(row, short_form(row.code)) for row in rows],
        level=int(level) if level else None,
    )


async def synchronise(asked: Asked) -> Response:
    """List every agency with its version and time of change, deleted ones included."""

    def items(tx: Read, rows: list[Row[Any]]) -> list[dict[str, object]]:
        parents = {row.parent for row in rows if row.parent is not None}
        tops = queries.tops_of(tx, parents)  # fewer than the agencies, by far
        return [unit_item(row, tops.get(row.parent, row.code)) for row in rows]

    return await _list(asked, items, deleted=True)


def agency_item(row: Row[Any], code: str) -> dict[str, object]:
    """Return an agency as an item of both lists. `code` has the form of the list."""
    return {
        "id": row.code,
        "pid": row.parent or "",
        "code": code,
        "name": row.name,
        "mail": row.mail or "",
        "oldCode": row.code,
        "code102": row.code,
    }


def unit_item(row: Row[Any], top: str) -> dict[str, object]:
    """Return an agency as an item of `getSynchronizeUnit`. `top`: the topmost agency above it."""
    deleted = row.deleted_at is not None
    return {
        "id": row.code,
        "pid": row.parent or "",
        "code": row.code,
        "name": row.name,
        "mail": row.mail or "",
        "version": row.version,
        "centerCode": top,
        "deleted": deleted,
        "modifyDate": f"{to_datetime(Microseconds(row.changed_at)).astimezone(VIET_NAM):%Y/%m/%d %H:%M:%S}",
        "isAgency": not deleted,
    }


async def _list(asked: Asked, items: Items, *, level: int | None = None, deleted: bool = False) -> Response:
    """Return the reply of a list. Its first page is read at once, so that a fault there becomes a reply."""
    context = asked.context

    def read(after: str) -> Page:
        with context.intake.database.read() as tx:
            rows = queries.unit_page(tx, after, PAGE, level=level, deleted=deleted)
            made = items(tx, rows)
        return Page(orjson.dumps(made)[1:-1], rows[-1].code if len(rows) == PAGE else None)

    async def page(after: str) -> Page:
        async with context.pages:
            return await run_in_threadpool(read, after)

    return StreamingResponse(_pieces(await page(""), page), media_type=MEDIA_TYPE)


async def _pieces(first: Page, page: Callable[[str], Awaitable[Page]]) -> AsyncIterator[bytes]:
    empty = bytes(fine(data=[]).body)
    closing = b"]}"
    yield empty.removesuffix(closing) + first.content
    after = first.after
    while after is not None:
        found = await page(after)
        if found.content:
            yield b"," + found.content
        after = found.after
    yield closing
