"""Uploads: attachments sent ahead of their documents."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("upload", sa.String(36), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "sha256", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_upload", "uploads", ["upload"])
    op.create_index("ix_uploads_stored_at", "uploads", ["stored_at"])
