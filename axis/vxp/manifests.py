"""Derives the manifest of a document that came as edXML.

What a manifest cannot hold is changed, with a warning; the message itself is kept as it was received. Sender
and recipients are determined before, by `axis.vxp.addressing`. docs/contract.md#the-manifest.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.edxml import BusinessType, Document, ResponseFor
from axis.protocol.errors import ManifestInvalid, Place, TooLarge, shorten
from axis.protocol.file_name_rules import name_fault
from axis.protocol.manifest import Action, Manifest, check_manifest, number_key
from axis.protocol.manifest_limits import SIGNER_CHARACTERS, ManifestLimits
from axis.protocol.manifest_rules import PRIORITIES
from axis.protocol.refused_characters import control_as_space, has_invisible, printable
from axis.protocol.text_normalisation import nfc
from axis.vxp.document_ids import parts_of

DEFAULT_TYPE: Final = "cong-van"
"""An official letter, as most documents are; the decree gives it no abbreviation."""
NO_SUBJECT: Final = "(không có trích yếu)"
NO_NUMBER: Final = "(không số)"
NO_NAME: Final = "tep-dinh-kem"
ACTIONS: Final[dict[BusinessType, Action]] = {
    BusinessType.NEW: "new",
    BusinessType.RECALL: "recall",
    BusinessType.UPDATE: "update",
    BusinessType.REPLACE: "replace",
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """A document that is recalled, updated or replaced, as `refers_to` names it."""

    sender: AgencyCode
    number: str
    issued_on: str


@dataclass(frozen=True, slots=True)
class DerivedAttachment:
    """A file with its name in the manifest."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sha256: str
    """Lower-case hex."""


@dataclass(frozen=True, slots=True)
class DerivedManifest:
    """A manifest and its files. `warnings`: English sentences on what was changed."""

    manifest_bytes: bytes
    manifest: Manifest
    attachments: tuple[DerivedAttachment, ...]
    warnings: tuple[str, ...]


def derive(
    document: Document,
    *,
    sender: AgencyCode,
    recipients: Sequence[AgencyCode],
    day: str,
    limits: ManifestLimits,
    concerned: Sequence[Concerned] = (),
    digests: Sequence[str] | None = None,
) -> DerivedManifest:
    """Return the manifest of a message. The same message always gives the same bytes.

    `sender`, `recipients`: as determined from headers and message, canonical, each once. `day`: Viet Nam's
    day of acceptance, `YYYY-MM-DD`, for a message that names no day. `concerned`: the documents that a
    recall, an update or a replacement is about. `digests`: those of the files, where they are known already.

    Raises:
        ManifestInvalid: when a document has no file, or a limit is passed.
        TooLarge: when the manifest is larger than one may be.

    """
    action = ACTIONS[document.business.type]
    _check_files(document, action)
    warnings: list[str] = []
    known = digests if digests is not None else digests_of(document)
    attachments = _attachments(document, known, limits, warnings)
    usual = parts_of(document.document_id)
    value: dict[str, Any] = {
        "from": sender,
        "to": list(recipients),
        "number": _number(document, limits, warnings),
        "issued_on": (
            document.promulgated_on or (usual.day if usual else None) or dt.date.fromisoformat(day)
        ).isoformat(),
        "type": _type(document, warnings),
        "subject": _subject(document, limits, warnings),
        "priority": PRIORITIES[document.other.priority or 0],
        "action": action,
        "refers_to": (
            _answered(document.responses, limits, warnings) if action == "new" else _unique(concerned)
        ),
        "signer": _signer(document, warnings),
        "due_on": document.due_on.isoformat() if document.due_on else None,
        "attachments": [_declaration(attachment) for attachment in attachments],
    }
    content = _written(value)
    if len(content) > limits.bytes and action == "new" and value["refers_to"]:
        warnings.append(f"none of {len(value['refers_to'])} documents answered fits into the manifest")
        value["refers_to"] = []
        content = _written(value)
    if len(content) > limits.bytes:
        place = Place("edxml:MessageHeader", f"a manifest of {len(content)} bytes", f"at most {limits.bytes}")
        raise TooLarge(place, limit=limits.bytes)
    return DerivedManifest(content, _checked(value, content, limits), tuple(attachments), tuple(warnings))


def one_line(text: str, most: int) -> str:
    """Return a text in NFC with white space and control characters as single spaces, cut to `most`."""
    return nfc(" ".join(control_as_space(nfc(text)).split()))[:most].rstrip()


def _check_files(document: Document, action: Action) -> None:
    """Refuse a document without a file. Only recalls, and updates that add nobody, may have none."""
    if document.attachments or action == "recall":
        return
    if action != "update":
        raise ManifestInvalid(Place("edxml:AttachmentEncoded", "no file", "at least one attachment"))
    receivers = document.business.info.receivers
    if any(change.type is edxml.ReceiverType.ADDED for change in receivers):
        expected = "at least one attachment, for the recipients that the update adds"
        raise ManifestInvalid(Place("edxml:AttachmentEncoded", "no file", expected))


def _checked(value: dict[str, Any], content: bytes, limits: ManifestLimits) -> Manifest:
    """Check the manifest by every rule but one: an update may have no files, as a recall may."""
    digest = hashlib.sha256(content).hexdigest()
    if value["action"] != "update" or value["attachments"]:
        return check_manifest(value, limits, sha256=digest)
    as_recall = check_manifest({**value, "action": "recall"}, limits, sha256=digest)
    return replace(as_recall, action="update")


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _number(document: Document, limits: ManifestLimits, warnings: list[str]) -> str:
    usual = parts_of(document.document_id)
    candidates = (document.code.text, usual.number if usual else "", document.document_id)
    if not document.code.text:
        warnings.append("the message has no Code: the number was taken from its DocumentId")
    for candidate in candidates:
        number = _plain(candidate, limits.number_characters)
        if number:
            if len(one_line(candidate, len(candidate))) > len(number):
                warnings.append(f"the number was cut or mended to {_shown(number)}")
            return number
    return NO_NUMBER


def _plain(text: str, most: int) -> str:
    """Return a text in the form of a number: on one line, without invisible characters."""
    if has_invisible(text):
        text = "".join(character for character in nfc(text) if not has_invisible(character))
    return one_line(text, most)


def _type(document: Document, warnings: list[str]) -> str:
    slug = edxml.slug_of(document.kind)
    if slug is not None:
        return slug
    said = document.kind.name or document.kind.detail or document.kind.type
    found = f"the kind {_shown(said)} is not known" if said else "the message names no kind"
    warnings.append(f"{found}: taken for {DEFAULT_TYPE}")
    return DEFAULT_TYPE


def _subject(document: Document, limits: ManifestLimits, warnings: list[str]) -> str:
    for text in (document.subject, document.content, document.business.reason):
        subject = one_line(text, limits.subject_characters)
        if subject:
            if len(one_line(text, len(text) + 1)) > len(subject):
                warnings.append(f"the subject was cut to {limits.subject_characters} characters")
            return subject
    warnings.append("the message has no Subject, Content or BussinessDocReason")
    return NO_SUBJECT


def _signer(document: Document, warnings: list[str]) -> dict[str, str | None] | None:
    name = one_line(document.signer.full_name, SIGNER_CHARACTERS)
    position = one_line(document.signer.position, SIGNER_CHARACTERS)
    if name:
        return {"name": name, "position": position or None}
    if position:
        warnings.append(f"SignerInfo names nobody, only the position {_shown(position)}: left out")
    return None


def _answered(
    responses: Iterable[ResponseFor], limits: ManifestLimits, warnings: list[str]
) -> list[dict[str, str]]:
    """Return the answered documents with agency, number and day, each once."""
    found: list[Concerned] = []
    for response in responses:
        usual = parts_of(response.document_id)
        sender = canonical_or_none(response.organ_id) or (usual.organ if usual else None)
        number = _plain(response.code or (usual.number if usual else ""), limits.number_characters)
        issued_on = response.promulgated_on or (usual.day if usual else None)
        if sender is None or not number or issued_on is None:
            named = _shown(response.document_id or response.code or response.organ_id)
            warnings.append(f"ResponseFor {named} lacks agency, Code or PromulgationDate: left out")
            continue
        found.append(Concerned(sender, number, issued_on.isoformat()))
    unique = _unique(found)
    if len(unique) > limits.references:
        warnings.append(f"of {len(unique)} documents answered the first {limits.references} are named")
    return unique[: limits.references]


def _unique(concerned: Iterable[Concerned]) -> list[dict[str, str]]:
    """Return references, each sender's number of a year once, since numbers repeat over the old protocol."""
    references: dict[tuple[str, str, str], dict[str, str]] = {}
    for each in concerned:
        key = (each.sender, number_key(each.number), each.issued_on[:4])
        references.setdefault(key, {"from": each.sender, "number": each.number, "issued_on": each.issued_on})
    return list(references.values())


def digests_of(document: Document) -> tuple[str, ...]:
    """Return the SHA-256 of each file, in lower-case hex."""
    return tuple(hashlib.sha256(attachment.content).hexdigest() for attachment in document.attachments)


def _attachments(
    document: Document, digests: Sequence[str], limits: ManifestLimits, warnings: list[str]
) -> list[DerivedAttachment]:
    taken: set[str] = set()
    attachments = []
    for attachment, digest in zip(document.attachments, digests, strict=True):
        name = _file_name(attachment.name, taken, limits.name_bytes)
        if name != nfc(attachment.name):
            warnings.append(f"the file {_shown(attachment.name)} is called {_shown(name)} in the manifest")
        taken.add(name)
        attachments.append(DerivedAttachment(name, attachment.media_type, attachment.content, digest))
    return attachments


def _file_name(name: str, taken: set[str], most_bytes: int) -> str:
    """Return a valid name that is not taken, as close to the given one as possible."""
    safe = nfc(name)
    if name_fault(safe, most_bytes) is not None:
        safe = _plain(safe.replace("/", "_").replace("\\", "_"), len(safe))
        safe = NO_NAME if safe in {"", ".", ".."} else safe
    stem, dot, extension = safe.rpartition(".")
    if not stem or len(extension.encode()) > most_bytes // 4:
        stem, dot, extension = safe, "", ""
    candidate = _fitted(stem, f"{dot}{extension}", most_bytes)
    place = 2
    while candidate in taken:
        candidate = _fitted(stem, f" ({place}){dot}{extension}", most_bytes)
        place += 1
    return candidate


def _fitted(stem: str, ending: str, most_bytes: int) -> str:
    """Return stem and ending in at most so many bytes of UTF-8. The stem is cut between characters."""
    room = most_bytes - len(ending.encode())
    return nfc(stem.encode()[:room].decode(errors="ignore") + ending)


def _declaration(attachment: DerivedAttachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": len(attachment.content),
        "sha256": attachment.sha256,
    }


def _shown(text: str) -> str:
    return shorten(printable(text))
