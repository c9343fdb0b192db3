"""Signs a PDF attachment itself, as agencies do whose software has no manifest.

The competent person signs first, then the organisation's clerk, each with a visible mark (Decree 30/2020).
The manifest over it is `nodes.document_writer`'s. Reads no clock; the same arguments give the same bytes.
PAdES, by `signing.pades`.
"""

from dataclasses import replace
from datetime import datetime

from nodes.document_writer import Identity
from nodes.multipart import Attachment
from signing.certificate_subjects import OwnerKind
from signing.cms import Stamp
from signing.pades import sign_pdf


def sign_attachment(
    attachment: Attachment,
    *,
    person: Identity | None,
    organisation: Identity | None,
    at: datetime,
    stamp: Stamp | None = None,
) -> Attachment:
    """Sign a PDF with what is given, the person first; `at` is the signing time, aware.

    `stamp`: has each signature stamped. Raises `signing.errors.UnusablePdf` for what is no PDF, is encrypted,
    or bears these marks already, and what `stamp` raises.
    """
    content = b"".join(attachment.chunks())
    signers: tuple[tuple[OwnerKind, Identity | None], ...] = (
        ("person", person),
        ("organisation", organisation),
    )
    for kind, identity in signers:
        if identity is not None:
            content = sign_pdf(
                content,
                identity.certificate,
                identity.key,
                identity.chain,
                signing_time=at,
                kind=kind,
                stamp=stamp,
            )
    return replace(attachment, content=content)
