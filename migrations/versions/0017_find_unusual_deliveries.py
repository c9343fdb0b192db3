"""Find the deliveries that were refused, or that their sender wanted back or changed. Older hubs run on."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True

UNUSUAL = sa.text("(processing = '02' OR request IS NOT NULL)")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_unusual",
        "deliveries",
        ["position"],
        sqlite_where=UNUSUAL,
        postgresql_where=UNUSUAL,
    )
