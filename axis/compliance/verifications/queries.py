"""The SQL of what verdicts would be."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, select

from axis.compliance.tables import what_ifs
from axis.database import Read, Write, insert
from axis.documents.tables import documents
from axis.jobs.tables import jobs

_OUTCOME = (
    what_ifs.c.before_indication,
    what_ifs.c.before_sub_indication,
    what_ifs.c.before_signed_by,
    what_ifs.c.indication,
    what_ifs.c.sub_indication,
    what_ifs.c.signed_by,
)


def add_what_ifs(tx: Write, rows: Sequence[dict[str, Any]]) -> None:
    """Write what the verdicts of a step would be."""
    for row in rows:
        tx.execute(insert(tx, what_ifs).values(**row).on_conflict_do_nothing())


def outcomes(tx: Read, job: str) -> Sequence[Row[Any]]:
    """Return how many documents would go from which outcome to which, the most frequent first."""
    count = func.count().label("documents")
    statement = select(*_OUTCOME, count).where(what_ifs.c.job == job).group_by(*_OUTCOME)
    return tx.execute(statement.order_by(count.desc(), *_OUTCOME)).all()


def what_if_page(tx: Read, job: str, *, changed: bool | None, after: int, most: int) -> Sequence[Row[Any]]:
    """Return the next documents of a verification after a position."""
    statement = (
        select(
            what_ifs,
            documents.c.id,
            documents.c.sender,
            documents.c.number,
            documents.c.issued_on,
            documents.c.accepted_at,
        )
        .join(documents, documents.c.position == what_ifs.c.document)
        .where(what_ifs.c.job == job, what_ifs.c.document > after)
    )
    if changed is not None:
        statement = statement.where(what_ifs.c.changed == changed)
    return tx.execute(statement.order_by(what_ifs.c.document).limit(most)).all()


def sweep_what_ifs(tx: Write) -> int:
    """Forget what belongs to jobs that are forgotten; return how many rows there were."""
    return int(tx.execute(delete(what_ifs).where(what_ifs.c.job.not_in(select(jobs.c.id)))).rowcount)
