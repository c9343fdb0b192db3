"""What a webhook is to be told: deliveries and events after a place, in the ledger's order.

Deliveries and events lie in two tables. Here they have places in one order: a delivery's is its key, an
event's that of a first delivery at its position in the ledger, which has none.
"""

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import orjson

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.alerts import queries as alert_queries
from axis.alerts.listing import describe_alert
from axis.clock import Microseconds, from_datetime, rfc3339
from axis.database import Database, Read
from axis.deliveries import queries
from axis.deliveries.audience import Audience, audience_of
from axis.deliveries.cursors import cursor_after
from axis.deliveries.events import read_events
from axis.deliveries.inbox import read_inbox
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT
from axis.protocol.agency_codes import AgencyCode

DELIVERY: Final = "delivery"
ALERT: Final = "alert"
OPERATORS: Final = "operators"
"""The owner of operators' webhooks, which no agency's code is. They are told of alerts alone."""
KINDS: Final = (DELIVERY, "status", "refusal", "verdict", "expired")
"""What a webhook may ask for: deliveries that arrived, and the kinds of events."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell a receiver."""

    place: int
    kind: str
    at: Microseconds
    """When it happened, in business time."""
    document: str | None
    item: dict[str, Any]

    def body(self) -> bytes:
        """Return what is posted: type, timestamp and data, as Standard Webhooks suggests, and its place."""
        at = self.item["accepted_at"] if self.kind == DELIVERY else self.item["at"]
        place = cursor_after(self.place)
        return orjson.dumps({"type": self.kind, "timestamp": at, "place": place, "data": self.item})


@dataclass(frozen=True, slots=True)
class Pending:
    """Messages after a place, and how far was looked: what lies between is not for this webhook."""

    messages: list[Message]
    place: int


def newest_place(tx: Read, owner: str = "") -> int:
    """Return the place of the newest delivery or event; -1 where there is none. Operators': of alerts."""
    if owner == OPERATORS:
        return alert_queries.newest_place(tx)
    delivery, event = queries.newest(tx)
    return max(delivery, event * RECIPIENTS_PER_DOCUMENT if event >= 0 else -1)


def message_id(webhook: str, place: int) -> str:
    """Return the id of a message, the same each time that it is tried."""
    return "msg_" + hashlib.sha256(f"{webhook} {place}".encode()).hexdigest()[:32]


def read_pending(
    database: Database,
    audience: Audience,
    kinds: Collection[str],
    after: int,
    until: int | None,
    limit: int,
) -> Pending:
    """Return at most `limit` messages with `after < place <= until`, oldest first."""
    with database.read() as tx:
        newest = newest_place(tx)
    # What is committed later has a higher place: up to here both tables show all there is.
    end = newest if until is None else min(newest, until)
    if end <= after:
        return Pending([], after)
    found: list[Message] = []
    if DELIVERY in kinds:
        arrived = read_inbox(database, audience, after, limit)
        found += [_delivery(place, item) for place, item in arrived]
        end = _looked_until(end, [place for place, _ in arrived], limit)
    if any(kind != DELIVERY for kind in kinds):
        happened = [
            (position * RECIPIENTS_PER_DOCUMENT, item)
            for position, item in read_events(database, audience, after // RECIPIENTS_PER_DOCUMENT, limit)
        ]
        found += [_event(place, item) for place, item in happened if item["kind"] in kinds]
        end = _looked_until(end, [place for place, _ in happened], limit)
    wanted = sorted((one for one in found if one.place <= end), key=lambda one: one.place)
    if len(wanted) > limit:
        return Pending(wanted[:limit], wanted[limit - 1].place)
    return Pending(wanted, end)


def read_pending_alerts(database: Database, after: int, until: int | None, limit: int) -> Pending:
    """Return at most `limit` raisings and clearings of alerts with `after < place <= until`, oldest first."""
    with database.read() as tx:
        newest = alert_queries.newest_place(tx)
        end = newest if until is None else min(newest, until)
        rows = alert_queries.event_rows(tx, after, end, limit) if end > after else ()
    found = [
        Message(
            row.place,
            ALERT,
            Microseconds(row.at),
            None,
            {"event": row.kind, "at": rfc3339(Microseconds(row.at)), **describe_alert(row, "en")},
        )
        for row in rows
    ]
    return Pending(found, found[-1].place if len(found) >= limit else max(end, after))


def webhook_audience(
    tx: Read, directory: Directory, owner: AgencyCode, *, subtree: bool, agency: AgencyCode | None
) -> Audience:
    """Return the agencies that a webhook is about, as its maker's token reads them.

    Raises:
        NotYourAgency: when the one it was made for is no longer below its owner.

    """
    caller = Caller("agency", owner, subtree, None, "")
    return audience_of(tx, directory, caller, agency)


def _looked_until(end: int, places: list[int], limit: int) -> int:
    """Return up to where a table was read: a full page ends at its last row."""
    return min(end, places[-1]) if len(places) >= limit else end


def _delivery(place: int, item: dict[str, Any]) -> Message:
    return Message(place, DELIVERY, _moment(item["accepted_at"]), item["document"], item)


def _event(place: int, item: dict[str, Any]) -> Message:
    return Message(place, item["kind"], _moment(item["at"]), item["document"], item)


def _moment(text: str) -> Microseconds:
    return from_datetime(dt.datetime.fromisoformat(text))
