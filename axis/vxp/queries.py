"""The SQL of used headers, failed calls, and whether an agency had a system."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, select, tuple_

from axis.agencies.tables import systems
from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.vxp.tables import used_headers, vxp_failures

FailureKey = tuple[str, str, str]
"""System, operation and fault."""
_KEY = (vxp_failures.c.system, vxp_failures.c.operation, vxp_failures.c.fault)


def had_system(tx: Read, agency: str) -> bool:
    """Tell whether the agency has or had a system."""
    return tx.execute(select(systems.c.id).where(systems.c.agency == agency).limit(1)).first() is not None


def use_header(tx: Write, digest: str, now: Microseconds) -> bool:
    """Record the use of a signed text, by its SHA-256; tell whether it is the first use."""
    statement = insert(tx, used_headers).values(digest=digest, used_at=now)
    statement = statement.on_conflict_do_nothing(index_elements=["digest"])
    return tx.execute(statement.returning(used_headers.c.digest)).first() is not None


def drop_used_headers(tx: Write, before: Microseconds) -> int:
    """Delete the signed texts used before a moment; return how many."""
    return tx.execute(delete(used_headers).where(used_headers.c.used_at < before)).rowcount


def add_failures(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add counts to the stored ones, with the newer time and detail."""
    statement = insert(tx, vxp_failures)
    excluded = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[column.name for column in _KEY],
        set_={
            "count": vxp_failures.c.count + excluded.count,
            "last_at": excluded.last_at,
            "detail": excluded.detail,
        },
    )
    tx.execute(statement, rows)


def failure_rows(tx: Read, after: FailureKey | None, limit: int) -> list[Row[Any]]:
    """Return counts after a key, in order of system, operation and fault."""
    times = vxp_failures.c.count.label("times")  # a row has a method of the column's name
    query = select(*_KEY, times, vxp_failures.c.last_at, vxp_failures.c.detail).order_by(*_KEY).limit(limit)
    return list(tx.execute(query if after is None else query.where(tuple_(*_KEY) > after)))
