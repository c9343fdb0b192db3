"""How far a receiver's system is with an item of its queue, as that system says.

A state of transport is no status: what an agency did with a document it says in a status message. Only this
moves items off the lists (`done`, `fail`), and onto them again.
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
    """Set the state of one item; saying it again is as good as once.

    The real client may send both spellings of the id, one of them left from an earlier call: the reply then
    says which item was changed.

    Raises:
        Refused: with 20 for a state that there is not, and for an item that is not there or not the caller's.

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
    """Return the refusal for an item that is not there; another's looks the same."""
    found = shorten(said) or "nothing"
    return Refused(Code.SYSTEM_ERROR, f"There is no such item: found {found}, expected a docId of a list.")


def _state(said: str) -> TransportState:
    for state in TRANSPORT_STATES:
        if said.strip().lower() == state:
            return state
    found, states = shorten(said), ", ".join(TRANSPORT_STATES)
    raise Refused(Code.SYSTEM_ERROR, f"status: found {found}, expected one of {states}.")
