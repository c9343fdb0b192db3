"""Keep what a message is about, so that messages are counted by kind, in rows of their own.

A hub of the revision before would count a status on a message, or a verdict given again, among other documents:
hubs and store change together.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("kind", sa.String(31), nullable=True))
