"""Keep when agencies last called."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "last_calls",
        sa.Column("speaker", sa.String(60), nullable=False),
        sa.Column("reach", sa.String(8), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("speaker", "reach", name="pk_last_calls"),
    )
