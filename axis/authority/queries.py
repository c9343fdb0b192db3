"""The SQL of the hub's own authority: its keys, the certificates it issued, and its revocation lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from axis.authority.tables import authorities, issued_certificates, revocation_lists
from axis.clock import Microseconds
from axis.database import Read, Write, insert


def authority_row(tx: Read, name: str) -> Row[Any] | None:
    """Return an authority of the hub's own."""
    return tx.execute(select(authorities).where(authorities.c.name == name)).first()


def authority_certificates(tx: Read) -> dict[str, bytes]:
    """Return the certificates of the hub's own authorities by name."""
    rows = tx.execute(select(authorities.c.name, authorities.c.certificate))
    return {row.name: row.certificate for row in rows}


def add_authority(tx: Write, row: Mapping[str, Any]) -> None:
    """Add an authority of the hub's own."""
    tx.execute(authorities.insert().values(**row))


def put_authority(tx: Write, row: Mapping[str, Any]) -> None:
    """Add an authority of the hub's own, or replace its certificate and key."""
    changed = {name: row[name] for name in ("certificate", "encrypted_key")}
    statement = insert(tx, authorities).values(**row)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))


def add_issued(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record certificates the hub's authority issued."""
    if rows:
        tx.execute(issued_certificates.insert(), rows)


def issued_row(tx: Read, serial: str) -> Row[Any] | None:
    """Return an issued certificate by its serial number."""
    return tx.execute(select(issued_certificates).where(issued_certificates.c.serial == serial)).first()


def set_revoked(tx: Write, serial: str, at: Microseconds, reason: str) -> None:
    """Record that a certificate is revoked."""
    table = issued_certificates
    tx.execute(update(table).where(table.c.serial == serial).values(revoked_at=at, reason=reason))


def revoked_rows(tx: Read, authority: str) -> list[Row[Any]]:
    """Return what an authority revoked, in order of revocation."""
    table = issued_certificates
    query = (
        select(table.c.serial, table.c.revoked_at, table.c.reason)
        .where(table.c.authority == authority, table.c.revoked_at.is_not(None))
        .order_by(table.c.revoked_at, table.c.serial)
    )
    return list(tx.execute(query).all())


def revocation_list(tx: Read, authority: str) -> Row[Any] | None:
    """Return an authority's newest list."""
    query = select(revocation_lists).where(revocation_lists.c.authority == authority)
    return tx.execute(query).first()


def revocation_list_rows(tx: Read) -> list[Row[Any]]:
    """Return the newest list of every authority."""
    return list(tx.execute(select(revocation_lists)).all())


def put_revocation_list(tx: Write, row: Mapping[str, Any]) -> None:
    """Replace an authority's list by a newer one."""
    changed = {name: value for name, value in row.items() if name != "authority"}
    statement = insert(tx, revocation_lists).values(**row)
    tx.execute(statement.on_conflict_do_update(index_elements=["authority"], set_=changed))
