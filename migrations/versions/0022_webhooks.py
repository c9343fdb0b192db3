"""Keep webhooks, how far each has got, and what was set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("kinds", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(32)),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_secret_until", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("uq_webhooks_name", "webhooks", ["owner", "name"], unique=True)
    op.create_table(
        "webhook_lanes",
        sa.Column("webhook", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("aside", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("answer", sa.String(200)),
        sa.Column("taken_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("webhook", "number", name="pk_webhook_lanes"),
    )
    op.create_table(
        "webhook_failures",
        sa.Column("webhook", sa.String(36), nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("document", sa.String(36)),
        sa.Column("set_aside_at", sa.BigInteger, nullable=False),
        sa.Column("answer", sa.String(200)),
        sa.PrimaryKeyConstraint("webhook", "place", name="pk_webhook_failures"),
    )
