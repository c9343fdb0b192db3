"""Makes the parts `verdicts.json` and `statuses.json` of an evidence archive from the store.

Page and instructions of the archive are made from them and the manifest.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from axis.agencies.callers import Caller
from axis.agencies.directory import names_of
from axis.clock import rfc3339
from axis.database import Read
from axis.deliveries.new_deliveries import delivery_id, delivery_position
from axis.documents.queries import Side, delivery_rows, verdict_rows
from axis.evidence.queries import events_of_deliveries, verdict_positions
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

Members = dict[str, Any]


def verdict_members(tx: Read, position: int, document: str) -> Members:
    """Return every verdict on a document, oldest first, each with the position of its leaf.

    Raises:
        UnreadableVerdict: when the store lacks the leaf of one.

    """
    rows = verdict_rows(tx, position)
    later = verdict_positions(tx, document)
    if len(rows) != 1 + len(later):
        raise UnreadableVerdict(verdicts=len(rows), leaves=1 + len(later))
    positions = [position, *later]
    items = [_verdict(row, place) for row, place in zip(rows, positions, strict=True)]
    return {"document": document, "items": items}


def status_members(tx: Read, caller: Caller, position: int, side: Side, document: Row[Any]) -> Members:
    """Return who sent a document to whom, and what happened to the deliveries that the caller may see."""
    rows = delivery_rows(tx, caller, position, side)
    by_place: dict[int, list[Row[Any]]] = {}
    places = [delivery_position(position, row.ordinal) for row in rows]
    for event in events_of_deliveries(tx, places):
        by_place.setdefault(event.delivery, []).append(event)
    names = names_of(tx, {document.sender, *(row.recipient for row in rows)})
    deliveries = [
        {
            "id": delivery_id(document.id, row.ordinal),
            "to": row.recipient,
            "name": names.get(row.recipient),
            "events": [_event(event) for event in by_place.get(place, [])],
        }
        for row, place in zip(rows, places, strict=True)
    ]
    return {
        "document": document.id,
        "position": position,
        "accepted_at": rfc3339(document.accepted_at),
        "from": {"code": document.sender, "name": names.get(document.sender)},
        "complete": side != "received",
        "deliveries": deliveries,
    }


def to_text(members: Members) -> bytes:
    """Write the members of a part, the same way each time."""
    return orjson.dumps(members, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def named_positions(verdicts: Members, statuses: Members) -> list[int]:
    """Return the positions of all leaves that the two parts speak of, in order."""
    happened = (event["position"] for each in statuses["deliveries"] for event in each["events"])
    return sorted({*(each["position"] for each in verdicts["items"]), *happened})


def named_material(verdicts: Members) -> dict[str, str]:
    """Return the kinds of what the verdicts rested on, by digest, in order."""
    named = (
        (piece["sha256"], piece["kind"])
        for verdict in verdicts["items"]
        for signature in verdict["signatures"]
        if isinstance(signature["material"], list)
        for piece in signature["material"]
    )
    return dict(sorted(named))


def manifest_signatures(verdict: Members) -> Sequence[Members]:
    """Return a verdict's signatures over the manifest, in the order of the parts."""
    return [each for each in verdict["signatures"] if each["covers"] == "manifest"]


def _verdict(row: Row[Any], position: int) -> Members:
    verdict = DocumentVerdict.from_stored(row.report)
    return {
        "sequence": row.sequence,
        "at": rfc3339(row.at),
        "position": position,
        **verdict.to_json("en"),
        "vi": verdict.to_json("vi"),
    }


def _event(row: Row[Any]) -> Members:
    members = {
        "position": row.position,
        "kind": row.kind,
        "at": rfc3339(row.at),
        "code": row.code,
        "note": row.note,
        "by": row.by,
    }
    return members if row.request is None else {**members, "request": row.request}
