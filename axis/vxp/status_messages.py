"""Takes statuses that come as edXML: finds their deliveries and gives the status there.

They are recorded by `axis.deliveries.statuses`. The same status again succeeds without being recorded. An
unknown code is refused earlier, by `axis.protocol.edxml.status_reading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from axis.database import Read
from axis.deliveries.statuses import GivenStatus, PostedStatus, StatusCall, answer_statuses
from axis.deliveries.transitions import Delivery
from axis.protocol import statuses
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.edxml import Status
from axis.protocol.errors import (
    AxisError,
    Place,
    ReferenceUnknown,
    StatusInvalid,
    StatusNotAllowed,
    UnknownRecipient,
    shorten,
)
from axis.protocol.refused_characters import printable
from axis.protocol.text_normalisation import nfc
from axis.vxp import document_queries
from axis.vxp.addressing import settled_sender
from axis.vxp.context import Asked
from axis.vxp.message_refusals import Incoming, success
from axis.vxp.references import deliveries_for_status
from axis.vxp.replies import fine

KEPT_BYTES = 256 * 1024
"""The largest status message that is kept. Usual ones have one or two thousand bytes. A longer one is
composed anew for its receiver."""
_ELEMENTS = {"/code": "edxml:StatusCode", "/note": "edxml:Description"}
"""The elements of a message for the places of a status."""


@dataclass(frozen=True, slots=True)
class _Given:
    """The outcomes of a status on its deliveries."""

    given: list[GivenStatus]
    refused: list[AxisError]


async def answer_status(asked: Asked, incoming: Incoming, status: Status, message: bytes) -> Response:
    """Give a status and answer with an id, which is the same when the same status comes again.

    `message`: the message it came in. A receiver on the old protocol gets it as it is, unless its `From` is
    another agency than the one that gives the status: otherwise anybody could speak for others.

    Raises:
        UnknownRecipient: when `ResponseFor/OrganId` is no agency.
        ReferenceUnknown: when the sender is a party of no document with that name.
        StatusInvalid, StatusNotAllowed: when the status breaks a rule, or may not follow.

    """
    _check_note(status)
    found = await run_in_threadpool(_find, asked, incoming, status)
    outcome = await _give(asked, status, found, message if len(message) <= KEPT_BYTES else None)
    if not outcome.given:
        earlier = await run_in_threadpool(_given_before, asked, status, found)
        if earlier is None:
            raise _in_message(outcome.refused[0])
        incoming.warnings.append("the status was given before and adds nothing")
        return fine(success(incoming.warnings), DocId=f"{earlier.document}-{status.code}")
    for refusal in outcome.refused:
        incoming.warnings.append(f"on another delivery the status was refused: {refusal.code}")
    return fine(success(incoming.warnings), DocId=f"{outcome.given[0].document}-{status.code}")


def _check_note(status: Status) -> None:
    if status.code in statuses.NOTE_REQUIRED and not status.description.strip():
        expected = f"the reason, as {status.code} needs one"
        raise StatusInvalid(Place("edxml:Description", "nothing", expected))


def _find(asked: Asked, incoming: Incoming, status: Status) -> Sequence[Delivery]:
    named = incoming.sender
    with asked.context.intake.database.read() as tx:
        incoming.sender = settled_sender(tx, asked, named, status.sender.organ_id, incoming.warnings)
        _check_addressee(tx, asked, status)
        found = deliveries_for_status(tx, status, incoming.sender)
        if not found and incoming.sender != named:  # sent for another agency
            found = deliveries_for_status(tx, status, named)
        if not found:
            raise _not_found(status, incoming.sender)
        return found


def _check_addressee(tx: Read, asked: Asked, status: Status) -> None:
    said = status.about.organ_id
    code = canonical_or_none(said)
    if code is None or asked.context.intake.directory.get(tx, code) is None:
        raise UnknownRecipient(Place("edxml:ResponseFor/OrganId", _shown(said), "an agency in the directory"))


def _not_found(status: Status, by: AgencyCode) -> ReferenceUnknown:
    about = status.about
    if about.document_id:
        pointer, found = "edxml:ResponseFor/DocumentId", about.document_id
    else:
        pointer, found = "edxml:ResponseFor/Code", about.code
    verb = "sent" if status.code == statuses.REQUESTED else "received"
    return ReferenceUnknown(Place(pointer, _shown(found), f"a document that {by} {verb} over this axis"))


async def _give(asked: Asked, status: Status, found: Sequence[Delivery], message: bytes | None) -> _Given:
    note = status.description or None
    said = canonical_or_none(status.sender.organ_id)
    posted = [
        PostedStatus(delivery.id, status.code, note, message if said == _giver(delivery, status) else None)
        for delivery in found
    ]
    call = StatusCall(asked.caller, asked.context.intake.directory, posted)
    recorded = await asked.context.intake.recorder.record_async(answer_statuses, call)
    outcomes = recorded.result
    return _Given(
        [outcome for outcome in outcomes if isinstance(outcome, GivenStatus)],
        [outcome for outcome in outcomes if isinstance(outcome, AxisError)],
    )


def _given_before(asked: Asked, status: Status, found: Sequence[Delivery]) -> Delivery | None:
    """Return a delivery that had this very status before later ones: the message came again, late."""
    note = nfc(status.description)
    with asked.context.intake.database.read() as tx:
        for delivery in found:
            by = _giver(delivery, status)
            notes = document_queries.notes_given(tx, delivery.position, status.code, by)
            if (note if note.strip() else None) in notes:
                return delivery
    return None


def _giver(delivery: Delivery, status: Status) -> str:
    return delivery.sender if status.code == statuses.REQUESTED else delivery.recipient


def _in_message(refusal: AxisError) -> AxisError:
    """Return a status's refusal with places in the message."""
    if not isinstance(refusal, StatusInvalid | StatusNotAllowed):
        return refusal
    places = (
        Place(_ELEMENTS.get(place.pointer, place.pointer), place.found, place.expected)
        for place in refusal.places
    )
    return type(refusal)(*places, **refusal.params)


def _shown(text: str) -> str:
    return shorten(printable(text))
