"""Keep which keys signed the ledger, so that its key can be changed; the head says which signs now.

A hub of the revision before knows of no change: it would go on with its own key. So change keys once all hubs
are new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "ledger_keys",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_keys")),
    )
    op.add_column("ledger_head", sa.Column("key_id", sa.String(8), nullable=True))
