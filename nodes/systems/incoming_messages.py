"""Reads the messages that arrived for a system, and checks each before the system sees it.

What breaks the schema of its kind is noted in the register's `refusals`.
"""

import json
import sqlite3
from datetime import datetime
from hashlib import sha256

from axis.protocol.document_types import MESSAGE, message_kind
from axis.protocol.messages import message_faults
from nodes.answers import Arrived
from nodes.client import Client
from nodes.systems.register import note_refused
from nodes.systems.signers import keys_that_signed
from nodes.systems.system import Incoming, Refused, System


def arrived(client: Client, cursor: str | None) -> tuple[list[Arrived], str | None]:
    """Return the messages that came after a cursor, in the ledger's order, and the cursor behind them."""
    items: list[Arrived] = []
    while True:
        page = client.inbox(cursor)
        cursor = page.next
        items += (item for item in page.items if item.type == MESSAGE)
        if not page.items:
            return items, cursor


def taken(
    system: System, register: sqlite3.Connection, client: Client, item: Arrived, now: datetime
) -> Incoming | None:
    """Fetch a message and note it; None for a kind that the system does not read, and for one with faults."""
    kind = message_kind(item.type, [each["media_type"] for each in item.attachments])
    if kind is None or kind not in system.reads:
        return None
    with client.attachment(item.document, 0) as chunks:
        content = b"".join(chunks)
    faults, digest = message_faults(kind, content), sha256(content).hexdigest()
    register.execute(
        "INSERT INTO taken_messages VALUES (?, ?, ?, ?, ?, ?)",  # numbers come again each year
        (item.sender, item.issued_on, item.number, kind, digest, item.indication),
    )
    for fault in faults:
        place = f"{item.sender} {item.number}: {fault.pointer}"
        note_refused(register, now, Refused("message-schema", place, fault.found or "", fault.expected or ""))
    if faults:
        return None
    return Incoming(
        kind,
        item.sender,
        item.number,
        item.accepted_at,
        json.loads(content),
        item.indication,
        digest,
        tuple(str(each["sha256"]) for each in item.attachments[1:]),
        _signing_keys(client, item, content) if system.asks_who_signed else frozenset(),
    )


def _signing_keys(client: Client, item: Arrived, content: bytes) -> frozenset[str]:
    told = client.document(item.document)
    count = len(told["verdict"]["signatures"])
    return keys_that_signed(
        content,
        client.manifest(item.document),
        [client.signature(item.document, place) for place in range(count)],
        told["verdict"],
        sender=item.sender,
        at=datetime.fromisoformat(item.accepted_at),
    )
