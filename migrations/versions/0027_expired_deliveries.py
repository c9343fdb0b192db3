"""Keep which deliveries expired, and when their senders were told."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    position = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "expired_deliveries",
        sa.Column("delivery", position, nullable=False, autoincrement=False),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_expired_deliveries"),
    )
