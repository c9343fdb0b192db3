"""The sandbox's own SQL: the certificates that its authority issued before, and who sends most to whom.

All else it reads and changes through the rooms that own the tables.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select

from axis.agencies.queries import batches
from axis.authority.stored_authorities import ISSUING
from axis.authority.tables import issued_certificates
from axis.counters.tables import SIGNING_CLASSES, counters
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


def busiest_pairs(tx: Read, month: str, limit: int) -> list[Row[Any]]:
    """Return who sent most to whom in a month (`YYYY-MM`): `sender`, `recipient`, `documents`."""
    documents = func.sum(sum(counters.c[name] for name in SIGNING_CLASSES)).label("documents")
    statement = (
        select(counters.c.sender, counters.c.recipient, documents)
        .where(
            counters.c.grain == "m",
            counters.c.period == month,
            counters.c.sender != "",
            counters.c.recipient != "",
        )
        .group_by(counters.c.sender, counters.c.recipient)
        .order_by(documents.desc(), counters.c.sender, counters.c.recipient)
        .limit(limit)
    )
    return list(tx.execute(statement).all())
