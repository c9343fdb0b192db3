"""Reads agencies, staff, and the documents that others answer, from a message.

Codes of agencies are texts here; `axis.vxp.addressing` looks them up.
"""

from typing import Final

from axis.protocol.edxml.errors import Warnings
from axis.protocol.edxml.fields import open_fields
from axis.protocol.edxml.limits import MAX_DOCUMENT_ID
from axis.protocol.edxml.tree import Node
from axis.protocol.edxml.values import Party, ResponseFor, Staff

_PARTY: Final = (
    "OrganId", "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website",
)  # fmt: skip


def read_party(node: Node, warnings: Warnings) -> Party:
    """Read `From` or `To`. Raises `EdxmlInvalid` where it has no `OrganId`."""
    fields = open_fields(node, warnings, one=_PARTY)
    return Party(
        organ_id=fields.needed_text("OrganId", MAX_DOCUMENT_ID),
        in_charge=fields.text("OrganizationInCharge"),
        name=fields.text("OrganName"),
        address=fields.text("OrganAdd"),
        email=fields.text("Email"),
        telephone=fields.text("Telephone"),
        fax=fields.text("Fax"),
        website=fields.text("Website"),
    )


def read_response(node: Node, warnings: Warnings) -> ResponseFor:
    """Read `ResponseFor`, whose `Code` is a text, or has the parts that a document's own has."""
    fields = open_fields(node, warnings, one=("OrganId", "Code", "DocumentId", "PromulgationDate"))
    code_node = fields.one("Code")
    code = code_node.text if code_node is not None else ""
    if code_node is not None and code_node.children:
        parts = open_fields(code_node, warnings, one=("CodeNumber", "CodeNotation"))
        code = "/".join(part for part in (parts.text("CodeNumber"), parts.text("CodeNotation")) if part)
        fields.warn("code-in-parts", code_node, code)
    return ResponseFor(
        organ_id=fields.text("OrganId"),
        code=code,
        document_id=fields.text("DocumentId"),
        promulgated_on=fields.day("PromulgationDate"),
    )


def read_staff(node: Node | None, warnings: Warnings) -> Staff:
    """Read `StaffInfo`, if there is one."""
    if node is None:
        return Staff()
    fields = open_fields(node, warnings, one=("Department", "Staff", "Email", "Mobile"))
    return Staff(fields.text("Department"), fields.text("Staff"), fields.text("Email"), fields.text("Mobile"))
