"""Writes a document as an agency does: the file, the manifest that names it, the signatures over that.

The same arguments, times among them, give the same bytes. The manifest is that of
docs/contract.md#the-manifest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from cryptography import x509

from axis.protocol.agency_codes import canonical, short_form
from axis.protocol.document_types import DOCUMENT_TYPES
from nodes.invented_texts import Matter, Signer, further_page, page
from nodes.known_agencies import Agency
from nodes.multipart import Attachment
from nodes.pdf import write_pdf, write_scan
from signing import cms
from signing.keys import PrivateKey

SignedBy = Literal["none", "person", "organisation", "both"]
Action = Literal["new", "recall", "update", "replace"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A signer's certificate and key."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()
    """Issuers, which a signature inside a PDF carries along; the hub knows its own."""


@dataclass(frozen=True, slots=True)
class Office:
    """An agency with the means to write: who signs, and with what."""

    agency: Agency
    signer: Signer
    organisation: Identity | None = None
    person: Identity | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that this one names."""

    sender: str
    number: str
    issued_on: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written."""

    number: str
    issued_on: str
    """Day, `2019-06-03`."""
    type: str
    subject: str
    recipients: tuple[str, ...]
    """Codes, in the order they are addressed."""
    action: Action = "new"
    priority: str = "normal"
    refers_to: tuple[Reference, ...] = ()
    due_on: str | None = None
    pages: int = 1
    appendix_kilobytes: int = 0
    """Of a second file, a scan; none for 0."""
    has_newer_codes: bool = False
    """Name sender and recipients as `H26.31.01` in the manifest, and not as `000.01.31.H26`."""


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document ready to be sent: pass its parts to `Client.send`."""

    manifest: bytes
    signatures: tuple[bytes, ...]
    attachments: tuple[Attachment, ...]


def number_of(counter: int, agency: Agency, matter: Matter) -> str:
    """Write a number as a clerk does: `123/UBND-VX` for a letter, `123/BC-UBND` for a report."""
    abbreviation = DOCUMENT_TYPES[matter.type].abbreviation
    if abbreviation is None:
        return f"{counter}/{agency.notation}-{matter.notation}"
    return f"{counter}/{abbreviation}-{agency.notation}"


def main_attachment(office: Office, recipients: Sequence[Agency], draft: Draft) -> Attachment:
    """Write the document itself as a PDF named after its number."""
    lines = page(office.agency, recipients, draft.number, draft.issued_on, draft.subject, office.signer)
    lines += [line for number in range(2, draft.pages + 1) for line in further_page(number)]
    content = write_pdf(f"{draft.number}: {draft.subject}", lines, day=draft.issued_on)
    return Attachment(f"{draft.number.replace('/', '-')}.pdf", content, "application/pdf")


def attachments_of(office: Office, recipients: Sequence[Agency], draft: Draft) -> tuple[Attachment, ...]:
    """Write the document itself, and its appendix if it has one."""
    main = main_attachment(office, recipients, draft)
    if not draft.appendix_kilobytes:
        return (main,)
    title = f"Phụ lục kèm theo văn bản số {draft.number}"
    scan = write_scan(title, draft.appendix_kilobytes * 1024, day=draft.issued_on)
    return main, Attachment(f"PL-{main.name}", scan, "application/pdf")


def write_manifest(
    sender: str, draft: Draft, attachments: Sequence[Attachment], signer: Signer | None = None
) -> bytes:
    """Write the manifest: who to whom, the number, and the digest of every attachment, the main one first."""
    written = _newer if draft.has_newer_codes else str
    manifest: dict[str, Any] = {
        "from": written(sender),
        "to": [written(code) for code in draft.recipients],
        "number": draft.number,
        "issued_on": draft.issued_on,
        "type": draft.type,
        "subject": draft.subject,
        "priority": draft.priority,
        "action": draft.action,
        "refers_to": [
            {"from": reference.sender, "number": reference.number, "issued_on": reference.issued_on}
            for reference in draft.refers_to
        ],
        "attachments": [
            {
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size": attachment.size,
                "sha256": _digest(attachment),
            }
            for attachment in attachments
        ],
    }
    if signer is not None:
        manifest["signer"] = {"name": signer.name, "position": signer.title}
    if draft.due_on is not None:
        manifest["due_on"] = draft.due_on
    return json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()


def sign_manifest(
    manifest: bytes,
    signed_by: SignedBy,
    *,
    organisation: Identity | None,
    person: Identity | None,
    at: datetime,
) -> tuple[bytes, ...]:
    """Sign as Decree 30/2020 orders it: the competent person first, then the organisation's clerk.

    Raises `ValueError` when the identity that must sign is not there.
    """
    signers = chosen_signers(signed_by, organisation=organisation, person=person)
    return tuple(
        cms.sign(manifest, identity.certificate, identity.key, signing_time=at)
        for identity in signers
        if identity is not None
    )


def chosen_signers(
    signed_by: SignedBy, *, organisation: Identity | None, person: Identity | None
) -> tuple[Identity | None, Identity | None]:
    """Return the person and the organisation as far as they shall sign.

    Raises `ValueError` when the identity that must sign is not there.
    """
    wanted = (signed_by in {"person", "both"}, signed_by in {"organisation", "both"})
    for is_wanted, identity in zip(wanted, (person, organisation), strict=True):
        if is_wanted and identity is None:
            raise ValueError(f"a document signed by {signed_by} needs a certificate that was not given")
    return person if wanted[0] else None, organisation if wanted[1] else None


def write_document(
    office: Office, recipients: Sequence[Agency], draft: Draft, signed_by: SignedBy, *, at: datetime
) -> WrittenDocument:
    """Write, bind and sign one document; `at` is the signing time, aware."""
    attachments = attachments_of(office, recipients, draft)
    manifest = write_manifest(office.agency.code, draft, attachments, office.signer)
    signatures = sign_manifest(
        manifest, signed_by, organisation=office.organisation, person=office.person, at=at
    )
    return WrittenDocument(manifest, signatures, attachments)


def _newer(code: str) -> str:
    return short_form(canonical(code))


def _digest(attachment: Attachment) -> str:
    if isinstance(attachment.content, bytes):
        return sha256(attachment.content).hexdigest()
    return attachment.digest()
