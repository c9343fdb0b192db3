"""Reads the fields of a status from a message of edXML, and refuses an unknown status code.

Which status may follow which is in `axis.protocol.statuses`.
"""

from typing import Final

from axis.protocol.edxml.errors import EdxmlInvalid, Warnings
from axis.protocol.edxml.fields import Fields, open_fields
from axis.protocol.edxml.people import read_party, read_response, read_staff
from axis.protocol.edxml.tree import Node
from axis.protocol.edxml.values import Status
from axis.protocol.statuses import NAMES

_STATUS_FIELDS: Final = ("From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp")


def read_status(node: Node, warnings: Warnings) -> Status:
    """Read it. Raises `EdxmlInvalid` where it names no document, or its code is unknown."""
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
