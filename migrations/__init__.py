"""Alembic migrations of the store, the same for SQLite and PostgreSQL.

`HEAD` is the newest revision, so that a hub can tell an old store from a current one without loading Alembic.
"""

HEAD = "0007"
