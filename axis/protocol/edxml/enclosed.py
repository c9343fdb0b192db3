"""Reads the files of a message: joins the references of its manifest with the enclosed attachments.

Bad names are refused, not changed. Base64 and zip are decoded by `axis.protocol.edxml.files`.
"""

from dataclasses import dataclass
from typing import Final

from axis.protocol.edxml import files
from axis.protocol.edxml.errors import AttachmentInvalid, Warnings
from axis.protocol.edxml.fields import Fields, open_fields
from axis.protocol.edxml.limits import FREE_BYTES, MAX_RATIO, EdxmlLimits
from axis.protocol.edxml.media_types import lies
from axis.protocol.edxml.tree import LONG_TEXT, Node
from axis.protocol.edxml.values import Attachment
from axis.protocol.file_name_rules import name_fault
from axis.protocol.text_normalisation import nfc

CID: Final = "cid:"
_NAME_CHARACTERS: Final = 2_000
"""Only so many characters of a name are checked. A longer one is too long in any form."""
_REFERENCE: Final = ("ContentId", "ContentType", "Description", "AttachmentName")


@dataclass(frozen=True, slots=True)
class _Reference:
    fields: Fields
    content_id: str

    @property
    def line(self) -> int:
        return self.fields.node.line


@dataclass(slots=True)
class _Room:
    """The bytes that further files may take, and how many of these may be highly compressed."""

    left: int
    free: int = FREE_BYTES

    def take(self, size: int, packed: int) -> None:
        self.left -= size
        if size > MAX_RATIO * packed:
            self.free -= size


def read_attachments(
    body: Node | None, encoded: Node | None, limits: EdxmlLimits, warnings: Warnings
) -> tuple[Attachment, ...]:
    """Return the files in their order in the message.

    Raises `AttachmentInvalid` for broken base64, names with paths or control characters, a reference without
    its file, two files of one id, zips that are bombs or do not open, and what is beyond the limits.
    """
    references = {reference.content_id: reference for reference in _references(body, warnings)}
    attachments: dict[str, Attachment] = {}
    room = _Room(limits.content_bytes)
    enclosed = open_fields(encoded, warnings, many=("Attachment",)).many("Attachment") if encoded else []
    if len(enclosed) > limits.attachments:
        found = f"{len(enclosed)} files"
        raise AttachmentInvalid(
            "too-many-attachments", enclosed[-1].line, "Attachment", found, f"at most {limits.attachments}"
        )
    for node in enclosed:
        fields = open_fields(node, warnings, one=(*_REFERENCE, LONG_TEXT))
        content_id = _content_id(fields)
        if content_id in attachments:
            raise AttachmentInvalid(
                "content-id-twice", node.line, "ContentId", content_id, "an id of its own"
            )
        reference = references.pop(content_id, None)
        if reference is None:
            warnings.add("reference-missing", node.line, "Attachment", content_id)
        attachments[content_id] = _attachment(content_id, fields, reference, room)
    for reference in references.values():
        expected = "an Attachment of the same ContentId"
        raise AttachmentInvalid(
            "attachment-missing", reference.line, "Reference", reference.content_id, expected
        )
    return tuple(attachments.values())


def _references(body: Node | None, warnings: Warnings) -> list[_Reference]:
    if body is None:
        return []
    manifest = open_fields(body, warnings, one=("edXMLManifest",)).one("edXMLManifest")
    if manifest is None:
        return []
    references: dict[str, _Reference] = {}
    for node in open_fields(manifest, warnings, many=("Reference",)).many("Reference"):
        fields = open_fields(node, warnings, one=_REFERENCE)
        reference = _Reference(fields, _content_id(fields))
        if reference.content_id in references:
            found, expected = reference.content_id, "an id of its own"
            raise AttachmentInvalid("content-id-twice", node.line, "Reference", found, expected)
        references[reference.content_id] = reference
    return list(references.values())


def _content_id(fields: Fields) -> str:
    """Return the id without any `cid:`. Old references have it in their link alone."""
    node = fields.one("ContentId")
    found = (node.text or node.href) if node is not None else fields.node.href
    bare = found
    while bare[: len(CID)].lower() == CID:
        bare = bare[len(CID) :].strip()
    if not bare:
        where = node or fields.node
        raise AttachmentInvalid(
            "content-id-missing", where.line, where.name, found or "nothing", "a ContentId"
        )
    if found.lower().startswith(CID * 2):
        fields.warn("cid-doubled", node or fields.node, found)
    return bare


def _attachment(content_id: str, fields: Fields, reference: _Reference | None, room: _Room) -> Attachment:
    name = _name(fields, reference)
    node = fields.needed(LONG_TEXT)
    place = files.Place(node.line, LONG_TEXT)
    content = files.decode("".join(node.parts), room.left, place)
    node.parts.clear()  # frees one of three forms of a large file
    declared = fields.text("ContentType") or (reference.fields.text("ContentType") if reference else "")
    inner = files.unwrap(name, declared, content, room.left, place, room.free)
    room.take(len(content if inner is None else inner), len(content))
    if inner is not None:
        fields.warn("attachment-zipped", fields.node, name)
        content = inner
    elif lies(declared, name, content):
        fields.warn("content-type-lies", fields.node, f"{declared} for {name}")
    description = fields.text("Description") or (reference.fields.text("Description") if reference else "")
    return Attachment(content_id, name, content, description)


def _name(fields: Fields, reference: _Reference | None) -> str:
    node = fields.one("AttachmentName")
    if (node is None or not node.text) and reference is not None:
        node = reference.fields.one("AttachmentName")
        if node is not None and node.text:
            fields.warn("name-in-reference-alone", fields.node, node.text)
    if node is None or not node.text:
        raise AttachmentInvalid("name-missing", fields.node.line, "AttachmentName", "nothing", "a file name")
    fault = name_fault(nfc(node.text[:_NAME_CHARACTERS]))
    if fault is not None:
        raise AttachmentInvalid("name-refused", node.line, "AttachmentName", node.text, fault)
    return node.text
