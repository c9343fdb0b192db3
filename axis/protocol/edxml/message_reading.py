"""Reads a message of edXML: from bytes to a document or a status, with warnings.

The fields of documents are read by `axis.protocol.edxml.document_reading`, those of statuses by
`axis.protocol.edxml.status_reading`. QCVN 102:2016/BTTTT, with the leniency of docs/edxml.md.
"""

from dataclasses import dataclass
from typing import Final

from axis.protocol.edxml.document_reading import read_document
from axis.protocol.edxml.errors import EdxmlInvalid, EdxmlWarning, Warnings
from axis.protocol.edxml.fields import expect, open_fields
from axis.protocol.edxml.limits import DEFAULT_LIMITS, EdxmlLimits
from axis.protocol.edxml.status_reading import read_status
from axis.protocol.edxml.tree import Node, read_tree
from axis.protocol.edxml.values import (
    NAMESPACE,
    Document,
    Status,
)

_SIGNATURES: Final = ("Signature", "DigitalSignature")
"""The namespaces of `Signature`: that of the standard, and that of the .NET client, whose signature is
empty."""


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
        return Reading(read_status(message, warnings), warnings.all(), signed)
    document = read_document(message, header, envelope, frame, limits)
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
