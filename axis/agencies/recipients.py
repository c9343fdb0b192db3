"""Checks the recipients of a document: each has to be in the directory, and not locked.

Documents over REST and over the old protocol are both checked here. What the directory knows of the
recipients is an argument.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from axis.agencies.directory import Agency
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import AxisError, Place, RecipientLocked, ReferenceUnknown, UnknownRecipient

NOT_LOCKED: Final = "an agency that is not locked"
Fault: TypeAlias = tuple[type[AxisError], Place]
_KINDS: Final = (UnknownRecipient, RecipientLocked, ReferenceUnknown)


def recipient_faults(
    known: Mapping[AgencyCode, Agency], named: Iterable[tuple[str, AgencyCode]], relay: str | None = None
) -> list[Fault]:
    """Return what is wrong with recipients, each named by its pointer and code.

    `relay`: the relay that hands the document over. It cannot hand over what it would be handed itself.
    """
    faults: list[Fault] = []
    for pointer, code in named:
        agency = known.get(code)
        if agency is None:
            faults.append((UnknownRecipient, Place(pointer, code, "an agency in the directory")))
        elif relay is not None and agency.via == relay:
            found = f"{code}, which this hub reaches via the relay {relay} itself"
            expected = "an agency of this hub, or one that it reaches via another relay"
            faults.append((UnknownRecipient, Place(pointer, found, expected)))
        elif agency.locked:
            faults.append((RecipientLocked, Place(pointer, code, NOT_LOCKED)))
    return faults


def refuse_any(faults: Sequence[Fault]) -> None:
    """Refuse where there are faults: the first kind found names the refusal, which holds the places of all.

    Raises:
        UnknownRecipient, RecipientLocked, ReferenceUnknown: in this order.

    """
    if faults:
        kind = next(kind for kind in _KINDS if any(fault[0] is kind for fault in faults))
        raise kind(*(place for _, place in faults))
