"""Find the later verdicts of a document by its id, as its evidence needs them: an index of few rows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
OLDER_HUBS_RUN = True


def upgrade() -> None:
    of_verdicts = sa.text("kind = 'verdict'")
    op.create_index(
        "ix_events_document",
        "events",
        ["document"],
        sqlite_where=of_verdicts,
        postgresql_where=of_verdicts,
    )
