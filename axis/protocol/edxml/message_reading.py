"""Reads a message of edXML: from bytes to a document or a status, with warnings.

It follows QCVN 102:2016/BTTTT with the leniency that real traffic needs (docs/edxml.md). Whether the sender
may send it is checked in `axis.vxp.send_edoc`.
"""

from dataclasses import dataclass
from typing import Final

from axis.protocol.edxml.business import read_business
from axis.protocol.edxml.enclosed import read_attachments
from axis.protocol.edxml.errors import EdxmlInvalid, EdxmlWarning, Warnings
from axis.protocol.edxml.fields import Fields, expect, open_fields
from axis.protocol.edxml.limits import DEFAULT_LIMITS, MAX_DOCUMENT_ID, EdxmlLimits
from axis.protocol.edxml.people import read_party, read_response, read_staff
from axis.protocol.edxml.tree import Node, read_tree
from axis.protocol.edxml.values import (
    NAMESPACE,
    Business,
    Document,
    DocumentCode,
    DocumentKind,
    Hop,
    OtherInfo,
    Priority,
    Signer,
    Status,
    SteeringType,
)
from axis.protocol.statuses import NAMES

_SIGNATURES: Final = ("Signature", "DigitalSignature")
"""The namespaces of `Signature`: that of the standard, and that of the .NET client, whose signature is
empty."""
_STATUS_FIELDS: Final = ("From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp")
_OTHER: Final = (
    "Priority", "SphereOfPromulgation", "TyperNotation", "PromulgationAmount", "PageAmount", "Direction",
    "Appendixes",
)  # fmt: skip
_DOCUMENT_FIELDS: Final = (
    "From", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject", "Content", "SignerInfo",
    "DueDate", "OtherInfo", "SteeringType", "ToPlaces",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A message that was read, with its warnings.

    `signed`: the envelope has a `Signature` that is not empty. It is not judged here.
    """

    message: Document | Status
    warnings: tuple[EdxmlWarning, ...]
    signed: bool


def read(data: bytes, limits: EdxmlLimits = DEFAULT_LIMITS) -> Reading:
    """Read a message.

    Raises `EdxmlInvalid` with line, element, what was found and what was expected; its subclass
    `AttachmentInvalid` when only a file is wrong.
    """
    if len(data) > limits.message_bytes:
        raise EdxmlInvalid("too-large", 1, "", f"{len(data)} bytes", f"at most {limits.message_bytes} bytes")
    warnings = Warnings()
    root = read_tree(data, warnings)
    expect(root, "edXML")
    _name_attachments(root, warnings)
    frame = open_fields(root, warnings, one=("edXMLEnvelope", "AttachmentEncoded"))
    envelope = open_fields(frame.needed("edXMLEnvelope"), warnings, one=("edXMLHeader", "edXMLBody"))
    header_node = envelope.needed("edXMLHeader")
    signed = _take_signature(header_node)
    header = open_fields(header_node, warnings, one=("MessageHeader", "TraceHeaderList"))
    message = header.needed("MessageHeader")
    if any(child.name == "StatusCode" for child in message.children):
        return Reading(_status(message, warnings), warnings.all(), signed)
    document = _document(message, header, envelope, frame, limits)
    return Reading(document, warnings.all(), signed)


def _take_signature(header: Node) -> bool:
    """Remove the signature, whatever its namespace, and tell whether there was one."""
    signed = any(child.name in _SIGNATURES and (child.children or child.text) for child in header.children)
    header.children = [child for child in header.children if child.name not in _SIGNATURES]
    return signed


def _name_attachments(root: Node, warnings: Warnings) -> None:
    """Put files without a namespace into edXML's: some clients write them so, under a root with a prefix."""
    for encoded in root.children:
        if encoded.name != "AttachmentEncoded" or encoded.namespace:
            continue
        warnings.add("namespace-missing", encoded.line, encoded.name, "no namespace")
        for node in (
            encoded,
            *encoded.children,
            *(part for file in encoded.children for part in file.children),
        ):
            node.namespace = node.namespace or NAMESPACE


def _status(node: Node, warnings: Warnings) -> Status:
    fields = open_fields(node, warnings, one=_STATUS_FIELDS)
    about_node = fields.needed("ResponseFor")
    about = read_response(about_node, warnings)
    if not about.organ_id:
        raise EdxmlInvalid(
            "field-empty", about_node.line, "ResponseFor", "no OrganId", "the document's sender"
        )
    if not (about.document_id or about.code):
        raise EdxmlInvalid(
            "field-empty",
            about_node.line,
            "ResponseFor",
            "neither DocumentId nor Code",
            "one that names the document",
        )
    return Status(
        sender=read_party(fields.needed("From"), warnings),
        about=about,
        code=_status_code(fields),
        description=fields.text("Description"),
        at=fields.moment("Timestamp"),
        staff=read_staff(fields.one("StaffInfo"), warnings),
    )


def _status_code(fields: Fields) -> str:
    node = fields.needed("StatusCode")
    code = node.text
    if len(code) == 1 and f"0{code}" in NAMES:
        fields.warn("status-one-digit", node)
        code = f"0{code}"
    if code not in NAMES:
        known = ", ".join(NAMES)
        raise EdxmlInvalid("code-unknown", node.line, "StatusCode", code or "nothing", f"one of {known}")
    return code


def _document(node: Node, header: Fields, envelope: Fields, frame: Fields, limits: EdxmlLimits) -> Document:
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
