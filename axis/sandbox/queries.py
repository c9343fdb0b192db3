"""The SQL of the sandbox: the certificates that its authority issued before."""

from collections.abc import Iterable

from sqlalchemy import select

from axis.agencies.queries import batches
from axis.authority.stored_authorities import ISSUING
from axis.authority.tables import issued_certificates
from axis.database import Read


def certificates_of(tx: Read, agencies: Iterable[str]) -> list[tuple[str, bytes]]:
    """Return agency and DER of these agencies' certificates that are not revoked, newest first."""
    found: list[tuple[str, bytes]] = []
    for batch in batches(agencies):
        statement = (
            select(issued_certificates.c.agency, issued_certificates.c.der)
            .where(
                issued_certificates.c.agency.in_(batch),
                issued_certificates.c.authority == ISSUING,
                issued_certificates.c.revoked_at.is_(None),
            )
            .order_by(issued_certificates.c.issued_at.desc(), issued_certificates.c.serial)
        )
        found += [(row.agency, row.der) for row in tx.execute(statement)]
    return found
