"""Keep by when documents have to be sent and deliveries answered, and count what was late.

What there is already gets its due times by the rules of `axis.protocol.deadlines`, and is counted, in batches.
A hub of the revision before would store documents without: hubs and store change together.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from axis.clock import Microseconds
from axis.documents.deadlines import due_times
from axis.documents.signing_days import signed_on
from axis.protocol.deadlines import ANSWERS
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 1_000
"""Documents whose rows are in memory at once."""
_PLACES = 1_024
"""Keys of deliveries in one document's room."""
_SENT_LATE = sa.text("accepted_at > send_due")
_UNANSWERED = sa.text("answered_at IS NULL AND answer_due IS NOT NULL")
_ANSWERED_LATE = sa.text("answered_at > answer_due")


def upgrade() -> None:
    op.add_column("documents", sa.Column("signed_on", sa.String(10), nullable=True))
    op.add_column("documents", sa.Column("send_due", sa.BigInteger(), nullable=True))
    op.add_column("deliveries", sa.Column("answer_due", sa.BigInteger(), nullable=True))
    op.add_column("deliveries", sa.Column("answered_at", sa.BigInteger(), nullable=True))
    for name in ("sent_late", "answered_late"):
        op.add_column("counters", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    fill(op.get_bind())
    for name, table, columns, condition in (
        ("ix_documents_sent_late", "documents", ["sender", "position"], _SENT_LATE),
        ("ix_deliveries_answer_due", "deliveries", ["answer_due"], _UNANSWERED),
        ("ix_deliveries_unanswered", "deliveries", ["recipient", "position"], _UNANSWERED),
        ("ix_deliveries_answered_late", "deliveries", ["recipient", "position"], _ANSWERED_LATE),
    ):
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def fill(connection: sa.Connection) -> None:
    """Give documents and deliveries their due times, and count those that were late."""
    after = -1
    while page := _page(connection, after):
        after = page[-1].position
        due = [_due(row) for row in page]
        connection.execute(_DOCUMENTS, due)
        connection.execute(_DELIVERIES, due)
        span = {"first": page[0].position * _PLACES, "end": (after + 1) * _PLACES}
        connection.execute(_ANSWERED, span)
        for statement in _COUNTS:
            connection.execute(statement, {"first": page[0].position, "last": after})


def _page(connection: sa.Connection, after: int) -> Sequence[sa.Row]:
    return connection.execute(_PAGE, {"after": after, "batch": BATCH}).all()


def _due(row: sa.Row) -> dict[str, object]:
    accepted_at = Microseconds(row.accepted_at)
    try:
        verdict = None if row.report is None else DocumentVerdict.from_stored(row.report)
    except UnreadableVerdict:  # `axis fsck` names it
        verdict = None
    day = row.issued_on if verdict is None else signed_on(verdict, row.issued_on, accepted_at)
    due = due_times(row.action, row.type, row.priority, row.issued_on, day, accepted_at)
    return {"document": row.position, "signed_on": day, "send_due": due.sent, "answer_due": due.answered}


_PAGE = sa.text(
    "SELECT d.position, d.action, d.type, d.priority, d.issued_on, d.accepted_at, v.report FROM documents d"
    " LEFT JOIN verdicts v ON v.document = d.position"
    " AND v.sequence = (SELECT max(w.sequence) FROM verdicts w WHERE w.document = d.position)"
    " WHERE d.position > :after ORDER BY d.position LIMIT :batch"
)
_DOCUMENTS = sa.text("UPDATE documents SET signed_on = :signed_on, send_due = :send_due WHERE position = :document")
_DELIVERIES = sa.text("UPDATE deliveries SET answer_due = :answer_due WHERE document = :document")
_ANSWERED = sa.text(
    "UPDATE deliveries SET answered_at = (SELECT e.at FROM events e WHERE e.delivery = deliveries.position"
    f" AND e.code IN ({', '.join(repr(code) for code in sorted(ANSWERS))}) ORDER BY e.position LIMIT 1)"
    " WHERE position >= :first AND position < :end AND (processing IS NOT NULL OR request IS NOT NULL)"
)


def _counts() -> list[sa.TextClause]:
    """Return what adds one page's documents that were late, and deliveries, to every row that counts them."""
    late_documents = "FROM documents d WHERE d.position BETWEEN :first AND :last AND d.accepted_at > d.send_due"
    deliveries = (
        "FROM deliveries v JOIN documents d ON d.position = v.document"
        " WHERE d.position BETWEEN :first AND :last"
    )
    statements = []
    for grain, period in (("d", "d.day"), ("m", "substr(d.day, 1, 7)")):
        rows = [("sent_late", "''", "d.sender", late_documents)]
        for name, late in (
            ("sent_late", f"{deliveries} AND d.accepted_at > d.send_due"),
            ("answered_late", f"{deliveries} AND v.answered_at > v.answer_due"),
        ):
            rows += [(name, "v.recipient", "d.sender", late), (name, "v.recipient", "''", late)]
            rows += [(name, "''", "d.sender", late)] if name == "answered_late" else []
        for name, recipient, sender, late in rows:
            key = ", ".join([period, "d.type", *(each for each in (recipient, sender) if each != "''")])
            statements.append(
                sa.text(
                    f"UPDATE counters SET {name} = {name} + found.late FROM (SELECT {recipient} AS recipient,"
                    f" {period} AS period, {sender} AS sender, d.type AS type, count(*) AS late {late}"
                    f" GROUP BY {key}) AS found WHERE counters.grain = '{grain}'"
                    " AND counters.recipient = found.recipient AND counters.period = found.period"
                    " AND counters.sender = found.sender AND counters.type = found.type"
                )
            )
    return statements


_COUNTS = _counts()
