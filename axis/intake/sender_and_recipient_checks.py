"""Steps 3 and 4 of docs/flow.md: refuses a manifest by its sender, its recipients or its references.

What they are was looked up before, by `axis.intake.lookups`. Rules of the manifest's own form are in
`axis.protocol.manifest`.
"""

from axis.agencies.recipients import NOT_LOCKED, Fault, recipient_faults, refuse_any
from axis.intake.lookups import Standing, resolve
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import (
    NotPermitted,
    NotYourAgency,
    NumberTaken,
    Place,
    ReferenceUnknown,
    TooLarge,
)
from axis.protocol.manifest import Manifest


def check_speaker(standing: Standing, sender: AgencyCode) -> None:
    """Refuse a caller who may not speak for the sender. A locked sender is for `check_sender_open`.

    Raises:
        NotYourAgency: also when the directory has no such agency, so that nobody learns which codes exist.

    """
    if not standing.may_speak or standing.sender is None:
        found = sender if standing.served is None else f"{sender}, {standing.served}"
        place = Place("/from", found, "an agency this token speaks for")
        raise NotYourAgency(place, agency=sender)


def check_sender_open(standing: Standing, sender: AgencyCode) -> None:
    """Refuse a sender that the operator locked.

    Raises:
        NotPermitted: when the sender is locked.

    """
    if standing.sender is not None and standing.sender.locked:
        place = Place("/from", f"{sender} is locked", NOT_LOCKED)
        raise NotPermitted(place, role="locked agency", needed=NOT_LOCKED)


def check_exchange(standing: Standing, manifest: Manifest) -> None:
    """Refuse recipients and references that are unknown or locked, all at once.

    Raises:
        UnknownRecipient, RecipientLocked, ReferenceUnknown: the first kind found; it has the places of all
        kinds.

    """
    named = ((f"/to/{index}", code) for index, code in enumerate(manifest.to) if code in standing.to)
    faults = recipient_faults(standing.recipients, named, standing.relay)
    refuse_any([*faults, *_reference_faults(standing, manifest)])
    check_reach(standing, manifest)


def check_reach(standing: Standing, manifest: Manifest) -> None:
    """Refuse a document that is too large for the old protocol, if that alone reaches some recipients.

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


def number_taken(manifest: Manifest, document: str | None) -> NumberTaken:
    """Return the refusal of a number that another document has."""
    expected = f"a number that {manifest.sender} has not used in {manifest.year}"
    place = Place("/number", manifest.number_key, expected)
    return NumberTaken(place, document=document, number=manifest.number_key, year=manifest.year)


def _reference_faults(standing: Standing, manifest: Manifest) -> list[Fault]:
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
        if resolve(standing.numbered, reference) is None
    ]
