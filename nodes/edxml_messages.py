"""Writes the messages of an agency on the old protocol: edXML, with the signatures inside the PDF.

The same arguments, times among them, give the same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime

from axis.protocol import edxml
from axis.protocol.statuses import NAMES
from nodes.document_writer import Draft, Identity, Office, SignedBy, attachments_of, chosen_signers
from nodes.invented_texts import Signer
from nodes.known_agencies import Agency, known_name
from nodes.multipart import Attachment
from nodes.pdf_signing import sign_attachment

ACTIONS = {
    "new": edxml.BusinessType.NEW,
    "recall": edxml.BusinessType.RECALL,
    "update": edxml.BusinessType.UPDATE,
    "replace": edxml.BusinessType.REPLACE,
}
PRIORITIES = {
    "normal": edxml.Priority.NORMAL,
    "urgent": edxml.Priority.URGENT,
    "very_urgent": edxml.Priority.VERY_URGENT,
    "express": edxml.Priority.EXPRESS,
    "express_timed": edxml.Priority.EXPRESS_AT_FIXED_HOUR,
}
_STAFF = edxml.Staff(department="Văn thư")


def document_id_of(sender: str, issued_on: str, number: str) -> str:
    """Return the `DocumentId` that systems commonly write: sender, day and number."""
    return f"{sender},{issued_on.replace('-', '/')},{number}"


def write_message(
    office: Office, recipients: Sequence[Agency], draft: Draft, signed_by: SignedBy, *, at: datetime
) -> bytes:
    """Write, sign and wrap one document; its main PDF holds the signatures; `at` is the signing time, aware.

    Raises `ValueError` when the identity that must sign is not there.
    """
    person, organisation = chosen_signers(signed_by, organisation=office.organisation, person=office.person)
    main, *others = attachments_of(office, recipients, draft)
    files = [sign_main(main, person, organisation, at), *others]
    return wrap(office.agency.code, draft, files, at=at, signer=office.signer, place=office.agency.place)


def sign_main(
    attachment: Attachment, person: Identity | None, organisation: Identity | None, at: datetime
) -> Attachment:
    """Sign the main file by the given signers, if there are any; raises as `sign_attachment`."""
    if person is None and organisation is None:
        return attachment
    return sign_attachment(attachment, person=person, organisation=organisation, at=at)


def wrap(
    sender: str,
    draft: Draft,
    attachments: Sequence[Attachment],
    *,
    at: datetime,
    signer: Signer | None = None,
    place: str = "",
) -> bytes:
    """Wrap files, signed or not, as the document that `draft` describes.

    Raises `ValueError` for a recall or update of more than one document, which edXML cannot say, and
    `EdxmlInvalid` for text that XML cannot hold.
    """
    number, _, notation = draft.number.partition("/")
    references = [
        edxml.ResponseFor(
            each.sender,
            each.number,
            document_id_of(each.sender, each.issued_on, each.number),
            date.fromisoformat(each.issued_on),
        )
        for each in draft.refers_to
    ]
    document = edxml.Document(
        sender=_party(sender),
        recipients=tuple(_party(code) for code in draft.recipients),
        document_id=document_id_of(sender, draft.issued_on, draft.number),
        code=edxml.DocumentCode(number, notation),
        place=place,
        promulgated_on=date.fromisoformat(draft.issued_on),
        kind=edxml.kind_of(draft.type),
        subject=draft.subject,
        content=draft.subject,
        signer=edxml.Signer(position=signer.title, full_name=signer.name) if signer else edxml.Signer(),
        due_on=None if draft.due_on is None else date.fromisoformat(draft.due_on),
        other=edxml.OtherInfo(priority=PRIORITIES[draft.priority]),
        responses=tuple(references) if draft.action == "new" else (),
        steering=edxml.SteeringType.NONE,
        trace=(edxml.Hop(sender, at),),
        business=_business(draft, references),
        attachments=tuple(
            edxml.Attachment(str(place_), each.name, b"".join(each.chunks()), each.name)
            for place_, each in enumerate(attachments, start=1)
        ),
    )
    return edxml.write(document)


def write_status(
    sender: str, about: edxml.ResponseFor, code: str, note: str | None, *, at: datetime
) -> bytes:
    """Write a status on a document; without a note its Vietnamese name stands in the description."""
    return edxml.write(
        edxml.Status(
            sender=_party(sender),
            about=about,
            code=code,
            description=note or NAMES[code].vi,
            at=at,
            staff=_STAFF,
        )
    )


def _business(draft: Draft, references: Sequence[edxml.ResponseFor]) -> edxml.Business:
    kind = ACTIONS[draft.action]
    ids = [reference.document_id for reference in references]
    if kind is edxml.BusinessType.NEW:
        return edxml.Business(staff=_STAFF)
    if kind is edxml.BusinessType.REPLACE:
        replaced = tuple(edxml.Replacement(each, draft.recipients) for each in ids)
        return edxml.Business(kind, reason=draft.subject, replacements=replaced, staff=_STAFF)
    if len(ids) != 1:
        raise ValueError(f"edXML can {draft.action} one document at a time, and {len(ids)} are named")
    return edxml.Business(kind, reason=draft.subject, document_id=ids[0], staff=_STAFF)


def _party(code: str) -> edxml.Party:
    return edxml.Party(code, name=known_name(code))
