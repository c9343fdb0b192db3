"""Keep receipts of entries that a restored hub lost."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "ledger_receipts",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("sender", sa.String(32)),
        sa.Column("document", sa.String(64)),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_receipts"),
    )
    op.create_index("uq_ledger_receipts_entry", "ledger_receipts", ["entry"], unique=True)
    op.create_index("ix_ledger_receipts_sender", "ledger_receipts", ["sender", "position"])
