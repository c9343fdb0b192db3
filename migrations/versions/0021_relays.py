"""Say which agencies another hub serves, and which relay handed a document or a status over."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True
RELAYED = sa.text("via IS NOT NULL")


def upgrade() -> None:
    op.add_column("agencies", sa.Column("via", sa.String(60)))
    op.create_index(
        "ix_agencies_via", "agencies", ["via"], sqlite_where=RELAYED, postgresql_where=RELAYED
    )
    op.add_column("documents", sa.Column("relay", sa.String(60)))
    op.add_column("events", sa.Column("relay", sa.String(60)))
    op.add_column("events", sa.Column("request_document", sa.String(36)))
    op.add_column("events", sa.Column("origin", sa.String(200)))
