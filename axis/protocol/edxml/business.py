"""Reads a message's `Bussiness`: what a document does to an earlier one, and for whom.

An unknown kind of business is refused, since a guess might do something else.
"""

from axis.protocol.edxml.errors import Warnings
from axis.protocol.edxml.fields import Fields, open_fields
from axis.protocol.edxml.limits import MAX_DOCUMENT_ID
from axis.protocol.edxml.people import read_staff
from axis.protocol.edxml.tree import Node
from axis.protocol.edxml.values import (
    Business,
    BusinessInfo,
    BusinessType,
    ReceiverChange,
    ReceiverType,
    Replacement,
)

_FIELDS = (
    "DocumentId", "BussinessDocType", "BussinessDocReason", "Paper", "BussinessDocumentInfo",
    "ReplacementInfoList", "StaffInfo",
)  # fmt: skip


def read_business(node: Node, warnings: Warnings) -> Business:
    """Read it. Raises `EdxmlInvalid` where its type, or a receiver's, is missing or unknown."""
    fields = open_fields(node, warnings, one=_FIELDS)
    return Business(
        type=fields.needed_code("BussinessDocType", BusinessType),
        reason=fields.text("BussinessDocReason"),
        paper=fields.number("Paper"),
        document_id=fields.text("DocumentId"),
        info=_info(fields),
        replacements=_replacements(fields),
        staff=read_staff(fields.one("StaffInfo"), warnings),
    )


def _info(fields: Fields) -> BusinessInfo:
    node = fields.one("BussinessDocumentInfo")
    if node is None:
        return BusinessInfo()
    info = open_fields(node, fields.warnings, one=("DocumentInfo", "DocumentReceiver", "ReceiverList"))
    listed = info.one("ReceiverList")
    receivers = []
    if listed is not None:
        for item in open_fields(listed, fields.warnings, many=("Receiver",)).many("Receiver"):
            receiver = open_fields(item, fields.warnings, one=("OrganId", "ReceiverType"))
            organ_id = receiver.needed_text("OrganId", MAX_DOCUMENT_ID)
            receivers.append(ReceiverChange(organ_id, receiver.needed_code("ReceiverType", ReceiverType)))
    return BusinessInfo(info.text("DocumentInfo"), info.text("DocumentReceiver"), tuple(receivers))


def _replacements(fields: Fields) -> tuple[Replacement, ...]:
    node = fields.one("ReplacementInfoList")
    if node is None:
        return ()
    replacements = []
    for item in open_fields(node, fields.warnings, many=("ReplacementInfo",)).many("ReplacementInfo"):
        replaced = open_fields(item, fields.warnings, one=("DocumentId", "OrganIdList"))
        document_id = replaced.needed_text("DocumentId", MAX_DOCUMENT_ID)
        replacements.append(Replacement(document_id, replaced.texts("OrganIdList", "OrganId")))
    return tuple(replacements)
