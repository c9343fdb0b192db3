"""Sets the transport state of an item: how far its receiver's system is with it.

The states `done` and `fail` take items off the lists, others put them back. What an agency did with a
document is said by a status message (`axis.vxp.status_messages`).
"""

from typing import Final, get_args

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from axis.database import Write
from axis.deliveries.queues import Item, TransportState, find_item, set_state
from axis.protocol.errors import shorten
from axis.vxp.context import Asked
from axis.vxp.replies import Code, Refused, fine

SPELLINGS: Final = ("docid", "docId")
TRANSPORT_STATES: Final[tuple[TransportState, ...]] = get_args(TransportState)


async def update_status(asked: Asked) -> Response:
    """Set the transport state of one item. Setting it again changes nothing.

    The real client may send two spellings of the id, one of them from an earlier call. The reply then says
    which item was changed.

    Raises:
        Refused: with 20 for an unknown state, and for an item that does not exist or is not the caller's.

    """
    state = _state(asked.call.first("status"))
    intake = asked.context.intake

    def move(tx: Write) -> Item | None:
        item = find_item(tx, asked.caller, asked.call.document)
        if item is not None and item.state != state:
            set_state(tx, item, state, intake.clock.now())
        return item

    if await run_in_threadpool(intake.database.write, move) is None:
        raise no_such_item(asked.call.document)
    named = {asked.call.first(spelling) for spelling in SPELLINGS} - {"", asked.call.document}
    if named:
        other = shorten(named.pop())
        return fine(f"Success. Changed {asked.call.document}; {other} was named too, and left as it was.")
    return fine()


def no_such_item(said: str) -> Refused:
    """Return the refusal of an item that does not exist or is another's."""
    found = shorten(said) or "nothing"
    return Refused(Code.SYSTEM_ERROR, f"There is no such item: found {found}, expected a docId of a list.")


def _state(said: str) -> TransportState:
    for state in TRANSPORT_STATES:
        if said.strip().lower() == state:
            return state
    found, states = shorten(said), ", ".join(TRANSPORT_STATES)
    raise Refused(Code.SYSTEM_ERROR, f"status: found {found}, expected one of {states}.")
