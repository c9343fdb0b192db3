"""The SQL of exports that were made."""

from typing import Any

from sqlalchemy import Row, delete, select

from axis.database import Read, Write
from axis.exports.tables import exports
from axis.jobs.tables import jobs


def export_row(tx: Read, job: str, owner: str) -> Row[Any] | None:
    """Return an export of an owner; None where it is not made, or another's."""
    return tx.execute(select(exports).where(exports.c.job == job, exports.c.owner == owner)).one_or_none()


def sweep_exports(tx: Write) -> int:
    """Forget exports whose jobs are forgotten; their objects are swept later. Returns how many there were."""
    return int(tx.execute(delete(exports).where(exports.c.job.not_in(select(jobs.c.id)))).rowcount)
