"""Find documents by their words: SQLite's full-text index, PostgreSQL's inverted index over an array."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    # Without a copy of the text: the words stand in documents.searchable, already folded and apart.
    "CREATE VIRTUAL TABLE document_words USING fts5(searchable, content='', columnsize=0, tokenize='ascii')",
    """
    CREATE TRIGGER document_words_added AFTER INSERT ON documents BEGIN
      INSERT INTO document_words (rowid, searchable) VALUES (new.position, new.searchable);
    END
    """,
    """
    CREATE TRIGGER document_words_removed AFTER DELETE ON documents BEGIN
      INSERT INTO document_words (document_words, rowid, searchable)
      VALUES ('delete', old.position, old.searchable);
    END
    """,
    "INSERT INTO document_words (rowid, searchable) SELECT position, searchable FROM documents",
)
POSTGRESQL = ("CREATE INDEX ix_documents_words ON documents USING gin (string_to_array(searchable, ' '))",)


def upgrade() -> None:
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
