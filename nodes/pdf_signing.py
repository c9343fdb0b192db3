"""Signs a PDF attachment as agencies do: the competent person first, then the organisation's clerk.

Each signature has a visible mark (Decree 30/2020). PAdES, by `signing.pades`. The manifest is signed in
`nodes.document_writer`.
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
