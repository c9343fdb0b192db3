"""Lists and counts the open items of a caller's agencies: documents, or statuses.

Items leave the lists by `updateStatus` (`axis.vxp.transport_states`).
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from axis.deliveries.queues import Item, ItemKind, TransportState, count_open, open_items
from axis.protocol.errors import shorten
from axis.protocol.vxp import Call
from axis.vxp.context import Asked
from axis.vxp.dates import moments_of, stamp
from axis.vxp.replies import Code, Refused, fine

SERVICE: Final = "eDoc"
"""The one `serviceType` there is."""
STATES: Final[Mapping[TransportState, str]] = {
    "initial": "Chờ nhận",
    "processing": "Đang nhận",
    "done": "Đã nhận",
    "fail": "Nhận lỗi",
}
"""The transport states and their descriptions."""
_KINDS: Final[Mapping[str, ItemKind]] = {"": "edoc", "edoc": "edoc", "status": "status"}


async def list_received(asked: Asked) -> Response:
    """Return the oldest open items of the caller's agencies: documents, or statuses.

    Raises:
        Refused: with 20 for an unknown `messagetype`, and for days that cannot be read.

    """
    kind = kind_of(asked.call)
    after, before = moments_of(asked.call)
    intake = asked.context.intake

    def read() -> list[Item]:
        with intake.database.read() as tx:
            limit = intake.settings.vxp_list_items
            return open_items(tx, asked.caller, kind, after=after, before=before, limit=limit)

    return fine(data=[_described(item) for item in await run_in_threadpool(read)])


def kind_of(call: Call) -> ItemKind:
    """Return the kind of item of a list; documents by default.

    Raises:
        Refused: with 20 for an unknown one.

    """
    said = call.first("messagetype")
    kind = _KINDS.get(said.strip().lower())
    if kind is None:
        raise Refused(Code.SYSTEM_ERROR, f"messagetype: found {shorten(said)}, expected edoc or status.")
    return kind


async def count_documents(asked: Asked) -> Response:
    """Return the number of open documents of the caller's agencies."""
    return await _counted(asked, "edoc")


async def count_statuses(asked: Asked) -> Response:
    """Return the number of open statuses of the caller's agencies."""
    return await _counted(asked, "status")


async def _counted(asked: Asked, kind: ItemKind) -> Response:
    def read() -> int:
        with asked.context.intake.database.read() as tx:
            return count_open(tx, asked.caller, kind)

    return fine(count=await run_in_threadpool(read))


def _described(item: Item) -> dict[str, Any]:
    return {
        "docId": item.id,
        "serviceType": SERVICE,
        "messageType": item.kind,
        "created_time": stamp(item.created_at),
        "updated_time": stamp(item.updated_at),
        "from": item.sender,
        "to": item.agency,
        "status": item.state,
        "status_desc": STATES[item.state],
    }
