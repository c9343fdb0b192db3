"""Determines a message's sender, its recipients, and the earlier documents it is about.

It decides where headers and message differ: the header `to` goes before the message's `To`; the message's
`From` goes before the header `from`, if the calling system may speak for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from axis.agencies.directory_changes import above as codes_above
from axis.agencies.queries import are_related
from axis.agencies.recipients import NOT_LOCKED, Fault, recipient_faults, refuse_any
from axis.database import Read
from axis.deliveries import queries
from axis.documents.new_documents import Target
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.edxml import BusinessType, Document, ReceiverType
from axis.protocol.errors import (
    ManifestInvalid,
    NotPermitted,
    NotYourAgency,
    Place,
    ReferenceUnknown,
    UnknownRecipient,
    shorten,
)
from axis.protocol.refused_characters import printable
from axis.protocol.vxp import VxpRefused, codes_of
from axis.vxp.context import Asked
from axis.vxp.manifests import Concerned
from axis.vxp.references import own_documents

_HEADER: Final = "header:to"
_MESSAGE: Final = "edxml:To/OrganId"
_OWN: Final = "edxml:DocumentId"
"""The place where a message names the document it concerns if it does so nowhere else: updates keep the
id."""


@dataclass(frozen=True, slots=True)
class Routed:
    """A message's recipients, and the earlier documents on which it opens requests."""

    recipients: tuple[AgencyCode, ...]
    concerned: tuple[Concerned, ...] = ()
    asks: tuple[Target, ...] = ()


def remembered_sender(asked: Asked) -> AgencyCode | None:
    """Return the agency in the header `from`, if it is in memory."""
    code = canonical_or_none(asked.call.first("from"))
    agency = None if code is None else asked.context.intake.directory.remembered(asked.caller, code)
    return agency.code if agency is not None and not agency.locked else None


def named_sender(tx: Read, asked: Asked) -> AgencyCode:
    """Return the agency in the header `from`.

    Raises:
        NotYourAgency: when the system may not speak for it, or it does not exist.

    """
    said = asked.call.first("from")
    code = canonical_or_none(said)
    if code is None or not _speaks(tx, asked, code):
        expected = "an agency in the directory that this system speaks for"
        raise NotYourAgency(Place("header:from", _shown(said), expected), agency=_shown(said))
    return code


def check_open(tx: Read, asked: Asked, code: AgencyCode, pointer: str = "header:from") -> None:
    """Refuse a locked sender. `pointer`: where the sender is named.

    Raises:
        NotPermitted: when it is.

    """
    agency = asked.context.intake.directory.get(tx, code)
    if agency is not None and agency.locked:
        needed = NOT_LOCKED
        raise NotPermitted(Place(pointer, f"{code} is locked", needed), role="locked agency", needed=needed)


def settled_sender(
    tx: Read, asked: Asked, named: AgencyCode, organ_id: str, warnings: list[str]
) -> AgencyCode:
    """Return a message's sender: its `From` if the system speaks for that, else the header's `from`.

    Raises:
        NotPermitted: when the agency is locked.

    """
    check_open(tx, asked, named, "header:from")  # checked again, since the body may have come slowly
    code = canonical_or_none(organ_id)
    if code == named:
        return named
    if code is None or not _speaks(tx, asked, code):
        warnings.append(
            f"From/OrganId {_shown(organ_id)} is no agency of this system: sent as the header's from, {named}"
        )
        return named
    check_open(tx, asked, code, "edxml:From/OrganId")
    warnings.append(f"From/OrganId {code} and the header's from {named} differ: sent as {code}")
    return code


def route(tx: Read, asked: Asked, document: Document, sender: AgencyCode, warnings: list[str]) -> Routed:
    """Determine a document's recipients, and the earlier documents that it recalls, updates or replaces.

    Raises:
        UnknownRecipient, RecipientLocked: naming each of them.
        ManifestInvalid: when there are too many, or the header has none in common with the message.
        ReferenceUnknown: when the sender sent no such document, or not to the agencies named.

    """
    pointer, said = _addressed(asked, document)
    unreadable: list[Place] = []
    codes = _codes(said, pointer, warnings, unreadable)
    changes = document.business.info.receivers if document.business.type is BusinessType.UPDATE else ()
    added = _codes(
        [change.organ_id for change in changes if change.type is ReceiverType.ADDED],
        "edxml:Receiver/OrganId",
        [],
        unreadable,
    )
    removed = _removed(document)
    everybody = list(dict.fromkeys([*codes, *added]))
    recipients = [code for code in everybody if code not in removed] or everybody
    most = asked.context.intake.limits.recipients
    if len(recipients) > most:
        raise ManifestInvalid(Place(pointer, f"{len(recipients)} recipients", f"at most {most}"))
    _check_recipients(tx, asked, recipients, pointer, unreadable)
    if pointer == _HEADER:
        _check_agreement(tx, codes, document)
    if document.business.type is BusinessType.NEW:
        return Routed(tuple(recipients))
    concerned, asks = _concerned(tx, document, sender, set(recipients), removed, adds=bool(added))
    return Routed(tuple(recipients), concerned, asks)


def passed_over(tx: Read, asked: Asked, document: Document, position: int) -> list[AgencyCode]:
    """Return the recipients that a repeated message has and its first one, at this position, had not.

    Raises:
        UnknownRecipient, RecipientLocked: naming those of them that cannot receive anything.

    """
    pointer, said = _addressed(asked, document)
    unreadable: list[Place] = []
    codes = _codes(said, pointer, [], unreadable)
    reached = _recipients_of(tx, [position])[position] | _removed(document)
    missed = [code for code in codes if code not in reached]
    _check_recipients(tx, asked, missed, pointer, unreadable)
    return missed


def _removed(document: Document) -> set[AgencyCode]:
    """Return the recipients that an update removes. Other messages remove none."""
    if document.business.type is not BusinessType.UPDATE:
        return set()
    return {
        code
        for change in document.business.info.receivers
        if change.type is ReceiverType.REMOVED and (code := canonical_or_none(change.organ_id)) is not None
    }


def _check_agreement(tx: Read, codes: Sequence[AgencyCode], document: Document) -> None:
    """Refuse a header `to` that has nobody in common with the message, since clients send stale headers.

    An agency above or below another counts as the same: systems address a ministry by one of its offices.

    Raises:
        ManifestInvalid: naming both.

    """
    said = [party.organ_id for party in document.recipients]
    said += [change.organ_id for change in document.business.info.receivers]
    named = [code for text in said if (code := canonical_or_none(text.strip())) is not None]
    if not named or set(codes) & set(named):
        return
    below = {above for code in codes for above in codes_above(code)}
    above = {above for code in named for above in codes_above(code)}
    if below & set(named) or above & set(codes) or are_related(tx, codes, named):
        return
    expected = f"one of those that the message names in To: {', '.join(map(_shown, named))}"
    raise ManifestInvalid(Place(_HEADER, ", ".join(codes), shorten(expected)))


def _speaks(tx: Read, asked: Asked, code: AgencyCode) -> bool:
    directory = asked.context.intake.directory
    return directory.may_speak_for(tx, asked.caller, code) and directory.get(tx, code) is not None


def _addressed(asked: Asked, document: Document) -> tuple[str, Sequence[str]]:
    """Return the recipients with the place that names them: the header if it has any, else the message."""
    said = asked.call.first("to")
    try:
        in_header = codes_of(said) if said.strip() else ()
    except VxpRefused:
        expected = "a JSON array of agency codes, as a text"
        raise ManifestInvalid(Place(_HEADER, _shown(said), expected)) from None
    if in_header:
        return _HEADER, in_header
    return _MESSAGE, [party.organ_id for party in document.recipients]


def _codes(
    said: Iterable[str], pointer: str, warnings: list[str], unreadable: list[Place]
) -> list[AgencyCode]:
    """Return canonical codes, each once, and note texts that are no codes."""
    codes: dict[AgencyCode, None] = {}
    for text in said:
        code = canonical_or_none(text.strip())
        if code is None:
            unreadable.append(Place(pointer, _shown(text) or "nothing", "an agency code"))
        elif code in codes:
            warnings.append(f"the recipient {code} is named twice")
        else:
            codes[code] = None
    return list(codes)


def _check_recipients(
    tx: Read, asked: Asked, codes: Sequence[AgencyCode], pointer: str, unreadable: Sequence[Place]
) -> None:
    known = asked.context.intake.directory.find(tx, codes)
    faults: list[Fault] = [(UnknownRecipient, place) for place in unreadable]
    refuse_any([*faults, *recipient_faults(known, ((pointer, code) for code in codes))])


def _concerned(
    tx: Read,
    document: Document,
    sender: AgencyCode,
    recipients: set[AgencyCode],
    removed: set[AgencyCode],
    *,
    adds: bool,
) -> tuple[tuple[Concerned, ...], tuple[Target, ...]]:
    """Find the documents concerned, and the deliveries of each."""
    faults: list[Place] = []
    concerned: dict[int, Concerned] = {}
    asks: dict[int, Target] = {}
    for pointer, document_id, organ_ids in _names(document):
        if pointer == _OWN:
            day = document.promulgated_on
            found = own_documents(tx, sender, document_id, code=document.code.text, day=day)
        else:
            found = own_documents(tx, sender, document_id)
        if not found:
            expected = f"the DocumentId of a document that {sender} sent over this axis"
            faults.append(Place(pointer, _shown(document_id), expected))
            continue
        concerned |= {each.position: Concerned(each.sender, each.number, each.issued_on) for each in found}
        had = _recipients_of(tx, [each.position for each in found])
        wanted = {code for text in organ_ids if (code := canonical_or_none(text.strip())) is not None}
        if organ_ids and not any(wanted & codes for codes in had.values()):
            expected = f"recipients of the document {_shown(document_id)}"
            faults.append(
                Place("edxml:ReplacementInfo/OrganIdList", ", ".join(map(_shown, organ_ids)), expected)
            )
        for target in _targets(had, wanted or recipients, removed, adds=adds):
            asks[target.position] = _both(asks.get(target.position), target)
    if faults:
        raise ReferenceUnknown(*faults)
    return tuple(concerned.values()), tuple(asks.values())


def _names(document: Document) -> list[tuple[str, str, Sequence[str]]]:
    """Return the documents that a message names: place, `DocumentId`, and recipients if not all."""
    business = document.business
    names: list[tuple[str, str, Sequence[str]]] = []
    if business.type is BusinessType.REPLACE:
        names += [
            ("edxml:ReplacementInfo/DocumentId", replaced.document_id, replaced.organ_ids)
            for replaced in business.replacements
        ]
    listed = {name for _, name, _ in names}
    if business.document_id and not (listed and business.document_id in {*listed, document.document_id}):
        names.append(("edxml:Bussiness/DocumentId", business.document_id, ()))
    return names or [(_OWN, document.document_id, ())]


def _recipients_of(tx: Read, positions: Sequence[int]) -> dict[int, set[AgencyCode]]:
    had: dict[int, set[AgencyCode]] = {position: set() for position in positions}
    for row in queries.rows_of_documents(tx, positions):
        had[row.document].add(row.recipient)
    return had


def _targets(
    had: dict[int, set[AgencyCode]], wanted: set[AgencyCode], removed: set[AgencyCode], *, adds: bool
) -> list[Target]:
    """Return the recipients of each document that get the request: the wanted ones that have it.

    Where none of them has it, all recipients get it; none do for an update that only adds recipients.
    """
    if not any((wanted | removed) & codes for codes in had.values()):
        return [] if adds else [Target(position) for position in had]
    return [
        Target(position, frozenset((wanted - removed) & codes), frozenset(removed & codes))
        for position, codes in had.items()
        if (wanted | removed) & codes
    ]


def _both(first: Target | None, second: Target) -> Target:
    if first is None:
        return second
    everybody = first.recipients is None or second.recipients is None
    recipients = None if everybody else (first.recipients or frozenset()) | (second.recipients or frozenset())
    return Target(second.position, recipients, first.removed | second.removed)


def _shown(text: str) -> str:
    return shorten(printable(text))
