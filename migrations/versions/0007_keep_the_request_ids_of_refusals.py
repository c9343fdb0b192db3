"""Keep the request ids of refusals, so that they are found by them; those recorded before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refusals", sa.Column("request_id", sa.String(64), nullable=True))
    op.create_index("ix_refusals_request_id_position", "refusals", ["request_id", "position"])
