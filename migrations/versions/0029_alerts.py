"""Keep alerts, what happened to them, and machines whose clock is off."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "alerts",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(32)),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("cleared_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    is_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["name", "subject"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "alert_events",
        sa.Column("place", number, nullable=False, autoincrement=False),
        sa.Column("alert", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_alert_events"),
    )
    op.create_table(
        "clock_offsets",
        sa.Column("host", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_clock_offsets"),
    )
