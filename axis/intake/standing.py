"""What stands when a manifest arrives: its caller's powers, earlier documents, recipients, references.

It reads everything in one short transaction and judges it in steps: who may not speak learns nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from axis.agencies.callers import Caller
from axis.agencies.directory import Agency
from axis.agencies.systems import speaking_only
from axis.clock import real_now
from axis.database import Read
from axis.documents.envelopes import find_by_identity
from axis.documents.identities import Number, Numbered, find_by_manifest, find_by_number
from axis.intake.desk import Desk
from axis.protocol.codes import AgencyCode
from axis.protocol.errors import (
    AxisError,
    NotPermitted,
    NotYourAgency,
    NumberTaken,
    Place,
    RecipientLocked,
    ReferenceUnknown,
    TooLarge,
    UnknownRecipient,
)
from axis.protocol.manifest import Manifest, Reference


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found for one manifest."""

    may_speak: bool
    sender: Agency | None
    earlier: int | None
    """The position of the document with the same identity."""
    recipients: dict[AgencyCode, Agency] = field(default_factory=dict)
    numbered: dict[tuple[str, str, int], Numbered] = field(default_factory=dict)
    """The documents that the manifest refers to, by their numbers."""
    unreachable: Collection[str] = ()
    """Recipients that are on the old protocol alone, where the document is too large for that."""
    reach_bytes: int = 0
    """What the old protocol carries."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a document the same: its manifest's SHA-256, or that of a message of the old protocol."""

    manifest: str | None = None
    envelope: str | None = None


def look_up(
    desk: Desk, caller: Caller, sender: AgencyCode, manifest: Manifest | None, identity: Identity
) -> Standing:
    """Find what stands; `manifest` is None when it broke a rule, and then only its identity is looked for."""
    with desk.database.read() as tx:
        if not desk.directory.may_speak_for(tx, caller, sender):
            return Standing(may_speak=False, sender=None, earlier=None)
        known = desk.directory.find(tx, (sender, *(manifest.to if manifest else ())))
        earlier = _earlier(tx, identity)
        if manifest is None or earlier is not None:
            return Standing(may_speak=True, sender=known.get(sender), earlier=earlier)
        numbered = find_by_number(tx, [_number_of(reference) for reference in manifest.refers_to])
        size = sum(attachment.size for attachment in manifest.attachments)
        limit = desk.settings.vxp_document_bytes
        unreachable = speaking_only(tx, manifest.to, real_now()) if size > limit else set()
    return Standing(True, known.get(sender), None, known, numbered, unreachable, limit)


def _earlier(tx: Read, identity: Identity) -> int | None:
    if identity.envelope is not None:
        return find_by_identity(tx, [identity.envelope]).get(identity.envelope)
    return (
        None
        if identity.manifest is None
        else find_by_manifest(tx, [identity.manifest]).get(identity.manifest)
    )


def check_speaker(standing: Standing, sender: AgencyCode) -> None:
    """Refuse a caller who may not speak for the sender, and a sender that is locked.

    Raises:
        NotYourAgency: whether the agency exists or not.

    """
    if not standing.may_speak or standing.sender is None:
        place = Place("/from", sender, "an agency this token speaks for")
        raise NotYourAgency(place, agency=sender)


def check_sender_open(standing: Standing, sender: AgencyCode) -> None:
    """Refuse a sender that the operator locked.

    Raises:
        NotPermitted: when the sender is locked.

    """
    if standing.sender is not None and standing.sender.locked:
        place = Place("/from", f"{sender} is locked", "an agency that is not locked")
        raise NotPermitted(place, role="locked agency", needed="an agency that is not locked")


def check_exchange(standing: Standing, manifest: Manifest) -> None:
    """Refuse recipients and references that cannot be, all at once.

    Raises:
        UnknownRecipient, RecipientLocked, ReferenceUnknown: the first kind found names the refusal; it holds
            the places of all kinds.

    """
    _refuse([*_recipient_faults(standing, manifest), *_reference_faults(standing, manifest)])
    check_reach(standing, manifest)


def check_recipients(standing: Standing, manifest: Manifest) -> None:
    """Refuse recipients that cannot be; what a document of the old protocol refers to was found before.

    Raises:
        UnknownRecipient, RecipientLocked: as `check_exchange` does.

    """
    _refuse(_recipient_faults(standing, manifest))


def check_reach(standing: Standing, manifest: Manifest) -> None:
    """Refuse a document that is too large for the only protocol some of its recipients speak.

    Raises:
        TooLarge: naming each of them.

    """
    found = "{} speaks the old protocol alone"
    expected = f"files of at most {standing.reach_bytes} bytes together, or recipients on REST"
    places = [
        Place(f"/to/{index}", found.format(code), expected)
        for index, code in enumerate(manifest.to)
        if code in standing.unreachable
    ]
    if places:
        raise TooLarge(*places, limit=standing.reach_bytes)


def number_of(manifest: Manifest) -> Number:
    """Return the manifest's number as it is compared."""
    return Number(manifest.sender, manifest.number_key, manifest.year)


def number_taken(manifest: Manifest, document: str | None) -> NumberTaken:
    """Return the refusal of a number another document holds."""
    expected = f"a number that {manifest.sender} has not used in {manifest.year}"
    place = Place("/number", manifest.number_key, expected)
    return NumberTaken(place, document=document, number=manifest.number_key, year=manifest.year)


def targets(standing: Standing, manifest: Manifest) -> tuple[int | None, ...]:
    """Return the position of each document referred to, None where it is not on this axis."""
    found = (_resolve(standing, reference) for reference in manifest.refers_to)
    return tuple(numbered.position if numbered else None for numbered in found)


def _refuse(faults: list[tuple[type[AxisError], Place]]) -> None:
    if faults:
        kinds = (UnknownRecipient, RecipientLocked, ReferenceUnknown)
        kind = next(kind for kind in kinds if any(fault[0] is kind for fault in faults))
        raise kind(*(place for _, place in faults))


def _number_of(reference: Reference) -> Number:
    return Number(reference.sender, reference.number_key, reference.year)


def _resolve(standing: Standing, reference: Reference) -> Numbered | None:
    found = standing.numbered.get(_number_of(reference).key)
    return found if found is not None and found.issued_on == reference.issued_on else None


def _recipient_faults(standing: Standing, manifest: Manifest) -> list[tuple[type[AxisError], Place]]:
    faults: list[tuple[type[AxisError], Place]] = []
    for index, code in enumerate(manifest.to):
        agency = standing.recipients.get(code)
        if agency is None:
            faults.append((UnknownRecipient, Place(f"/to/{index}", code, "an agency in the directory")))
        elif agency.locked:
            faults.append((RecipientLocked, Place(f"/to/{index}", code, "an agency that is not locked")))
    return faults


def _reference_faults(standing: Standing, manifest: Manifest) -> list[tuple[type[AxisError], Place]]:
    if manifest.action == "new":
        return []
    return [
        (
            ReferenceUnknown,
            Place(
                f"/refers_to/{index}",
                f"{reference.number} of {reference.issued_on}",
                f"a document that {manifest.sender} sent over this axis",
            ),
        )
        for index, reference in enumerate(manifest.refers_to)
        if _resolve(standing, reference) is None
    ]
