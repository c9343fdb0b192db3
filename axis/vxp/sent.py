"""The list of what a caller's agencies sent: one item for each document and recipient, newest first.

Of what the real client leaves behind in its headers, only a `docId` that names a document of the caller's own
narrows it; `status`, `from` and `to` do not.
"""

import re
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from axis.deliveries.outbox import SentItem, read_outbox
from axis.protocol.statuses import NAMES
from axis.vxp.days import days_of, stamp
from axis.vxp.door import Asked
from axis.vxp.receiving import SERVICE, STATES
from axis.vxp.replies import fine

_DOCUMENT: Final = re.compile(r"[0-9a-f-]{36}")


async def list_sent(asked: Asked) -> Response:
    """Return what was sent, and what its recipients said of it.

    Raises:
        Refused: with 20 for days that cannot be read.

    """
    first, last = days_of(asked.call)
    said = asked.call.first("docId", "docid")
    document = said if _DOCUMENT.fullmatch(said) else None
    desk = asked.door.desk

    def read() -> list[SentItem]:
        with desk.database.read() as tx:
            return read_outbox(
                tx,
                asked.caller,
                first=first,
                last=last,
                document=document,
                limit=desk.settings.vxp_list_items,
            )

    return fine(data=[_described(item) for item in await run_in_threadpool(read)])


def _described(item: SentItem) -> dict[str, Any]:
    return {
        "serviceType": SERVICE,
        "messageType": "edoc",
        "senderDocId": item.document,
        "receiverDocId": item.delivery,
        "fromCode": item.sender,
        "toCode": item.recipient,
        "title": item.subject,
        "notation": item.number,
        "sentTime": stamp(item.sent_at),
        "receivedTime": "" if item.answered_at is None else stamp(item.answered_at),
        "sendStatus": item.transport,
        "sendStatusDesc": STATES[item.transport],
        "receiveStatus": item.status or "",
        "receiveStatusDesc": NAMES[item.status].vi if item.status else "",
    }
