"""Say of an auditor's token whether it reads the contents of messages. Older hubs let all read, and run on."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    contents = sa.Column("contents", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("tokens", contents)
