"""Keep targets of the signed-document rate, by agency or level and year. Older hubs know none and run on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("agency", sa.String(32), primary_key=True),
        sa.Column("rate", sa.Double, nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
    )
