"""Keep what the old protocol needs: systems, original messages, queues, and an agency's contacts."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LIVE = sa.text("revoked_at IS NULL")
_OPEN = sa.text("state IN ('initial', 'processing')")
_ASKED = sa.text("request_document IS NOT NULL")
_UPLOADED = sa.text("upload IS NOT NULL")


def upgrade() -> None:
    _agencies()
    _envelopes()
    _queue()
    _calls()


def _agencies() -> None:
    op.add_column("agencies", sa.Column("mail", sa.String(254), nullable=True))
    op.add_column("agencies", sa.Column("mobile", sa.String(32), nullable=True))
    op.add_column("agencies", sa.Column("fax", sa.String(32), nullable=True))
    op.add_column("agencies", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("agencies", sa.Column("changed_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("agencies", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE agencies SET changed_at = added_at")
    op.create_table(
        "systems",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("agency", sa.String(32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("may_register", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_systems")),
    )
    op.create_index(
        "uq_systems_agency_live",
        "systems",
        ["agency"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _envelopes() -> None:
    op.create_table(
        "envelopes",
        sa.Column("document", _position(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("upload", sa.String(36), nullable=True),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_envelopes")),
    )
    op.create_index("ix_envelopes_document_id", "envelopes", ["document_id"])
    op.create_index(
        "ix_envelopes_upload", "envelopes", ["upload"], sqlite_where=_UPLOADED, postgresql_where=_UPLOADED
    )
    op.create_table(
        "envelope_identities",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_envelope_identities")),
    )


def _queue() -> None:
    op.add_column("deliveries", sa.Column("request_document", sa.String(36), nullable=True))
    op.create_index(
        "ix_deliveries_request_document",
        "deliveries",
        ["request_document"],
        sqlite_where=_ASKED,
        postgresql_where=_ASKED,
    )
    name_asking_documents(op.get_bind())
    op.create_table(
        "message_queue",
        sa.Column("agency", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "kind", "position", name=op.f("pk_message_queue")),
    )
    op.create_index(
        "ix_message_queue_open",
        "message_queue",
        ["agency", "kind", "position"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def name_asking_documents(connection: sa.Connection) -> None:
    """Say of each delivery by which document something was last asked: the leaves always did."""
    query = (
        "SELECT events.delivery, ledger_entries.leaf FROM events"
        " JOIN ledger_entries ON ledger_entries.position = events.position"
        " WHERE events.kind = 'status' AND events.code = '13' ORDER BY events.position"
    )
    newest = {row.delivery: json.loads(bytes(row.leaf)) for row in connection.execute(sa.text(query))}
    rows = [
        {"delivery": delivery, "document": leaf["request"]["document"]} for delivery, leaf in newest.items()
    ]
    if rows:
        statement = "UPDATE deliveries SET request_document = :document WHERE position = :delivery"
        connection.execute(sa.text(statement), rows)


def _calls() -> None:
    op.create_table(
        "status_messages",
        sa.Column("event", _position(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_status_messages")),
    )
    op.create_table(
        "used_headers",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_used_headers")),
    )
    op.create_index("ix_used_headers_used_at", "used_headers", ["used_at"])
    op.create_table(
        "vxp_failures",
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("fault", sa.String(16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("system", "operation", "fault", name=op.f("pk_vxp_failures")),
    )


def _position() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
