"""Writes the events of refusals, so that senders find them in `/v1/events`.

The refusal itself is stored by `axis.documents.new_documents`.
"""

from collections.abc import Sequence

from axis.clock import Microseconds
from axis.database import Write
from axis.deliveries.new_events import NewEvent, record_events


def announce_refusals(tx: Write, refused: Sequence[tuple[int, str, Microseconds, str, str]]) -> None:
    """Write the events of refusals, each given as position, id, time, sender and code."""
    record_events(
        tx,
        [
            NewEvent(position=position, kind="refusal", at=at, code=code, audience=(sender,))
            for position, _, at, sender, code in refused
        ],
    )
