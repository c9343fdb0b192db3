"""Lists what a caller's agencies sent, newest first: documents for each recipient, or statuses.

A `docId` of a document of the caller's own narrows the list. Items have the members that the versions of the
client read.
"""

import re
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from axis.clock import Microseconds
from axis.deliveries.outbox import SentItem, read_outbox
from axis.deliveries.sent_statuses import SentStatus, read_sent_statuses
from axis.protocol.statuses import NAMES
from axis.vxp.context import Asked
from axis.vxp.dates import days_of, moments_of, stamp
from axis.vxp.received_list import SERVICE, STATES, kind_of
from axis.vxp.replies import fine

# Of the headers that the real client sends from earlier calls, `status`, `from` and `to` are ignored.

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
    expired = {} if item.expired_at is None else {"expiredTime": stamp(item.expired_at)}
    return {
        **_common(item, "edoc", item.document, item.answered_at),
        "receiverDocId": item.delivery,
        "receiveStatus": item.status or "",
        "receiveStatusDesc": NAMES[item.status].vi if item.status else "",
        **expired,
    }


def _described_status(item: SentStatus) -> dict[str, Any]:
    identity = f"{item.document}-{item.code}"  # the id that the reply to its sending had
    return {
        **_common(item, "status", identity, item.moved_at),
        "receiverDocId": f"{item.delivery}-{item.position}",
        "receiveStatus": item.code,
        "receiveStatusDesc": NAMES[item.code].vi,
    }


def _common(
    item: SentItem | SentStatus, kind: str, identity: str, moved_at: Microseconds | None
) -> dict[str, str]:
    sent, moved = stamp(item.sent_at), "" if moved_at is None else stamp(moved_at)
    state = STATES[item.transport]
    return {
        "serviceType": SERVICE,
        "messageType": kind,
        "senderDocId": identity,
        "fromCode": item.sender,
        "toCode": item.recipient,
        "title": item.subject,
        "notation": item.number,
        "sentTime": sent,
        "receivedTime": moved,
        "sendStatus": item.transport,
        "sendStatusDesc": state,
        # What version 2.0.3 of the client reads, as in the list of received items.
        "docId": identity,
        "created_time": sent,
        "updated_time": moved or sent,
        "from": item.sender,
        "to": item.recipient,
        "status": item.transport,
        "status_desc": state,
    }
