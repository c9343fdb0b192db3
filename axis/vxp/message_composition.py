"""Composes messages of the old protocol from documents and statuses that came over REST.

What is needed is read by `axis.vxp.message_contents`, XML is written by `axis.protocol.edxml`. Fields that
the published Java client expects are filled wherever something is known.
"""

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from axis.clock import Microseconds, to_datetime
from axis.protocol import edxml
from axis.protocol.file_name_rules import MAX_BYTES, name_fault
from axis.protocol.manifest import Action, Manifest, Priority, Reference
from axis.protocol.statuses import NAMES, REQUESTED
from axis.vxp.document_ids import made_document_id

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ORGANS_NAMED: Final = 2_000
"""The most recipients named for each replaced document: a thousand of a thousand documents would be too
many."""
_PRIORITIES: Final[dict[Priority, edxml.Priority]] = {
    "normal": edxml.Priority.NORMAL,
    "urgent": edxml.Priority.URGENT,
    "very_urgent": edxml.Priority.VERY_URGENT,
    "express": edxml.Priority.EXPRESS,
    "express_timed": edxml.Priority.EXPRESS_AT_FIXED_HOUR,
}
_BUSINESS: Final[dict[Action, edxml.BusinessType]] = {
    "new": edxml.BusinessType.NEW,
    "recall": edxml.BusinessType.RECALL,
    "update": edxml.BusinessType.UPDATE,
    "replace": edxml.BusinessType.REPLACE,
}


@dataclass(frozen=True, slots=True)
class Named:
    """The directory's facts about an agency. `in_charge`: the name of the agency above it."""

    name: str = ""
    in_charge: str = ""
    mail: str = ""
    phone: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """A status that one side of a delivery gave, with the document's `DocumentId`."""

    code: str
    note: str | None
    at: Microseconds
    by: str
    """The agency that gave it."""
    sender: str
    """The agency that sent the document."""
    recipient: str
    number: str
    issued_on: str
    document_id: str


def compose_document(
    manifest: Manifest,
    *,
    names: Mapping[str, Named],
    attachments: Sequence[tuple[str, bytes]],
    signatures: Sequence[bytes],
    manifest_bytes: bytes,
    accepted_at: Microseconds,
    hop_organ_id: str,
    referred: Sequence[str] = (),
) -> edxml.Document:
    """Return a document as a message to its recipients, with the hub's hop in its trace.

    `referred` are the DocumentIds of the documents referred to, in order; where they are not given they are
    made as that of the document itself is. Signatures over the manifest go along with it, as further files.
    """
    references = referred or [document_id_of(reference) for reference in manifest.refers_to]
    subject = plain(manifest.subject)
    at = _second(accepted_at)
    return edxml.Document(
        sender=_party(manifest.sender, names),
        recipients=tuple(_party(code, names) for code in manifest.to),
        document_id=document_id_of(manifest),
        code=_code(manifest.number_key),
        promulgated_on=dt.date.fromisoformat(manifest.issued_on),
        kind=edxml.kind_of(manifest.type),
        subject=subject,
        content=subject,
        signer=_signer(manifest),
        due_on=None if manifest.due_on is None else dt.date.fromisoformat(manifest.due_on),
        other=edxml.OtherInfo(_PRIORITIES[manifest.priority]),
        responses=_responses(manifest, references),
        trace=(edxml.Hop(manifest.sender, at), edxml.Hop(plain(hop_organ_id), at)),
        business=_business(manifest, references, names),
        attachments=_files(attachments, signatures, manifest_bytes),
    )


def compose_status(facts: StatusFacts, names: Mapping[str, Named]) -> edxml.Status:
    """Return a status as a message: to the document's sender, or to its recipient for a 13."""
    by = names.get(facts.by, Named())
    return edxml.Status(
        sender=_party(facts.by, names),
        about=edxml.ResponseFor(
            organ_id=facts.recipient if facts.code == REQUESTED else facts.sender,
            code=plain(facts.number),
            document_id=plain(facts.document_id),
            promulgated_on=dt.date.fromisoformat(facts.issued_on),
        ),
        code=facts.code,
        description=plain(facts.note or "") or NAMES[facts.code].vi,
        at=_second(facts.at),
        staff=_staff(plain(by.name) or facts.by, by),
    )


def document_id_of(named: Manifest | Reference) -> str:
    """Return the DocumentId of a document that came over REST: its sender, its date and its number."""
    return plain(made_document_id(named.sender, named.issued_on, named.number_key))


def plain(text: str) -> str:
    """Return text as XML can hold it: trimmed, without characters that XML does not admit."""
    return _NOT_XML.sub("\ufffd", text).strip()


def _second(moment: Microseconds) -> dt.datetime:
    return to_datetime(moment).astimezone(edxml.VIET_NAM).replace(microsecond=0)


def _party(code: str, names: Mapping[str, Named]) -> edxml.Party:
    known = names.get(code, Named())
    return edxml.Party(
        organ_id=code,
        in_charge=plain(known.in_charge),
        name=plain(known.name) or code,
        email=plain(known.mail),
        telephone=plain(known.phone),
        fax=plain(known.fax),
    )


def _staff(name: str, agency: Named) -> edxml.Staff:
    """Return the agency as the contact, since the hub knows no person."""
    department = plain(agency.name) or name
    return edxml.Staff(department, name, plain(agency.mail), plain(agency.phone))


def _code(number: str) -> edxml.DocumentCode:
    """Split a number at its first slash, unless the parts would not give it again."""
    leading, _, rest = number.partition("/")
    code = edxml.DocumentCode(plain(leading), plain(rest))
    whole = plain(number)
    return code if code.text == whole else edxml.DocumentCode(whole)


def _signer(manifest: Manifest) -> edxml.Signer:
    if manifest.signer is None:
        return edxml.Signer()
    return edxml.Signer(position=plain(manifest.signer.position or ""), full_name=plain(manifest.signer.name))


def _responses(manifest: Manifest, references: Sequence[str]) -> tuple[edxml.ResponseFor, ...]:
    """Return the documents that a new document answers or cites. `Bussiness` names those that it changes.

    `Bussiness` has room for one document to recall or update. Where there are more, all are named here.
    """
    if manifest.action == "replace" or (manifest.action != "new" and len(references) == 1):
        return ()
    return tuple(
        edxml.ResponseFor(
            organ_id=reference.sender,
            code=plain(reference.number_key),
            document_id=plain(document_id),
            promulgated_on=dt.date.fromisoformat(reference.issued_on),
        )
        for reference, document_id in zip(manifest.refers_to, references, strict=True)
    )


def _business(manifest: Manifest, references: Sequence[str], names: Mapping[str, Named]) -> edxml.Business:
    """Return the kind of business; no paper follows (docs/old-axis.md#the-law)."""
    named = ""
    replacements: tuple[edxml.Replacement, ...] = ()
    if manifest.action == "replace":
        few = len(references) * len(manifest.to) <= _ORGANS_NAMED
        organs = manifest.to if few else ()
        replacements = tuple(edxml.Replacement(plain(one), organs) for one in references)
    elif manifest.action != "new":
        named = plain(references[0])
    sender = names.get(manifest.sender, Named())
    signer = manifest.signer.name if manifest.signer is not None else sender.name
    return edxml.Business(
        type=_BUSINESS[manifest.action],
        reason=plain(manifest.subject),
        paper=0,
        document_id=named,
        replacements=replacements,
        staff=_staff(plain(signer) or manifest.sender, sender),
    )


def _files(
    attachments: Sequence[tuple[str, bytes]], signatures: Sequence[bytes], manifest_bytes: bytes
) -> tuple[edxml.Attachment, ...]:
    """Return the sender's files, then the manifest and its signatures, which prove them."""
    files: list[tuple[str, bytes]] = []
    taken: set[str] = set()
    for given, content in attachments:
        name = _free([plain(given)], taken)[0]
        files.append((name, content))
    if signatures:
        ends = [".p7s"] if len(signatures) == 1 else [f".{place}.p7s" for place in range(len(signatures))]
        names = _free(["manifest.json", *(f"manifest.json{end}" for end in ends)], taken)
        files.extend(zip(names, [manifest_bytes, *signatures], strict=True))
    return tuple(
        edxml.Attachment(str(place), name, content, name)
        for place, (name, content) in enumerate(files, start=1)
    )


def _free(names: Sequence[str], taken: set[str]) -> list[str]:
    """Return names that are not taken, with a number before the extension where needed, and take them.

    Names that differ by case alone are the same, as in many file systems.
    """
    for count in itertools.count(1):
        tried = [_numbered(name, count) for name in names]
        if taken.isdisjoint(name.casefold() for name in tried):
            taken.update(name.casefold() for name in tried)
            return tried
    raise AssertionError("numbers do not end")


def _numbered(name: str, count: int) -> str:
    stem, dot, end = name.partition(".") if name.startswith("manifest.json") else name.rpartition(".")
    if not stem:
        stem, dot, end = name, "", ""
    number = "" if count == 1 else f" ({count})"
    room = MAX_BYTES - len(f"{number}{dot}{end}".encode())
    stem = stem.encode()[: max(room, 0)].decode(errors="ignore")
    numbered = f"{stem}{number}{dot}{end}"
    return numbered if name_fault(numbered) is None else f"tệp {count}"
