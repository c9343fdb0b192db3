"""Keep the requests by which agencies ask for certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True
LIVE = sa.text("state <> 'refused'")


def upgrade() -> None:
    op.create_table(
        "certificate_requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("agency", sa.String(32), nullable=False),
        sa.Column("key_kind", sa.String(12), nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("reason", sa.String(500)),
        sa.Column("serial", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_certificate_requests"),
    )
    op.create_index("ix_certificate_requests_agency", "certificate_requests", ["agency"])
    op.create_index(
        "uq_certificate_requests_key",
        "certificate_requests",
        ["key_sha256"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
