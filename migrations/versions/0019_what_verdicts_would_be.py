"""Keep what verdicts would be apart from verdicts. Older hubs know none and run on."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.create_table(
        "what_ifs",
        sa.Column("job", sa.String(36), primary_key=True),
        sa.Column("document", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("indication", sa.String(16)),
        sa.Column("sub_indication", sa.String(40)),
        sa.Column("signed_by", sa.String(12), nullable=False),
        sa.Column("before_indication", sa.String(16)),
        sa.Column("before_sub_indication", sa.String(40)),
        sa.Column("before_signed_by", sa.String(12), nullable=False),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("ix_what_ifs_changed", "what_ifs", ["job", "changed", "document"])
