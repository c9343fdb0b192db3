"""Trust anchors and issuers in the store, which operators add and remove, beside those of the trust folder.

Several generations are trusted at once, each until it is removed. Removing one changes no earlier verdict.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from cryptography import x509
from sqlalchemy import Row

from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.store_facts import raise_version
from axis.trust import queries
from axis.trust.material import LeftOut
from signing.certificates import CertificateSummary, fingerprint, read_certificate, summary, to_der
from signing.errors import UnreadableCertificate
from signing.material_parts import is_self_issued

AnchorRole = Literal["root", "intermediate"]
ROLES: tuple[AnchorRole, ...] = get_args(AnchorRole)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate: a trusted root, or an intermediate that only helps to build paths to a root."""

    role: AnchorRole
    added_at: Microseconds
    summary: CertificateSummary
    der: bytes


class Anchors(NamedTuple):
    """The certificates that operators added, oldest first."""

    items: tuple[Anchor, ...]
    left_out: tuple[LeftOut, ...]
    """Rows of the store that cannot be read, each with the digest by which it can be removed."""


def add_anchor(
    tx: Write, certificate: x509.Certificate, role: AnchorRole | None, now: Microseconds
) -> tuple[Anchor, bool]:
    """Add a certificate, or change the role of one; return it, and whether it is new.

    Without a role, a certificate that names itself as its issuer is a root and any other an intermediate, as
    in the trust folder.
    """
    if role is None:
        role = "root" if is_self_issued(to_der(certificate)) else "intermediate"
    sha256 = fingerprint(certificate)
    before = queries.trusted_row(tx, sha256)
    if before is not None and before.role == role:
        return _anchor(before), False
    row = {"sha256": sha256, "role": role, "der": to_der(certificate), "added_at": now}
    queries.put_trusted(tx, row)
    raise_version(tx)
    return Anchor(role, now, summary(certificate), to_der(certificate)), before is None


def remove_anchor(tx: Write, sha256: str) -> bool:
    """Remove a certificate; return whether it was there."""
    there = queries.remove_trusted(tx, sha256) > 0
    if there:
        raise_version(tx)
    return there


def anchors(tx: Read) -> Anchors:
    """Return the certificates added."""
    items, left_out = [], []
    for row in sorted(queries.trusted_rows(tx), key=lambda row: (row.added_at, row.sha256)):
        try:
            items.append(_anchor(row))
        except UnreadableCertificate as error:
            left_out.append(LeftOut(f"store: certificate {row.sha256}", str(error)))
    return Anchors(tuple(items), tuple(left_out))


def anchor_der(tx: Read, sha256: str) -> bytes | None:
    """Return the bytes of one of them, whether they can be read or not."""
    row = queries.trusted_row(tx, sha256)
    return None if row is None else bytes(row.der)


def _anchor(row: Row[Any]) -> Anchor:
    role: AnchorRole = "root" if row.role == "root" else "intermediate"
    return Anchor(role, row.added_at, read_certificate(row.der).summary, row.der)
