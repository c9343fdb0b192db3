"""Count documents by what their newest verdict found, and keep whose certificate each signature has.

What there is already is counted, in batches. A hub of the revision before would accept documents without
counting them: hubs and store change together.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from axis.counters.counter_changes import counted, counted_type
from axis.counters.verdict_changes import VerdictChanges
from axis.counters.verdict_profiles import SignatureFacts, profile_from

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BATCH = 1_000
"""Documents whose rows are in memory at once."""


def upgrade() -> None:
    op.add_column("signature_facts", sa.Column("kind", sa.String(12), nullable=True))
    op.create_table(
        "verdict_counters",
        sa.Column("grain", sa.String(1), nullable=False),
        sa.Column("sender", sa.String(32), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "sender", "period", "type", "profile", name="pk_verdict_counters"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_verdict_counters_period", "verdict_counters", ["grain", "period"])
    op.create_table(
        "verdict_profiles",
        sa.Column("profile", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("indication", sa.String(16)),
        sa.Column("sub_indication", sa.String(40)),
        sa.Column("signed_by", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("profile", name="pk_verdict_profiles"),
        sa.UniqueConstraint("sha256", name="uq_verdict_profiles_sha256"),
    )
    op.create_table(
        "verdict_profile_signatures",
        sa.Column("profile", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(12)),
        sa.Column("algorithm", sa.String(64)),
        sa.Column("issuer", sa.Text()),
        sa.PrimaryKeyConstraint("profile", "ordinal", name="pk_verdict_profile_signatures"),
    )
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Give signatures their kinds, and count documents by verdict."""
    changes, after = VerdictChanges(), -1
    while page := connection.execute(_PAGE, {"after": after, "batch": BATCH}).all():
        first, after = page[0].position, page[-1].position
        kinds = {row.position: _kinds(row.report) for row in page}
        facts: dict[int, list[SignatureFacts]] = {}
        told: list[dict[str, Any]] = []
        for row in connection.execute(_FACTS, {"first": first, "last": after}):
            kind = dict(enumerate(kinds.get(row.document, ()))).get(row.ordinal)
            facts.setdefault(row.document, []).append(SignatureFacts(kind, row.algorithm, row.issuer))
            if kind is not None:
                told.append({"kind": kind, "document": row.document, "ordinal": row.ordinal})
        if told:
            connection.execute(_KIND, told)
        for row in page:
            if counted(row.action):
                found = (row.indication, row.sub_indication, row.signed_by)
                profile = profile_from(*found, facts.get(row.position, ()))
                changes.accepted(row.day, row.sender, counted_type(row.type, row.kind), profile)
    _write(connection, changes)


def _kinds(report: str | None) -> Sequence[str | None]:
    """Return whose certificates a verdict's signatures have; nothing where `axis fsck` names the report."""
    try:
        return [each["kind"] for each in json.loads(report or "{}").get("signatures", ())]
    except (ValueError, TypeError, LookupError, AttributeError):
        return ()


def _write(connection: sa.Connection, changes: VerdictChanges) -> None:
    numbers = {digest: number for number, digest in enumerate(changes.profiles, start=1)}
    profiles = [
        {
            "profile": numbers[digest],
            "sha256": digest,
            "indication": each.indication,
            "sub": each.sub_indication,
            "by": each.signed_by,
        }
        for digest, each in changes.profiles.items()
    ]
    signatures = [
        {"profile": numbers[digest], "ordinal": ordinal, **facts._asdict()}
        for digest, each in changes.profiles.items()
        for ordinal, facts in enumerate(each.signatures)
    ]
    rows = [
        dict(zip(("grain", "sender", "period", "type"), key[:-1], strict=True))
        | {"profile": numbers[key[-1]], "documents": documents}
        for key, documents in sorted(changes.rows.items())
    ]
    for statement, values in ((_PROFILE, profiles), (_SIGNATURE, signatures), (_COUNT, rows)):
        if values:
            connection.execute(statement, values)


_PAGE = sa.text(
    "SELECT d.position, d.sender, d.type, d.kind, d.action, d.day, d.indication, d.sub_indication, d.signed_by,"
    " v.report FROM documents d LEFT JOIN verdicts v ON v.document = d.position"
    " AND v.sequence = (SELECT max(w.sequence) FROM verdicts w WHERE w.document = d.position)"
    " WHERE d.position > :after ORDER BY d.position LIMIT :batch"
)
_FACTS = sa.text(
    "SELECT document, ordinal, algorithm, issuer FROM signature_facts WHERE document BETWEEN :first AND :last"
)
_KIND = sa.text("UPDATE signature_facts SET kind = :kind WHERE document = :document AND ordinal = :ordinal")
_PROFILE = sa.text(
    "INSERT INTO verdict_profiles (profile, sha256, indication, sub_indication, signed_by)"
    " VALUES (:profile, :sha256, :indication, :sub, :by)"
)
_SIGNATURE = sa.text(
    "INSERT INTO verdict_profile_signatures (profile, ordinal, kind, algorithm, issuer)"
    " VALUES (:profile, :ordinal, :kind, :algorithm, :issuer)"
)
_COUNT = sa.text(
    "INSERT INTO verdict_counters (grain, sender, period, type, profile, documents)"
    " VALUES (:grain, :sender, :period, :type, :profile, :documents)"
)
