"""Reads the events of an agency in the ledger's order: as pages after a cursor, or as an endless stream.

The stream has the form of server-sent events (HTML standard). Events are written by
`axis.deliveries.new_events`.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from axis.agencies.admission import owner_of
from axis.clock import rfc3339
from axis.database import Database
from axis.deliveries import queries
from axis.deliveries.audience import Audience
from axis.deliveries.cursors import cursor_after
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, event_audience
from axis.deliveries.waiting_readers import WaitingReaders
from axis.protocol.errors import Overloaded

Item = dict[str, Any]
Frames = tuple[int, bytes] | None
"""The position of the last event, and all of them as they go over a stream; None where there are none."""

HEARTBEAT_SECONDS = 15.0
"""The longest silence of a stream, so that proxies keep it open."""
PERMISSION_SECONDS = 0.5
"""How often a stream checks that its token is still valid."""
STREAM_PAGE = 500


def read_events(database: Database, audience: Audience, after: int, limit: int) -> list[tuple[int, Item]]:
    """Return up to `limit` events after the cursor, each with its position.

    Auditors get the events of all.
    """
    everybody = audience.caller.role == "auditor" and audience.chosen is None
    concerned = None if everybody else audience.filter(event_audience.c.agency)
    with database.read() as tx:
        if audience.chosen is not None:
            rows = queries.events_of_one(tx, audience.chosen, after, limit)
        else:
            rows = queries.event_rows(tx, concerned, after, limit, scattered=audience.scattered)
    return [(row.position, _item(row)) for row in rows]


async def stream(
    waiting_readers: WaitingReaders,
    audience: Audience,
    read: Callable[[int], Frames],
    after: int,
    still_permitted: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """Yield server-sent events after a cursor, until the token is no longer valid or the hub stops.

    `read` returns the page after a position; streams that stand at the same position share it. The `id` of an
    event is the cursor with which to continue after it.
    """
    loop = asyncio.get_running_loop()
    spoke_at = loop.time()
    yield b"retry: 1000\n\n"
    owner = owner_of(audience.caller)
    # Too much to do ends a stream as a failing store does: the reader comes back with its cursor.
    with contextlib.suppress(Overloaded), waiting_readers.waiting("events", audience.agencies) as waiting:
        while not waiting_readers.closing and await still_permitted():
            wanted = ("stream", audience.key, after)
            page = await waiting_readers.reads.read(owner, wanted, functools.partial(read, after))
            while not page and loop.time() - spoke_at < HEARTBEAT_SECONDS:
                if await waiting.until(loop.time() + PERMISSION_SECONDS):
                    break
                if waiting_readers.closing or not await still_permitted():
                    return
            if page:
                after, frames = page
                yield frames
                spoke_at = loop.time()
            elif loop.time() - spoke_at >= HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                spoke_at = loop.time()


def framed(found: Sequence[tuple[int, Item]]) -> Frames:
    """Return events as they go over a stream."""
    if not found:
        return None
    return found[-1][0], b"".join(
        f"id: {item['id']}\nevent: {item['kind']}\ndata: ".encode() + orjson.dumps(item) + b"\n\n"
        for _, item in found
    )


def _item(row: Row[Any]) -> Item:
    item: Item = {
        "id": cursor_after(row.position),
        "kind": row.kind,
        "at": rfc3339(row.at),
        "document": row.document,
        "delivery": None,
        "code": row.code,
        "note": row.note,
        "by": row.by,
    }
    if row.delivery is not None:
        item["delivery"] = delivery_id(row.document, row.delivery % RECIPIENTS_PER_DOCUMENT)
    if row.request is not None:
        item["request"] = row.request
    if row.request_document is not None:
        item["request_document"] = row.request_document
    if row.kind == "refusal":
        item["refusal"] = row.refusal
        item["number"] = row.number
    return item
