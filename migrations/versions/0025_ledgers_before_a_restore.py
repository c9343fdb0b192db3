"""Keep the ledgers before the one that grows, where a hub is restored from a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "ledgers",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("known", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ledgers"),
    )
