"""Keep when tokens were last used."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    op.add_column("tokens", sa.Column("used_at", sa.BigInteger))
