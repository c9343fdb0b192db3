"""Keep the newest cosignature of each witness. Older hubs know none and run on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "ledger_cosignatures",
        sa.Column("vkey", sa.String(320), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
    )
