"""Lists what a caller's agencies sent, newest first: documents for each recipient, or statuses.

Of the headers that the real client sends from earlier calls, a `docId` narrows the list if it names a
document of the caller's own. `status`, `from` and `to` are ignored. `messagetype` counts. Each item has the
members that any version of the client reads.
"""

import re
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from axis.deliveries.outbox import SentItem, read_outbox
from axis.deliveries.queues import TransportState
from axis.deliveries.sent_statuses import SentStatus, read_sent_statuses
from axis.protocol.statuses import NAMES
from axis.vxp.context import Asked
from axis.vxp.dates import days_of, moments_of, stamp
from axis.vxp.received_list import SERVICE, STATES, kind_of
from axis.vxp.replies import fine

_DOCUMENT: Final = re.compile(r"[0-9a-f-]{36}")


async def list_sent(asked: Asked) -> Response:
    """Return the sent documents with their recipients' statuses, or the statuses that were given.

    Raises:
        Refused: with 20 for a `messagetype` that there is not, and for days that cannot be read.

    """
    if kind_of(asked.call) == "status":
        return await _statuses(asked)
    first, last = days_of(asked.call)
    said = asked.call.first("docId", "docid")
    document = said if _DOCUMENT.fullmatch(said) else None
    intake = asked.context.intake

    def read() -> list[SentItem]:
        with intake.database.read() as tx:
            return read_outbox(
                tx,
                asked.caller,
                first=first,
                last=last,
                document=document,
                limit=intake.settings.vxp_list_items,
            )

    return fine(data=[_described(item) for item in await run_in_threadpool(read)])


async def _statuses(asked: Asked) -> Response:
    after, before = moments_of(asked.call)
    intake = asked.context.intake

    def read() -> list[SentStatus]:
        with intake.database.read() as tx:
            limit = intake.settings.vxp_list_items
            return read_sent_statuses(tx, asked.caller, after=after, before=before, limit=limit)

    return fine(data=[_described_status(item) for item in await run_in_threadpool(read)])


def _described(item: SentItem) -> dict[str, Any]:
    sent, moved = stamp(item.sent_at), "" if item.answered_at is None else stamp(item.answered_at)
    return {
        **_for_2_0_3(item.document, sent, moved or sent, item.sender, item.recipient, item.transport),
        "serviceType": SERVICE,
        "messageType": "edoc",
        "senderDocId": item.document,
        "receiverDocId": item.delivery,
        "fromCode": item.sender,
        "toCode": item.recipient,
        "title": item.subject,
        "notation": item.number,
        "sentTime": sent,
        "receivedTime": moved,
        "sendStatus": item.transport,
        "sendStatusDesc": STATES[item.transport],
        "receiveStatus": item.status or "",
        "receiveStatusDesc": NAMES[item.status].vi if item.status else "",
    }


def _described_status(item: SentStatus) -> dict[str, Any]:
    identity = f"{item.document}-{item.code}"  # the id that the reply to its sending had
    sent, moved = stamp(item.sent_at), "" if item.moved_at is None else stamp(item.moved_at)
    return {
        **_for_2_0_3(identity, sent, moved or sent, item.sender, item.recipient, item.transport),
        "serviceType": SERVICE,
        "messageType": "status",
        "senderDocId": identity,
        "receiverDocId": f"{item.delivery}-{item.position}",
        "fromCode": item.sender,
        "toCode": item.recipient,
        "title": item.subject,
        "notation": item.number,
        "sentTime": sent,
        "receivedTime": moved,
        "sendStatus": item.transport,
        "sendStatusDesc": STATES[item.transport],
        "receiveStatus": item.code,
        "receiveStatusDesc": NAMES[item.code].vi,
    }


def _for_2_0_3(
    identity: str, created: str, updated: str, sender: str, recipient: str, state: TransportState
) -> dict[str, str]:
    """Return the members that version 2.0.3 of the client reads, as in the list of received items."""
    return {
        "docId": identity,
        "created_time": created,
        "updated_time": updated,
        "from": sender,
        "to": recipient,
        "status": state,
        "status_desc": STATES[state],
    }
