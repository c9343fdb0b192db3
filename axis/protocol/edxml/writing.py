"""Writes a message of edXML: from a document or a status to bytes.

It writes no signature over the message: what counts in law is the one in the PDF. QCVN 102:2016/BTTTT.
"""

import datetime as dt
from typing import Final

from axis.protocol.edxml import files
from axis.protocol.edxml.lines import PREFIX, Lines, day, stamp
from axis.protocol.edxml.values import (
    NAMESPACE,
    Attachment,
    Business,
    BusinessInfo,
    Document,
    OtherInfo,
    Party,
    ResponseFor,
    Status,
)

# Elements have the order of the published Java client, which differs between the two kinds of message for
# `From`, `ResponseFor` and `StaffInfo`. Empty fields are left out, but not the elements around them, since
# some readers break where `SignerInfo` is missing.

_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">\n'
_ENVELOPE: Final = f'  <{PREFIX}edXMLEnvelope xmlns:edXML="{NAMESPACE}">\n'


def write(message: Document | Status) -> bytes:
    """Write a message in UTF-8.

    Raises `EdxmlInvalid`, without a line, for text that XML cannot hold: control characters, lone surrogates.
    """
    lines = Lines([_HEAD, _ENVELOPE], level=2)
    with lines.inside("edXMLHeader"):
        if isinstance(message, Status):
            _status(lines, message)
        else:
            _header(lines, message)
    if isinstance(message, Document):
        with lines.inside("edXMLBody"), lines.inside("edXMLManifest", ' version="1.0"'):
            for attachment in message.attachments:
                _reference(lines, attachment)
    lines.parts.append(f"  </{PREFIX}edXMLEnvelope>\n")
    if isinstance(message, Document) and message.attachments:
        lines.parts.append("  <AttachmentEncoded>\n")
        for attachment in message.attachments:
            _encoded(lines, attachment)
        lines.parts.append("  </AttachmentEncoded>\n")
    lines.parts.append("</edXML>\n")
    return "".join(lines.parts).encode()


def _status(lines: Lines, status: Status) -> None:
    with lines.inside("MessageHeader"):
        with lines.inside("From"):
            _party(lines, status.sender, name_first=True)
        with lines.inside("ResponseFor"):
            lines.text("OrganId", status.about.organ_id)
            lines.text("Code", status.about.code)
            lines.text("PromulgationDate", day(status.about.promulgated_on))
            lines.text("DocumentId", status.about.document_id)
        with lines.inside("StaffInfo"):
            lines.always("Department", status.staff.department)
            lines.always("Staff", status.staff.staff)
            lines.always("Mobile", status.staff.mobile)
            lines.always("Email", status.staff.email)
        lines.text("StatusCode", status.code)
        lines.text("Description", status.description)
        lines.text("Timestamp", stamp(status.at))


def _header(lines: Lines, document: Document) -> None:
    with lines.inside("MessageHeader"):
        with lines.inside("From"):
            _party(lines, document.sender)
        for recipient in document.recipients:
            with lines.inside("To"):
                _party(lines, recipient)
        lines.text("DocumentId", document.document_id)
        with lines.inside("Code"):
            lines.always("CodeNumber", document.code.number)
            lines.always("CodeNotation", document.code.notation)
        with lines.inside("PromulgationInfo"):
            lines.always("Place", document.place)
            lines.text("PromulgationDate", day(document.promulgated_on))
        with lines.inside("DocumentType"):
            lines.text("Type", document.kind.type)
            lines.text("TypeDetail", document.kind.detail)
            lines.text("TypeName", document.kind.name)
        lines.text("Subject", document.subject)
        lines.text("Content", document.content)
        with lines.inside("SignerInfo"):
            lines.always("Competence", document.signer.competence)
            lines.always("Position", document.signer.position)
            lines.always("FullName", document.signer.full_name)
        lines.text("DueDate", day(document.due_on))
        _other(lines, document.other)
        for response in document.responses:
            _response(lines, response)
        lines.number("SteeringType", document.steering)
        lines.texts("ToPlaces", "Place", document.to_places)
    _trace(lines, document)


def _party(lines: Lines, party: Party, *, name_first: bool = False) -> None:
    lines.text("OrganId", party.organ_id)
    names = [("OrganizationInCharge", party.in_charge), ("OrganName", party.name)]
    for name, value in reversed(names) if name_first else names:
        lines.text(name, value)
    lines.text("OrganAdd", party.address)
    lines.text("Email", party.email)
    lines.text("Telephone", party.telephone)
    lines.text("Fax", party.fax)
    lines.text("Website", party.website)


def _response(lines: Lines, response: ResponseFor) -> None:
    with lines.inside("ResponseFor"):
        lines.text("OrganId", response.organ_id)
        lines.text("Code", response.code)
        lines.text("DocumentId", response.document_id)
        lines.text("PromulgationDate", day(response.promulgated_on))


def _other(lines: Lines, other: OtherInfo) -> None:
    with lines.inside("OtherInfo"):
        lines.number("Priority", other.priority)
        lines.text("SphereOfPromulgation", other.sphere)
        lines.text("TyperNotation", other.typist)
        lines.number("PromulgationAmount", other.copies)
        lines.number("PageAmount", other.pages)
        lines.text("Direction", "" if other.direction is None else str(other.direction).lower())
        lines.texts("Appendixes", "Appendix", other.appendixes)


def _trace(lines: Lines, document: Document) -> None:
    with lines.inside("TraceHeaderList"):
        for hop in document.trace:
            with lines.inside("TraceHeader"):
                lines.text("OrganId", hop.organ_id)
                lines.text("Timestamp", stamp(hop.at))
        _business(lines, document.business)


def _business(lines: Lines, business: Business) -> None:
    with lines.inside("Bussiness"):
        lines.text("DocumentId", business.document_id)
        lines.number("BussinessDocType", business.type)
        lines.text("BussinessDocReason", business.reason)
        lines.number("Paper", business.paper)
        _info(lines, business.info)
        if business.replacements:
            with lines.inside("ReplacementInfoList"):
                for replacement in business.replacements:
                    with lines.inside("ReplacementInfo"):
                        lines.text("DocumentId", replacement.document_id)
                        lines.texts("OrganIdList", "OrganId", replacement.organ_ids)
        with lines.inside("StaffInfo"):
            lines.always("Department", business.staff.department)
            lines.always("Staff", business.staff.staff)
            lines.always("Email", business.staff.email)
            lines.always("Mobile", business.staff.mobile)


def _info(lines: Lines, info: BusinessInfo) -> None:
    if info == BusinessInfo():
        return
    with lines.inside("BussinessDocumentInfo"):
        lines.text("DocumentInfo", info.document_info)
        lines.text("DocumentReceiver", info.document_receiver)
        if info.receivers:
            with lines.inside("ReceiverList"):
                for receiver in info.receivers:
                    with lines.inside("Receiver"):
                        lines.text("OrganId", receiver.organ_id)
                        lines.number("ReceiverType", receiver.type)


def _reference(lines: Lines, attachment: Attachment) -> None:
    with lines.inside("Reference"):
        lines.text("ContentId", f"cid:{attachment.content_id}")
        lines.text("ContentType", files.sent_type(attachment.name, attachment.content))
        lines.text("Description", attachment.description)
        lines.text("AttachmentName", attachment.name)


def _encoded(lines: Lines, attachment: Attachment) -> None:
    """Write a file as the client does: in the default namespace, except its content."""
    media_type, content = files.wrap(attachment.name, attachment.content)
    lines.parts.append("    <Attachment>\n")
    lines.text("ContentId", f"cid:{attachment.content_id}", prefix="")
    lines.text("AttachmentName", attachment.name, prefix="")
    lines.text("Description", attachment.description, prefix="")
    lines.text("ContentType", media_type, prefix="")
    tag = f"{PREFIX}ContentTransferEncoded"
    lines.parts.append(f'      <{tag} xmlns:edXML="{NAMESPACE}">{files.encode(content)}</{tag}>\n')
    lines.parts.append("    </Attachment>\n")


def written_hop(organ_id: str, at: dt.datetime, prefix: str) -> str:
    """Return one `TraceHeader` on one line, with the prefix that is in scope at its place."""
    return Lines.flat("TraceHeader", (("OrganId", organ_id), ("Timestamp", stamp(at))), prefix)
