"""edXML, the message format of the real axis: reads messages into values, and writes them.

docs/edxml.md says what is accepted, refused and written. QCVN 102:2016/BTTTT, as real messages have it.
"""

from axis.protocol.edxml.document_types import kind_of, slug_of
from axis.protocol.edxml.errors import AttachmentInvalid, EdxmlInvalid, EdxmlWarning
from axis.protocol.edxml.hops import insert_hop, mend_start
from axis.protocol.edxml.limits import DEFAULT_LIMITS, EdxmlLimits
from axis.protocol.edxml.message_reading import Reading, read
from axis.protocol.edxml.values import (
    NAMESPACE,
    VIET_NAM,
    Attachment,
    Business,
    BusinessInfo,
    BusinessType,
    Document,
    DocumentCode,
    DocumentKind,
    Hop,
    OtherInfo,
    Party,
    Priority,
    ReceiverChange,
    ReceiverType,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    Status,
    SteeringType,
)
from axis.protocol.edxml.writing import write

__all__ = [
    "DEFAULT_LIMITS",
    "NAMESPACE",
    "VIET_NAM",
    "Attachment",
    "AttachmentInvalid",
    "Business",
    "BusinessInfo",
    "BusinessType",
    "Document",
    "DocumentCode",
    "DocumentKind",
    "EdxmlInvalid",
    "EdxmlLimits",
    "EdxmlWarning",
    "Hop",
    "OtherInfo",
    "Party",
    "Priority",
    "Reading",
    "ReceiverChange",
    "ReceiverType",
    "Replacement",
    "ResponseFor",
    "Signer",
    "Staff",
    "Status",
    "SteeringType",
    "insert_hop",
    "kind_of",
    "mend_start",
    "read",
    "slug_of",
    "write",
]
