"""The SQL of certificates in use, by the index of signatures by certificate."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, null, select

from axis.authority.tables import issued_certificates
from axis.clock import Microseconds
from axis.database import Read
from axis.database.paging import keep_to_indexes
from axis.documents.tables import documents, signature_facts

_fact = signature_facts.c


def next_certificates(tx: Read, after: str, most: int) -> Sequence[Row[Any]]:
    """Return the next certificates in order, each with the first and the last document signed with it.

    It asks the index (certificate, document) a few times for each, so its cost grows with certificates and
    not with documents.
    """
    keep_to_indexes(tx)
    lowest = select(func.min(_fact.certificate).label("certificate")).where(_fact.certificate > after)
    found = lowest.cte("found", recursive=True)
    following = select(func.min(_fact.certificate)).where(_fact.certificate > found.c.certificate)
    step = select(following.correlate(found).scalar_subquery()).where(found.c.certificate.is_not(null()))
    found = found.union_all(step)
    certificates = (
        select(found.c.certificate).where(found.c.certificate.is_not(null())).limit(most).cte("page")
    )
    of_page = _fact.certificate == certificates.c.certificate
    first = select(func.min(_fact.document)).where(of_page).correlate(certificates).scalar_subquery()
    last = select(func.max(_fact.document)).where(of_page).correlate(certificates).scalar_subquery()
    statement = select(certificates.c.certificate, first.label("first"), last.label("last"))
    return tx.execute(statement.order_by(certificates.c.certificate)).all()


def count_documents(tx: Read, certificates: Collection[str]) -> dict[str, int]:
    """Return how many documents have a signature with each certificate, from the index alone."""
    statement = (
        select(_fact.certificate, func.count(_fact.document.distinct()).label("documents"))
        .where(_fact.certificate.in_(certificates))
        .group_by(_fact.certificate)
    )
    return {row.certificate: int(row.documents) for row in tx.execute(statement)}


def count_documents_since(tx: Read, certificate: str, moment: Microseconds) -> int:
    """Return how many of them were accepted after a moment."""
    statement = (
        select(func.count(_fact.document.distinct()).label("documents"))
        .select_from(signature_facts.join(documents, documents.c.position == _fact.document))
        .where(_fact.certificate == certificate, documents.c.accepted_at > moment)
    )
    return int(tx.execute(statement).scalar_one())


def accepted_at(tx: Read, positions: Collection[int]) -> dict[int, Microseconds]:
    """Return when documents were accepted."""
    statement = select(documents.c.position, documents.c.accepted_at).where(
        documents.c.position.in_(positions)
    )
    return {row.position: Microseconds(row.accepted_at) for row in tx.execute(statement)}


def own_revocations(tx: Read, serials: Mapping[str, str]) -> dict[str, Microseconds]:
    """Return when the hub's own authority revoked certificates. `serials`: by SHA-256, as it writes them."""
    column = issued_certificates.c
    statement = select(column.sha256, column.revoked_at).where(
        column.serial.in_(serials.values()), column.revoked_at.is_not(None)
    )
    return {
        row.sha256: Microseconds(row.revoked_at) for row in tx.execute(statement) if row.sha256 in serials
    }
