"""Reads the fields of a document from a message of edXML.

What a document does to an earlier one is read by `axis.protocol.edxml.business`, its files by
`axis.protocol.edxml.enclosed`.
"""

from typing import Final

from axis.protocol.edxml.business import read_business
from axis.protocol.edxml.enclosed import read_attachments
from axis.protocol.edxml.fields import Fields, open_fields
from axis.protocol.edxml.limits import MAX_DOCUMENT_ID, EdxmlLimits
from axis.protocol.edxml.people import read_party, read_response
from axis.protocol.edxml.tree import Node
from axis.protocol.edxml.values import (
    Business,
    Document,
    DocumentCode,
    DocumentKind,
    Hop,
    OtherInfo,
    Priority,
    Signer,
    SteeringType,
)

_OTHER: Final = (
    "Priority", "SphereOfPromulgation", "TyperNotation", "PromulgationAmount", "PageAmount", "Direction",
    "Appendixes",
)  # fmt: skip
_DOCUMENT_FIELDS: Final = (
    "From", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject", "Content", "SignerInfo",
    "DueDate", "OtherInfo", "SteeringType", "ToPlaces",
)  # fmt: skip


def read_document(
    node: Node, header: Fields, envelope: Fields, frame: Fields, limits: EdxmlLimits
) -> Document:
    """Read it, from the `MessageHeader` (`node`), its header, the envelope and the frame around this.

    Raises `EdxmlInvalid`; its subclass `AttachmentInvalid` when just a file is wrong.
    """
    warnings = header.warnings
    fields = open_fields(node, warnings, one=_DOCUMENT_FIELDS, many=("To", "ResponseFor"))
    fields.needed("To")
    code = _inner(fields, "Code", "CodeNumber", "CodeNotation")
    issued = _inner(fields, "PromulgationInfo", "Place", "PromulgationDate")
    kind = _inner(fields, "DocumentType", "Type", "TypeDetail", "TypeName")
    signer = _inner(fields, "SignerInfo", "Competence", "Position", "FullName")
    trace, business = _trace(header)
    return Document(
        sender=read_party(fields.needed("From"), warnings),
        recipients=tuple(read_party(party, warnings) for party in fields.many("To")),
        document_id=fields.needed_text("DocumentId", MAX_DOCUMENT_ID),
        code=DocumentCode(code.text("CodeNumber"), code.text("CodeNotation")),
        place=issued.text("Place"),
        promulgated_on=issued.day("PromulgationDate"),
        kind=DocumentKind(kind.text("Type"), kind.text("TypeDetail"), kind.text("TypeName")),
        subject=fields.text("Subject"),
        content=fields.text("Content"),
        signer=Signer(signer.text("Competence"), signer.text("Position"), signer.text("FullName")),
        due_on=fields.day("DueDate"),
        other=_other(_inner(fields, "OtherInfo", *_OTHER)),
        responses=tuple(read_response(answered, warnings) for answered in fields.many("ResponseFor")),
        steering=fields.code("SteeringType", SteeringType, unsaid="0"),
        to_places=fields.texts("ToPlaces", "Place"),
        trace=trace,
        business=business,
        attachments=read_attachments(
            envelope.one("edXMLBody"), frame.one("AttachmentEncoded"), limits, warnings
        ),
    )


def _inner(fields: Fields, name: str, *one: str) -> Fields:
    """Return the fields of a child; no fields if it is missing."""
    child = fields.one(name) or Node(name, "", fields.node.line)
    return open_fields(child, fields.warnings, one=one)


def _other(fields: Fields) -> OtherInfo:
    return OtherInfo(
        priority=fields.code("Priority", Priority),
        sphere=fields.text("SphereOfPromulgation"),
        typist=fields.text("TyperNotation"),
        copies=fields.number("PromulgationAmount"),
        pages=fields.number("PageAmount"),
        direction=fields.flag("Direction"),
        appendixes=fields.texts("Appendixes", "Appendix"),
    )


def _trace(header: Fields) -> tuple[tuple[Hop, ...], Business]:
    warnings = header.warnings
    node = header.one("TraceHeaderList")
    if node is None:
        warnings.add("bussiness-missing", header.node.line, header.node.name, "no TraceHeaderList")
        return (), Business()
    listed = open_fields(node, warnings, one=("Bussiness",), many=("TraceHeader",))
    hops = []
    for hop in listed.many("TraceHeader"):
        fields = open_fields(hop, warnings, one=("OrganId", "Timestamp"))
        hops.append(Hop(fields.text("OrganId"), fields.moment("Timestamp")))
    business = listed.one("Bussiness")
    if business is None:
        warnings.add("bussiness-missing", node.line, node.name, "no Bussiness")
        return tuple(hops), Business()
    return tuple(hops), read_business(business, warnings)
