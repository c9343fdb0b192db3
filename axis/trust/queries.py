"""The SQL of trust: anchors, registered certificates, certificate requests, and revocation sources."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_, update

from axis.authority.tables import issued_certificates
from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.trust.tables import (
    certificate_requests,
    registered_certificates,
    revocation_sources,
    trusted_certificates,
)

NEVER = Microseconds(2**62)
"""A time that never comes."""


def trusted_rows(tx: Read) -> list[Row[Any]]:
    """Return the trust anchors and issuers kept in the store."""
    return list(tx.execute(select(trusted_certificates)).all())


def trusted_row(tx: Read, sha256: str) -> Row[Any] | None:
    """Return one of them."""
    query = select(trusted_certificates).where(trusted_certificates.c.sha256 == sha256)
    return tx.execute(query).first()


def put_trusted(tx: Write, row: Mapping[str, Any]) -> None:
    """Add a trust anchor or issuer, or give it another role."""
    statement = insert(tx, trusted_certificates).values(**row)
    tx.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_={"role": row["role"]}))


def remove_trusted(tx: Write, sha256: str) -> int:
    """Remove a trust anchor or issuer; return how many there were."""
    return tx.execute(delete(trusted_certificates).where(trusted_certificates.c.sha256 == sha256)).rowcount


def registration(tx: Read, sha256: str) -> Row[Any] | None:
    """Return the registration of a certificate."""
    table = registered_certificates
    return tx.execute(select(table.c.agency, table.c.kind).where(table.c.sha256 == sha256)).first()


def registrations_of(tx: Read, agency: str) -> list[Row[Any]]:
    """Return the certificates registered for an agency, oldest first."""
    table = registered_certificates
    query = select(table).where(table.c.agency == agency).order_by(table.c.registered_at, table.c.sha256)
    return list(tx.execute(query).all())


def put_registration(tx: Write, row: Mapping[str, Any]) -> None:
    """Bind a certificate, or change its binding."""
    changed = {name: row[name] for name in ("agency", "kind")}
    statement = insert(tx, registered_certificates).values(**row)
    tx.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=changed))


def remove_registration(tx: Write, agency: str, sha256: str) -> int:
    """Unbind a certificate from its agency; return how many there were."""
    table = registered_certificates
    return tx.execute(delete(table).where(table.c.sha256 == sha256, table.c.agency == agency)).rowcount


def source_row(tx: Read, source: str) -> Row[Any] | None:
    """Return a place that revocation data is fetched from."""
    return tx.execute(select(revocation_sources).where(revocation_sources.c.id == source)).first()


def source_count(tx: Read) -> int:
    """Return how many such places are kept."""
    return int(tx.execute(select(func.count()).select_from(revocation_sources)).scalar_one())


def sources_due(tx: Read, now: Microseconds, limit: int) -> list[Row[Any]]:
    """Return the places that are due, the longest due first."""
    table = revocation_sources
    query = select(table).where(table.c.next_try_at <= now).order_by(table.c.next_try_at, table.c.id)
    return list(tx.execute(query.limit(limit)).all())


def add_source(tx: Write, row: Mapping[str, Any]) -> None:
    """Add a place to fetch from, unless another process just did."""
    statement = insert(tx, revocation_sources).values(**row)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def set_source(tx: Write, source: str, changes: Mapping[str, Any]) -> None:
    """Store what was fetched from a place, or the time of the next try."""
    tx.execute(update(revocation_sources).where(revocation_sources.c.id == source).values(**changes))


def claim_source(tx: Write, source: str, seen: Microseconds, until: Microseconds) -> bool:
    """Reserve a place for this process; return whether no other process has done so."""
    table = revocation_sources
    statement = update(table).where(table.c.id == source, table.c.next_try_at == seen)
    return tx.execute(statement.values(next_try_at=until)).rowcount == 1


def fetched_state(tx: Read) -> tuple[tuple[str, int], ...]:
    """Return which data was fetched when, which tells whether it has changed."""
    table = revocation_sources
    query = select(table.c.id, table.c.fetched_at).where(table.c.der.is_not(None)).order_by(table.c.id)
    return tuple((row.id, row.fetched_at) for row in tx.execute(query))


def fetched_rows(tx: Read) -> list[Row[Any]]:
    """Return the fetched revocation data, with its places."""
    table = revocation_sources
    query = select(table.c.kind, table.c.url, table.c.der).where(table.c.der.is_not(None))
    return list(tx.execute(query.order_by(table.c.id)).all())


_REQUESTS = select(
    certificate_requests,
    issued_certificates.c.der.label("certificate"),
    issued_certificates.c.revoked_at,
).outerjoin(issued_certificates, issued_certificates.c.serial == certificate_requests.c.serial)


def certificate_request(tx: Read, identity: str) -> Row[Any] | None:
    """Return a certificate request, with the certificate that was issued."""
    return tx.execute(_REQUESTS.where(certificate_requests.c.id == identity)).first()


def live_certificate_request(tx: Read, key_sha256: str) -> Row[Any] | None:
    """Return the request of a key that was not refused."""
    table = certificate_requests
    query = _REQUESTS.where(table.c.key_sha256 == key_sha256, table.c.state != "refused")
    return tx.execute(query).first()


def waiting_certificate_requests(tx: Read, agency: str) -> int:
    """Count the requests of an agency that wait."""
    table = certificate_requests
    query = select(func.count()).where(table.c.agency == agency, table.c.state == "waiting")
    return int(tx.execute(query).scalar_one())


def certificate_request_rows(
    tx: Read, agency: str | None, state: str | None, after: tuple[Microseconds, str] | None, limit: int
) -> list[Row[Any]]:
    """Return certificate requests, oldest first: of one agency, in one state, after a place, where asked."""
    table = certificate_requests
    query = _REQUESTS.order_by(table.c.asked_at, table.c.id).limit(limit)
    if agency is not None:
        query = query.where(table.c.agency == agency)
    if state is not None:
        query = query.where(table.c.state == state)
    if after is not None:
        query = query.where(tuple_(table.c.asked_at, table.c.id) > after)
    return list(tx.execute(query).all())


def add_certificate_request(tx: Write, row: Mapping[str, Any]) -> None:
    """Add a certificate request, unless there is one of its key."""
    tx.execute(insert(tx, certificate_requests).values(**row).on_conflict_do_nothing())


def decide_certificate_request(tx: Write, identity: str, decision: Mapping[str, Any]) -> int:
    """Keep the decision on a request that waits; return 1, or 0 where it does not wait."""
    table = certificate_requests
    statement = update(table).where(table.c.id == identity, table.c.state == "waiting").values(**decision)
    return tx.execute(statement).rowcount
